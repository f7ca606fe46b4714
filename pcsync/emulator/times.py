"""Moments and durations as Partner Center writes them. Owns date text and term arithmetic.

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

import calendar
import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

DURATION = re.compile(
    r"^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$"
)
US_FORMS = ("%m/%d/%Y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y")
FAR_FUTURE = datetime(9999, 12, 14, tzinfo=UTC)
DAY = timedelta(days=1)
SHORTEST = 28
"""Every month has that many days."""


def parse(text: str) -> datetime:
    """Read an ISO or US date; without a zone it is UTC (conventions.md 5). Else ValueError."""
    trimmed = re.sub(r"(\.\d{6})\d+", r"\1", text.strip())
    try:
        moment = datetime.fromisoformat(trimmed)
    except ValueError:
        moment = _us(trimmed)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _us(text: str) -> datetime:
    for form in US_FORMS:
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    raise ValueError(f"not a date: {text!r}")


@lru_cache(maxsize=20_000)
def show(moment: datetime) -> str:
    """UTC ISO 8601 with Z; fractions only where there are any."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def duration(text: str) -> timedelta:
    """Read an ISO duration of weeks and smaller, such as PT10M. ValueError on months and years."""
    found = DURATION.match(text)
    if not found or text in ("P", "PT") or found[1] or found[2]:
        raise ValueError(f"not a duration of days, hours, minutes or seconds: {text!r}")
    weeks, days, hours, minutes, seconds = (float(part or 0) for part in found.groups()[2:])
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def months(term: str) -> int:
    """Number of months of a term such as P1M, P1Y or P3Y; 0 if it is none."""
    found = re.match(r"^P(?:(\d+)Y)?(?:(\d+)M)?$", term.upper())
    return int(found[1] or 0) * 12 + int(found[2] or 0) if found else 0


def add_months(moment: datetime, count: int) -> datetime:
    """The same day `count` months later, or the last day of a month that is too short."""
    index = moment.year * 12 + moment.month - 1 + count
    year, month = divmod(index, 12)
    day = moment.day
    if day > SHORTEST:
        day = min(day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def midnight(moment: datetime) -> datetime:
    """00:00 UTC of that day."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def month_end(moment: datetime) -> bool:
    """Whether the day is the last one of its month."""
    return moment.day == calendar.monthrange(moment.year, moment.month)[1]
