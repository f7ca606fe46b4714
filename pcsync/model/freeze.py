"""Freeze windows: times in which nothing is written (manifest-reference.md 11.3), all in UTC.

Must not import anything of pcsync outside the nouns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

T = TypeVar("T", int, str)

DAYS = re.compile(r"([1-9]|[12]\d|3[01])\.\.([1-9]|[12]\d|3[01])")
HOURS = re.compile(r"((?:[01]\d|2[0-3]):[0-5]\d)\.\.((?:[01]\d|2[0-3]):[0-5]\d)")
DATES = re.compile(r"(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)")


@dataclass(frozen=True, slots=True)
class Window:
    """Days of the month ``28..3``, hours of the day ``22:00..02:00`` or dates. Both ends belong to
    it, the last minute and the last day as a whole."""

    text: str

    def holds(self, at: datetime) -> bool:
        """Whether a moment, aware UTC, is inside."""
        if found := DAYS.fullmatch(self.text):
            return _between(int(found[1]), at.day, int(found[2]))
        if found := HOURS.fullmatch(self.text):
            return _between(found[1], f"{at:%H:%M}", found[2])
        found = DATES.fullmatch(self.text)
        return found is not None and found[1] <= f"{at:%Y-%m-%d}" <= found[2]


def window(text: str) -> Window:
    """A window as it is written. Raises ValueError, which says what is wrong in words."""
    if DAYS.fullmatch(text) or HOURS.fullmatch(text):
        return Window(text)
    found = DATES.fullmatch(text)
    if not found:
        raise ValueError("is no window: write `28..3`, `22:00..02:00` or two dates")
    first, last = (_day(found[number]) for number in (1, 2))
    if first > last:
        raise ValueError("ends before it begins")
    return Window(text)


def frozen(windows: Iterable[str], at: datetime) -> str | None:
    """The first window that a moment, aware UTC, is inside; None outside of all."""
    return next((text for text in windows if Window(text).holds(at)), None)


def _between(first: T, here: T, last: T) -> bool:
    """Both ends included; a window that ends before it begins goes over the end of the round."""
    if first <= last:
        return first <= here <= last
    return here >= first or here <= last


def _day(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d")
    except ValueError:
        raise ValueError(f"{text} is no day of the calendar") from None
