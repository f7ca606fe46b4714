"""The cases of operations/*.yaml: one request of each documented operation, and its refusals.

A refusal takes from its operation what it does not say itself. `<name>` in a path, header or body
stands for what an earlier request kept; `+` in front of a body's name means the kept answer with
these changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "operations"
WORDS = frozenset(
    (
        "request",
        "page",
        "source",
        "token",
        "sent",
        "before",
        "base",
        "body",
        "world",
        "status",
        "code",
        "headers",
        "fields",
        "values",
        "why",
        "xfail",
    )
)
_KEPT = re.compile(r"<(\w+)>")


@dataclass(frozen=True)
class Case:
    """One request and what comes back. `code` makes it a refusal; `base` names a kept answer that
    `body` changes; `pages` are the documented operations it stands for."""

    name: str
    method: str
    path: str
    pages: tuple[str, ...]
    sources: tuple[str, ...]
    token: str | None = "user"
    sent: Mapping[str, str] = field(default_factory=dict)
    before: tuple[Mapping[str, Any], ...] = ()
    base: str | None = None
    body: Any = None
    world: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    code: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    fields: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    xfail: str | None = None

    @property
    def refusal(self) -> bool:
        """Whether the service is to say no."""
        return self.status >= 400


@cache
def load() -> tuple[Case, ...]:
    """All cases of all families."""
    return tuple(case for path in sorted(FOLDER.glob("*.yaml")) for case in _family(path))


def _family(path: Path) -> Iterator[Case]:
    family = yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)
    for row in family["cases"]:
        shared = {"world": family.get("world", {}), **row}
        refusals = shared.pop("refusals", [])
        yield _case(path.stem, shared)
        for refusal in refusals:
            left = {k: v for k, v in shared.items() if k not in ("fields", "values", "headers")}
            yield _case(path.stem, {**left, **refusal})


def _case(family: str, row: Mapping[str, Any]) -> Case:
    if unknown := set(row) - WORDS:
        raise ValueError(f"{family}: {row.get('request')}: unknown words {sorted(unknown)}")
    method, _, path = row["request"].partition(" ")
    pages = row["page"] if isinstance(row["page"], list) else [row["page"]]
    sources = tuple(part.strip() for part in row["source"].split(";"))
    plain = WORDS - {"request", "page", "source", "before", "why"}
    taken = {name: row[name] for name in plain & set(row)}
    what = row.get("why") or row.get("code") or pages[0].removesuffix(".md")
    name = f"{family}: {row['request']}: {what}"
    before = tuple(row.get("before", ()))
    return Case(name, method, path, tuple(pages), sources, before=before, **taken)


def filled(value: Any, kept: Mapping[str, Any]) -> Any:
    """The value with its `<name>`s replaced; a text that is one `<name>` takes the kept type."""
    if isinstance(value, dict):
        return {name: filled(member, kept) for name, member in value.items()}
    if isinstance(value, list):
        return [filled(item, kept) for item in value]
    if not isinstance(value, str):
        return value
    whole = _KEPT.fullmatch(value)
    if whole and whole[1] in kept:
        return kept[whole[1]]
    return _KEPT.sub(lambda found: str(kept.get(found[1], found[0])), value)
