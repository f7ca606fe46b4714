"""The section CALENDAR: the days that a plan leads to, renewals and last days, in order.

Owns which days these are. Pure; must not import a stage or a kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from pcsync.model import Action, Plan
from pcsync.report.layout import rows
from pcsync.report.shown import listed
from pcsync.report.words import Moment, moment

HEAD = "CALENDAR"
RESTORABLE = timedelta(days=30)
MOST_DAYS = 12
MOST_NAMES = 4
LEAST_DAYS = 2
DAY = timedelta(days=1)
CHANGE, RENEWAL = "last day to change or take back", "renewal of"
APPLY, FREE, GONE = "last day to apply", "free to be changed:", "can't be restored any more:"


def calendar(plan: Plan, width: int) -> list[str]:
    """The section, a line for each day, or for each month where there are too many; nothing where
    there are not two days."""
    days: dict[tuple[date, str], list[str]] = {}
    first = 1 if len({action.address.root for action in plan.actions}) == 1 else 0
    for action in plan.actions:
        for when, what in _days(action, plan):
            names = days.setdefault((when, what), [])
            names.append("/".join(action.address.path[first:]))
    if len(days) < LEAST_DAYS:
        return []
    if len(days) > MOST_DAYS:
        return [HEAD, *rows(_months(days), width, 2)]
    told = [
        (f"{when:%Y-%m-%d}", f"{what} {listed(sorted(names), MOST_NAMES)}")
        for (when, what), names in sorted(days.items())
    ]
    return [HEAD, *rows(told, width, 2)]


def _months(days: Mapping[tuple[date, str], Sequence[str]]) -> Iterator[tuple[str, str]]:
    """Where there are too many days, each month with its numbers."""
    months: dict[tuple[str, str], int] = {}
    for (when, what), names in sorted(days.items()):
        if what != CHANGE:
            key = (f"{when:%Y-%m}", what.removesuffix(" of").removesuffix(":"))
            months[key] = months.get(key, 0) + len(names)
    for (month, what), number in months.items():
        yield month, f"{what}: {number:,}"


def _days(action: Action, plan: Plan) -> Iterator[tuple[date, str]]:
    if action.people < 0:
        yield (plan.time + RESTORABLE).date(), GONE
    match moment(action):
        case Moment.RENEWAL | Moment.STORED if action.date:
            yield (action.date - DAY).date(), CHANGE
            yield action.date.date(), RENEWAL
        case Moment.NOW if action.not_after:
            yield action.not_after.date(), APPLY
        case Moment.BLOCKED if action.date:
            yield action.date.date(), FREE
        case _:
            return
