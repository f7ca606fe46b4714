"""Turning a judged cart into orders and subscriptions (commerce.md 2.4 and 3).

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pcsync.emulator import lifecycle, times
from pcsync.emulator.availabilities import availability_id
from pcsync.emulator.call import Call
from pcsync.emulator.cart_rules import LineError, Purchase, cycle_of
from pcsync.emulator.contracts import WINDOW, Batch, Order, OrderLine, Subscription
from pcsync.emulator.customer import Customer
from pcsync.emulator.faults import Fault
from pcsync.emulator.order_shapes import show_order
from pcsync.emulator.wire import Body

Line = tuple[dict[str, Any], Purchase | None, LineError | None]


def buy(call: Call, customer: Customer, lines: Iterable[Line]) -> dict[str, Any]:
    """The checkout result: one order for each billing cycle, or that group's error.

    404/400019 if an availability was reissued since the cart was made.
    """
    groups: dict[str, list[Line]] = {}
    for line in lines:
        if line[2] is not None and line[2].code == 10001:
            raise Fault(404, 400019, "The availability is not found or outdated.")
        groups.setdefault(cycle_of(Body(line[0])), []).append(line)
    orders: list[dict[str, Any]] = []
    errors: list[dict[str, Any]] = []
    for number, (cycle, group) in enumerate(groups.items()):
        wrong = next((error for _, _, error in group if error is not None), None)
        if wrong is None:
            order = _order(call, customer, cycle, group)
            orders.append(show_order(call.world, customer, order))
        else:
            text = f"Error in a cart item: {wrong}"
            errors.append({"orderGroupId": str(number), "code": 800009, "description": text})
    return {
        "orders": orders,
        "orderErrors": errors,
        "additionalInformation": [],
        "attributes": {"objectType": "CartCheckoutResult"},
    }


def _order(call: Call, customer: Customer, cycle: str, group: list[Line]) -> Order:
    world = call.world
    order = Order(
        id=world.ids.hexes("order", 12),
        number=world.number(),
        cycle=cycle or "monthly",
        currency=customer.currency,
        created_at=world.clock.now(),
        lines=[],
    )
    customer.orders[order.id] = order
    bought = [
        _subscribe(call, customer, order, Body(line), purchase)
        for line, purchase, _ in group
        if purchase is not None
    ]
    for subscription in bought:
        lifecycle.provision(world, customer, subscription, order)
    _note(call, customer, order)
    return order


def _subscribe(
    call: Call, customer: Customer, order: Order, line: Body, purchase: Purchase
) -> Subscription:
    world, item, now = call.world, purchase.item, call.world.clock.now()
    subscription = Subscription(
        id=world.ids.guid("subscription"),
        number=world.number(),
        product_id=item.product_id,
        sku_id=item.sku_id,
        availability_id=availability_id(world, item),
        offer_name=item.title,
        friendly_name=line.text("friendlyName") or item.title,
        quantity=purchase.quantity,
        term=purchase.term.duration,
        cycle=purchase.term.cycle,
        created_at=now,
        started_at=now,
        ends=times.FAR_FUTURE,
        window_from=now,
        order_id=order.id,
        status="pending",
        azure=item.azure,
        partner_id=_reseller(line),
        custom_term_end=purchase.custom_end,
    )
    if item.azure:
        customer.azure = True
        subscription.entitlements = [world.ids.guid("azure subscription", subscription.id)]
    else:
        _term(subscription, purchase)
    customer.subscriptions[subscription.id] = subscription
    order.lines.append(_order_line(order, subscription, purchase))
    return subscription


def _term(subscription: Subscription, purchase: Purchase) -> None:
    started = subscription.started_at
    if purchase.custom_end is not None:
        subscription.ends = purchase.custom_end + times.DAY
    else:
        months = times.months(subscription.term)
        subscription.ends = times.midnight(times.add_months(started, months))
    subscription.batches = [Batch(subscription.quantity, started + WINDOW)]


def _reseller(line: Body) -> str:
    for participant in line.parts("participants") or []:
        if participant.need("key").lower().replace("_", "") == "transactionreseller":
            return participant.need("value")
    return ""


def _order_line(order: Order, subscription: Subscription, purchase: Purchase) -> OrderLine:
    return OrderLine(
        number=len(order.lines),
        offer_id=subscription.offer_id,
        quantity=subscription.quantity,
        term=subscription.term or None,
        friendly_name=subscription.friendly_name,
        subscription_id=subscription.id,
        price=purchase.price,
        partner_id=subscription.partner_id or None,
        custom_term_end=subscription.custom_term_end,
    )


def _note(call: Call, customer: Customer, order: Order) -> None:
    details: dict[str, str | None] = {
        "OrderId": order.id,
        "AlternateId": order.id,
        "BillingCycle": order.cycle,
    }
    for line in order.lines:
        details[f"OfferId-{line.number}"] = line.offer_id
        details[f"SubscriptionId-{line.number}"] = line.subscription_id
        details[f"SubscriptionName-{line.number}"] = line.friendly_name
        details[f"Quantity-{line.number}"] = str(line.quantity)
        details[f"PartnerOnRecord-{line.number}"] = line.partner_id
    call.note("create_order", "order", customer, show_order(call.world, customer, order), **details)
