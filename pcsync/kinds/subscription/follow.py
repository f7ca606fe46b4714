"""Seats that follow the people: `quantity: {follow: assignments}` as a number (domain rule LI16).

Owns the words of a quantity that is no number, how the people of a pool are counted, and how the
sum is told. Seats that a pool of several subscriptions wants are in `pools`. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pcsync.kinds import clouds
from pcsync.kinds.paths import at
from pcsync.kinds.subscription import billing, money, prices, products, terms
from pcsync.kinds.subscription.model import LIVE
from pcsync.kinds.subscription.windows import renews
from pcsync.model import (
    Finding,
    Place,
    Read,
    ReadState,
    Resource,
    Settled,
    Severity,
    State,
    View,
    When,
)

SEATS = "subscribedskus"
FOLLOWS = "quantity: follow"
NEEDS = (("GET", "/v1/customers/-/subscribedskus"),)


@dataclass(frozen=True, slots=True)
class Wish:
    """The words of a quantity that is no number; `most` is None where there is no limit."""

    follows: bool = False
    spare: int = 0
    least: int = 0
    most: int | None = None

    def within(self, number: int) -> int:
        """The number within both limits; the service knows no subscription without a seat."""
        number = max(number, self.least, 1)
        return number if self.most is None else min(number, self.most)


def declared(spec: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The spec without a quantity that is no number, and what `remote` keeps of it."""
    if not isinstance(spec.get("quantity"), Mapping):
        return dict(spec), {}
    rest = {name: value for name, value in spec.items() if name != "quantity"}
    return rest, {"wish": dict(spec["quantity"])}


def wish(want: Resource) -> Wish | None:
    """What the manifest says in place of a number; None where it says a number."""
    words = want.remote.get("wish")
    if words is None:
        return None
    return Wish("follow" in words, words.get("spare", 0), words.get("min", 0), words.get("max"))


def reads(view: View) -> Iterable[Read]:
    """The seats of the tenant. Where they can't be read the numbers stay as they are."""
    if view.owner and not clouds.lacks(view, NEEDS) and (path := at(view, view.owner, SEATS)):
        yield Read(path, (), owner=view.owner, user=True)


def uncounted(view: View) -> str | None:
    """Why nobody knows how many people hold a licence; None where it is known."""
    if view.owner not in view.ids:
        return None
    if clouds.lacks(view, NEEDS):
        return f"the cloud {view.cloud} does not show licences"
    path = at(view, view.owner, SEATS) if view.owner else None
    asked = view.reads.get(path or "")
    if asked is not None and view.done(asked.read.path):
        return None
    return asked.reason if asked else "the seats of the tenant were not read"


def people(view: View, pool: str) -> int:
    """Who holds a licence of a pool when all is done: today's holders, declared or not, without
    those who leave it in this plan, with those who get one."""
    level = view.levels.get(pool)
    moved = sum(a.moves.get(pool, 0) for a in view.actions.values() if a.when is When.NOW)
    return max((level.used if level else 0) - moved, 0)


def current(want: Resource, have: Resource | None) -> str:
    """The pool that a subscription fills today: that of its live product, as long as it lives."""
    live = next(iter(have.holds), None) if have else None
    return live or next(iter(want.holds), products.UNKNOWN)


def size(have: Resource | None) -> int:
    """The seats of a live subscription; 0 where there is none."""
    return int(have.spec["quantity"]) if have and have.spec["state"] in LIVE else 0


def filled(spec: Mapping[str, Any], remote: Mapping[str, Any]) -> dict[str, int]:
    """The pool that a live subscription fills, with its seats; none where it is not known.

    An extended term has a SKU of its own, and its people keep their licence (rule ID18).
    """
    pool = products.pool(spec["product"])
    known = not pool.startswith(products.UNKNOWN) and not remote["extended"]
    return {pool: int(spec["quantity"] or 0)} if known and spec["state"] in LIVE else {}


def settled(view: View, kind: str) -> Iterable[Settled | Finding]:
    """All subscriptions of a kind that are not what they were, as their people are."""
    for address, want in sorted(view.wants.items()):
        if address.kind != kind:
            continue
        words, have = wish(want), view.haves.get(address)
        pool = products.catalogued(current(want, have), view)
        if want.state is not State.PRESENT:
            yield from _leaving(want, have) if words else ()
        elif words is not None and words.follows:
            yield from _following(want, words, pool, view)
        elif want.holds and pool not in want.holds:
            yield Settled(address, replace(want, holds={pool: want.spec.get("quantity", 0)}))


def _leaving(want: Resource, have: Resource | None) -> Iterable[Settled]:
    """What is on its way out follows nobody: its seats are those that it has."""
    yield from numbered(want, current(want, have), size(have), "")


def _following(want: Resource, words: Wish, pool: str, view: View) -> Iterable[Settled | Finding]:
    """The subscription with the number of its people, or why there is none."""
    have = view.haves.get(want.address)
    if (problem := _problem(want, pool, view)) is not None:
        yield problem
    elif (reason := uncounted(view)) is not None:
        yield from unknown(want, have, pool, reason, unread=is_unread(view))
    else:
        number = words.within((held := people(view, pool)) + words.spare)
        sum_ = f"{number} = {held} people + {words.spare} spare{_limit(words, held, number)}"
        yield from numbered(want, pool, number, f"{sum_}   ({FOLLOWS}, {_line(want)})")
        if (finding := short(want, pool, view, number - size(have), held)) is not None:
            yield finding


def _limit(words: Wish, held: int, number: int) -> str:
    """Which limit has decided, if one has."""
    if number > held + words.spare:
        return f", at least {max(words.least, 1)}"
    return f", at most {words.most}" if number < held + words.spare else ""


def _line(want: Resource) -> str:
    """The line of the quantity, with its file where that is not the one of the subscription."""
    place = want.at("quantity")
    if place is None:
        return "no line"
    mine = want.place is None or want.place.file == place.file
    return f"line {place.line}" if mine else f"{place.file}:{place.line}"


def line(place: Place | None) -> str:
    """Where a sum comes from: ``(customers/contoso.yaml:13)``."""
    return f"({place.file}:{place.line})" if place else ""


def numbered(want: Resource, pool: str, number: int, told: str) -> Iterable[Settled]:
    """The subscription with its number; nothing where it bears it already."""
    spec = {**want.spec, "quantity": number}
    found = replace(want, spec=spec, holds={pool: number}, remote={**want.remote, "sum": told})
    if found != want:
        yield Settled(want.address, found)


def is_unread(view: View) -> bool:
    """Whether nobody knows what is live: then nothing is planned in any case (rule ID10)."""
    path = at(view, view.owner, "subscriptions") if view.owner else None
    asked = view.reads.get(path) if path else None
    return asked is not None and asked.state is ReadState.FAILED


def unknown(
    want: Resource, have: Resource | None, pool: str, reason: str, *, unread: bool = False
) -> Iterable[Settled | Finding]:
    """Nobody knows how many people there are: what is live stays, and nothing is bought. Where
    nobody knows what is live, `unread`, that is all there is to say."""
    if unread:
        return
    seats, live = size(have), bool(have and have.spec["state"] in LIVE)
    what = f"its people can't be counted: {reason or 'nothing was answered'}"
    advice = "run it with somebody signed in who may read the customer's licences"
    if live:
        yield from numbered(want, pool, seats, f"{seats} as it is: nobody can count its people")
        what = f"{what}; its {seats} seats are left alone"
    severity = Severity.WARNING if live else Severity.ERROR
    yield Finding(severity, "people-unknown", what, advice, want.address, want.at("quantity"))


def _problem(want: Resource, pool: str, view: View) -> Finding | None:
    if pool.startswith(products.UNKNOWN):
        what = "the licence of its product is not known, so nobody can be counted"
        return _error(want, "unknown-product", what, "write the number of seats as `quantity`")
    for address, other in sorted(view.wants.items()):
        mine = address.kind == want.address.kind and address != want.address
        if mine and other.state is State.PRESENT and pool in other.holds:
            what = f"{address} provides the same licence: whose seats follow the people?"
            advice = "say it in the customer's `seatPools`, or write the number of seats"
            return _error(want, "seats-shared", what, advice)
    return None


def short(want: Resource, pool: str, view: View, more: int, held: int) -> Finding | None:
    """A warning where no seat is free after all: the next person costs a seat of its own."""
    level = view.levels.get(pool)
    free = (level.total if level else 0) + more - held
    if free > 0 or not held:
        return None
    name = level.label if level else products.part_number(pool)
    have = view.haves.get(want.address)
    later = renews(have) if have and more < 0 and not have.remote["refundable"] else None
    day = f"from {later.day} {later:%b %Y} " if later else ""
    what = f"{day}every {name} seat is taken: the next person costs one more to the end of a term"
    what += _full(want, view, later or view.at)
    advice = "keep one free with `spare: 1`, or acknowledge it"
    where = want.at("quantity")
    return Finding(Severity.WARNING, "no-spare-seat", what, advice, want.address, where)


def _full(want: Resource, view: View, at: datetime) -> str:
    """What a seat costs for a whole term, where price sheets know it."""
    sold = prices.sold({**want.spec, "quantity": 1})
    if view.prices is None or sold.term not in terms.LENGTH:
        return ""
    each = prices.foreseen(money.book_of(view), sold, at).amount
    if each is None:
        return ""
    return f" ({each * billing.charges(sold.term, sold.cycle):,.2f} for a full one)"


def _error(want: Resource, code: str, what: str, advice: str) -> Finding:
    return Finding(Severity.ERROR, code, what, advice, want.address, want.at("quantity"))
