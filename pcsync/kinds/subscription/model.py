"""Partner Center's words for a subscription, and ours (commerce.md sections 4 and 5.10).

Pure; imports the nouns and values only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from pcsync.kinds.subscription import types
from pcsync.model import Is, Resource
from pcsync.values import guid, moment, text, word

# In the order in which a person reads them.
NOW = ("friendlyName", "partnerId", "quantity", "endOfTerm")
AT_RENEWAL = ("product", "termDuration", "billingCycle")
FIELDS = ("product", "termDuration", "billingCycle", "quantity", "friendlyName", "partnerId")
CREATED = (*FIELDS, "endOfTerm")
FOLDED = frozenset({"product", "termDuration", "billingCycle", "endOfTerm", "state"})
LIVE = frozenset({"active", "suspended", "pending"})
EXTENDED_SINCE = datetime(2025, 4, 1, tzinfo=UTC)
EXTENDED_FROM = datetime(2026, 5, 4, tzinfo=UTC)
WINDOW = timedelta(days=7)  # in which seats can be given back
EXTENDED_NAME = "extended service term"  # no member says so: the offer's name does
AT_END = {"cancel": "Cancel", "extend": "RenewToExtendedServiceTerm"}
NEXT_TERM = frozenset({"renewtonewterm", "transition"})


def from_item(item: Mapping[str, Any], contract: str) -> dict[str, Any]:
    """A subscription of a list or by id, in manifest words."""
    return {
        "product": product_of(item.get("offerId") or ""),
        "termDuration": text(item.get("termDuration")),
        "billingCycle": word(item.get("billingCycle")) or None,
        "quantity": item.get("quantity"),
        "friendlyName": text(item.get("friendlyName")),
        "partnerId": text(item.get("partnerId")),
        "endOfTerm": end_of_term(item, contract),
        "state": word(item.get("status")),
    }


def observed(item: Mapping[str, Any]) -> dict[str, Any]:
    """What only the service knows: id, dates, what may be given back, why it is suspended."""
    refundable = item.get("refundableQuantity") or {}
    return {
        "id": guid(item["id"]),
        "migrated_from": guid(item.get("migratedFromSubscriptionId") or ""),
        "type": types.live_type(item),
        "parent": guid(str(item.get("parentSubscriptionId") or "")) or None,
        "starts": moment(item.get("effectiveStartDate")),
        "ends": moment(item.get("commitmentEndDate")),
        "cancellable_until": moment(item.get("cancellationAllowedUntilDate")),
        "refundable": refundable.get("totalQuantity"),
        "refundable_until": _until(refundable.get("details") or ()),
        "added": _added(refundable.get("details") or ()),
        "suspended_by": tuple(item.get("suspensionReasons") or ()),
        "next": instruction(_next_term(item)),
        "next_cycle": _next_cycle(item.get("nextChargeInstructions") or {}),
        "charged": moment(item.get("billingCycleEndDate")),
        "availability": text(":".join((item.get("offerId") or "").split(":")[2:])),
        "promotion": text(item.get("promotionId")),
        "actions": bool(item.get("scheduledActions")),
        "extendable": extendable(item),
        "trial": bool(item.get("isTrial")),
        "extended": EXTENDED_NAME in str(item.get("offerName") or "").lower(),
    }


def instruction(value: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What is scheduled for the next term, in manifest words; None where nothing is."""
    if not value:
        return None
    product = value.get("product") or {}
    return {
        "product": product_of(f"{product.get('productId')}:{product.get('skuId')}"),
        "termDuration": text(product.get("termDuration")),
        "billingCycle": word(product.get("billingCycle")) or None,
        "quantity": value.get("quantity"),
        "promotionId": text(product.get("promotionId")),
        "alignEnd": day(value.get("customTermEndDate")),
    }


def _next_term(item: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The instruction for the next term. Beside actions a schedule does not count (5.10)."""
    for action in item.get("scheduledActions") or ():
        if word(action.get("actionType")) in NEXT_TERM and action.get("instructions"):
            found: Mapping[str, Any] = action["instructions"]
            return found
    return item.get("scheduledNextTermInstructions")


def _next_cycle(value: Mapping[str, Any]) -> str | None:
    """The billing cycle from the next charge on, where it is to be another one (5.8)."""
    return word((value.get("product") or {}).get("billingCycle")) or None


def day(value: str | None) -> str | None:
    """An API date as ``2027-06-30``, its day in UTC; None if unset."""
    found = moment(value)
    return f"{found:%Y-%m-%d}" if found else None


def _until(details: Sequence[Mapping[str, Any]]) -> datetime | None:
    dates = [moment(detail.get("allowedUntilDateTime")) for detail in details]
    return min((date for date in dates if date), default=None)


def _added(details: Sequence[Mapping[str, Any]]) -> tuple[tuple[datetime, int], ...]:
    """When seats were added, and how many, of those that can still be given back."""
    dates = [(moment(d.get("allowedUntilDateTime")), int(d.get("quantity") or 0)) for d in details]
    return tuple((until - WINDOW, seats) for until, seats in dates if until)


def product_of(offer: str) -> str:
    """`productId:skuId` of an `offerId`; the availability never counts (rule ID19)."""
    return ":".join(offer.split(":")[:2]).upper()


def end_of_term(item: Mapping[str, Any], contract: str) -> str:
    """`renew`, `cancel` or `extend`: auto-renew and its end-of-term action as one word.

    Auto-renew off without an action leads into a paid extended term, where the subscription is
    eligible for it under `contract: 2026-05` (commerce.md 5.10).
    """
    if item.get("autoRenewEnabled"):
        return "renew"
    actions = {word(a.get("actionType")) for a in item.get("scheduledActions") or ()}
    if "cancel" in actions:
        return "cancel"
    if "renewtoextendedserviceterm" in actions:
        return "extend"
    return "extend" if contract >= "2026-05" and extendable(item) else "cancel"


def extendable(item: Mapping[str, Any]) -> bool:
    """Whether this term ends in an extended one unless told otherwise: a licence, no trial."""
    if item.get("isTrial") or types.live_type(item) != types.LICENSE:
        return False
    start, end = moment(item.get("effectiveStartDate")), moment(item.get("commitmentEndDate"))
    return bool(start and end and start >= EXTENDED_SINCE and end >= EXTENDED_FROM)


def contract_of(have: Resource | None, contract: str) -> str:
    """The contract by which the term of this subscription ends: there are end-of-term actions for
    licences only, and for no trial (commerce.md 5.10)."""
    remote = have.remote if have else {}
    plain = remote.get("trial") or remote.get("type", types.LICENSE) != types.LICENSE
    return "2023-10" if plain else contract


def sides(values: Iterable[tuple[str, Any]], *, actions: bool, contract: str) -> tuple[Is, ...]:
    """Manifest fields and values as members of the subscription that a PATCH carries.

    `actions`: whether the live one has end-of-term actions, which `renew` has to take away.
    """
    return tuple(
        side
        for field, value in values
        for side in _sides(field, value, actions=actions, contract=contract)
    )


def _sides(field: str, value: Any, *, actions: bool, contract: str) -> Iterable[Is]:
    if field == "endOfTerm":
        yield Is("autoRenewEnabled", value == "renew")
        if value in AT_END and contract >= "2026-05":
            action = {"scheduleType": "TermEnd", "actionType": AT_END[value]}
            yield Is("scheduledActions", [action], fold=True)
        elif actions:
            yield Is("scheduledActions", [])
    elif field == "state":
        yield Is("status", "deleted" if value == "absent" else value, fold=True)
    else:
        yield Is(field, value, fold=field in FOLDED)
