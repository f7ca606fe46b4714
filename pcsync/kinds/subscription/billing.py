"""How a term is billed: its charges and their days, cents, and the credit of what is unused.

Owns the published formula and its rounding (commerce.md 13.5, domain rules MO2 and MO9). Days of a
period are counted from its first to the day after its last. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from pcsync.kinds.subscription import terms

CENT = Decimal("0.01")
MONTHS = {"monthly": 1, "annual": 12, "triennial": 36}


@dataclass(frozen=True, slots=True)
class Period:
    """What one charge is for: from its first day to the day after its last; `days` it would have
    if the end of the term did not cut it short."""

    start: datetime
    end: datetime
    days: int


def cents(amount: Decimal) -> Decimal:
    """Rounded to cents, halves away from zero."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def charges(term: str, cycle: str) -> int:
    """How often a term is charged for; once where the cycle is none of those that repeat."""
    return max(1, terms.LENGTH.get(term, 1) // step(term, cycle))


def step(term: str, cycle: str) -> int:
    """The months between two charges; the whole term where the cycle does not repeat."""
    return MONTHS.get(cycle, terms.LENGTH.get(term, 1))


def prorated(each: Decimal, seats: int, days: int, of: int) -> Decimal:
    """A part of a charge, as published: to cents a day for all seats, then to cents a seat.

    ``round((round(each x seats / of, 2) x days) / seats, 2) x seats``.
    """
    if not seats or days >= of:
        return each * seats
    daily = cents(each * seats / of)
    return cents(daily * max(days, 0) / seats) * seats


def period(start: datetime, ends: datetime, months: int, day: datetime) -> Period:
    """The period that a day lies in, of a term from `start` to before `ends`."""
    first = terms.midnight(start)
    count = max(0, (day.year - first.year) * 12 + day.month - first.month) // months
    while count and terms.months_later(first, months * count) > day:
        count -= 1
    while terms.months_later(first, months * (count + 1)) <= day:
        count += 1
    begins = terms.months_later(first, months * count)
    whole = terms.months_later(first, months * (count + 1))
    return Period(begins, min(whole, ends), (whole - begins).days)


def periods(start: datetime, ends: datetime, months: int) -> Iterator[Period]:
    """All periods of a term, each with its charge on its first day."""
    day = terms.midnight(start)
    while day < ends:
        found = period(start, ends, months, day)
        yield found
        day = found.end


def charge(each: Decimal, seats: int, found: Period) -> Decimal:
    """What is charged for a period, less where the end of the term cuts it short."""
    return prorated(each, seats, (found.end - found.start).days, found.days)


def added(each: Decimal, seats: int, found: Period, day: datetime) -> Decimal:
    """What seats cost that come within a period: the day they come is paid for."""
    return prorated(each, seats, (found.end - terms.midnight(day)).days, found.days)


def unused(each: Decimal, seats: int, found: Period, day: datetime) -> Decimal:
    """What is credited for seats that go within a period: the day they go was used."""
    left = (found.end - terms.midnight(day) - terms.DAY).days
    return prorated(each, seats, left, found.days)
