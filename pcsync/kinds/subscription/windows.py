"""Which differences can be made good now, which at the renewal, and which wait for a decision.

Owns the windows (domain rules WI1, WI2, WI9, WI10, WI15, WI21): what may be given back and which
upgrade is offered is what the service says, never arithmetic. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from pcsync.kinds.fields import differences
from pcsync.kinds.subscription import terms, transition
from pcsync.kinds.subscription.model import AT_RENEWAL, FOLDED, NOW
from pcsync.model import Change, Resource
from pcsync.values import same

ASKS = "can be done now, with no way back, or at the renewal: the manifest has to say which"
SPLITS = "can go down in part now: the manifest has to say whether now or at the renewal"
TODAY = (*NOW, *AT_RENEWAL)
NEXT_CHARGE = frozenset({"monthly", "annual"})


@dataclass(frozen=True, slots=True)
class Split:
    """The differences of one subscription by the moment at which they can be made good.

    `asked`: two ways, and the manifest does not say which; by the word of `change` that would.
    `until`: the moment after which what is planned for today can't be done as planned any more.
    `notes`: where only one way exists and is taken, which.
    """

    now: tuple[Change, ...] = ()
    renewal: tuple[Change, ...] = ()
    blocked: tuple[tuple[Change, str], ...] = ()
    asked: tuple[tuple[Change, str], ...] = ()
    until: datetime | None = None
    notes: tuple[str, ...] = ()


def gives_back(want: Resource, have: Resource) -> bool:
    """Whether fewer seats are wanted: then the service is asked what it takes back."""
    return bool(want.spec["quantity"] < have.spec["quantity"])


def renews(have: Resource) -> datetime | None:
    """The first moment of the next term: the last day is inclusive (commerce.md 4.1)."""
    ends: datetime | None = have.remote["ends"]
    return ends + timedelta(days=1) if ends else None


def running(have: Resource, now: datetime) -> datetime | None:
    """While its renewal may run, until when that is at most: 24 hours from the end of its last
    day. In that time nothing is written to it (rule WI15)."""
    starts = renews(have)
    until = starts + timedelta(days=1) if starts else None
    return until if starts and until and starts <= now < until else None


def split(want: Resource, have: Resource) -> Split:
    """Each difference at its earliest moment, as the manifest chooses where it has to."""
    choice: Mapping[str, Any] = want.spec.get("change", {})
    now = [c for c in differences(want.spec, have.spec, NOW, FOLDED) if c.field != "quantity"]
    seats = _seats(want, have, choice)
    chosen = _terms(want, have, choice)
    today = (*now, *seats.now, *chosen.now)
    return Split(
        tuple(sorted(today, key=lambda change: TODAY.index(change.field))),
        (*seats.renewal, *chosen.renewal),
        asked=(*chosen.asked, *seats.asked),
        until=until(today, seats.until, have),
        notes=(*chosen.notes, *seats.notes),
    )


def without_next_term(found: Split) -> Split:
    """What ends with its term can't be told anything for the next one."""
    note = "it ends with its term: an instruction for the next one needs `endOfTerm: renew`"
    blocked = tuple((change, note) for change in found.renewal)
    return replace(found, renewal=(), blocked=(*found.blocked, *blocked))


def until(today: Iterable[Change], given_back: datetime | None, have: Resource) -> datetime | None:
    """Seats go back in their window; what is about this term is not for the next one."""
    fields = {change.field for change in today}
    term = renews(have) if fields & {"endOfTerm", *AT_RENEWAL} else None
    return min((each for each in (given_back, term) if each), default=None)


def _seats(want: Resource, have: Resource, choice: Mapping[str, Any]) -> Split:
    """Up at once; down as far as the service takes seats back today, the rest at the renewal."""
    old, new = have.spec["quantity"], want.spec["quantity"]
    if new >= old:
        return Split((Change("quantity", old, new),) if new > old else ())
    word, free = choice.get("quantityDown", "now"), have.remote["refundable"] or 0
    whole = (Change("quantity", old, new),)
    if word == "ask" and free and not _told(have, "quantity", new):
        return Split(asked=((whole[0], "quantityDown"),))
    if word == "atRenewal" or not free or word == "ask":
        alone = word == "ask" and not free
        note = ("no seat can be given back today: the renewal is the only way",) if alone else ()
        return Split(renewal=whole, notes=note)
    today = max(new, old - free)
    later = (Change("quantity", today, new),) if new < today else ()
    return Split((Change("quantity", old, today),), later, until=have.remote["refundable_until"])


def _told(have: Resource, field: str, value: Any) -> bool:
    """Whether the service has been told this for the next term (rule WI12)."""
    told = have.remote["next"]
    return bool(told) and same(told.get(field), value, fold=True)


def _terms(want: Resource, have: Resource, choice: Mapping[str, Any]) -> Split:
    """Product, term and cycle: now, at the renewal, or asked; a cycle goes with the term or
    product that it belongs to (rules WI9, WI10, WI21)."""
    found = {c.field: c for c in differences(want.spec, have.spec, AT_RENEWAL, FOLDED)}
    when = dict[str, str]()
    notes = list[str]()
    if product := found.get("product"):
        offer = transition.offer(have, product.new)
        when["product"] = _when(have, product, choice.get("product", "ask"), offer.possible)
        if choice.get("product") != "atRenewal" and not offer.possible:
            notes.append(f"{offer.why}: it is changed at the renewal")
    if term := found.get("termDuration"):
        word, up = choice.get("term", "ask"), terms.longer(term.new, term.old)
        when["termDuration"] = _when(have, term, word, up)
        if word == "now" and not up:
            notes.append("a shorter term exists at the renewal only")
    if when.get("product") == "now" and "ask" in when.values():
        when["product"] = "ask"
    if cycle := found.get("billingCycle") or _taken_back(want, have):
        found["billingCycle"] = cycle
        with_it = when.get("termDuration") or when.get("product")
        when["billingCycle"] = with_it or _cycle(have, cycle)
    return Split(
        tuple(found[name] for name, word in when.items() if word == "now"),
        tuple(found[name] for name, word in when.items() if word == "atRenewal"),
        asked=tuple((found[name], _word(name, when)) for name in when if when[name] == "ask"),
        notes=tuple(notes),
    )


def _when(have: Resource, change: Change, word: str, possible: bool) -> str:
    """`now`, `atRenewal` or `ask`: nobody is asked where one way exists, or has been taken."""
    if not possible or (word == "ask" and _told(have, change.field, change.new)):
        return "atRenewal"
    return word


def _cycle(have: Resource, cycle: Change) -> str:
    """Three years change between monthly and annual at the next charge, nothing else does; empty
    where the service has been told."""
    if have.spec["termDuration"] != "P3Y" or not {cycle.old, cycle.new} <= NEXT_CHARGE:
        return "atRenewal"
    return "" if have.remote["next_cycle"] == cycle.new else "now"


def _taken_back(want: Resource, have: Resource) -> Change | None:
    """The cycle of today is wanted, and another one is told for the next charge."""
    told, wanted = have.remote["next_cycle"], want.spec["billingCycle"]
    return Change("billingCycle", told, wanted) if told and told != wanted else None


def _word(field: str, when: Mapping[str, str]) -> str:
    """The word of `change` that decides about a field."""
    if field == "billingCycle":
        return "term" if "termDuration" in when else "product"
    return {"product": "product", "termDuration": "term"}[field]
