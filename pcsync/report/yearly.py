"""Rows of MONEY for many renewals on different days: cost by the year, cash by the month.

Owns these rows: cost and cash are different ones (domain rule MO12). Pure; must not import a stage
or a kind.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from pcsync.model import Bill, Measure, Month, Plan, Sum
from pcsync.report.fewer import Row
from pcsync.report.shown import count

MOST = 6
MOST_MONTHS = 12
LATER = "free until the day before each renewal, then 7 days"


def many(bill: Bill) -> bool:
    """Whether there are too many days to tell what is billed from each of them on."""
    return bill.yearly is not None and len(bill.rates) > MOST


def seats(plan: Plan) -> str:
    """``4,312 seats of Microsoft 365 Business Premium``; empty where it is several products."""
    priced = [(action.title, action.money.after) for action in plan.actions if action.money]
    titles = {title for title, _ in priced}
    number = sum(rate.seats for _, rate in priced if rate)
    title = titles.pop() if len(titles) == 1 else ""
    return f"{count(number, 'seat')} of {title}" if title and number else ""


def rows(bill: Bill, plan: Plan) -> Iterator[Row]:
    """What a year costs; what is paid up front, by calendar month; until when it is free."""
    assert bill.yearly is not None, "there are many"
    before, after = bill.yearly.before, bill.yearly.after
    yield Row("per year", _told(before), f"-> {_told(after)}{_difference(before, after)}")
    if bill.upfront:
        yield Row("but paid up front, at each renewal:")
    yield from (_month(each, plan) for each in bill.upfront[:MOST_MONTHS])
    if more := bill.upfront[MOST_MONTHS:]:
        yield Row("  later", note=f"in {count(len(more), 'month')} more")
    yield Row("to take back", note=LATER)


def _told(sum_: Sum) -> str:
    least = "at least " if sum_.unknown else ""
    return f"{least}{sum_.known:,.2f}" if sum_.unknown < sum_.parts or not sum_.parts else "unknown"


def _difference(before: Sum, after: Sum) -> str:
    if before.unknown or after.unknown or before.known == after.known:
        return ""
    more = after.known - before.known
    return f", {abs(more):,.2f} {'more' if more > 0 else 'less'}"


def _month(month: Month, plan: Plan) -> Row:
    name = f"  {datetime.fromisoformat(f'{month.month}-01'):%b %Y}"
    whose = f"{count(month.customers, 'customer')}, {count(month.seats, 'seat')}"
    over = "; over the limit" if _over(month, plan) else ""
    return Row(name, _told(month.amount), f"{whose}{over}")


def _over(month: Month, plan: Plan) -> bool:
    most = [
        row.limit
        for row in plan.limits
        if row.measure == Measure.UPFRONT and not row.customer and row.limit is not None
    ]
    return bool(most) and month.amount.known > min(most)
