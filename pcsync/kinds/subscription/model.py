"""Partner Center's words for a subscription, and ours (commerce.md sections 4 and 5.10).

Pure; imports the nouns and values only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pcsync.model import Is
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
EXTENDED_NAME = "extended service term"  # no member says so: the offer's name does
CANCEL_AT_END = [{"scheduleType": "TermEnd", "actionType": "Cancel"}]


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
        "ends": moment(item.get("commitmentEndDate")),
        "cancellable_until": moment(item.get("cancellationAllowedUntilDate")),
        "refundable": refundable.get("totalQuantity"),
        "refundable_until": _until(refundable.get("details") or ()),
        "suspended_by": tuple(item.get("suspensionReasons") or ()),
        "next": instruction(item.get("scheduledNextTermInstructions")),
        "actions": bool(item.get("scheduledActions")),
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
    }


def _until(details: Sequence[Mapping[str, Any]]) -> datetime | None:
    dates = [moment(detail.get("allowedUntilDateTime")) for detail in details]
    return min((date for date in dates if date), default=None)


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
    """Whether this term ends in an extended one unless told otherwise."""
    start, end = moment(item.get("effectiveStartDate")), moment(item.get("commitmentEndDate"))
    return bool(start and end and start >= EXTENDED_SINCE and end >= EXTENDED_FROM)


def sides(values: Iterable[tuple[str, Any]], *, actions: bool, contract: str) -> tuple[Is, ...]:
    """Manifest fields and values as members of the subscription that a PATCH carries.

    `actions`: whether the live one has end-of-term actions, which `renew` has to take away.
    """
    found: list[Is] = []
    for field, value in values:
        if field == "endOfTerm":
            found.append(Is("autoRenewEnabled", value == "renew"))
            if value == "cancel" and contract >= "2026-05":
                found.append(Is("scheduledActions", CANCEL_AT_END, fold=True))
            elif value == "renew" and actions:
                found.append(Is("scheduledActions", []))
        elif field == "state":
            found.append(Is("status", value, fold=True))
        else:
            found.append(Is(field, value))
    return tuple(found)
