"""The price stop: what a line of a cart may cost before it is checked out (domain rule MO8).

Owns the checks between cart and checkout about money: price, currency. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pcsync.model import Action, All, AtMost, Check, Empty, Is, Not, Resource, Some, View

PRICE = "pricing.price"  # of a seat at each charge, before tax (commerce.md 2.1)
NOTHING = "nothing was bought for this customer"


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The most that a seat may cost at each charge, in which currency, and who says so."""

    each: Decimal
    currency: str
    says: str


def ceiling(action: Action, want: Resource) -> Ceiling | None:
    """What the manifest says, else the price of the plan; None where nobody knows one."""
    if most := want.words.get("maxPrice"):
        return Ceiling(Decimal(str(most["each"])), most["currency"], "its `maxPrice`")
    money = action.money
    if money is None or money.after is None or money.after.each.amount is None:
        return None
    return Ceiling(money.after.each.amount, money.currency, "the price of the plan")


def said(batch: Sequence[Action], wants: Sequence[Resource]) -> Iterable[str]:
    """The price stop in words: the most that the whole cart may ask for."""
    pairs = list(zip(batch, wants, strict=True))
    known = [(found, want) for action, want in pairs if (found := ceiling(action, want))]
    if known and len(known) == len(pairs):
        most = sum((found.each * want.spec["quantity"] for found, want in known), Decimal(0))
        yield f"stops before checkout if the cart asks for more than {most:,.2f}"
    elif known:
        yield f"stops before checkout if one of {len(known)} lines with a known price costs more"


def checks(
    batch: Sequence[Action], wants: Sequence[Resource], view: View, ids: tuple[str, ...]
) -> Iterable[Check]:
    """Every line in the currency that is meant and at most as dear; else nothing is bought."""
    if wanted := view.rules.billing_currency:
        other = All((Not(Empty("currencyCode")), Not(Is("currencyCode", wanted, fold=True))))
        says = f"a line of the cart is not in {wanted}: {NOTHING}"
        yield Check(Not(Some("lineItems", other)), says, ids, stops=True)
    for number, (action, want) in enumerate(zip(batch, wants, strict=True)):
        if found := ceiling(action, want):
            yield _at_most(number, want, found, ids)


def _at_most(number: int, want: Resource, most: Ceiling, ids: tuple[str, ...]) -> Check:
    line = All(
        (
            Is("id", number),
            Is("currencyCode", most.currency, fold=True),
            AtMost(PRICE, most.each),
        )
    )
    says = (
        f"{want.address} costs more than {most.each:,.2f} {most.currency} a seat in the cart, "
        f"{most.says}: {NOTHING}"
    )
    return Check(Some("lineItems", line), says, ids, stops=True)
