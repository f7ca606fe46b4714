"""Which differences can be made good now, which at the renewal, and which wait for a decision.

Owns the windows (domain rules WI1, WI2, WI9, WI10, WI15, WI21): what may be given back is what the
service says, never arithmetic. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pcsync.kinds.fields import differences
from pcsync.kinds.subscription.model import AT_RENEWAL, FOLDED, NOW
from pcsync.model import Change, Resource

LENGTH = {"P1M": 1, "P1Y": 12, "P3Y": 36}
ASKS = "can be done now, with no way back, or at the renewal: the manifest has to say which"


@dataclass(frozen=True, slots=True)
class Split:
    """The differences of one subscription by the moment at which they can be made good.

    `asked`: two ways, and the manifest does not say which; by the word of `change` that would.
    `until`: the moment after which what is given back now can't be given back any more.
    """

    now: tuple[Change, ...] = ()
    renewal: tuple[Change, ...] = ()
    blocked: tuple[tuple[Change, str], ...] = ()
    asked: tuple[tuple[Change, str], ...] = ()
    until: datetime | None = None


def gives_back(want: Resource, have: Resource) -> bool:
    """Whether fewer seats are wanted: then the service is asked what it takes back."""
    return bool(want.spec["quantity"] < have.spec["quantity"])


def renews(have: Resource) -> datetime | None:
    """The first moment of the next term: the last day is inclusive (commerce.md 4.1)."""
    ends: datetime | None = have.remote["ends"]
    return ends + timedelta(days=1) if ends else None


def split(want: Resource, have: Resource) -> Split:
    """Each difference at its earliest moment, as the manifest chooses where it has to."""
    choice: Mapping[str, Any] = want.spec.get("change", {})
    now = [c for c in differences(want.spec, have.spec, NOW, FOLDED) if c.field != "quantity"]
    seats, later, until = _seats(want, have, choice)
    chosen, asked = _terms(differences(want.spec, have.spec, AT_RENEWAL, FOLDED), choice)
    renewal, blocked = [*later, *chosen], list[tuple[Change, str]]()
    if renewal and want.spec.get("endOfTerm", have.spec["endOfTerm"]) != "renew":
        note = "it ends with its term: an instruction for the next one needs `endOfTerm: renew`"
        blocked += [(change, note) for change in renewal]
        renewal = []
    today = tuple(sorted((*now, *seats), key=lambda change: NOW.index(change.field)))
    window = until if _fewer(seats) else None
    return Split(today, tuple(renewal), tuple(blocked), tuple(asked), window)


def _fewer(seats: Iterable[Change]) -> bool:
    return any(change.new < change.old for change in seats)


def _seats(
    want: Resource, have: Resource, choice: Mapping[str, Any]
) -> tuple[list[Change], list[Change], datetime | None]:
    """Up at once; down as far as the service takes seats back today, the rest at the renewal."""
    old, new = have.spec["quantity"], want.spec["quantity"]
    if new >= old:
        return ([Change("quantity", old, new)] if new > old else []), [], None
    free = 0 if choice.get("quantityDown") == "atRenewal" else have.remote["refundable"] or 0
    today = max(new, old - free)
    now = [Change("quantity", old, today)] if today < old else []
    later = [Change("quantity", today, new)] if new < today else []
    return now, later, have.remote["refundable_until"]


def _terms(
    changes: Iterable[Change], choice: Mapping[str, Any]
) -> tuple[list[Change], list[tuple[Change, str]]]:
    """Product, term and cycle: at the renewal where that is the only way or the chosen one;
    the others with the word of `change` that they lack.

    A cycle goes with the product or term that it belongs to (rules WI10, WI21).
    """
    found = {change.field: change for change in changes}
    asks: dict[str, str] = {}
    if "product" in found and choice.get("product") != "atRenewal":
        asks["product"] = "product"
    term = found.get("termDuration")
    if term and _longer(term) and choice.get("term") != "atRenewal":
        asks["termDuration"] = "term"
    if asks and "billingCycle" in found:
        asks["billingCycle"] = next(iter(asks.values()))
    chosen = [change for name, change in found.items() if name not in asks]
    return chosen, [(found[name], word) for name, word in asks.items()]


def _longer(change: Change) -> bool:
    return LENGTH.get(change.new, 0) > LENGTH.get(change.old, 0)
