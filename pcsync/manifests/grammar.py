"""What may be written for each kind: as a document of its own, and nested in another kind.

Owns the forms that a document is read with, made once per run out of the schemas of `spec`. Names
no kind. Must not import yaml or jsonschema.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from pcsync.kinds import Kind
from pcsync.manifests.form import Form, form_of
from pcsync.manifests.spec import (
    BLUEPRINT,
    alone,
    blueprint,
    envelope,
    manifest_words,
    marked,
    partials,
    text_item,
    titled,
    within,
)

LATER_KINDS = ("Exception",)
EXTENDS = "extends"
PARTS = ("personas", "userDefaults")
SETTINGS_KIND = "Project"


@dataclass(frozen=True, slots=True)
class Inside:
    """A property that holds resources of the kind `title`, `many` in a list or a single one; `text`
    reads items that are plain text, `owns` says that the list is the whole truth, `partial` that
    it is only a part, for others to start from."""

    title: str
    many: bool
    form: Form
    text: Form | None
    owns: bool
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Grammar:
    """All forms of one kind. `owner` is the property that names the owner of a document of its own;
    `refers` are the properties that name others: it is built after them. `parts` are properties
    whose values become parts of nested things, `words` those that are the manifest's alone."""

    kind: Kind
    title: str
    envelope: Form
    spec: Form
    owner: str | None = None
    refers: tuple[str, ...] = ()
    inside: Mapping[str, Inside] = field(default_factory=dict)
    parts: Mapping[str, Form] = field(default_factory=dict)
    words: tuple[str, ...] = ()

    def has(self, word: str) -> bool:
        """Whether the kind has a property of this name."""
        return word in self.kind.schema["properties"]


def grammars(kinds: Mapping[str, Kind]) -> Mapping[str, Grammar]:
    """The grammar of every kind, by title; and of blueprints, where a kind can start from some.

    Made once for the same kinds: a base is read with the forms of the working copy.
    """
    return _grammars(tuple(kinds.items()))


@lru_cache(maxsize=4)
def _grammars(named: tuple[tuple[str, Kind], ...]) -> Mapping[str, Grammar]:
    kinds = dict(named)
    schemas = titled(kinds)
    found = {title: _grammar(kind, schemas[title], schemas) for title, kind in _titles(kinds)}
    for title, kind in _titles(kinds):
        if EXTENDS in kind.schema["properties"]:
            parts = partials(schemas)
            found[BLUEPRINT] = _grammar(kind, blueprint(parts[title]), parts, partial=True)
    return MappingProxyType(found)


def _titles(kinds: Mapping[str, Kind]) -> list[tuple[str, Kind]]:
    return [(kind.schema["title"], kind) for kind in kinds.values()]


def _grammar(
    kind: Kind,
    schema: Mapping[str, Any],
    schemas: Mapping[str, Mapping[str, Any]],
    *,
    partial: bool = False,
) -> Grammar:
    properties = schema["properties"]
    return Grammar(
        kind=kind,
        title=schema["title"],
        envelope=form_of(envelope(schema)),
        spec=form_of(alone(schema)),
        owner=next(iter(marked(properties, "x-owner")), None),
        refers=tuple(marked(properties, "x-ref")),
        inside={
            name: _inside(properties[name], schema["title"], schemas, partial=partial)
            for name in marked(properties, "x-kind")
            if properties[name]["x-kind"] in schemas
        },
        parts={name: form_of(properties[name]) for name in PARTS if name in properties},
        words=manifest_words(schema),
    )


def _inside(
    holder: Mapping[str, Any],
    parent: str,
    schemas: Mapping[str, Mapping[str, Any]],
    *,
    partial: bool,
) -> Inside:
    title = holder["x-kind"]
    return Inside(
        title=title,
        many=holder["type"] == "array",
        form=form_of(within(schemas[title], parent, holder)),
        text=form_of(found) if (found := text_item(holder)) else None,
        owns=bool(holder.get("x-owns")),
        partial=partial,
    )
