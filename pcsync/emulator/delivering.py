"""What follows an order: documents if they are asked for, provisioning, entitlements.

commerce.md 3, 8.1, 12. Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from datetime import datetime

from pcsync.emulator import lifecycle, times
from pcsync.emulator.account import Entitlement
from pcsync.emulator.agenda import step
from pcsync.emulator.contracts import Order, OrderLine
from pcsync.emulator.customer import Customer
from pcsync.emulator.world import World

WITH_DOCUMENT = ("DG7GMGF0D7FV", "DG7GMGF0D7FT")
"""Products whose orders wait for a purchase order (commerce.md 17)."""
ARTIFACTS = {"perpetual": "software", "reservation": "reservedinstance"}


def start(world: World, customer: Customer, order: Order) -> None:
    """Deliver a new order, unless it has to wait for a document."""
    if any(line.offer_id.partition(":")[0] in WITH_DOCUMENT for line in order.lines):
        order.status = "pending_po_upload"
    else:
        deliver(world, customer, order)


def deliver(world: World, customer: Customer, order: Order) -> None:
    """Provision the subscriptions of an order, and give what is owned without one."""
    for line in order.lines:
        subscription = customer.subscriptions.get(line.subscription_id)
        if subscription is not None:
            lifecycle.provision(world, customer, subscription, order)
    if any(line.kind in ARTIFACTS for line in order.lines):
        when = world.clock.now() + world.settings.provisioning
        if world.settings.provisioning:
            world.clock.at(when, hand_over, customer.id, order.id)
        else:
            hand_over(world, when, customer.id, order.id)


@step
def hand_over(world: World, now: datetime, customer_id: str, order_id: str) -> None:
    """Give the customer its entitlements; the order is complete."""
    customer = world.customers.get(customer_id)
    if customer is None or customer.orders[order_id].status == "cancelled":
        return
    order = customer.orders[order_id]
    order.status = "completed"
    for line in order.lines:
        if line.kind in ARTIFACTS and line.quantity:
            customer.account.entitlements.append(_entitlement(world, now, order, line))


def _entitlement(world: World, now: datetime, order: Order, line: OrderLine) -> Entitlement:
    product, sku, _ = line.offer_id.split(":")
    ends = times.add_months(now, times.months(line.term)) if line.term else None
    return Entitlement(
        product_id=product,
        sku_id=sku,
        quantity=line.quantity,
        kind=ARTIFACTS[line.kind],
        order_id=order.id,
        line_item=str(line.number),
        resource_id=world.ids.guid("artifact", f"{order.id} {line.number}"),
        expires=ends,
    )


def uploaded(world: World, customer: Customer, order: Order) -> None:
    """A purchase order document came in: it is looked at, then the order goes on."""
    order.status = "po_upload_complete"
    world.clock.at(world.clock.now() + world.settings.po_review, reviewed, customer.id, order.id)


@step
def reviewed(world: World, now: datetime, customer_id: str, order_id: str) -> None:
    """The document is accepted."""
    customer = world.customers.get(customer_id)
    if customer is not None and customer.orders[order_id].status == "po_upload_complete":
        customer.orders[order_id].status = "pending"
        deliver(world, customer, customer.orders[order_id])
