"""The section CALENDAR: the days that a plan leads to, charges, renewals and last days, in order.

Owns which days these are. Pure; must not import a stage or a kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pcsync.model import Action, Plan
from pcsync.report import choices
from pcsync.report.layout import rows
from pcsync.report.shown import listed, number
from pcsync.report.words import Moment, moment
from pcsync.report.yearly import many

HEAD = "CALENDAR"
RESTORABLE = timedelta(days=30)
MOST_DAYS = 12
MOST_NAMES = 4
LEAST_DAYS = 2
QUANTITY = "quantity"


@dataclass(frozen=True, slots=True)
class Day:
    """What happens to something on a day; `form` says it of all their `names` together."""

    when: date
    what: str
    form: str
    own: bool = True


def calendar(plan: Plan, width: int) -> list[str]:
    """The section, a line for each day, or for each month where there are too many; nothing where
    there are not two days. What is charged is no reason for a calendar, but stands in it."""
    days: dict[Day, list[str]] = {}
    first = 1 if len({action.address.root for action in plan.actions}) == 1 else 0
    asked = choices.asked(plan.findings)
    for action in (each for each in plan.actions if not choices.held(asked, each)):
        for day, name in _days(action, plan, "/".join(action.address.path[first:])):
            days.setdefault(day, []).append(name)
    if len({day.when for day in days if day.own}) < LEAST_DAYS:
        return []
    if len(days) > MOST_DAYS and plan.totals.money and many(plan.totals.money):
        return []  # MONEY tells the months
    if len(days) > MOST_DAYS:
        return [HEAD, *rows(_months(days), width, 2)]
    told = [
        (f"{day.when:%Y-%m-%d}", day.form.format(_joined(sorted(names))))
        for day, names in sorted(days.items(), key=lambda each: (each[0].when, each[0].what))
    ]
    return [HEAD, *rows(told, width, 2)]


def _joined(names: list[str]) -> str:
    """``m365 (23) and copilot (4)``"""
    if 1 < len(names) <= MOST_NAMES:
        return f"{', '.join(names[:-1])} and {names[-1]}"
    return listed(names, MOST_NAMES)


def _months(days: Mapping[Day, Sequence[str]]) -> Iterator[tuple[str, str]]:
    """Where there are too many days, each month with its numbers."""
    months: dict[tuple[str, str], int] = {}
    for day, names in sorted(days.items(), key=lambda each: (each[0].when, each[0].what)):
        if day.own:
            key = (f"{day.when:%Y-%m}", day.what)
            months[key] = months.get(key, 0) + len(names)
    for (month, what), times in months.items():
        yield month, f"{what}: {times:,}"


def _days(action: Action, plan: Plan, name: str) -> Iterator[tuple[Day, str]]:
    if action.people < 0:
        gone = (plan.time + RESTORABLE).date()
        yield Day(gone, "can't be restored any more", "{} can't be restored any more"), name
    yield from _charges(action, name)
    match moment(action):
        case Moment.RENEWAL | Moment.STORED if action.date:
            yield (
                Day(action.date.date(), "renewal", "renewal of {}; no writes that day"),
                (f"{name}{_seats(action)}"),
            )
        case Moment.NOW if action.not_after:
            yield Day(action.not_after.date(), "last day to apply", "last day to apply {}"), name
        case Moment.BLOCKED if action.date:
            yield Day(action.date.date(), "free to be changed", "{} free to be changed"), name
        case _:
            return


def _charges(action: Action, name: str) -> Iterator[tuple[Day, str]]:
    """What is charged of a term that runs, whatever becomes of its seats."""
    money = action.money
    if money is None or money.before is None or money.before.each.amount is None:
        return
    rate = money.before
    sum_ = f"{rate.seats} x {rate.each.amount:,.2f} = {rate.amount:,.2f}"
    for due in money.due:
        yield Day(due.day.date(), "charge", f"{{}} charge {sum_}", own=False), name


def _seats(action: Action) -> str:
    new = [change.new for change in action.changes if change.field == QUANTITY]
    return f" ({number(new[0])})" if new else ""
