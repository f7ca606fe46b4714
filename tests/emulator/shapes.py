"""The members of an answer, in a short form: `id links{self} items{id name}`.

A list stands for its first item. A link (`uri`, `method`, `headers`) is one member.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

LINK = {"uri", "method", "headers"}
_WORD = re.compile(r"[{}]|[^\s{}]+")


def listed(text: str) -> set[str]:
    """The dotted names that a short form stands for: `a{b c} d` is a.b, a.c and d."""
    found: set[str] = set()
    path: list[str] = []
    last = ""
    for word in _WORD.findall(text):
        if word == "{":
            found.discard(".".join([*path, last]))
            path.append(last)
        elif word == "}":
            path.pop()
        else:
            last = word
            found.add(".".join([*path, last]))
    if path:
        raise ValueError(f"a brace is open in {text!r}")
    return found


def members(value: Any) -> set[str]:
    """The dotted names of all members of an answer; empty objects and lists count themselves."""
    return {".".join(path) for path in _paths(value) if path}


def _paths(value: Any) -> Iterator[tuple[str, ...]]:
    if isinstance(value, list):
        yield from _paths(value[0]) if value else [()]
    elif isinstance(value, dict) and value and set(value) != LINK:
        for name, member in value.items():
            for rest in _paths(member):
                yield (name, *rest)
    else:
        yield ()


def short(value: Any) -> str:
    """The short form of an answer; what a new case starts from."""
    if isinstance(value, list):
        return short(value[0]) if value else ""
    if not isinstance(value, dict) or set(value) == LINK:
        return ""
    parts = ((name, short(member)) for name, member in value.items())
    return " ".join(f"{name}{{{inner}}}" if inner else name for name, inner in parts)


def at(value: Any, path: str) -> Any:
    """The value at a dotted name, with numbers for places in lists; the answer itself for ""."""
    for part in filter(None, path.split(".")):
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value
