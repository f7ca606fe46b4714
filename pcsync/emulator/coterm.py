"""On which days a first term may end early (commerce.md 5.11, 13.4).

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from datetime import datetime

from pcsync.emulator import times
from pcsync.emulator.contracts import Subscription
from pcsync.emulator.customer import Customer

SHORT_MONTH = 28


def partners(customer: Customer, months: int) -> list[Subscription]:
    """The subscriptions whose last day can be taken over; a month only by a month."""
    return [
        row
        for row in customer.subscriptions.values()
        if row.status == "active"
        and row.licensed
        and not row.trial
        and (row.term != "P1M" or months == 1)
    ]


def ends(customer: Customer, months: int) -> dict[datetime, list[str]]:
    """The last days that can be taken over with the ids of their subscriptions; longer terms may
    end on that day of a later year too."""
    found: dict[datetime, list[str]] = {}
    for row in partners(customer, months):
        for year in range(max(1, months // 12)):
            found.setdefault(times.add_months(row.last_day, 12 * year), []).append(row.id)
    return found


def inside(start: datetime, day: datetime, months: int) -> bool:
    """Whether the last day lies in the first full term that begins at `start`."""
    first = times.midnight(start)
    return first <= day <= times.add_months(first, months) - times.DAY


def aligned(customer: Customer, day: datetime, months: int) -> bool:
    """Whether the day is a month's end or the last day of another subscription."""
    if months == 1 and day.day >= SHORT_MONTH and not times.month_end(day):
        return False
    return times.month_end(day) or day in ends(customer, months)


def allowed(
    customer: Customer, start: datetime, months: int, target: str | None
) -> list[tuple[str, datetime, list[str]]]:
    """Kind, last day and subscriptions of every end that a first term may have."""
    found = [
        ("subscriptionAligned", day, ids)
        for day, ids in sorted(ends(customer, months).items())
        if target in (None, *ids)
    ]
    first = times.midnight(start)
    month = first.replace(day=1)
    days = (times.add_months(month, count + 1) - times.DAY for count in range(months + 1))
    if target is None:
        found += [("calendarMonthAligned", day, []) for day in days]
    return [
        row for row in found if inside(start, row[1], months) and aligned(customer, row[1], months)
    ]
