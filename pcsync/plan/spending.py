"""Money that guards count: what a month costs more, and the most that is due in one calendar month.

Owns what of it is unknown: a price that nobody has, and one of a later term that is only today's
(domain rules MO6, MO10). Pure; names no kind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from pcsync.model import Money, Rate

MONTHS = {"monthly": 1, "annual": 12, "triennial": 36}
CENT = Decimal("0.01")
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Amount:
    """What is `known` of a sum of money; with `unknown` it may be any. `month` (``2026-12``) is the
    one that it is due in, where it is of one month."""

    known: Decimal = NOTHING
    unknown: bool = False
    month: str = ""

    @property
    def number(self) -> Decimal | None:
        """The sum, None where not all of it is known."""
        return None if self.unknown else self.known


def per_month(costs: Iterable[Money]) -> Amount:
    """What a month costs more than before; a year's charge counts as twelve."""
    total, unknown = NOTHING, False
    for money in costs:
        for rate, sign in ((money.after, 1), (money.before, -1)):
            found = _monthly(rate)
            unknown = unknown or found is None
            total += sign * (found or 0)
    return Amount(total.quantize(CENT), unknown)


def _monthly(rate: Rate | None) -> Decimal | None:
    """A month of what is billed; None where the price is unknown, is one of today for a later day,
    or belongs to a cycle that is no number of months."""
    if rate is None:
        return NOTHING
    months = MONTHS.get(rate.cycle)
    if rate.amount is None or rate.each.assumed or months is None:
        return None
    return rate.amount / months


def upfront(costs: Iterable[Money]) -> Amount:
    """What is due in one sum in the dearest month, of the months that are known."""
    months: dict[str, Decimal] = defaultdict(Decimal)
    unknown = False
    for money in costs:
        assumed = money.after is not None and money.after.each.assumed
        for due in money.upfront:
            if due.amount is None or assumed:
                unknown = True
            else:
                months[f"{due.day:%Y-%m}"] += due.amount
    month = max(sorted(months), key=lambda name: months[name], default="")
    return Amount(months[month] if month else NOTHING, unknown, month)


def due_in(costs: Iterable[Money], month: str) -> Decimal:
    """What is known to be due in one sum in a month."""
    return sum(
        (
            due.amount
            for money in costs
            if not (money.after and money.after.each.assumed)
            for due in money.upfront
            if due.amount is not None and f"{due.day:%Y-%m}" == month
        ),
        NOTHING,
    )
