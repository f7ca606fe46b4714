"""Cheaper ways that the file could take, with what they save (domain rule MO18). Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from pcsync.kinds.subscription import billing, charged, prices, terms
from pcsync.kinds.subscription.prices import Book, Sold
from pcsync.model import Hint, Rate, Resource

BILLED = {"annual": "billed annually", "triennial": "billed every three years"}
YEAR = 12


def cheaper(book: Book, what: Sold, at: datetime) -> Iterable[Hint]:
    """The same term paid less often, and a year in place of months."""
    mine = _yearly(book, what, at)
    if mine is None:
        return
    for cycle, says in BILLED.items():
        other = _yearly(book, replace(what, cycle=cycle), at)
        if cycle != what.cycle and other is not None and other < mine:
            yield Hint(says, mine - other)
    if what.term == "P1M":
        other = _yearly(book, replace(what, term="P1Y"), at)
        if other is not None and other < mine:
            yield Hint("with a term of one year", mine - other)


def _yearly(book: Book, what: Sold, at: datetime) -> Decimal | None:
    """All seats for a year."""
    each = prices.foreseen(book, what, at).amount
    if each is None or what.term not in terms.LENGTH:
        return None
    total = each * billing.charges(what.term, what.cycle) * what.seats
    return billing.cents(total * YEAR / terms.LENGTH[what.term])


def returnable(have: Resource, rate: Rate, book: Book) -> Iterable[Hint]:
    """Seats of a term that ends which could go back today: what of them is unused, and what would
    still be charged for them."""
    seats, until = have.remote["refundable"] or 0, have.remote["refundable_until"]
    if not seats or (until and until <= book.now):
        return
    back = charged.credit(have, seats, book).amount
    spared = charged.total(charged.left(have, replace(rate, seats=seats), book.now))
    if back is not None and spared is not None:
        yield Hint(f"with {seats} seats given back today", spared - back)
