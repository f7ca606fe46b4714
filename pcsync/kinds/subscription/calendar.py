"""The ends of terms as a calendar of their own (domain rule RO10).

Owns what the service is told to do when a term is over, what that costs, and until when it can be
chosen. Last days are inclusive (MO11); windows are the service's, never computed (WI1). Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pcsync.kinds.subscription import (
    charged,
    ending,
    market,
    money,
    prices,
    products,
    terms,
    types,
    windows,
)
from pcsync.kinds.subscription.model import AT_RENEWAL, LIVE
from pcsync.kinds.subscription.prices import Book, Sold
from pcsync.kinds.subscription.renewal import MORE
from pcsync.model import (
    AtEnd,
    Change,
    Figure,
    PriceChange,
    Rate,
    Read,
    Renewal,
    Resource,
    State,
    Term,
    View,
    When,
)

WITHOUT_TERM = frozenset({types.AZURE, types.SAVINGS, types.RESERVATION})
ENDLESS = 9000
MEANT = frozenset({*AT_RENEWAL, *MORE, "quantity", "endOfTerm", "state"})
BECOMES = {"renew": AtEnd.RENEWS, "cancel": AtEnd.ENDS, "extend": AtEnd.EXTENDS}
NO_START = "the service does not say when its term began"
NO_SHEETS = "no price sheets: `prices` in pcsync.yaml names them"


def renewals(view: View, kind: str) -> Iterable[Renewal]:
    """The end of the term of every declared subscription that is live and has one."""
    book = _book(view)
    for address, want in view.wants.items():
        have = view.haves.get(address)
        if address.kind == kind and have and _has_term(have):
            yield _renewal(want, have, view, book)


def reads(view: View) -> Iterable[Read]:
    """The market of the customer, where the calendar has prices and nothing else says it."""
    if view.calendar and view.prices is not None and (read := market.read(view)):
        yield read


def _has_term(have: Resource) -> bool:
    ends: datetime | None = have.remote.get("ends")
    live = have.spec.get("state") in LIVE and have.remote.get("type") not in WITHOUT_TERM
    return bool(live and ends and ends.year < ENDLESS)


def _renewal(want: Resource, have: Resource, view: View, book: Book | None) -> Renewal:
    happens, last = _happens(have), terms.midnight(have.remote["ends"])
    extended = have.remote["extended"]
    within = view.rules.decide_within.get(have.spec["termDuration"] or "", 0)
    decided = "endOfTerm" in want.spec or want.state is not State.PRESENT
    asked = within > 0 and not extended and have.spec["state"] == "active"
    return Renewal(
        want.address,
        str(have.remote["id"]),
        happens,
        _now(have, last, book),
        _next(have, happens, last + terms.DAY, book),
        starts=charged.begun(have) if have.remote["starts"] else None,
        currency=view.rules.billing_currency or "",
        decided=decided,
        ask_from=last + terms.DAY - timedelta(days=within) if asked and not decided else None,
        back_until=_back(have, view.at),
        movable=have.spec["state"] == "active" and not extended,
        untold=tuple(_untold(want, view)),
        notes=tuple(_notes(have, last, view)),
        findings=tuple(ending.undecided(want, have, view)) if asked and not decided else (),
        place=want.at("endOfTerm"),
    )


def _happens(have: Resource) -> AtEnd:
    """By itself: what is suspended is not renewed (WI16), an extended term goes on until somebody
    cancels it (WI6)."""
    if have.spec["state"] == "suspended":
        return AtEnd.ENDS
    if have.remote["extended"] and have.spec["endOfTerm"] != "cancel":
        return AtEnd.EXTENDS
    return BECOMES[have.spec["endOfTerm"]]


def _now(have: Resource, last: datetime, book: Book | None) -> Term:
    """The term that runs, at the price that held when it began (MO5)."""
    term = _term(have.spec, last, Figure(None, NO_SHEETS))
    if book is None:
        return term
    if have.remote["starts"] is None:
        return replace(term, pays=replace(term.pays, each=Figure(None, NO_START)))
    return replace(term, pays=charged.running(have, book))


def _next(have: Resource, happens: AtEnd, begins: datetime, book: Book | None) -> Term | None:
    """What follows, as it is scheduled; at the price of that day (MO6)."""
    if happens is AtEnd.ENDS:
        return None
    spec = dict(have.spec)
    if happens is AtEnd.EXTENDS:
        spec |= {"termDuration": "P1M", "billingCycle": "monthly"}
        last = terms.last_day(begins, "P1M")
        return _term(spec, last, _figure(book, spec, begins, prices.extended))
    told: Mapping[str, Any] = have.remote["next"] or {}
    if cycle := have.remote["next_cycle"]:
        spec["billingCycle"] = cycle
    spec |= {name: told[name] for name in (*AT_RENEWAL, "quantity") if told.get(name)}
    if end := told.get("alignEnd"):
        last = terms.date(end)
    elif spec["termDuration"] in terms.LENGTH:
        last = terms.last_day(begins, spec["termDuration"])
    else:
        return None
    return _term(spec, last, _figure(book, spec, begins, prices.foreseen))


def _term(spec: Mapping[str, Any], last: datetime, each: Figure) -> Term:
    what = prices.sold(spec)
    rate = Rate(what.seats, each, what.cycle)
    title = products.title(what.product)
    return Term(what.product, title, what.term, what.cycle, what.seats, last, rate)


def _figure(book: Book | None, spec: Mapping[str, Any], at: datetime, how: Any) -> Figure:
    if book is None:
        return Figure(None, NO_SHEETS)
    found: Figure = how(book, prices.sold(spec), at)
    return found


def _book(view: View) -> Book | None:
    """The price sheets as this customer is priced by them; None where the project has none."""
    return money.book_of(view) if view.prices is not None else None


def _back(have: Resource, now: datetime) -> datetime | None:
    """Until when something can be given back, where that is not over: the service says it."""
    known = (have.remote["refundable_until"], have.remote["cancellable_until"])
    return max((each for each in known if each and each > now), default=None)


def _untold(want: Resource, view: View) -> Iterable[Change]:
    """What is planned for it and changes its next term, or whether there is one."""
    for action in view.actions.values():
        if action.address == want.address and action.when is When.NOW:
            yield from (change for change in action.changes if change.field in MEANT)


def _notes(have: Resource, last: datetime, view: View) -> Iterable[str]:
    told: Mapping[str, Any] = have.remote["next"] or {}
    if have.spec["state"] == "suspended":
        yield "suspended: it is not renewed, and is disabled when its term is over"
    if have.spec["state"] == "pending":
        yield "is being provisioned"
    if have.remote["trial"]:
        yield "a trial: what follows is paid"
    if have.remote["extended"]:
        yield "an extended service term: month by month, it can be cancelled any day"
    if have.remote["promotion"] and _happens(have) is AtEnd.RENEWS:
        yield _promotion(have.remote["promotion"], told.get("promotionId"), last)
    if until := windows.running(have, view.at):
        yield f"its renewal is running: no writes before {until:%Y-%m-%d %H:%M} UTC"


def _promotion(now: str, told: str | None, last: datetime) -> str:
    """A promotion goes on only where the renewal lies within its dates (commerce.md 13.7)."""
    if told:
        return f"its promotion {now} ends {last:%Y-%m-%d}; the next term is told {told}"
    return f"its promotion {now} ends {last:%Y-%m-%d}, unless it still runs on the day after"


def price_changes(view: View, kind: str) -> Iterable[PriceChange]:
    """Declared subscriptions that a price sheet, the preview of next month among them, has at
    another price than today's."""
    if (book := _book(view)) is None:
        return
    for address, want in view.wants.items():
        if address.kind == kind and want.state is State.PRESENT and want.spec.get("termDuration"):
            yield from _dearer(want, view.haves.get(address), book)


def _dearer(want: Resource, have: Resource | None, book: Book) -> Iterable[PriceChange]:
    """The first moment from which another price is known."""
    what = prices.sold(want.spec)
    today = prices.each(book, what, book.now)
    for begins in _moments(what, book):
        then = prices.each(book, what, begins)
        if None in (today.amount, then.amount) or then.amount == today.amount:
            continue
        yield PriceChange(
            want.address,
            what.product,
            products.title(what.product),
            begins,
            book.currency,
            Rate(what.seats, today, what.cycle),
            Rate(what.seats, then, what.cycle),
            renews=windows.renews(have) if have and _has_term(have) else None,
            place=want.at("product"),
        )
        return


def _moments(what: Sold, book: Book) -> list[datetime]:
    """When rows of a product begin to hold, and the first days of the months of later sheets."""
    rows = book.prices.rows.get(what.product, ())
    begins = {row.begins for row in rows}
    months = {terms.date(f"{row.sheet.month}-01") for row in rows if row.sheet.month}
    return sorted(moment for moment in begins | months if moment > book.now)
