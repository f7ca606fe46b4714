"""The JSON schemas that editors and other tools read: every form of every kind, in full.

Owns the difference between a schema that checks (texts are texts, nested kinds are set aside) and
one that helps to write: there a text may look like a number, because YAML would make one of it,
and nested kinds are spelled out. Must not import yaml or jsonschema.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any

from pcsync.kinds import Kind
from pcsync.manifests.shape import is_literal
from pcsync.manifests.spec import (
    BLUEPRINT,
    Schema,
    alone,
    blueprint,
    data,
    envelope,
    partials,
    text_item,
    titled,
    within,
)

DIALECT = "https://json-schema.org/draft/2020-12/schema"
HOME = "https://pcsync.example/schemas/"
KEPT = frozenset({"x-createOnly", "x-secret", "x-manifestOnly"})
TEXT_IN_YAML = ["string", "number", "boolean"]
VARIABLE = r"\$\{env:"
PLAN = "plan/plan.schema.json"
EXTENDS = "extends"


def schema_files(kinds: Mapping[str, Kind]) -> dict[str, Schema]:
    """All published schemas by file name: one per kind, of any manifest, of settings, lock, plan.

    Each stands alone: what is nested is under `$defs`, nothing refers to another file.
    """
    schemas = titled(kinds)
    named = {kind.name: schemas[kind.schema["title"]] for kind in kinds.values()}
    found = {f"{name}.schema.json": _document(schema, schemas) for name, schema in named.items()}
    parts = partials(schemas)
    for name, schema in named.items():
        if EXTENDS in schema["properties"]:
            start = _document(blueprint(parts[schema["title"]]), parts)
            found[f"{BLUEPRINT.lower()}.schema.json"] = start
            _extending(found[f"{name}.schema.json"], start)
    found["manifest.schema.json"] = _any(list(found.values()))
    found["settings.schema.json"] = for_editors(data("project.schema.json"), literal=True)
    found["policy.schema.json"] = for_editors(data("policy.schema.json"), literal=True)
    found["lock.schema.json"] = data("lock.schema.json")
    plan = files("pcsync").joinpath(PLAN)
    if plan.is_file():
        found["plan.schema.json"] = json.loads(plan.read_text("utf-8"))
    return {name: _named(name, schema) for name, schema in sorted(found.items())}


def _named(name: str, schema: Schema) -> Schema:
    rest = {key: rule for key, rule in schema.items() if key not in {"$schema", "$id"}}
    return {"$schema": DIALECT, "$id": f"{HOME}{name}", **rest}


def _document(schema: Mapping[str, Any], schemas: Mapping[str, Mapping[str, Any]]) -> Schema:
    """A document of one kind, with all that can be nested in it."""
    inner: dict[str, Schema] = {}
    spec = _expanded(alone(schema), schema, schemas, inner)
    whole = for_editors(envelope(schema))
    whole["properties"]["spec"] = {"description": schema["description"], **spec}
    return {**whole, "$defs": dict(sorted(inner.items()))} if inner else whole


def _extending(whole: Schema, start: Schema) -> None:
    """Lets what is nested in a document that extends others be a part, as it is in these."""
    spec, common = whole["properties"]["spec"], start["properties"]["spec"]["properties"]
    held = {
        name: each for name, each in spec["properties"].items() if name in common and _nests(each)
    }
    for name in held:
        spec["properties"][name] = common[name]
    spec["if"] = {"not": {"required": [EXTENDS]}}
    spec["then"] = {"properties": held}
    whole["$defs"] = dict(sorted({**whole["$defs"], **start["$defs"]}.items()))


def _nests(schema: Mapping[str, Any]) -> bool:
    return "$ref" in schema or "$ref" in schema.get("items", {})


def _any(documents: Iterable[Schema]) -> Schema:
    """Any manifest: one of the documents."""
    definitions: dict[str, Schema] = {}
    for each in documents:
        definitions |= each.get("$defs", {})
        definitions[each["title"]] = {key: rule for key, rule in each.items() if key != "$defs"}
    titles = sorted(name for name, each in definitions.items() if "title" in each)
    return {
        "title": "Manifest",
        "description": "One document of any kind.",
        "oneOf": [{"$ref": f"#/$defs/{title}"} for title in titles],
        "$defs": dict(sorted(definitions.items())),
    }


def _expanded(
    form: Mapping[str, Any],
    schema: Mapping[str, Any],
    schemas: Mapping[str, Mapping[str, Any]],
    inner: dict[str, Schema],
) -> Schema:
    """A form of `schema` with its nested kinds, which are added to `inner`."""
    shown = for_editors(form)
    shown.pop("title", None)
    for name in form["properties"]:
        holder = schema["properties"].get(name, {})
        title = holder.get("x-kind")
        if title in schemas:
            label = f"{schema['title']}{name[0].upper()}{name[1:]}"
            nested = within(schemas[title], schema["title"], holder)
            inner[label] = _expanded(nested, schemas[title], schemas, inner)
            shown["properties"][name] = _holding(holder, {"$ref": f"#/$defs/{label}"})
    return shown


def _holding(holder: Mapping[str, Any], item: Schema) -> Schema:
    """A property that holds one or many nested things, or their names as plain text."""
    shown = for_editors({key: rule for key, rule in holder.items() if key != "items"})
    if holder["type"] != "array":
        return {key: rule for key, rule in shown.items() if key != "type"} | item
    text = text_item(holder)
    return {**shown, "items": {"anyOf": [for_editors(text), item]} if text else item}


def for_editors(schema: Mapping[str, Any], *, literal: bool = False) -> Schema:
    """A schema without what only pcsync reads; words of later versions are marked as not allowed,
    and a text may be what YAML makes of it (`01067`, `NO`). `x-written` is the pattern of what may
    stand in a file where merging completes it; where it is not `literal` variables may, too."""
    literal = is_literal(schema) or literal
    if schema.get("x-notYet"):
        return {"description": f"Not supported yet. {schema['description']}", "not": {}}
    shown: Schema = {
        key: _rule(key, rule, literal=literal) for key, rule in schema.items() if _is_kept(key)
    }
    if schema.get("type") == "string" and "x-scalar" not in schema:
        shown["type"] = TEXT_IN_YAML
    if "x-written" in schema:
        shown["pattern"] = schema["x-written"]
    if "pattern" in shown and "x-scalar" not in schema and not literal:
        shown["pattern"] = f"{shown['pattern']}|{VARIABLE}"
    return shown


def _is_kept(key: str) -> bool:
    return key in KEPT or not (key.startswith("x-") or key == "$schema")


def _rule(key: str, rule: Any, *, literal: bool) -> Any:
    match key, rule:
        case "properties", Mapping():
            return {name: for_editors(each, literal=literal) for name, each in rule.items()}
        case (("items" | "additionalProperties" | "if" | "then"), Mapping()):
            return for_editors(rule, literal=literal)
        case _:
            return rule
