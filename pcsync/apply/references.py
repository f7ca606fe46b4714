"""Ids that become known while a plan runs, filled into paths, bodies and conditions.

Text from a manifest is never a reference: in bodies only `{"$ref": name}` and `{"$secret": ...}`
are, and in paths only what a step's template names. Pure but for the secrets it is handed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any
from urllib.parse import quote

from pcsync.errors import PcsyncError

NAME = re.compile(r"\{([^{}]+#[A-Za-z]+)\}")
Resolve = Callable[[str], str]


class Unresolved(PcsyncError):
    """A step refers to an id that no earlier step has given."""

    def __init__(self, name: str) -> None:
        self.owner = name.partition("#")[0]
        super().__init__(
            f"{name} is not known", "run `pcsync plan` again: it looks at what is there now"
        )


def resolver(known: Mapping[str, str]) -> Resolve:
    """A function from a reference's name to its value. Raises Unresolved."""

    def resolve(name: str) -> str:
        if name not in known:
            raise Unresolved(name)
        return known[name]

    return resolve


def path(template: str, resolve: Resolve) -> str:
    """The path with its references percent-encoded in place."""
    return NAME.sub(lambda found: quote(resolve(found.group(1)), safe=""), template)


def body(value: Any, resolve: Resolve, secret: Callable[[Mapping[str, Any]], str]) -> Any:
    """The body with references and secrets resolved."""
    match value:
        case {"$ref": str(name), **rest} if not rest:
            return resolve(name)
        case {"$secret": spec, **rest} if not rest and isinstance(spec, Mapping):
            return secret(spec)
        case Mapping():
            return {key: body(inner, resolve, secret) for key, inner in value.items()}
        case list() | tuple():
            return [body(inner, resolve, secret) for inner in value]
        case _:
            return value


def condition(value: Any, resolve: Resolve) -> Any:
    """A condition, a keep or a check with the references in its values resolved."""
    match value:
        case {"$ref": str(name)}:
            return resolve(name)
        case Mapping():
            return {key: condition(inner, resolve) for key, inner in value.items()}
        case list() | tuple():
            return type(value)(condition(inner, resolve) for inner in value)
        case _ if is_dataclass(value) and not isinstance(value, type):
            members = {f.name: condition(getattr(value, f.name), resolve) for f in fields(value)}
            return replace(value, **members)
        case _:
            return value
