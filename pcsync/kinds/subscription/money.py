"""What an action on a subscription costs: the figures beside what it does.

Owns which sort of change an action is in money, and by which market and currency it is priced
(domain rule MO1). Prices come from `prices.py`, the sums from `costs.py`. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from pcsync.kinds.subscription import billing, charged, costs, discount, market, types
from pcsync.kinds.subscription.model import WINDOW
from pcsync.kinds.subscription.prices import Book
from pcsync.model import (
    Action,
    Figure,
    Finding,
    Money,
    Rate,
    Read,
    Resource,
    Severity,
    Verb,
    View,
    When,
)

FULL_REFUND = timedelta(days=1)  # from the purchase: all of it comes back (commerce.md 5.6)
NO_OFFER = "offers of legacy are in no price sheet"
SUSPENDED = "suspended, and billed all the same"
FREE = frozenset({"friendlyName", "partnerId"})
Result = Action | Read | Finding


def told(
    results: Iterable[Result], want: Resource, have: Resource | None, view: View
) -> Iterable[Result]:
    """The same, with what actions cost; without price sheets nobody knows."""
    found = list(results)
    if view.prices is None:
        yield from found
        return
    asked = market.read(view) or (discount.read(have, view) if have else None)
    if asked and any(map(_costs, found)):
        yield asked
    book, today = book_of(view), _today(found)
    for each in found:
        if isinstance(each, Action):
            each = replace(each, money=of(each, want, have, view, book, today))
            yield from _too_dear(each, want)
        yield each


def _costs(each: Result) -> bool:
    """Whether it tells of money: an action that is more than a name, or a choice between ways."""
    if isinstance(each, Action):
        return each.when is When.NOW and not {c.field for c in each.changes} <= FREE
    return isinstance(each, Finding) and bool(each.ways)


def book_of(view: View) -> Book:
    """The price sheets as the customer of a view is priced by them."""
    assert view.prices is not None, "there are price sheets"
    return Book(view.prices, market.country(view) or "", view.rules.billing_currency or "", view.at)


def _today(found: Sequence[Result]) -> Mapping[str, Any]:
    """What is changed today, by field: what is told for the renewal comes after it."""
    actions = (each for each in found if isinstance(each, Action))
    now = (each for each in actions if each.when is When.NOW and each.date is None)
    return {change.field: change.new for each in now for change in each.changes}


def of(
    action: Action,
    want: Resource,
    have: Resource | None,
    view: View,
    book: Book,
    today: Mapping[str, Any],
) -> Money | None:
    """What an action costs; None for what costs nothing, or what is not done now. What is billed
    once, or not at all, has no rate."""
    found = _of(action, want, have, view, book, today)
    if found is None:
        return None
    before, after = (
        rate if rate and rate.cycle in billing.MONTHS else None
        for rate in (found.before, found.after)
    )
    return replace(found, before=before, after=after)


def _of(
    action: Action,
    want: Resource,
    have: Resource | None,
    view: View,
    book: Book,
    today: Mapping[str, Any],
) -> Money | None:
    if action.when is not When.NOW or types.type_of(want.spec) == types.AZURE:
        return None
    if action.verb is Verb.CREATE:
        found = costs.bought(want, view, book)
        whole = types.type_of(want.spec) == types.LICENSE and found.back_until is not None
        return replace(found, whole_until=book.now + FULL_REFUND) if whole else found
    if have is None or have.remote.get("type") == types.AZURE:
        return None
    if have.remote.get("type") == types.LEGACY:
        return _legacy(action, have, book)
    if action.verb is Verb.CANCEL:
        return cancelled(have, book)
    if action.verb is Verb.SUSPEND:
        rate = charged.running(have, book)
        return Money(book.currency, book.market, costs.NOTHING, rate, rate, notes=(SUSPENDED,))
    new = {change.field: change.new for change in action.changes}
    if action.date is not None:
        return costs.at_renewal(have, {**have.spec, **_known(have, today)}, new, book)
    return _changed(have, new, book)


def _known(have: Resource, today: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in today.items() if name in have.spec}


def _changed(have: Resource, new: Mapping[str, Any], book: Book) -> Money | None:
    """A change of today, by the gravest thing that it does."""
    if {"product", "termDuration"} & new.keys():
        return costs.moved(have, new, book)
    if "quantity" in new:
        return costs.resized(have, new["quantity"], book)
    if "endOfTerm" in new:
        return costs.ending(have, new["endOfTerm"], book)
    if "billingCycle" in new:
        return costs.other_cycle(have, new["billingCycle"], book)
    return None


def cancelled(have: Resource, book: Book) -> Money:
    """Everything comes back within a day, then what is unused (commerce.md 5.6)."""
    rate, until = charged.running(have, book), have.remote["cancellable_until"]
    back, found = charged.credit(have, rate.seats, book), charged.present(have, book.now)
    whole = until and book.now < until - WINDOW + FULL_REFUND and not have.remote["extended"]
    if whole and found and rate.each.amount is not None:
        back = replace(back, amount=-billing.charge(rate.each.amount, rate.seats, found))
    return Money(book.currency, book.market, back, before=rate)


def _legacy(action: Action, have: Resource, book: Book) -> Money | None:
    """Suspended it is billed no more; its price is in no sheet."""
    new = {change.field: change.new for change in action.changes}
    if new.keys() <= FREE:
        return None
    unknown, cycle = Figure(None, NO_OFFER), have.spec["billingCycle"] or "monthly"
    old = Rate(have.spec["quantity"] or 0, unknown, cycle)
    rate = replace(old, seats=new.get("quantity", old.seats))
    before = None if action.verb is Verb.RESUME else old
    after = None if action.verb is Verb.SUSPEND else rate
    return Money(book.currency, book.market, unknown, before, after)


# --- the most that it may cost ------------------------------------------------------------------


def _too_dear(action: Action, want: Resource) -> Iterable[Finding]:
    """A purchase whose price is above `maxPrice` already is none (MO8)."""
    most, money = want.words.get("maxPrice"), action.money
    if not most or action.verb is not Verb.CREATE or money is None or money.after is None:
        return
    each = money.after.each.amount
    if most["currency"] != money.currency:
        what = f"`maxPrice` is in {most['currency']}, and the partner is billed in {money.currency}"
        yield _error(want, what, f"write it in {money.currency}")
    elif each is not None and each > most["each"]:
        what = f"a seat costs {each:,.2f} at each charge, more than its `maxPrice`"
        yield _error(want, what, "raise `maxPrice`, or choose another product, term or cycle")


def _error(want: Resource, what: str, advice: str) -> Finding:
    place = want.at("maxPrice")
    return Finding(Severity.ERROR, "above-max-price", what, advice, want.address, place)
