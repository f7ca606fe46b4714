"""JSON values that the annotations say nothing about, kept exactly: amounts and moments too.

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

MARK = "$"


def write(value: Any) -> Any:
    """The value as JSON; what JSON has no word for becomes an object with one marked member."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, dict | Mapping):
        return _object(value)
    if isinstance(value, list):
        return [write(item) for item in value]
    if isinstance(value, Decimal):
        return {"$decimal": str(value)}
    if isinstance(value, datetime):
        return {"$moment": value.isoformat()}
    if isinstance(value, date):
        return {"$day": value.isoformat()}
    raise TypeError(f"a state file cannot hold {value!r}")


def _object(value: Mapping[Any, Any]) -> dict[str, Any]:
    if not all(isinstance(name, str) for name in value):
        raise TypeError(f"a state file cannot hold the keys of {value!r}")
    plain = {name: write(member) for name, member in value.items()}
    return {"$object": plain} if any(name.startswith(MARK) for name in plain) else plain


def read(value: Any) -> Any:
    """What was written."""
    if isinstance(value, list):
        return [read(item) for item in value]
    if not isinstance(value, dict):
        return value
    word = next(iter(value), "")
    if word.startswith(MARK):
        return READERS[word](value[word])
    return _members(value)


def _members(value: dict[str, Any]) -> dict[str, Any]:
    return {name: read(member) for name, member in value.items()}


READERS: dict[str, Any] = {
    "$decimal": Decimal,
    "$moment": datetime.fromisoformat,
    "$day": date.fromisoformat,
    "$object": _members,
}
