"""Trials of new commerce: 30 days without billing, then the paid SKU (commerce.md 13.8, 5.9).

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pcsync.emulator import stock, times
from pcsync.emulator.availabilities import availability_id
from pcsync.emulator.contracts import Subscription
from pcsync.emulator.customer import Customer
from pcsync.emulator.world import World

LASTS = timedelta(days=30)
PAID = ("P1Y", "monthly")
LEAST_PAID = 25
"""Fewer seats are possible as a scheduled change only."""


def begin(world: World, subscription: Subscription) -> None:
    """Thirty days, then what is paid: the schedule is there from the beginning."""
    subscription.cycle, subscription.term = "none", ""
    subscription.ends = times.midnight(subscription.started_at + LASTS)
    subscription.next_term = _schedule(world, subscription)


def used(customer: Customer, item: stock.Item) -> bool:
    """Whether the customer has ordered this trial before: one for each customer and offer."""
    keys = (f"{item.key}:", item.product_id) if not item.sku_id else (f"{item.key}:",)
    return any(
        line.offer_id.startswith(keys) for order in customer.orders.values() for line in order.lines
    )


def paid(subscription: Subscription) -> stock.Item | None:
    """The paid SKU that a trial is of: of the same product, with the same licence."""
    trial = stock.find(subscription.product_id, subscription.sku_id)
    rows = (row for row in stock.items().values() if row.kind == "licence" and not row.trial)
    alike = [
        row
        for row in rows
        if trial and row.directory_sku == trial.directory_sku and row.term(*PAID)
    ]
    same = [row for row in alike if row.product_id == subscription.product_id]
    return next(iter([*same, *alike]), None)


def _schedule(world: World, subscription: Subscription) -> dict[str, Any] | None:
    item = paid(subscription)
    if item is None:
        return None
    product = {
        "productId": item.product_id,
        "skuId": item.sku_id,
        "availabilityId": availability_id(world, item),
        "billingCycle": PAID[1].capitalize(),
        "termDuration": PAID[0],
    }
    return {"product": product, "quantity": subscription.quantity}
