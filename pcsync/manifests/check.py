"""The authority on what a schema allows: the only module that imports jsonschema.

Owns one validator per form, made once. Must not know YAML or speak to users: its faults are put
into words by `explain`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend

SILENT = frozenset({"title", "description", "examples", "default", "$schema"})
MOST_REMEMBERED = 1_000


class Fault(NamedTuple):
    """One way in which a value is not as its schema asks.

    `name` is the dotted name of the value, `keyword` and `wanted` the rule, `schema` what holds the
    rule, annotations included, with the nearest `properties` around it.
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
    top = _Seen(QUICK(_bare(schema)))

    def faults(value: Any) -> list[Fault]:
        return [] if top.took(value) else [_fault(error, schema) for error in top.errors(value)]

    return faults


class _Seen:
    """The validator of one property, and texts that it had no error for."""

    def __init__(self, validator: Validator) -> None:
        self.validator = validator
        self.texts: set[str] = set()

    def took(self, value: Any) -> bool:
        """Whether this text is known to be right."""
        return value.__class__ is str and value in self.texts

    def errors(self, value: Any) -> list[ValidationError]:
        """All errors of a value; a text without any is remembered, as far as there is room."""
        found = list(self.validator.iter_errors(value))
        if not found and isinstance(value, str) and len(self.texts) < MOST_REMEMBERED:
            self.texts.add(value)
        return found


class _Rules(dict[str, Any]):
    """The rules under `properties`, each with its validator once it was needed."""

    def __init__(self, rules: Mapping[str, Any]) -> None:
        super().__init__(rules)
        self.seen: dict[str, _Seen] = {}

    def of(self, name: str, validator: Validator) -> _Seen:
        """The validator of one property, like `validator` in everything but the rule."""
        if name not in self.seen:
            self.seen[name] = _Seen(validator.evolve(schema=self[name]))
        return self.seen[name]


def _properties(
    validator: Validator, rules: _Rules, value: Any, _: Mapping[str, Any]
) -> Iterator[ValidationError]:
    """jsonschema's `properties`, which makes the validator of a property once instead of for every
    value, and remembers texts that a property took already: half of the time is saved."""
    if not isinstance(value, dict):
        return
    for name in value:
        if name in rules and not (seen := rules.of(name, validator)).took(value[name]):
            for error in seen.errors(value[name]):
                error.path.appendleft(name)
                error.schema_path.appendleft(name)
                yield error


QUICK: Any = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator, {"properties": _properties}
)


def _fault(error: ValidationError, schema: Mapping[str, Any]) -> Fault:
    name = ".".join(map(str, error.absolute_path))
    holder: Any = schema
    known: Any = {}
    for step in list(error.absolute_schema_path)[:-1]:
        known = holder.get("properties", known) if isinstance(holder, Mapping) else known
        holder = holder[step]
    holder = {"properties": known, **holder}
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
        return _Rules({name: _bare(each) for name, each in rule.items()})
    if key in {"enum", "const", "required"}:
        return rule
    return _bare(rule)
