"""What may be written for each kind: as a document of its own, and nested in another kind.

Owns how a kind's schema, the shared words and the annotations become schemas of both forms. Names
no kind: it follows `x-kind`, `x-owner`, `x-within`, `x-name` and `x-common`. Must not import yaml
or jsonschema.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from pcsync.kinds import Kind
from pcsync.manifests.form import Form, form_of

Schema = dict[str, Any]
API_VERSION = "pcsync/v1"
LATER_KINDS = ("Blueprint", "Exception")
SETTINGS_KIND = "Project"

NAME: Schema = {
    "description": "The name of the thing in its address; never sent to the service.",
    "type": "string",
    "pattern": "^[a-z0-9][a-z0-9._-]{0,62}$",
    "x-form": "1 to 63 of `a-z 0-9 - . _`, starting with a letter or digit",
    "examples": ["contoso"],
}
WORDS: Schema = {"type": "object", "additionalProperties": {"type": "string"}}
LABELS: Schema = {
    **WORDS,
    "description": "Words to choose by, with `--label`.",
    "examples": [{"wave": "2"}],
}
ANNOTATIONS: Schema = {
    **WORDS,
    "description": "Words that are kept in plan and journal: who decided, where.",
    "examples": [{"ticket": "CHG-20877"}],
}
IN_METADATA = {name: f"write it as `metadata.{name}`" for name in ("name", "labels", "annotations")}


@dataclass(frozen=True, slots=True)
class Inside:
    """A property that holds resources of the kind `title`, `many` in a list or a single one; `text`
    reads items that are plain text, `owns` says that the list is the whole truth."""

    title: str
    many: bool
    form: Form
    text: Form | None
    owns: bool


@dataclass(frozen=True, slots=True)
class Grammar:
    """All forms of one kind. `owner` is the property that names the owner of a document of its own;
    `refers` are the properties that name others: it is built after them."""

    kind: Kind
    title: str
    envelope: Form
    spec: Form
    owner: str | None = None
    refers: tuple[str, ...] = ()
    inside: Mapping[str, Inside] = field(default_factory=dict)


def grammars(kinds: Mapping[str, Kind]) -> dict[str, Grammar]:
    """The grammar of every kind, by title."""
    schemas = {kind.schema["title"]: kind.schema for kind in kinds.values()}
    return {kind.schema["title"]: _grammar(kind, schemas) for kind in kinds.values()}


def _grammar(kind: Kind, schemas: Mapping[str, Mapping[str, Any]]) -> Grammar:
    schema = kind.schema
    properties = schema["properties"]
    return Grammar(
        kind=kind,
        title=schema["title"],
        envelope=form_of(envelope(schema)),
        spec=form_of(alone(schema)),
        owner=next(iter(_marked(properties, "x-owner")), None),
        refers=tuple(_marked(properties, "x-ref")),
        inside={
            name: _inside(properties[name], schema["title"], schemas)
            for name in _marked(properties, "x-kind")
            if properties[name]["x-kind"] in schemas
        },
    )


def _inside(
    holder: Mapping[str, Any], parent: str, schemas: Mapping[str, Mapping[str, Any]]
) -> Inside:
    title = holder["x-kind"]
    return Inside(
        title=title,
        many=holder["type"] == "array",
        form=form_of(within(schemas[title], parent, holder)),
        text=form_of(found) if (found := text_item(holder)) else None,
        owns=bool(holder.get("x-owns")),
    )


def text_item(holder: Mapping[str, Any]) -> Schema | None:
    """The schema of items that are plain text, where a property takes such."""
    forms = holder.get("items", {}).get("anyOf", ())
    return next((form for form in forms if form.get("type") == "string"), None)


def _marked(properties: Mapping[str, Any], mark: str) -> list[str]:
    return [name for name, each in properties.items() if each.get(mark)]


def envelope(schema: Mapping[str, Any]) -> Schema:
    """The schema of a document around its `spec`."""
    needs_name = schema.get("x-name") == "required"
    metadata: Schema = {
        "description": "Name, labels and annotations of the document.",
        "type": "object",
        "additionalProperties": False,
        "properties": {"name": NAME, "labels": LABELS, "annotations": ANNOTATIONS},
        **({"required": ["name"]} if needs_name else {}),
        "examples": [{"name": "contoso"}],
    }
    return {
        "title": schema["title"],
        "description": schema["description"],
        "type": "object",
        "additionalProperties": False,
        "required": ["apiVersion", "kind", *(["metadata"] if needs_name else []), "spec"],
        "properties": {
            "apiVersion": {
                "description": "The version of the language.",
                "const": API_VERSION,
                "examples": [API_VERSION],
            },
            "kind": {
                "description": "The kind of the document.",
                "const": schema["title"],
                "examples": [schema["title"]],
            },
            "metadata": metadata,
            "spec": {
                "description": schema["description"],
                "type": "object",
                "x-kind": schema["title"],
                "examples": [{}],
            },
        },
    }


def alone(schema: Mapping[str, Any]) -> Schema:
    """The schema of `spec` in a document of its own, the shared words among its properties."""
    properties = _with_shared(schema)
    named = [*_marked(properties, "x-owner"), *_marked(properties, "x-within")]
    return _answering(_spec(schema, properties, named), IN_METADATA)


def within(schema: Mapping[str, Any], parent: str, holder: Mapping[str, Any]) -> Schema:
    """The schema of an item nested in the kind `parent`, in a property with schema `holder`."""
    properties = _with_shared(schema)
    gone = dict.fromkeys(_given(properties, parent), "remove it: what it stands in says so already")
    properties = {name: each for name, each in properties.items() if name not in gone}
    if "x-fields" in holder:
        properties = {name: properties[name] for name in holder["x-fields"]}
    elif schema.get("x-name"):
        properties = {"name": NAME, **properties}
    named = _marked(properties, "x-within")
    if schema.get("x-name") == "required":
        named.insert(0, "name")
    return _answering(_spec(schema, properties, named), gone)


def _answering(schema: Schema, answers: Mapping[str, str]) -> Schema:
    """A schema with more words that are refused with an answer of their own."""
    return {**schema, "x-refused": {**schema["x-refused"], **answers}}


def _given(properties: Mapping[str, Any], parent: str) -> list[str]:
    """The properties that nesting in `parent` says already."""
    inner = _marked(properties, "x-within")
    by_parent = [name for name in inner if properties[name]["x-within"] == parent]
    return [*_marked(properties, "x-owner"), *by_parent]


def _spec(schema: Mapping[str, Any], properties: Mapping[str, Any], named: Iterable[str]) -> Schema:
    required = [*named, *schema.get("required", ())]
    return {
        **schema,
        "properties": {name: _opaque(each) for name, each in properties.items()},
        **({"required": required} if required else {}),
        "x-refused": {**shared()["x-refused"], **schema.get("x-refused", {})},
    }


def _with_shared(schema: Mapping[str, Any]) -> dict[str, Schema]:
    """A kind's properties and the shared ones it takes; what both say, the kind says better."""
    common = shared()["properties"]
    found = {name: common[name] for name in schema.get("x-common", ())} | schema["properties"]
    return {name: {**_answers(common.get(name, {})), **each} for name, each in found.items()}


def _answers(schema: Mapping[str, Any]) -> Schema:
    return {key: schema[key] for key in schema if key == "x-refusedValues"}


def _opaque(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """A property as its own kind's schema sees it: nested resources are only counted."""
    if "x-kind" not in schema:
        return schema
    return {key: rule for key, rule in schema.items() if key not in {"items", "properties"}}


@cache
def shared() -> Schema:
    """The words that several kinds share."""
    return data("shared.schema.json")


def data(name: str) -> Schema:
    """A schema that lies beside this module."""
    found: Schema = json.loads(files(__package__).joinpath(name).read_text("utf-8"))
    return found
