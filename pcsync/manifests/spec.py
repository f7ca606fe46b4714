"""The schemas of what may be written for a kind: alone, nested in another kind, or in part.

Owns how a kind's schema, the shared words and the annotations become schemas of all forms. Names no
kind: it follows `x-kind`, `x-owner`, `x-within`, `x-name`, `x-common` and `x-partial`. Must not
import yaml or jsonschema.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from pcsync.kinds import Kind

Schema = dict[str, Any]
Schemas = Mapping[str, Mapping[str, Any]]
API_VERSION = "pcsync/v1"
BLUEPRINT = "Blueprint"
# What a blueprint can't say: it would be the same for all who start from it.
OF_ONE = frozenset({"tenantId", "domain", "companyProfile", "billingProfile", "users", "id"})
MERGED = frozenset({"extends", "omit", "persona", "userDefaults"})
WHOLE = frozenset({"required", "if", "then", "oneOf"})

NAME: Schema = {
    "description": "The name of the thing in its address; never sent to the service.",
    "type": "string",
    "pattern": "^[a-z0-9][a-z0-9._-]{0,62}$",
    "x-form": "1 to 63 of `a-z 0-9 - . _`, starting with a letter or digit",
    "x-literal": True,
    "examples": ["contoso"],
}
WORDS: Schema = {"type": "object", "additionalProperties": {"type": "string"}}
LABELS: Schema = {
    **WORDS,
    "description": "Words to choose by, with `--label`; `priority` says who buys first.",
    "examples": [{"wave": "2"}],
}
ANNOTATIONS: Schema = {
    **WORDS,
    "description": "Words that are kept in plan and journal: who decided, where.",
    "examples": [{"ticket": "CHG-20877"}],
}
IN_METADATA = {name: f"write it as `metadata.{name}`" for name in ("name", "labels", "annotations")}


def text_item(holder: Mapping[str, Any]) -> Schema | None:
    """The schema of items that are plain text, where a property takes such."""
    forms = holder.get("items", {}).get("anyOf", ())
    return next((form for form in forms if form.get("type") == "string"), None)


def marked(properties: Mapping[str, Any], mark: str) -> list[str]:
    """The properties that bear this mark."""
    return [name for name, each in properties.items() if each.get(mark)]


def manifest_words(schema: Mapping[str, Any]) -> tuple[str, ...]:
    """The words of a kind, shared ones among them, that are never sent: `x-manifestOnly`. Those
    that merging has used up are not among them."""
    found = marked(_with_shared(schema), "x-manifestOnly")
    return tuple(name for name in found if name not in MERGED)


def titled(kinds: Mapping[str, Kind]) -> dict[str, Mapping[str, Any]]:
    """The schemas of all kinds by title, what they hold in part spelled out."""
    schemas = {kind.schema["title"]: kind.schema for kind in kinds.values()}
    return {title: _with_parts(schema, schemas) for title, schema in schemas.items()}


def _with_parts(schema: Mapping[str, Any], schemas: Schemas) -> Mapping[str, Any]:
    properties = {
        name: _part(each, schema["title"], schemas) if each.get("x-partial") in schemas else each
        for name, each in schema["properties"].items()
    }
    return {**schema, "properties": properties}


def _part(holder: Mapping[str, Any], parent: str, schemas: Schemas) -> Schema:
    """Words for all nested things of a kind: those of one alone (`x-without`) are not among them,
    others (`x-with`) are."""
    inner = within(schemas[holder["x-partial"]], parent, {})
    gone = ["name", *holder.get("x-without", ())]
    kept = {name: each for name, each in inner["properties"].items() if name not in gone}
    answers = dict.fromkeys(gone, "write it where it belongs to one alone")
    return {
        **holder,
        "additionalProperties": False,
        "properties": {**holder.get("x-with", {}), **kept},
        "x-refused": {**inner["x-refused"], **answers},
    }


def partials(schemas: Schemas) -> dict[str, Schema]:
    """The same kinds as parts to start from: nothing but a name is required."""
    return {title: _partial(schema) for title, schema in schemas.items()}


def _partial(schema: Mapping[str, Any]) -> Schema:
    rest = {key: rule for key, rule in schema.items() if key not in WHOLE}
    gone = {*schema["properties"], *schema.get("x-common", ())} & OF_ONE
    answers = dict.fromkeys(sorted(gone), "a blueprint can't say it: write it with the customer")
    return {
        **rest,
        "x-common": [name for name in schema.get("x-common", ()) if name not in gone],
        "x-refused": {**schema.get("x-refused", {}), **answers},
        "properties": {
            name: {key: rule for key, rule in each.items() if key != "x-within"}
            for name, each in schema["properties"].items()
            if name not in gone
        },
    }


def blueprint(partial: Mapping[str, Any]) -> Schema:
    """The schema of a blueprint, out of the part of the kind that starts from it."""
    what = "A part of customers: they start from it with `extends`, and say what differs."
    return {**partial, "title": BLUEPRINT, "description": what}


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
    named = [*marked(properties, "x-owner"), *marked(properties, "x-within")]
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
    named = marked(properties, "x-within")
    if schema.get("x-name") == "required":
        named.insert(0, "name")
    return _answering(_spec(schema, properties, named), gone)


def _answering(schema: Schema, answers: Mapping[str, str]) -> Schema:
    """A schema with more words that are refused with an answer of their own."""
    return {**schema, "x-refused": {**schema["x-refused"], **answers}}


def _given(properties: Mapping[str, Any], parent: str) -> list[str]:
    """The properties that nesting in `parent` says already."""
    inner = marked(properties, "x-within")
    by_parent = [name for name in inner if properties[name]["x-within"] == parent]
    return [*marked(properties, "x-owner"), *by_parent]


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
