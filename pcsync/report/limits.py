"""Limits in a plan's verdict: those that it is over, with what lifts them, and how much of the
others it uses.

Owns these lines. Pure; must not import a kind, or a stage but the words of the plan's guards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pcsync.model import Measure, Plan, Used
from pcsync.plan.guards import OVER, quantity, shown
from pcsync.report.layout import paragraph, rows

ORDER = [measure.value for measure in Measure]
WAVE = "; or go in waves: "
DONE = {
    Measure.SUSPEND: "suspended",
    Measure.CANCEL: "cancelled",
    Measure.DELETE_USERS: "deleted",
    Measure.P3Y: "for three years",
    Measure.CREATE_CUSTOMERS: "created",
    Measure.CUSTOMERS: "changed",
    Measure.ADD_SEATS: "bought",
    Measure.LOSE_LICENCE: "people",
    Measure.LOSE_ACCESS: "people",
    Measure.REMOVALS: "left git",
    Measure.ADD_PER_MONTH: "more a month",
    Measure.UPFRONT: "due in one month",
}


def refused(plan: Plan, width: int) -> list[str]:
    """``REFUSED BY 2 LIMITS`` with a line for each: number, limit, the flag that lifts it; nothing
    where the plan is within all of them."""
    over = [row for row in plan.limits if row.over(plan.lifted)]
    if not over:
        return []
    head = f"REFUSED BY {len(over):,} LIMIT{'S' if len(over) > 1 else ''}"
    lines = paragraph(f"{head} ({_where(over)})", width, 2)
    lines += rows([(_name(row), _said(row)) for row in over], width, 4)
    if wave := _wave(plan):
        lines += paragraph(f"or in waves: {wave}", width, 4)
    return lines


def within(plan: Plan) -> str:
    """``addSeats 15 of 25, deleteUsers 1 of 0 (lifted to 1 by f.lang)``: limits that are used at
    all and hold. How many customers are changed is told by the plan itself."""
    told = [
        _used(row, plan.lifted, plan.lifted_by)
        for row in sorted(plan.limits, key=lambda row: ORDER.index(row.measure))
        if not row.over(plan.lifted) and not row.customer and _worth(row, plan.lifted)
    ]
    return ", ".join(told)


def _worth(row: Used, lifted: Mapping[str, int | str]) -> bool:
    return row.measure != Measure.CUSTOMERS or row.measure in lifted


def _used(row: Used, lifted: Mapping[str, int | str], by: str) -> str:
    text = f"{row.measure} {shown(row.measure, row.number)} of {shown(row.measure, row.limit)}"
    if not row.over({}):
        return text
    return f"{text} (lifted to {lifted[row.measure]}{f' by {by}' if by else ''})"


def _name(row: Used) -> str:
    return f"{row.customer} {row.measure}".strip()


def _said(row: Used) -> str:
    number = quantity(row) if row.month else _plain(row)
    each = " a month" if row.measure == Measure.UPFRONT else ""
    return f"{number}, limit {shown(row.measure, row.limit)}{each}; lift once: {row.flag}"


def _plain(row: Used) -> str:
    return f"{quantity(row)} {DONE[Measure(row.measure)]}"


def _where(over: Sequence[Used]) -> str:
    found = dict.fromkeys(row.where for row in over)
    named = ", ".join(where for where in found if where)
    return f"{named}, not of this branch" if named.endswith("of the base") else named


def _wave(plan: Plan) -> str:
    """The wave that the refusal names."""
    return next(_waves(plan), "")


def _waves(plan: Plan) -> Iterator[str]:
    for finding in plan.findings:
        if finding.code == OVER and WAVE in finding.advice:
            yield finding.advice.partition(WAVE)[2]
