"""How values read: nothing is `none`, numbers have separators, no secrets, no control characters.

Owns the one door through which text of users and of the service reaches a terminal. Pure; must
not import a stage or a kind.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from typing import Any

from pcsync.values import absent

SECRET = "(secret)"
NOTHING = "none"
# Control codes, and what turns or hides text: direction marks, zero width, separators, surrogates.
CONTROL = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
MOST_DIGITS = 40
LONG_NAME = 20
ENDINGS = {1: "st", 2: "nd", 3: "rd"}


def clean(value: Any) -> Any:
    """Data whose texts can be shown: control characters spelled out, secrets replaced."""
    match value:
        case str():
            return CONTROL.sub(_spelled, value)
        case Mapping():
            if "$secret" in value:
                return SECRET
            return {clean(key): clean(member) for key, member in value.items()}
        case list() | tuple():
            return [clean(member) for member in value]
        case _:
            return value


def _spelled(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def shown(value: Any) -> str:
    """A clean value as text: ``none``, ``1,234.50``, ``a, b``, ``key: value``."""
    if absent(value):
        return NOTHING
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float() | Decimal():
            return number(value)
        case str():
            return _text(value)
        case Mapping():
            return ", ".join(f"{key}: {shown(value[key])}" for key in sorted(value))
        case list() | tuple():
            return ", ".join(shown(member) for member in value)
        case _:
            return str(value)


def number(value: int | float | Decimal) -> str:
    """A number with thousands separators, its decimals as they are."""
    exact = Decimal(str(value))
    small = exact.is_finite() and abs(exact.adjusted()) < MOST_DIGITS
    return f"{exact:,f}" if small else str(exact)


def _text(value: str) -> str:
    if TIME.fullmatch(value):
        with suppress(ValueError):
            return instant(datetime.fromisoformat(value))
    return f'"{value}"' if value == NOTHING or value != value.strip() else value


def instant(time: datetime) -> str:
    """A time in UTC as ``2026-11-23 09:00 UTC``."""
    return f"{time:%Y-%m-%d %H:%M} UTC"


def day(time: datetime) -> str:
    """A time as its day where it is midnight, else with hours and minutes."""
    return f"{time:%Y-%m-%d}" if (time.hour, time.minute) == (0, 0) else instant(time)


def date_(time: datetime) -> str:
    """The day of a time, as people write it: ``2 Jan 2027``."""
    return f"{time.day} {time:%b %Y}"


def far(time: datetime, now: datetime) -> str:
    """How far a time is from now, in whole days of the calendar: ``in 40 days``, ``today``."""
    days = (time.date() - now.date()).days
    match days:
        case 0:
            return "today"
        case 1:
            return "tomorrow"
        case _ if days > 0:
            return f"in {days:,} days"
        case _:
            return f"{count(-days, 'day')} ago"


def ordinal(number_: int) -> str:
    """``1st``, ``2nd``, ``3rd``, ``11th``."""
    teens = number_ % 100 in range(11, 14)
    return f"{number_}{'th' if teens else ENDINGS.get(number_ % 10, 'th')}"


def count(number_: int, noun: str) -> str:
    """A number with its noun: ``1 write``, ``1,200 writes``."""
    return f"{number_:,} {noun}" if number_ == 1 else f"{number_:,} {noun}s"


def span(seconds: float) -> str:
    """A length of time, in seconds or from two minutes on in minutes."""
    return (
        count(round(seconds), "second") if seconds < 120 else count(round(seconds / 60), "minute")
    )


def short(names: Sequence[str]) -> list[str]:
    """Dotted field names; a long one is only its last part, where that names one field of these."""
    last = Counter(name.rpartition(".")[2] for name in names)
    tails = [name.rpartition(".")[2] for name in names]
    return [
        tail if len(name) > LONG_NAME and last[tail] == 1 else name
        for name, tail in zip(names, tails, strict=True)
    ]


def listed(parts: list[str], most: int) -> str:
    """Names in a row, the first `most` of them, then how many more there are."""
    more = len(parts) - most
    return ", ".join(parts) if more <= 0 else f"{', '.join(parts[:most])} and {more:,} more"
