"""What a schema says about reading: which type each field has, which words are refused and how.

Owns the compact form of a JSON Schema that the reader walks along; built once per kind, not per
document. Must not import yaml or jsonschema.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pcsync.manifests.scalars import Type
from pcsync.model import NOTHING

SCALARS = {"string": Type.TEXT, "integer": Type.INTEGER, "boolean": Type.BOOLEAN}
# `${env:NAME}` is not resolved in what bears one of these.
LITERAL = frozenset({"enum", "const", "x-literal", "x-owner", "x-ref", "x-within", "x-secret"})


@dataclass(frozen=True, slots=True)
class Shape:
    """One place in a schema.

    `scalar` is None where a list or mapping belongs; `rest` is the shape of keys that `fields`
    doesn't name, None where there may be none. `refused` maps words to their own answers,
    `refused_values` values. `kind` is the title of the kind whose resources stand here. A
    `literal` text is never resolved: a name, an id, a word with a meaning, somebody's statement.
    """

    raw: Mapping[str, Any]
    scalar: Type | None = Type.TEXT
    clearable: bool = False
    decimals: int | None = None
    fields: Mapping[str, Shape] = field(default_factory=lambda: NOTHING)
    rest: Shape | None = None
    items: Shape | None = None
    secret: bool = False
    not_yet: bool = False
    not_yet_form: bool = False
    not_yet_values: frozenset[str] = frozenset()
    refused: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    refused_values: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    kind: str | None = None
    literal: bool = False


def shape_of(schema: Mapping[str, Any], *, literal: bool = False) -> Shape:
    """The shape of a schema and of everything below it, which is `literal` where what holds it is.
    Schemas here use no `$ref`."""
    literal = literal or is_literal(schema)
    types = schema.get("type", ())
    types = (types,) if isinstance(types, str) else tuple(types)
    rest = schema.get("additionalProperties")
    items = schema.get("items")
    return Shape(
        raw=schema,
        scalar=_scalar(schema, types),
        clearable="null" in types or bool(schema.get("x-clearable")),
        decimals=schema.get("x-decimals"),
        fields={
            name: shape_of(each, literal=literal)
            for name, each in schema.get("properties", {}).items()
        },
        rest=shape_of(rest, literal=literal) if isinstance(rest, Mapping) else None,
        items=shape_of(items, literal=literal) if isinstance(items, Mapping) else None,
        secret=bool(schema.get("x-secret")),
        not_yet=bool(schema.get("x-notYet")),
        not_yet_form="x-notYetForm" in schema,
        not_yet_values=frozenset(schema.get("x-notYetValues", ())),
        refused=schema.get("x-refused", NOTHING),
        refused_values=schema.get("x-refusedValues", NOTHING),
        kind=schema.get("x-kind"),
        literal=literal,
    )


def is_literal(schema: Mapping[str, Any]) -> bool:
    """Whether variables of the environment are not resolved in it and in what it holds."""
    return not LITERAL.isdisjoint(schema) or schema.get("format") == "date"


def _scalar(schema: Mapping[str, Any], types: tuple[str, ...]) -> Type | None:
    """The type of a field's text; text where the schema leaves it open."""
    if "x-scalar" in schema:
        return Type(schema["x-scalar"])
    found = [SCALARS[name] for name in types if name in SCALARS]
    if found:
        return found[0]
    return None if "object" in types or "array" in types else Type.TEXT
