"""What only a savings plan shows: the order line that it came from (commerce.md 4.1, 7.8).

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from typing import Any

from pcsync.emulator import wire
from pcsync.emulator.contracts import SAVINGS, OrderLine, Subscription
from pcsync.emulator.customer import Customer


def of_plan(customer: Customer, subscription: Subscription) -> dict[str, Any]:
    """productOrderId and lineItems; nothing for other kinds."""
    order = customer.orders.get(subscription.order_id)
    if subscription.kind != SAVINGS or order is None:
        return {}
    lines = [line for line in order.lines if line.subscription_id == subscription.id]
    return {
        "productOrderId": order.id,
        "lineItems": [_line(subscription, line) for line in lines],
    }


def _line(subscription: Subscription, line: OrderLine) -> dict[str, Any]:
    scope = wire.shown(
        type=line.context.get("scope"),
        subscriptionId=line.context.get("subscriptionId"),
        entitlementId=line.context.get("entitlementId"),
    )
    return wire.shown(
        id=str(line.number),
        friendlyName=line.friendly_name,
        scope=scope,
        autoRenewEnabled=subscription.auto_renew,
        status=subscription.status,
        purchaseCommitment=line.commitment,
    )
