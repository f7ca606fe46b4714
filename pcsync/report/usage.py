"""What Azure budgets were used for this month, and what it comes to at this pace.

Owns the projection: by the days that the figures cover, not by today (domain rule MO16). Pure; must
not import a stage or a kind.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from decimal import Decimal

from pcsync.model import Plan, Usage
from pcsync.report.fewer import Row
from pcsync.report.figures import amount
from pcsync.report.layout import paragraph
from pcsync.report.shown import count, number
from pcsync.report.spread import spread

MOST = 3
CENT = Decimal("0.01")
WARNS = "A budget warns by mail from 80 % on. It stops nothing."


def usage(plan: Plan, width: int) -> list[str]:
    """The section, under MONEY where the plan tells of no other money; else under AZURE."""
    if not plan.usage:
        return []
    title = "AZURE" if plan.totals.money or plan.totals.unpriced else "MONEY"
    several = len(plan.usage) > 1
    rows = [row for each in plan.usage[:MOST] for row in _rows(each, named=several)]
    more = len(plan.usage) - MOST
    tail = paragraph(f"and {count(more, 'more budget')}.", width, 2) if more > 0 else []
    head = paragraph(_head(plan.usage), width, 8, title)
    return [*head, *spread(rows, width), *tail, *paragraph(WARNS, width, 2)]


def _head(found: Sequence[Usage]) -> str:
    """Whose estimate it is, and of which day."""
    currencies = sorted({each.currency for each in found if each.currency})
    last = max(each.measured for each in found)
    parts = ["Azure", *currencies, "without tax and credits"]
    return f"{', '.join(parts)}; Microsoft's estimate of {last.day} {last:%b}"


def _rows(used: Usage, *, named: bool) -> Iterator[Row]:
    last = monthrange(used.measured.year, used.measured.month)[1]
    paced = (used.spent / used.measured.day * last).quantize(CENT)
    name = f"{used.address.root}, " if named else ""
    days = f"1 to {used.measured.day} {used.measured:%b}"
    yield Row(f"{name}{days}", amount(used.spent), _shares(used, used.spent))
    shares = _shares(used, paced)
    by = f"by {last} {used.measured:%b}"
    yield Row(f"{name}at this pace", amount(paced), f"{by}: {shares}" if shares else by)


def _shares(used: Usage, spent: Decimal) -> str:
    """``86 % of 5,000; 66 % of 6,500``: of the budget now, and of that after the plan."""
    budgets = dict.fromkeys(each for each in (used.before, used.after) if each)
    return "; ".join(f"{spent * 100 / each:.0f} % of {number(each)}" for each in budgets)
