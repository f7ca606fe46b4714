"""Faults to sentences: what is wrong, and what to write instead, in the words of the manifests.

Owns one sentence per rule of a schema. Must not import jsonschema or yaml.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from pcsync.manifests.check import Fault
from pcsync.manifests.scalars import Complaint
from pcsync.manifests.words import example, listed, nearest, quoted

CALLED = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "`true` or `false`",
    "array": "a list",
    "object": "a mapping",
}


class Told(NamedTuple):
    """A sentence about the value with this dotted name."""

    name: str
    complaint: Complaint


def explain(fault: Fault) -> Iterator[Told]:
    """The sentences for a fault: one, but for unknown and missing fields one each."""
    match fault.keyword:
        case "additionalProperties":
            yield from _unknown(fault)
        case "required":
            yield from _missing(fault)
        case keyword:
            tell = SENTENCES.get(keyword, _otherwise)
            yield Told(fault.name, tell(fault))


def _unknown(fault: Fault) -> Iterator[Told]:
    known = fault.schema.get("properties", {})
    offered = [name for name, each in known.items() if not each.get("x-notYet")]
    for name in fault.value:
        if name not in known:
            inner = f"{fault.name}.{name}" if fault.name else name
            yield Told(inner, Complaint("unknown field", nearest(name, offered)))


def _missing(fault: Fault) -> Iterator[Told]:
    known = fault.schema.get("properties", {})
    for name in fault.wanted:
        if name not in fault.value:
            advice = f"add it{example(name, known.get(name, {}))}"
            yield Told(fault.name, Complaint(f"{quoted(name)} is missing", advice))


def _type(fault: Fault) -> Complaint:
    wanted = [fault.wanted] if isinstance(fault.wanted, str) else fault.wanted
    called = " or ".join(CALLED[name] for name in wanted if name in CALLED)
    what = f"{_form(fault.value)} where {called} belongs"
    return Complaint(what, f"write {called}{_like(fault)}")


def _form(value: Any) -> str:
    match value:
        case dict():
            return "a mapping"
        case list():
            return "a list"
        case _:
            return quoted(value)


def _enum(fault: Fault) -> Complaint:
    words = [str(word) for word in fault.wanted]
    return Complaint(f"{quoted(fault.value)} is not a word here", f"write {listed(words)}")


def _const(fault: Fault) -> Complaint:
    wanted = str(fault.wanted).lower() if isinstance(fault.wanted, bool) else str(fault.wanted)
    shown = str(fault.value).lower() if isinstance(fault.value, bool) else fault.value
    return Complaint(f"{quoted(shown)} is not a word here", f"write {quoted(wanted)}")


def _pattern(fault: Fault) -> Complaint:
    form = fault.schema.get("x-form", "in the form that is asked for")
    what = f"{quoted(fault.value)} is not of the form it needs"
    return Complaint(what, f"write {form}{_like(fault)}")


def _like(fault: Fault) -> str:
    return example("", fault.schema)


def _short(fault: Fault) -> Complaint:
    if not fault.value:
        return Complaint("the text is empty", f"write one{_like(fault)}, or leave the line out")
    least = f"write {fault.wanted} characters or more"
    return Complaint(f"{quoted(fault.value)} is too short", least)


def _long(fault: Fault) -> Complaint:
    most = f"write {fault.wanted} characters at most"
    return Complaint(f"{len(fault.value)} characters are too many", most)


def _least(fault: Fault) -> Complaint:
    return Complaint(f"{quoted(fault.value)} is too small", f"write {fault.wanted} or more")


def _most(fault: Fault) -> Complaint:
    return Complaint(f"{quoted(fault.value)} is too large", f"write {fault.wanted} or less")


def _few_items(fault: Fault) -> Complaint:
    advice = fault.schema.get("x-emptyAdvice", f"write {fault.wanted} or more")
    return Complaint("the list is empty" if not fault.value else "too few items", advice)


def _many_items(fault: Fault) -> Complaint:
    return Complaint(f"{len(fault.value)} items are too many", f"write {fault.wanted} at most")


def _twice(fault: Fault) -> Complaint:
    return Complaint("an item stands there twice", "keep one of the two")


def _one_key(fault: Fault) -> Complaint:
    keys = listed(fault.schema.get("properties", ()))
    what = "nothing stands in it" if not fault.value else "more than one of its words is given"
    return Complaint(what, f"write exactly one of {keys}")


def _one_form(fault: Fault) -> Complaint:
    words = [name for branch in fault.wanted for name in branch.get("required", ())]
    given = [name for name in words if isinstance(fault.value, dict) and name in fault.value]
    what = f"{listed(given, 'and')} are both given" if given else f"{listed(words)} is missing"
    return Complaint(what, f"write exactly one of {listed(words)}")


def _otherwise(fault: Fault) -> Complaint:
    return Complaint("not as it has to be", f"compare it with its description{_like(fault)}")


SENTENCES: dict[str, Callable[[Fault], Complaint]] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "pattern": _pattern,
    "minLength": _short,
    "maxLength": _long,
    "minimum": _least,
    "maximum": _most,
    "minItems": _few_items,
    "maxItems": _many_items,
    "uniqueItems": _twice,
    "minProperties": _one_key,
    "maxProperties": _one_key,
    "oneOf": _one_form,
}
