"""A plan as JSON-ready data and back, and the digest that is its id.

Owns the shape of the data (`plan.schema.json` describes it) and its canonical JSON text. Must not
import a stage or a kind, and does no I/O.

Member names are camelCase, members at their default are left out, addresses and enums are text,
sets are sorted lists, times are ISO 8601 in UTC with ``Z``, decimals are exact JSON numbers.
A step carries its sort as ``do``, a condition as ``is``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import fields, replace
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from hashlib import sha256
from json.encoder import encode_basestring, encode_basestring_ascii
from math import isfinite
from typing import TYPE_CHECKING, Any, get_args, get_origin

from pcsync import model
from pcsync.model import Address, Plan

if TYPE_CHECKING:
    from cattrs import Converter

CONDITIONS: dict[type, str] = {
    model.Is: "equal",
    model.AtLeast: "atLeast",
    model.AtMost: "atMost",
    model.Empty: "empty",
    model.Some: "some",
    model.Every: "every",
    model.All: "all",
    model.Not: "not",
}
STEPS: dict[type, str] = {model.Call: "call", model.Edit: "edit", model.Await: "await"}
PARTS = frozenset(
    {
        *CONDITIONS,
        *STEPS,
        model.Action,
        model.Bill,
        model.Change,
        model.Check,
        model.Due,
        model.Edited,
        model.Figure,
        model.Finding,
        model.Hint,
        model.Keep,
        model.Kept,
        model.Money,
        model.Month,
        model.Place,
        model.Plan,
        model.Rate,
        model.Rates,
        model.Saving,
        model.Seats,
        model.Settle,
        model.Sum,
        model.Totals,
        model.Usage,
        model.Used,
        model.Way,
    }
)
# What a terminal or an editor would act upon, beside what JSON has to escape anyway.
ODD = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def to_data(plan: Plan) -> dict[str, Any]:
    """The plan as dicts, lists, texts, numbers (Decimal among them), booleans and None."""
    data: dict[str, Any] = _converter().unstructure(plan)
    return data


def from_data(data: Mapping[str, Any]) -> Plan:
    """The plan of `to_data`. The data must fit `plan.schema.json`; ValueError for a bad date."""
    return _converter().structure(data, Plan)


def digest(plan: Plan) -> str:
    """The id that belongs to a plan: SHA-256 (hex) of its canonical JSON with an empty `id`,
    without its signature."""
    canonical = write(to_data(replace(plan, id="", signature="")), indent=None)
    return sha256(canonical.encode()).hexdigest()


def write(data: Any, indent: int | None = 2) -> str:
    """JSON with sorted members and exact decimals: the same bytes for the same data.

    Without `indent` it is one line without spaces. ValueError for a number that is not finite,
    TypeError for what JSON can't say.
    """
    return "".join(_written(data, indent, "\n"))


def plain(value: Any) -> Any:
    """Any value of a plan as JSON-ready data: text for times, enums and addresses."""
    match value:
        case Enum():
            return value.value
        case None | bool() | str() | int() | float() | Decimal():
            return value
        case Mapping():
            return {str(key): plain(member) for key, member in value.items()}
        case Set():
            return sorted(plain(member) for member in value)
        case list() | tuple():
            return [plain(member) for member in value]
        case datetime():
            return stamp(value)
        case Address():
            return str(value)
        case _:
            raise TypeError(f"a plan can't hold {type(value).__name__}: {value!r}")


def member(name: str) -> str:
    """The JSON name of a member: ``not_after`` is ``notAfter``."""
    head, *rest = name.split("_")
    return head + "".join(map(str.capitalize, rest))


def stamp(time: datetime) -> str:
    """An aware time as ``2026-11-23T09:00:00Z``. ValueError for a time without zone."""
    if time.tzinfo is None:
        raise ValueError(f"a time without zone: {time}")
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


# --- JSON text ----------------------------------------------------------------------------------


def _written(data: Any, indent: int | None, margin: str) -> Iterator[str]:
    match data:
        case str():
            yield _quoted(data)
        case None | bool():
            yield {None: "null", True: "true", False: "false"}[data]
        case int() | float() | Decimal():
            yield _number(data)
        case Mapping():
            pairs = ((f"{_quoted(key)}:", data[key]) for key in sorted(data))
            yield from _nested("{}", pairs, indent, margin)
        case list() | tuple():
            yield from _nested("[]", (("", member) for member in data), indent, margin)
        case _:
            raise TypeError(f"JSON can't say {type(data).__name__}: {data!r}")


def _nested(
    brackets: str, members: Iterator[tuple[str, Any]], indent: int | None, margin: str
) -> Iterator[str]:
    inner = "" if indent is None else margin + " " * indent
    gap = "" if indent is None else " "
    before = brackets[0] + inner
    for head, member in members:
        yield before + head + (gap if head else "")
        yield from _written(member, indent, inner)
        before = "," + inner
    empty = before[0] == brackets[0]
    yield brackets if empty else ("" if indent is None else margin) + brackets[1]


def _quoted(text: str) -> str:
    return encode_basestring_ascii(text) if ODD.search(text) else encode_basestring(text)


def _number(value: int | float | Decimal) -> str:
    if not isinstance(value, int) and not isfinite(value):
        raise ValueError(f"JSON can't say {value}")
    return repr(value) if isinstance(value, float) else str(value)


# --- classes ------------------------------------------------------------------------------------


@cache
def _converter() -> Converter:
    from cattrs import Converter
    from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

    made = Converter(detailed_validation=False)

    def names(part: type) -> dict[str, Any]:
        return {each.name: override(rename=member(each.name)) for each in fields(part)}

    made.register_unstructure_hook_factory(
        PARTS.__contains__,
        lambda part: make_dict_unstructure_fn(
            part, made, _cattrs_omit_if_default=True, **names(part)
        ),
    )
    made.register_structure_hook_factory(
        PARTS.__contains__, lambda part: make_dict_structure_fn(part, made, **names(part))
    )
    _register_values(made)
    _register_union(made, "do", STEPS)
    _register_union(made, "is", CONDITIONS)
    return made


def _register_values(made: Converter) -> None:
    made.register_unstructure_hook(Address, str)
    made.register_structure_hook(Address, lambda text, _: Address.parse(text))
    made.register_unstructure_hook(datetime, stamp)
    made.register_structure_hook(datetime, lambda text, _: datetime.fromisoformat(text))
    made.register_structure_hook(Decimal, lambda number, _: Decimal(str(number)))
    made.register_unstructure_hook_func(_free, plain)
    made.register_structure_hook_func(_free, lambda value, _: value)
    made.register_unstructure_hook_func(_set, lambda members: sorted(map(str, members)))


def _free(kind: Any) -> bool:
    """Whether a type is of free form: any value, or a mapping by name."""
    return kind is Any or get_origin(kind) is Mapping


def _set(kind: Any) -> bool:
    """Whether a type is a set of texts or addresses."""
    origin: Any = get_origin(kind)
    return origin is frozenset


def _register_union(made: Converter, tag: str, names: Mapping[type, str]) -> None:
    classes = {name: part for part, name in names.items()}

    def ours(kind: Any) -> bool:
        return bool(found := set(get_args(kind)) - {type(None)}) and found <= names.keys()

    def load(data: Any, kind: Any) -> Any:
        if data is None:
            return None
        return made.structure({k: v for k, v in data.items() if k != tag}, classes[data[tag]])

    def dump(value: Any) -> Any:
        return value if value is None else {tag: names[type(value)], **made.unstructure(value)}

    made.register_structure_hook_func(ours, load)
    made.register_unstructure_hook_func(ours, dump)
