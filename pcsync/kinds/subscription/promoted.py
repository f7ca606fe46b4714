"""The promotion that a live subscription has: whether a change of its next term may end it.

Owns this question, and what losing it costs a year (domain rules MO7, PU14). What a promotion takes
off is read by `discount.py`, what a purchase is to have is in `promotion.py`. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from pcsync.kinds.subscription import costs, discount, market, money
from pcsync.kinds.subscription.windows import renews
from pcsync.model import Change, Finding, Rate, Read, Resource, Severity, View, Way
from pcsync.values import word

CODE = "promotion-ends"
ENDS = frozenset({"product", "termDuration", "billingCycle"})
MONTHS = {"monthly": 1, "annual": 12, "triennial": 36}
YEAR = 12
CENT = Decimal("0.01")


def reads(want: Resource, have: Resource, changes: Sequence[Change], view: View) -> Iterable[Read]:
    """What has to be known before a change for the renewal may end a promotion."""
    if not have.remote["promotion"] or not ENDS & {change.field for change in changes}:
        return
    if found := market.read(view) or discount.read(have, view):
        yield found


def question(
    want: Resource, have: Resource, changes: Sequence[Change], view: View
) -> Finding | None:
    """Whether the promotion may end, where it would go on without these changes of the next term
    and they make it dearer, or nobody knows."""
    new = {change.field: change.new for change in changes}
    starts, ends = renews(have), have.remote.get("promotion_ends")
    if not have.remote["promotion"] or not ENDS & new.keys() or new.get("promotionId"):
        return None
    if starts is None or (ends is not None and ends < starts):
        return None
    more = _more(have, new, view)
    if more is not None and more <= 0:
        return None
    field = next(change.field for change in changes if change.field in ENDS)
    what = f"{_named(have)}, {have.spec['quantity']} seats: {_wish(new)} would cost {_told(more)}"
    advice = "say which: keep it by the lines of today, or take note of what it costs"
    until = f"{starts:%Y-%m-%d}"
    ways = (
        Way("keep it", _today(have, new), does="goes on with its promotion"),
        Way(
            "let it go",
            f"acknowledge: [{{finding: {CODE}, by: …, on: …, until: {until}}}]",
            does="the change is told for the renewal, and the promotion ends with it",
        ),
    )
    place = want.at(field)
    return Finding(Severity.WARNING, CODE, what, advice, want.address, place, ways)


def _named(have: Resource) -> str:
    """``10 % promotion on the monthly plan``"""
    part, cycle = have.remote.get("discount"), word(have.spec["billingCycle"])
    percent = f"{(part * 100).normalize():f} % " if part else ""
    return f"{percent}promotion on the {cycle} plan"


def _wish(new: Mapping[str, Any]) -> str:
    """What it is to be in a word: the cycle, where only that changes."""
    if new.keys() & ENDS == {"billingCycle"}:
        return str(new["billingCycle"])
    return "the next term"


def _told(more: Decimal | None) -> str:
    return "nobody knows how much" if more is None else f"{more:,.2f} more a year than today"


def _today(have: Resource, new: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}: {have.spec[name]}" for name in new if name in ENDS)


def _more(have: Resource, new: Mapping[str, Any], view: View) -> Decimal | None:
    """What a year costs more than today."""
    if view.prices is None:
        return None
    found = costs.at_renewal(have, have.spec, new, money.book_of(view))
    before, after = (_year(found.before), _year(found.after)) if found else (None, None)
    return None if before is None or after is None else after - before


def _year(rate: Rate | None) -> Decimal | None:
    if rate is None or rate.amount is None or rate.cycle not in MONTHS:
        return None
    return (rate.amount * YEAR / MONTHS[rate.cycle]).quantize(CENT)


def accepted(want: Resource, view: View) -> bool:
    """Whether a person has taken note, until a day that is not over (rule RO7)."""
    today = view.at.date().isoformat()
    return any(
        each["finding"] == CODE and today <= str(each["until"])
        for each in want.words.get("acknowledge", ())
    )
