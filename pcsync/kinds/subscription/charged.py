"""What a term is charged, on which days: a new one, and the one that runs.

Owns when a term began, its price, its charges and the credit for seats that go (domain rules MO2,
MO5, MO9, MO11; commerce.md 13.5). Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from pcsync.kinds.subscription import billing, prices, terms
from pcsync.kinds.subscription.billing import Period
from pcsync.kinds.subscription.prices import Book, Sold
from pcsync.kinds.subscription.windows import renews
from pcsync.model import Due, Figure, Money, Rate, Resource

LUMPY = frozenset({"annual", "triennial"})
PROMOTED = "it has a promotion, and price sheets hold none"


def last_day(start: datetime, term: str) -> datetime:
    """The inclusive last day of a term (MO11); of what has none, its first."""
    return terms.last_day(start, term) if term in terms.LENGTH else terms.midnight(start)


def dues(rate: Rate, term: str, start: datetime, last: datetime) -> list[Due]:
    """All charges of a term."""
    months = billing.step(term, rate.cycle)
    found = billing.periods(start, last + terms.DAY, months)
    return [Due(each.start, charge(rate, each)) for each in found]


def charge(rate: Rate, found: Period) -> Decimal | None:
    """What a rate is for one period; None where its price is unknown."""
    if rate.each.amount is None:
        return None
    return billing.charge(rate.each.amount, rate.seats, found)


def total(found: Iterable[Due]) -> Decimal | None:
    """The sum of charges; None where one is unknown."""
    amounts = [due.amount for due in found]
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if len(known) == len(amounts) else None


def begun(have: Resource) -> datetime:
    """When the term that runs began: the service's date, or the last day less a whole term where
    that is later."""
    starts: datetime = have.remote["starts"]
    next_, term = renews(have), have.spec["termDuration"]
    if next_ is None or term not in terms.LENGTH:
        return starts
    return max(starts, terms.months_later(next_, -terms.LENGTH[term]))


def running(have: Resource, book: Book, seats: int | None = None) -> Rate:
    """What a live one is billed: by the price of its own term's first day (MO5)."""
    what = prices.sold(have.spec)
    count = what.seats if seats is None else seats
    return Rate(count, _own(have, what, book), what.cycle)


def _own(have: Resource, what: Sold, book: Book) -> Figure:
    if have.remote["trial"]:
        return Figure(Decimal(0), "a trial is not billed")
    if have.remote["extended"]:
        return prices.extended(book, what, begun(have))
    found = prices.each(book, replace(what, seats=1), begun(have))
    if have.remote["promotion"]:
        return _promoted(found, have.remote.get("discount"))
    return found


def _promoted(found: Figure, part: Decimal | None) -> Figure:
    """The price that the promotion leaves (MO5), where the catalogue says what it takes off."""
    if part is None:
        return Figure(None, PROMOTED)
    if found.amount is None:
        return found
    source = f"{(part * 100).normalize():f} % less by its promotion, {found.source}"
    return replace(found, amount=billing.cents(found.amount * (1 - part)), source=source)


def present(have: Resource, day: datetime) -> Period | None:
    """The period of today; none where the service does not say when the term ends."""
    next_ = renews(have)
    if next_ is None:
        return None
    months = billing.step(have.spec["termDuration"] or "", prices.sold(have.spec).cycle)
    return billing.period(begun(have), next_, months, day)


def left(have: Resource, rate: Rate, day: datetime) -> list[Due]:
    """The charges of the term that runs that are still to come."""
    next_ = renews(have)
    if next_ is None:
        return []
    months = billing.step(have.spec["termDuration"] or "", rate.cycle)
    found = billing.periods(begun(have), next_, months)
    return [Due(each.start, charge(rate, each)) for each in found if each.start > day]


def credit(have: Resource, seats: int, book: Book) -> Figure:
    """What comes back for seats that go today, as a sum less than 0 (MO9): an estimate."""
    rate, found = running(have, book, seats), present(have, book.now)
    if found is None or rate.each.amount is None:
        return replace(rate.each, amount=None)
    amount = -billing.unused(rate.each.amount, seats, found, book.now)
    return replace(rate.each, amount=amount, source=f"estimated, {rate.each.source}")


def committing(money: Money, term: str | None, rate: Rate, start: datetime) -> Money:
    """The same, with a term that begins on a day as what it commits to."""
    last = last_day(start, term or "")
    found = dues(rate, term or "", start, last)
    committed = replace(rate.each, amount=total(found))
    upfront = tuple(found) if rate.cycle in LUMPY else ()
    return replace(money, committed=committed, until=last, upfront=upfront)
