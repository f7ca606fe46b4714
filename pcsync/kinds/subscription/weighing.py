"""What the two ways of a choice cost: first charge, credit, what is committed (plan-output.md 4).

Without price sheets the ways stand as they are. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from pcsync.kinds.subscription import (
    becoming,
    charged,
    costs,
    hints,
    money,
    products,
    terms,
)
from pcsync.kinds.subscription.prices import Book
from pcsync.model import Change, Figure, Money, Resource, View, Way

RUNS_ON = "0.00, runs to its end"
ASSUMED = " at today's price"
Row = tuple[str, str]


def weighed(
    ways: tuple[Way, Way], have: Resource, asked: Sequence[tuple[Change, str]], view: View
) -> tuple[Way, Way]:
    """Both ways, now and at the renewal, with their figures."""
    if view.prices is None:
        return ways
    book, new = money.book_of(view), {change.field: change.new for change, _ in asked}
    now, later = ways
    return (
        replace(now, rows=(*now.rows, *_now(have, new, book))),
        replace(later, rows=(*later.rows, *_later(have, new, book))),
    )


def _now(have: Resource, new: Mapping[str, Any], book: Book) -> Iterable[Row]:
    if {"product", "termDuration"} & new.keys():
        begun = costs.started(have, new, book)
        yield "first charge", told(begun.now)
        back = _less(charged.credit(have, have.spec["quantity"], book))
        days = "" if back.amount is None else _days(have, book)
        yield _credit(have, new), f"{told(back)}{days}"
        yield from _committed(begun)
    elif "quantity" in new:
        seats = min(have.spec["quantity"] - new["quantity"], have.remote["refundable"] or 0)
        yield "credit", told(_less(charged.credit(have, seats, book)))


def _later(have: Resource, new: Mapping[str, Any], book: Book) -> Iterable[Row]:
    found = costs.at_renewal(have, have.spec, new, book)
    if found is None or found.after is None:
        return
    if {"product", "termDuration"} & new.keys():
        yield "first charge", told(replace(found.after.each, amount=found.after.amount))
    yield _credit(have, new), RUNS_ON
    if {"product", "termDuration"} & new.keys():
        yield from _committed(found)


def _credit(have: Resource, new: Mapping[str, Any]) -> str:
    """What is credited, by the name of the old product where there is another."""
    if "product" not in new:
        return "credit"
    titles = products.title(new["product"]), products.title(have.spec["product"])
    return f"credit for {becoming.apart(*titles).split()[-1]}" if all(titles) else "credit"


def _days(have: Resource, book: Book) -> str:
    """``(8 of 30 days)``: the day on which it goes was used."""
    found = charged.present(have, book.now)
    if found is None:
        return ""
    left = (found.end - terms.midnight(book.now) - terms.DAY).days
    return f" ({left} of {found.days} days)"


def _committed(found: Money) -> Iterable[Row]:
    """What is committed, and what it would be with one charge a year."""
    if found.committed is None:
        return
    yield "committed", told(found.committed)
    saves = next((hint.saves for hint in found.hints if hint.way == hints.BILLED["annual"]), None)
    total = found.committed.amount
    if saves is not None and total is not None and total == _year(found):
        yield "if billed annually", f"{total - saves:,.2f}, saves {saves:,.2f}"


def _year(found: Money) -> Decimal | None:
    """What a year of monthly charges costs."""
    monthly = found.after is not None and found.after.cycle == "monthly"
    amount = found.after.amount if found.after and monthly else None
    return None if amount is None else amount * hints.YEAR


def _less(figure: Figure) -> Figure:
    return replace(figure, amount=None if figure.amount is None else -figure.amount)


def told(figure: Figure) -> str:
    """``415.80``; with a word where it is today's price in place of a later one, or unknown."""
    if figure.amount is None:
        return f"unknown: {figure.source}"
    return f"{figure.amount:,.2f}{ASSUMED if figure.assumed else ''}"
