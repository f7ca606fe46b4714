"""Orders that the service leaves behind itself: one order is not one purchase (commerce.md 3.1).

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from pcsync.emulator.contracts import Order, OrderLine, Subscription
from pcsync.emulator.customer import Customer
from pcsync.emulator.world import World


def leave(
    world: World, customer: Customer, subscription: Subscription, quantity: int, transaction: str
) -> Order:
    """A completed order with one line for the subscription, such as `renew` or `convert`."""
    line = OrderLine(
        number=0,
        offer_id=subscription.offer_id,
        quantity=quantity,
        term=subscription.term,
        friendly_name=subscription.friendly_name,
        subscription_id=subscription.id,
        transaction=transaction,
    )
    order = Order(
        id=world.ids.hexes("order", 12),
        number=world.number(),
        cycle=subscription.cycle,
        currency=customer.currency,
        created_at=world.clock.now(),
        lines=[line],
        status="completed",
        transaction="SystemPurchase",
    )
    customer.orders[order.id] = order
    return order
