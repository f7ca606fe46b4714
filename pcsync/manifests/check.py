"""The authority on what a schema allows: the only module that imports jsonschema.

Owns one validator per form, made once. Must not know YAML or speak to users: its faults are put
into words by `explain`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

SILENT = frozenset({"title", "description", "examples", "default", "$schema"})


class Fault(NamedTuple):
    """One way in which a value is not as its schema asks.

    `name` is the dotted name of the value, `keyword` and `wanted` the rule, `schema` the whole
    schema (annotations included) that holds the rule.
    """

    name: str
    keyword: str
    wanted: Any
    value: Any
    schema: Mapping[str, Any]


def checker(schema: Mapping[str, Any]) -> Callable[[Any], list[Fault]]:
    """A function that lists the faults of a value; slow to make, fast to call.

    Values are plain Python; a Decimal is a number.
    """
    validator = Draft202012Validator(_bare(schema))

    def faults(value: Any) -> list[Fault]:
        return [_fault(error, schema) for error in validator.iter_errors(value)]

    return faults


def _fault(error: ValidationError, schema: Mapping[str, Any]) -> Fault:
    name = ".".join(map(str, error.absolute_path))
    holder: Any = schema
    for step in list(error.absolute_schema_path)[:-1]:
        holder = holder[step]
    return Fault(name, str(error.validator), error.validator_value, error.instance, holder)


def _bare(schema: Any) -> Any:
    """A schema without its annotations, patterns made to match to the very end of a text."""
    if isinstance(schema, list):
        return [_bare(each) for each in schema]
    if not isinstance(schema, Mapping):
        return schema
    return {key: _rule(key, each) for key, each in schema.items() if _counts(key)}


def _counts(key: str) -> bool:
    return key not in SILENT and not key.startswith("x-")


def _rule(key: str, rule: Any) -> Any:
    if key == "pattern" and rule.endswith("$"):
        return rule[:-1] + r"\Z"
    if key == "properties":
        return {name: _bare(each) for name, each in rule.items()}
    if key in {"enum", "const", "required"}:
        return rule
    return _bare(rule)
