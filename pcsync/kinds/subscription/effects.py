"""What the service does besides, for each thing that can be done to a subscription.

Owns the one table of compound effects (commerce.md 5, 13 and 20.1): what an action says of itself
in a plan, and what has to be put right after it, follow from it. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from pcsync.model import Change, Resource


class Act(StrEnum):
    """What can be done to a subscription."""

    BUY = "buy"
    RENAME = "rename"
    RESELLER = "another reseller"
    ADD_SEATS = "add seats"
    FEWER_SEATS = "fewer seats"
    RENEW_ON = "auto-renew on"
    RENEW_OFF = "auto-renew off"
    LONGER_TERM = "longer term"
    TRANSITION = "transition"
    CONVERT = "convert"
    NEXT_CHARGE = "cycle at the next charge"
    SCHEDULE = "schedule"
    SUSPEND = "suspend"
    RESUME = "resume"
    CANCEL = "cancel"


class Side(StrEnum):
    """What the service does besides, in words for a plan."""

    SCHEDULE_GONE = "the service deletes the changes that are scheduled for renewal"
    RENEW_OFF = "the service switches auto-renew off and deletes scheduled changes"
    STAYS_OFF = "auto-renew stays off until it is switched on again"
    NEW_TERM = "the term starts anew today, at the list price of today"
    NEW_PRICE = "from today it costs the list price of today; the rest of the old one is credited"
    PROMOTION_GONE = "it loses its promotion"
    PROMOTION_LIMITS = "its promotion holds for some numbers of seats only; others are refused"
    LOCKED = "the added seats can go back for 7 days, then they are committed to the end of term"
    CREDITED = "the seats are credited pro rata by day"
    RETURNABLE = "can be cancelled for 7 days from the purchase"
    LICENCES_MOVE = "the service moves the licences of people by itself"
    LOCKS_OUT = "people are locked out; the subscription stays billed"
    ENDS_ACCESS = (
        "access ends at once; admins get 7 days for a backup; a first-purchase promotion is used up"
    )
    TERM_STAYS = "from the next charge on; the term does not start anew"


EFFECTS: Mapping[Act, tuple[Side, ...]] = {
    Act.BUY: (Side.RETURNABLE,),
    Act.RENAME: (),
    Act.RESELLER: (),
    Act.ADD_SEATS: (Side.LOCKED, Side.SCHEDULE_GONE, Side.PROMOTION_LIMITS),
    Act.FEWER_SEATS: (Side.CREDITED, Side.SCHEDULE_GONE),
    Act.RENEW_ON: (),
    Act.RENEW_OFF: (Side.SCHEDULE_GONE,),
    Act.LONGER_TERM: (
        Side.NEW_TERM,
        Side.SCHEDULE_GONE,
        Side.PROMOTION_GONE,
    ),
    Act.TRANSITION: (
        Side.NEW_PRICE,
        Side.LICENCES_MOVE,
        Side.SCHEDULE_GONE,
        Side.PROMOTION_GONE,
    ),
    Act.CONVERT: (Side.NEW_TERM,),
    Act.NEXT_CHARGE: (Side.TERM_STAYS,),
    Act.SCHEDULE: (),
    Act.SUSPEND: (Side.LOCKS_OUT, Side.RENEW_OFF),
    Act.RESUME: (Side.STAYS_OFF,),
    Act.CANCEL: (Side.ENDS_ACCESS, Side.SCHEDULE_GONE, Side.PROMOTION_GONE),
}

# What can't be undone, in words for a plan.
FOREVER: Mapping[Act, str] = {
    Act.LONGER_TERM: "the longer term can never be taken back",
    Act.TRANSITION: "the other product can never be taken back",
    Act.CONVERT: "the new term can never be taken back",
    Act.CANCEL: "cancelled for good",
}

_BY_FIELD = {
    "friendlyName": Act.RENAME,
    "partnerId": Act.RESELLER,
    "product": Act.TRANSITION,
    "termDuration": Act.LONGER_TERM,
}
_BY_STATE = {"suspended": Act.SUSPEND, "active": Act.RESUME, "absent": Act.CANCEL}


def acts(changes: Iterable[Change]) -> tuple[Act, ...]:
    """What these changes of today are; a cycle alone is one of the next charge."""
    found = {change.field: change for change in changes}
    return tuple(dict.fromkeys(act for change in found.values() for act in _acts(change, found)))


def _acts(change: Change, beside: Mapping[str, Change]) -> Iterable[Act]:
    match change.field:
        case "quantity":
            yield Act.ADD_SEATS if change.new > change.old else Act.FEWER_SEATS
        case "endOfTerm":
            yield Act.RENEW_ON if change.new == "renew" else Act.RENEW_OFF
        case "state":
            yield _BY_STATE[change.new]
        case "billingCycle":
            if not {"product", "termDuration"} & beside.keys():
                yield Act.NEXT_CHARGE
        case field:
            yield _BY_FIELD[field]


def unschedules(done: Iterable[Act]) -> bool:
    """Whether the instruction for the next term is gone afterwards, and has to be sent again."""
    gone = {Side.SCHEDULE_GONE, Side.RENEW_OFF}
    return any(gone & set(EFFECTS[act]) for act in done)


def forever(done: Iterable[Act]) -> tuple[str, ...]:
    """What of these things can't be undone, each once."""
    return tuple(dict.fromkeys(FOREVER[act] for act in done if act in FOREVER))


def says(done: Iterable[Act], have: Resource | None = None) -> tuple[str, ...]:
    """The words for a plan, as far as they concern this subscription, each once."""
    sides = dict.fromkeys(side for act in done for side in EFFECTS[act])
    return tuple(side.value for side in sides if _concerns(side, have))


def _concerns(side: Side, have: Resource | None) -> bool:
    if have is None:
        return True
    if side is Side.SCHEDULE_GONE:
        return bool(have.remote.get("next"))
    if side in {Side.PROMOTION_GONE, Side.PROMOTION_LIMITS}:
        return bool(have.remote.get("promotion"))
    return True
