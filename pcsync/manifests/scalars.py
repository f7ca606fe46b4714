"""One text to one value, by the type of its field and never by YAML's guess (domain rule ID20).

Owns the table of manifest-reference 1.1. Must not import yaml or jsonschema.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from pcsync.manifests.nodes import Outside, Scalar
from pcsync.manifests.words import quoted

WHOLE = re.compile(r"-?[0-9]{1,18}\Z")
NUMBER = re.compile(r"-?[0-9]{1,18}(\.([0-9]{1,18}))?\Z")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
FROM_OUTSIDE = re.compile(r"\$\{env:([^}]*)\}")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
NULLS = frozenset({"null", "Null", "NULL", "~"})


class Type(StrEnum):
    """What the text of a field stands for."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"


class Complaint(NamedTuple):
    """Why a text is no value of its field, and what to write; the field's name is not in it."""

    what: str
    advice: str


def value(node: Scalar, kind: Type, clearable: bool, decimals: int | None) -> Any:
    """The value of a text: str, int, Decimal, bool or None, or a `Complaint`.

    A date stays its ISO text. `decimals` is how many digits may follow the point.
    """
    if node.outside is not None:
        return _from_outside(node, node.outside, kind)
    if node.plain:
        if not node.text:
            return Complaint(
                "nothing stands after it", "write `null` to clear, or leave the line out"
            )
        if node.text in NULLS:
            return None if clearable else _not_clearable()
    match kind:
        case Type.TEXT:
            return _text(node.text)
        case Type.INTEGER:
            return _integer(node.text)
        case Type.DECIMAL:
            return _decimal(node.text, decimals)
        case Type.BOOLEAN:
            return _boolean(node.text)
        case Type.DATE:
            return _date(node.text)


def _not_clearable() -> Complaint:
    return Complaint(
        "`null` can't be used: there is no way to clear it",
        "give a value, or leave the line out and it is not managed",
    )


def _text(text: str) -> str | Complaint:
    if "${" in text and (found := FROM_OUTSIDE.search(text)):
        return not_here(found.group())
    return _printable(text)


def _from_outside(node: Scalar, outside: Outside, kind: Type) -> str | Complaint:
    """The text that variables stand for: a text whatever it looks like, and never a number."""
    if kind is not Type.TEXT:
        return not_here(node.text)
    if outside.text is None:
        return Complaint(outside.what, outside.advice)
    return _printable(outside.text)


def not_here(text: str) -> Complaint:
    """The answer to a variable where none is read."""
    return Complaint(f"{quoted(text)} is not read here", "write the value itself")


def _printable(text: str) -> str | Complaint:
    if not text.isprintable() and (control := CONTROL.search(text)):
        return Complaint(f"the control character {quoted(control.group())} in it", "remove it")
    return text


def _integer(text: str) -> int | Complaint:
    if WHOLE.match(text):
        return int(text)
    return Complaint(f"{quoted(text)} is no whole number", "write digits only, such as `18`")


def _decimal(text: str, decimals: int | None) -> Decimal | Complaint:
    found = NUMBER.match(text)
    if found is None:
        return Complaint(f"{quoted(text)} is no number", "write digits only, such as `6500.00`")
    if decimals is not None and len(found.group(2) or "") > decimals:
        most = f"round it to {decimals} digits after the point"
        return Complaint(f"{quoted(text)} is finer than the smallest coin", most)
    return Decimal(text)


def _boolean(text: str) -> bool | Complaint:
    if text in {"true", "false"}:
        return text == "true"
    return Complaint(f"{quoted(text)} is neither true nor false", "write `true` or `false`")


def _date(text: str) -> str | Complaint:
    if DAY.match(text):
        try:
            date.fromisoformat(text)
        except ValueError:
            pass
        else:
            return text
    return Complaint(f"{quoted(text)} is no date", "write year, month and day: `2026-12-02`")
