"""`${env:NAME}`: what comes into texts from the environment (domain rule SE2).

Owns which names may be used, and what is said of others: a value that may not be used is never
looked at. Texts are resolved where they are written, before merging; names, ids and words with a
meaning are read as they stand (`Shape.literal`). Must not import os: values come in as arguments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pcsync.manifests.files import SETTINGS
from pcsync.manifests.nodes import Entry, Items, Node, Outside, Pairs, Scalar
from pcsync.manifests.scalars import FROM_OUTSIDE
from pcsync.manifests.words import quoted

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
# The names that may be used, each with its value; None where it is not set.
Variables = Mapping[str, str | None]


def allowed(names: tuple[str, ...], environment: Mapping[str, str]) -> Variables:
    """The variables of these names and no other; one that is empty counts as not set."""
    return {name: environment.get(name) or None for name in names}


def of_base(names: tuple[str, ...], environment: Mapping[str, str]) -> Variables:
    """The same for a base: a variable that left git together with its lines may be gone."""
    return {
        name: value or f"${{env:{name}}}" for name, value in allowed(names, environment).items()
    }


def secrets_in(value: Any) -> Iterator[str]:
    """The variables that settings take secrets from, `{env: NAME}` at any depth."""
    match value:
        case {"env": str(name)}:
            yield name
        case dict():
            for each in value.values():
                yield from secrets_in(each)
        case _:
            pass


def resolved(node: Node, variables: Variables) -> Node:
    """A tree whose texts with variables know what they stand for; keys stay as they are."""
    match node:
        case Scalar():
            if FROM_OUTSIDE.search(node.text) is None:
                return node
            return node._replace(outside=_outside(node.text, variables))
        case Items():
            return node._replace(items=[resolved(each, variables) for each in node.items])
        case Pairs():
            entries = [Entry(each.key, resolved(each.value, variables)) for each in node.entries]
            return node._replace(entries=entries)


def _outside(text: str, variables: Variables) -> Outside:
    """What a text stands for; of what is wrong the first is told."""
    for found in FROM_OUTSIDE.finditer(text):
        if (wrong := _wrong(found[1], variables)) is not None:
            return Outside(None, f"{quoted(found[0])}{wrong[0]}", wrong[1])
    # One pass: what a variable holds is text, whatever it looks like.
    return Outside(FROM_OUTSIDE.sub(lambda found: variables[found[1]] or "", text))


def _wrong(name: str, variables: Variables) -> tuple[str, str] | None:
    if NAME.match(name) is None:
        return " names no variable", "write `${env:NAME}`, of letters, digits and `_`"
    if name not in variables:
        what = f" may not be used: `variables` of {SETTINGS} does not list it"
        return what, "add it there, in a change that is applied first, or write the value itself"
    if variables[name] is None:
        return " is not set", "set it for this run, or write the value itself"
    return None
