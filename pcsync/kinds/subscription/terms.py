"""Terms in days: how long they are, and when one that begins on a day ends.

Owns the arithmetic of terms (domain rule MO11: last days are inclusive). Windows in which
something can be taken back are never computed: the service says them. Pure.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, datetime, timedelta

LENGTH = {"P1M": 1, "P1Y": 12, "P3Y": 36}
DAY = timedelta(days=1)


def longer(new: str, old: str | None) -> bool:
    """Whether one term is longer than another; nothing is shorter than any."""
    return LENGTH.get(new, 0) > LENGTH.get(old or "", 0)


def midnight(moment: datetime) -> datetime:
    """The first moment of a day."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def months_later(moment: datetime, months: int) -> datetime:
    """The same day so many months later, or the last one of that month."""
    count = moment.year * 12 + moment.month - 1 + months
    year, month = divmod(count, 12)
    last = monthrange(year, month + 1)[1]
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last))


def last_day(start: datetime, term: str) -> datetime:
    """The inclusive last day of a term that begins then: 22 Nov 2026 and a year: 21 Nov 2027."""
    return months_later(midnight(start), LENGTH[term]) - DAY


def month_end(moment: datetime) -> bool:
    """Whether it is the last day of its month."""
    return moment.day == monthrange(moment.year, moment.month)[1]


def date(text: str) -> datetime:
    """A day of a manifest, ``2027-01-01``, as its first moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
