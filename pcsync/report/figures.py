"""How a sum of money reads: cents, `unknown`, `at least`; and what one action costs.

Owns these words (domain rule MO10). Pure; must not import a stage or a kind.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from pcsync.model import Figure, Money, Rate, Sum
from pcsync.report.fewer import A

UNKNOWN = "unknown"


def amount(value: Decimal | None) -> str:
    """``1,234.50``; `unknown` for what nobody knows."""
    return UNKNOWN if value is None else f"{value:,.2f}"


def told(sum_: Sum) -> str:
    """A sum, "at least" so much where a part of it is unknown."""
    if sum_.unknown and sum_.unknown == sum_.parts:
        return UNKNOWN
    return f"{'at least ' if sum_.unknown else ''}{sum_.known:,.2f}"


def cost(money: Money) -> Iterator[str]:
    """What an action costs: what is billed at each charge, then what is due now."""
    after, before = money.after, money.before
    if after and before and after == before:
        yield f"{_each(after)}, as before"
    elif after:
        was = f", so far {_each(before, after)}" if before else ""
        yield f"{_each(after)}{was}"
    elif before:
        yield f"{_each(before)} {'until then' if money.begins else 'no more'}"
    same = after is not None and before is None and money.now.amount == after.amount
    if due := "; ".join([*([] if same else _due(money.now)), *money.notes]):
        yield due


def _each(rate: Rate, beside: Rate | None = None) -> str:
    """``10 x 23.10 = 231.00 a month``; a reason that stands beside it is not told again."""
    often = A.get(rate.cycle, rate.cycle)
    if rate.each.amount is None:
        told_ = beside is not None and beside.each.source == rate.each.source
        return f"{rate.seats} x {UNKNOWN} {often}{'' if told_ else f' ({rate.each.source})'}"
    assumed = " at today's price" if rate.each.assumed else ""
    return f"{rate.seats} x {amount(rate.each.amount)} = {amount(rate.amount)} {often}{assumed}"


def _due(now: Figure) -> list[str]:
    if not now.amount:
        return []
    if now.amount < 0:
        return [f"{amount(-now.amount)} credited, estimated"]
    return [f"{amount(now.amount)} now"]
