"""Which price holds: the row of the customer's market in the partner's currency, on a day.

Owns how a row is chosen (domain rules MO1, MO4 to MO6, MO13; commerce.md 13.5) and why there is
none. A sheet speaks for its month; one whose path names no month speaks for the days of its rows,
up to the month of the latest. An end that is open is no end: the row goes when another begins.
Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from pcsync.kinds.subscription import terms
from pcsync.kinds.subscription.billing import cents, charges
from pcsync.model import Figure, PriceRow, Prices
from pcsync.values import word

OPEN = datetime(9000, 1, 1, tzinfo=UTC)
EXTENDED, EXTENDED_WITHOUT_MONTH = Decimal("1.03"), Decimal("1.23")
NO_CURRENCY = "pcsync.yaml does not say `partner.billingCurrency`"
NO_MARKET = "the country of the customer could not be read"


@dataclass(frozen=True, slots=True)
class Book:
    """The price sheets as one customer is priced by them, at the moment of the plan."""

    prices: Prices
    market: str
    currency: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Sold:
    """What is priced: a product with a term and a billing plan, and how many seats of it."""

    product: str
    term: str
    cycle: str
    seats: int = 1


def sold(spec: Mapping[str, Any]) -> Sold:
    """What a subscription is, in the words of its spec."""
    return Sold(
        str(spec["product"]).upper(),
        str(spec["termDuration"] or ""),
        word(spec["billingCycle"]),
        int(spec["quantity"] or 0),
    )


def each(book: Book, what: Sold, at: datetime) -> Figure:
    """The price of a seat at each charge, by the row that holds at a moment (MO1, MO2, MO4)."""
    row = _row(book, what, at)
    if isinstance(row, str):
        return Figure(None, row)
    return Figure(cents(row.unit / charges(what.term, what.cycle)), _source(row), _label(row))


def foreseen(book: Book, what: Sold, at: datetime) -> Figure:
    """The same at a renewal: today's, marked as such, where no sheet speaks of its day (MO6)."""
    found = each(book, what, at)
    if found.amount is not None or at <= book.now:
        return found
    today = each(book, what, book.now)
    if today.amount is None:
        return found
    return replace(today, source=f"today's price ({today.source}); {found.source}", assumed=True)


def extended(book: Book, what: Sold, at: datetime) -> Figure:
    """A month of an extended service term: 3 % above the price of the one-month term, 23 % above a
    month of the shortest other one where the product has none (MO13)."""
    monthly = Sold(what.product, "P1M", "monthly", what.seats)
    found = foreseen(book, monthly, at)
    if found.amount is not None:
        source = f"3 % above the one-month term, {found.source}"
        return replace(found, amount=cents(found.amount * EXTENDED), source=source)
    known = {(row.term, row.cycle) for row in _of(book, what.product)}
    others = [pair for pair in known if pair[0] in terms.LENGTH]
    if ("P1M", "monthly") in known or not others:
        return found
    term, cycle = min(others, key=_shortest)
    other = Sold(what.product, term, cycle, what.seats)
    row = _row(book, other, at)
    assumed = isinstance(row, str) and at > book.now
    if assumed:
        row = _row(book, other, book.now)
    if isinstance(row, str):
        return Figure(None, row)
    amount = cents(row.unit / terms.LENGTH[term] * EXTENDED_WITHOUT_MONTH)
    return Figure(amount, f"23 % above a month of {term}, {_source(row)}", _label(row), assumed)


def _shortest(pair: tuple[str, str]) -> tuple[int, bool, str]:
    """The shortest term first, of one length the one billed by the month."""
    term, cycle = pair
    return terms.LENGTH[term], cycle != "monthly", cycle


def _of(book: Book, product: str) -> list[PriceRow]:
    rows = book.prices.rows.get(product, ())
    return [r for r in rows if r.market == book.market and r.currency == book.currency]


def _row(book: Book, what: Sold, at: datetime) -> PriceRow | str:
    """The row that holds, or in words why there is none."""
    rows: Sequence[PriceRow] = book.prices.rows.get(what.product, ())
    if not (book.currency and book.market):
        return NO_MARKET if book.currency else NO_CURRENCY
    if not rows:
        return f"no price sheet has {what.product}"
    ways: tuple[tuple[Callable[[PriceRow], bool], str], ...] = (
        (lambda row: row.market == book.market, f"no price sheet of the market {book.market}"),
        (lambda row: row.currency == book.currency, f"no price in {book.currency}"),
        (
            lambda row: (row.term, row.cycle) == (what.term, what.cycle),
            f"no price for {what.term} billed {what.cycle}",
        ),
        (lambda row: _fits(row, what.seats), f"no price for {what.seats} seats"),
        (lambda row: _speaks(row, at, book.now), f"no price sheet of {at:%Y-%m}"),
        (lambda row: row.begins <= at <= row.ends, f"no row holds on {at:%Y-%m-%d}"),
    )
    for keeps, why in ways:
        rows = [row for row in rows if keeps(row)]
        if not rows:
            return why
    return _holding(rows)


def _fits(row: PriceRow, seats: int) -> bool:
    return (row.least or 0) <= max(seats, 1) and (row.most is None or seats <= row.most)


def _speaks(row: PriceRow, at: datetime, now: datetime) -> bool:
    """Whether the row's sheet knows of a moment. A row with an end of its own holds until then,
    whatever later sheets say."""
    month = f"{at:%Y-%m}"
    if row.sheet.month:
        own_end = row.ends < OPEN and row.sheet.month < month
        return own_end or row.sheet.month == month
    latest = max(now, row.sheet.latest or now)
    return month <= f"{latest:%Y-%m}"


def _holding(rows: Sequence[PriceRow]) -> PriceRow:
    """In an overlap the older row until its own end (MO1); of open ends the one that began last."""
    ending = [row for row in rows if row.ends < OPEN]
    going_on = [row for row in rows if row.ends >= OPEN]
    newest = [max(going_on, key=lambda row: (row.sheet.month, row.begins))] if going_on else []
    return min([*ending, *newest], key=lambda row: row.begins)


def _label(row: PriceRow) -> str:
    return row.sheet.month or row.sheet.name


def _source(row: PriceRow) -> str:
    return f"price sheet {row.sheet.name}"
