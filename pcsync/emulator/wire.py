"""JSON on the wire: exact numbers, camelCase out, names read without case.

Owns encoding, decoding and typed reading of bodies. Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from pcsync.emulator import times
from pcsync.emulator.faults import Fault, invalid

_NUMBER = re.compile(r'"\\u0000(-?[0-9]+(?:\.[0-9]+)?)\\u0000"')
_UNSET_YEAR = 1


def _exact(value: object) -> str:
    if isinstance(value, Decimal):
        return f"\0{value:f}\0"
    if isinstance(value, datetime):
        return times.show(value)
    raise TypeError(f"not JSON: {type(value).__name__}")


_ENCODER = json.JSONEncoder(default=_exact, check_circular=False, separators=(",", ":"))


def encode(value: object) -> bytes:
    """JSON text in UTF-8; a Decimal keeps every digit, a moment becomes ISO 8601."""
    text = _ENCODER.encode(value)
    return _NUMBER.sub(r"\1", text).encode() if "\\u0000" in text else text.encode()


def decode(raw: bytes) -> Any:
    """Parse a request body; fractions become Decimal. 400/800002 if it is not JSON."""
    try:
        text = raw.decode("utf-8-sig")
        return json.loads(text, parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError) as wrong:
        raise Fault(400, 800002, f"The body is not JSON: {wrong}.") from wrong


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is not a number")


def shown(**members: Any) -> dict[str, Any]:
    """An object without its null members, as the service answers."""
    return {name: value for name, value in members.items() if value is not None}


def camel(name: str) -> str:
    """The camelCase form of a member's name."""
    return name[:1].lower() + name[1:]


def pascal(value: Any) -> Any:
    """The same JSON with PascalCase names, as audit records hold it; passwords are blanked."""
    if isinstance(value, Mapping):
        return {
            name[:1].upper() + name[1:]: "" if name.lower() == "password" else pascal(member)
            for name, member in value.items()
        }
    return [pascal(item) for item in value] if isinstance(value, list) else value


class Body(Mapping[str, Any]):
    """A JSON object of a request; its names are read without regard to case."""

    def __init__(self, members: Mapping[str, Any]) -> None:
        self._members = {name.lower(): _wrap(value) for name, value in members.items()}
        self._names = {name.lower(): camel(name) for name in members}

    def __getitem__(self, name: str) -> Any:
        return self._members[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names.values())

    def __len__(self) -> int:
        return len(self._members)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._members

    def plain(self) -> dict[str, Any]:
        """The members with camelCase names, nulls left out, without links and attributes."""
        return {
            self._names[name]: _plain(value)
            for name, value in self._members.items()
            if value is not None and name not in ("links", "attributes")
        }

    def without(self, name: str) -> Body:
        """The same without one member."""
        kept = {key: self[key] for key in self if key.lower() != name.lower()}
        return Body(kept)

    def text(self, name: str) -> str | None:
        """A string member, or None. 400/3000 if it is something else."""
        value = self.get(name)
        if value is None or isinstance(value, str):
            return value
        raise invalid(f"{name} must be a text.")

    def need(self, name: str) -> str:
        """A string member that has to be there and not be blank."""
        value = self.text(name)
        if value is None or not value.strip():
            raise invalid(f"{name} is required.")
        return value

    def whole(self, name: str) -> int | None:
        """An integer member, or None."""
        value = self.get(name)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        raise invalid(f"{name} must be a whole number.")

    def flag(self, name: str) -> bool | None:
        """A boolean member, or None."""
        value = self.get(name)
        if value is None or isinstance(value, bool):
            return value
        raise invalid(f"{name} must be true or false.")

    def moment(self, name: str) -> datetime | None:
        """A date member, or None; the year 1 stands for "not set" (clients.md)."""
        text = self.text(name)
        if not text:
            return None
        try:
            value = times.parse(text)
        except ValueError as wrong:
            raise invalid(f"{name} must be a date.") from wrong
        return None if value.year == _UNSET_YEAR else value

    def part(self, name: str) -> Body | None:
        """An object member, or None."""
        value = self.get(name)
        if value is None or isinstance(value, Body):
            return value
        raise invalid(f"{name} must be an object.")

    def parts(self, name: str) -> list[Body] | None:
        """A list of objects, or None."""
        value = self.get(name)
        if value is None:
            return None
        if isinstance(value, list) and all(isinstance(item, Body) for item in value):
            return value
        raise invalid(f"{name} must be a list of objects.")

    def texts(self, name: str) -> list[str] | None:
        """A list of strings, or None."""
        value = self.get(name)
        if value is None:
            return None
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return value
        raise invalid(f"{name} must be a list of texts.")


def _wrap(value: Any) -> Any:
    if isinstance(value, Mapping):
        return Body(value)
    return [_wrap(item) for item in value] if isinstance(value, list) else value


def _plain(value: Any) -> Any:
    if isinstance(value, Body):
        return value.plain()
    return [_plain(item) for item in value] if isinstance(value, list) else value
