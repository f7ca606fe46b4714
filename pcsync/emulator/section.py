"""Strict reading of one object of a world file: every word is known, every value of its type.

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from pcsync.emulator import times


class WorldError(ValueError):
    """A world file that cannot be used; the message says where and why."""


class Section:
    """One object of the file; `where` is its place in words for messages."""

    def __init__(self, members: Any, where: str, words: Iterable[str]) -> None:
        self.where = where
        if not isinstance(members, dict | Mapping):
            raise WorldError(f"{where}: must be an object")
        self._members = members
        allowed = set(words)
        unknown = [str(name) for name in members if name not in allowed]
        if unknown:
            known = ", ".join(sorted(allowed))
            raise WorldError(f"{where}: unknown words {', '.join(unknown)}; known are {known}")

    def fail(self, name: str, what: str) -> NoReturn:
        """Refuse the value of a word."""
        raise WorldError(f"{self.where}.{name}: {what}")

    def raw(self, name: str, default: Any = None) -> Any:
        """The value as it stands; the default if it is absent or null."""
        value = self._members.get(name)
        return default if value is None else value

    def has(self, name: str) -> bool:
        """Whether the word is there, null or not."""
        return name in self._members

    def text(self, name: str) -> str | None:
        """A text, or None."""
        value = self.raw(name)
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            return str(value)
        self.fail(name, "must be a text (put it in quotes)")

    def need(self, name: str) -> str:
        """A text that has to be there."""
        value = self.text(name)
        if not value:
            self.fail(name, "is required")
        return value

    def word(self, name: str, default: str, allowed: Iterable[str]) -> str:
        """A word of a closed list."""
        value = self.text(name) or default
        if value not in allowed:
            self.fail(name, f"must be one of {', '.join(allowed)}")
        return value

    def whole(self, name: str, default: int) -> int:
        """A whole number."""
        value = self.raw(name, default)
        if isinstance(value, bool) or not isinstance(value, int):
            self.fail(name, "must be a whole number")
        return value

    def money(self, name: str) -> Decimal | None:
        """An exact number, or None."""
        value = self.raw(name)
        return None if value is None else self.exact(name, value)

    def exact(self, name: str, value: Any) -> Decimal:
        """Any number or text as a Decimal."""
        try:
            if isinstance(value, bool):
                raise InvalidOperation
            return Decimal(str(value))
        except InvalidOperation:
            self.fail(name, "must be a number")

    def flag(self, name: str, default: bool) -> bool:
        """True or false."""
        value = self.raw(name, default)
        if not isinstance(value, bool):
            self.fail(name, "must be true or false")
        return value

    def moment(self, name: str) -> datetime | None:
        """A date, or None."""
        value = self.raw(name)
        return None if value is None else self.date(name, value)

    def date(self, name: str, value: Any) -> datetime:
        """An ISO text or a date that the YAML reader has read already."""
        text = value.isoformat() if isinstance(value, date) else value
        try:
            return times.parse(text)
        except (ValueError, AttributeError):
            self.fail(name, "must be a date such as 2026-11-22T09:00:00Z")

    def span(self, name: str, default: timedelta) -> timedelta:
        """An ISO duration such as PT10M."""
        value = self.text(name)
        try:
            return default if value is None else times.duration(value)
        except ValueError as wrong:
            self.fail(name, str(wrong))

    def listed(self, name: str) -> list[Any]:
        """A list; empty if absent."""
        value = self.raw(name, [])
        if not isinstance(value, list):
            self.fail(name, "must be a list")
        return value

    def texts(self, name: str) -> list[str]:
        """A list of texts."""
        return [str(value) for value in self.listed(name)]

    def inside(self, name: str, words: Iterable[str]) -> Section:
        """A nested object; empty if absent."""
        return Section(self.raw(name, {}), f"{self.where}.{name}", words)

    def each(self, name: str, words: Iterable[str]) -> list[Section]:
        """A list of nested objects."""
        allowed = list(words)
        rows = enumerate(self.listed(name))
        return [Section(row, f"{self.where}.{name}[{n}]", allowed) for n, row in rows]
