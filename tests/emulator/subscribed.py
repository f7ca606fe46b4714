"""One subscription of contoso, and what tests send about it."""

from __future__ import annotations

from typing import Any

from .wire import PREMIUM, Wire

CANCEL = {"scheduleType": "TermEnd", "actionType": "Cancel"}
EXTEND = {"scheduleType": "TermEnd", "actionType": "RenewToExtendedServiceTerm"}
OLD = "2026-06-01T12:00:00Z"


def seed(pc: Wire, settings: dict[str, Any] | None = None, **words: Any) -> None:
    """One subscription, bought long ago, 10 seats, none of them refundable."""
    row = {"product": PREMIUM, "quantity": 10, "creationDate": OLD, "refundable": 0, **words}
    pc.contoso(settings=settings, subscriptions=[row])


def instructions(pc: Wire, product: str = PREMIUM, **more: Any) -> dict[str, Any]:
    product_id, sku_id, availability_id = pc.item(product).split(":")
    parts = {"productId": product_id, "skuId": sku_id, "availabilityId": availability_id}
    pair = {"termDuration": "P1Y", "billingCycle": "Monthly"}
    quantity = more.pop("quantity", 8)
    return {"product": {**parts, **pair, **more}, "quantity": quantity}


def code(answer: Any) -> tuple[int, int]:
    return answer.status_code, answer.json()["code"]
