"""What a purchase or a change of a subscription costs, each sort of change in its own function.

Every figure is an estimate without tax (domain rules MO4 to MO7, MO9, MO11 to MO13, MO15). Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from pcsync.kinds.subscription import (
    aligned,
    becoming,
    billing,
    charged,
    hints,
    prices,
    products,
    terms,
)
from pcsync.kinds.subscription.charged import LUMPY
from pcsync.kinds.subscription.model import WINDOW
from pcsync.kinds.subscription.prices import Book, Sold
from pcsync.kinds.subscription.windows import renews
from pcsync.model import Due, Figure, Money, Rate, Resource, View

NONE_BACK = "no seat can be given back today"
BEFORE_PROMOTION = "a promotion would make it less: price sheets hold none"
NOTHING = Figure(Decimal(0))


def bought(want: Resource, view: View, book: Book) -> Money:
    """A purchase: its first charge now, all charges of the term committed."""
    what = prices.sold(want.spec)
    if "trial" in want.spec:
        return Money(book.currency, book.market, NOTHING, notes=("a trial is not billed",))
    each = prices.each(book, what, book.now)
    notes = (BEFORE_PROMOTION,) if want.spec.get("promotionId") else ()
    return _term(what, each, book, view.at, _aligned(want, view), notes=notes)


def _aligned(want: Resource, view: View) -> datetime | None:
    """The last day of a first term that ends with something else, where it is said."""
    day = aligned.at_purchase(want, view).day
    return terms.date(day) if day else None


def _term(
    what: Sold,
    each: Figure,
    book: Book,
    start: datetime,
    last: datetime | None = None,
    notes: tuple[str, ...] = (),
) -> Money:
    """A term that begins today."""
    last = last or charged.last_day(start, what.term)
    rate = Rate(what.seats, each, what.cycle)
    dues = charged.dues(rate, what.term, start, last)
    whole = last == charged.last_day(start, what.term)
    return Money(
        book.currency,
        book.market,
        replace(each, amount=dues[0].amount if dues else None),
        after=rate,
        committed=replace(each, amount=charged.total(dues)),
        until=last,
        back_until=start + WINDOW,
        upfront=tuple(dues) if what.cycle in LUMPY else (),
        hints=tuple(hints.cheaper(book, what, book.now)) if whole else (),
        notes=notes,
    )


def resized(have: Resource, seats: int, book: Book) -> Money:
    """More seats at the price of their own term, or a credit for fewer (MO5, MO9)."""
    old = charged.running(have, book)
    rate, more = replace(old, seats=seats), seats - old.seats
    if more < 0:
        return Money(book.currency, book.market, charged.credit(have, -more, book), old, rate)
    found, each = charged.present(have, book.now), old.each
    if found is None or each.amount is None:
        now, committed = replace(each, amount=None), replace(each, amount=None)
        later = list[Due]()
    else:
        first = billing.added(each.amount, more, found, book.now)
        later = charged.left(have, replace(old, seats=more), book.now)
        now = replace(each, amount=first)
        committed = replace(each, amount=first + (charged.total(later) or 0))
    return Money(
        book.currency,
        book.market,
        now,
        old,
        rate,
        committed=committed,
        until=have.remote["ends"],
        back_until=book.now + WINDOW,
        upfront=(Due(book.now, now.amount), *later) if old.cycle in LUMPY else (),
    )


def moved(have: Resource, new: Mapping[str, Any], book: Book) -> Money:
    """Another product or a longer term at once: the rest of the old one is credited, the new one
    charged (MO6). An extended term is priced as what it is converted to."""
    if have.remote["extended"]:
        have = replace(
            have, spec={**have.spec, "product": new.get("product", have.spec["product"])}
        )
    begun, back = started(have, new, book), charged.credit(have, have.spec["quantity"], book)
    return replace(
        begun,
        now=_plus(begun.now, back),
        before=charged.running(have, book),
        back_until=None,
        hints=(),
        notes=(_parts(begun.now, back),),
    )


def started(have: Resource, new: Mapping[str, Any], book: Book) -> Money:
    """What begins with another product or term, at the price of today: a term of its own, or, where
    that does not change, the rest of the one that runs."""
    what = prices.sold({**have.spec, **new})
    each = prices.each(book, what, book.now)
    if "termDuration" in new or have.remote["trial"] or have.remote["extended"]:
        return _term(what, each, book, book.now)
    return _rest(have, Rate(what.seats, each, what.cycle), book)


def _rest(have: Resource, rate: Rate, book: Book) -> Money:
    """What another price is for the rest of a term that goes on."""
    found, each = charged.present(have, book.now), rate.each
    if found is None or each.amount is None:
        return Money(book.currency, book.market, replace(each, amount=None), after=rate)
    first = billing.added(each.amount, rate.seats, found, book.now)
    later = charged.left(have, rate, book.now)
    total = replace(each, amount=first + (charged.total(later) or 0))
    upfront = (Due(book.now, first), *later) if rate.cycle in LUMPY else ()
    now, until = replace(each, amount=first), have.remote["ends"]
    return Money(
        book.currency, book.market, now, after=rate, committed=total, until=until, upfront=upfront
    )


def _plus(one: Figure, other: Figure) -> Figure:
    if one.amount is None or other.amount is None:
        return replace(one if one.amount is None else other, amount=None)
    return replace(one, amount=one.amount + other.amount)


def _parts(first: Figure, back: Figure) -> str:
    """What the sum of today is made of."""
    if first.amount is None or back.amount is None:
        return "the first charge, less a credit for the old one"
    return f"first charge {first.amount:,.2f}, less a credit of {-back.amount:,.2f}"


def ending(have: Resource, word: str, book: Book) -> Money:
    """How a term ends: what of it is billed all the same, and what comes after it."""
    rate, next_ = charged.running(have, book), renews(have)
    due = charged.left(have, rate, book.now)
    owed = _owed(rate, due)
    after = _follows(have, word, book) if next_ else None
    before = _follows(have, have.spec["endOfTerm"], book) if next_ else rate
    paid = replace(NOTHING, source=f"{have.spec['friendlyName'] or 'it'} is paid and runs on")
    money = Money(book.currency, book.market, paid, before, after, next_, owed, due=tuple(due))
    if word == "renew" and next_ and after:
        money = charged.committing(money, have.spec["termDuration"], after, next_)
    found = hints.returnable(have, rate, book) if word == "cancel" else ()
    return replace(money, back_until=next_, hints=tuple(found))


def _owed(rate: Rate, due: Sequence[Due]) -> Figure:
    amount = None if rate.each.amount is None else charged.total(due)
    return replace(rate.each, amount=amount)


def _follows(have: Resource, word: str, book: Book) -> Rate | None:
    """What is billed after the term, for each word of `endOfTerm`."""
    what, next_ = prices.sold(have.spec), renews(have)
    assert next_ is not None, "it has an end"
    match word:
        case "cancel":
            return None
        case "extend":
            return Rate(what.seats, prices.extended(book, what, next_), "monthly")
        case _:
            return Rate(what.seats, prices.foreseen(book, what, next_), what.cycle)


def other_cycle(have: Resource, cycle: str, book: Book) -> Money:
    """Three years billed otherwise from the next charge on."""
    old = charged.running(have, book)
    what = replace(prices.sold(have.spec), cycle=cycle)
    rate = Rate(what.seats, prices.each(book, what, charged.begun(have)), cycle)
    dues, next_ = charged.left(have, old, book.now), renews(have)
    if not dues or next_ is None:
        return Money(book.currency, book.market, NOTHING, old, rate)
    begins = dues[0].day
    found = billing.periods(begins, next_, billing.step(what.term, cycle))
    cash = tuple(Due(each.start, charged.charge(rate, each)) for each in found)
    upfront = cash if cycle in LUMPY else ()
    return Money(book.currency, book.market, NOTHING, old, rate, begins, upfront=upfront)


def at_renewal(
    have: Resource, before: Mapping[str, Any], new: Mapping[str, Any], book: Book
) -> Money | None:
    """The next term, at the price of its first day (MO6); today nothing is billed."""
    next_ = renews(have)
    if next_ is None:
        return None
    old = charged.running(have, book, before["quantity"])
    what = prices.sold({**before, **{name: new[name] for name in new if name in before}})
    each = prices.foreseen(book, what, next_)
    notes = (BEFORE_PROMOTION,) if new.get("promotionId") else ()
    rate = Rate(what.seats, each, what.cycle)
    money = Money(book.currency, book.market, NOTHING, old, rate, next_)
    if new.keys() == {"quantity"} and what.seats < old.seats:
        return _fewer(have, money, old.seats - what.seats, book)
    money = charged.committing(money, what.term, rate, next_)
    found = tuple(hints.cheaper(book, what, next_))
    if "product" in new:
        money = replace(money, now=_paid(have, new, book))
    return replace(money, back_until=next_, hints=found, notes=notes)


def _paid(have: Resource, new: Mapping[str, Any], book: Book) -> Figure:
    """Nothing today: the old product is paid to the end of its period."""
    found = charged.present(have, book.now)
    if found is None:
        return NOTHING
    old = have.spec["product"]
    name = becoming.apart(products.title(str(new["product"])), products.title(old)) or old
    last = found.end - terms.DAY
    seats = have.spec["quantity"]
    return replace(NOTHING, source=f"{seats} x {name} are paid to {last.day} {last:%b}")


def _fewer(have: Resource, money: Money, idle: int, book: Book) -> Money:
    """A next term with fewer seats, which commits to nothing new; the idle ones are billed to the
    end of this one."""
    assert money.before is not None, "it runs"
    rate = replace(money.before, seats=idle)
    due = charged.left(have, rate, book.now)
    stuck = not have.remote["refundable"]
    return replace(
        money,
        now=replace(NOTHING, source=NONE_BACK) if stuck else NOTHING,
        owed=_owed(rate, due) if due else None,
        due=tuple(due),
        back_until=money.begins,
    )
