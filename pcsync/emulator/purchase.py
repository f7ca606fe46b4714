"""Turning a judged cart into orders and subscriptions (commerce.md 2.4 and 3).

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from typing import Any

from pcsync.emulator import delivering, segments
from pcsync.emulator.call import Call
from pcsync.emulator.cart_groups import Line, group
from pcsync.emulator.cart_rules import Purchase, cycle_of
from pcsync.emulator.contracts import Order
from pcsync.emulator.customer import Customer
from pcsync.emulator.faults import Fault
from pcsync.emulator.order_shapes import show_order
from pcsync.emulator.subscribing import add_line
from pcsync.emulator.wire import Body

CREDIT = {
    "limit": (800023, "The credit limit is reached."),
    "blocked": (900121, "The credit of the partner does not allow purchases."),
}


def admit(call: Call, customer: Customer) -> None:
    """Agreement on record and account vetted, else nothing can be bought."""
    if not customer.agreed(call.world.clock.now()):
        raise Fault(403, 13605, "The customer has not accepted the customer agreement.")
    code, text = {
        "UnderReview": (800073, "The customer account is under review."),
        "Unknown": (800074, "The customer account is under review."),
        "NotAllowed": (800075, "The customer account was refused."),
    }.get(customer.validation_status or "", (0, ""))
    if code:
        raise Fault(403, code, text)


def check_credit(call: Call) -> None:
    """403 if the partner's credit or the risk check refuses, as the world says."""
    rules = call.world.settings.purchases
    if rules.credit in CREDIT:
        raise Fault(403, *CREDIT[rules.credit])
    if rules.risk:
        raise Fault(403, 800069, "The purchase did not pass the risk check.")


def buy(call: Call, customer: Customer, lines: list[Line]) -> dict[str, Any]:
    """The checkout result: one order for each group, or that group's error.

    404/400019 if an availability was reissued since the cart was made.
    """
    if any(line[2] is not None and line[2].code == 10001 for line in lines):
        raise Fault(404, 400019, "The availability is not found or outdated.")
    orders: list[dict[str, Any]] = []
    errors: list[dict[str, Any]] = []
    for name, rows in group(call.world, lines).items():
        wrong = _refusal(call, customer, rows)
        if wrong is None:
            order = place(call, customer, rows, legacy=name.startswith("OMS"))
            orders.append(show_order(call.world, customer, order))
        else:
            errors.append({"orderGroupId": name, "code": wrong[0], "description": wrong[1]})
    return {
        "orders": orders,
        "orderErrors": errors,
        "additionalInformation": [],
        "attributes": {"objectType": "CartCheckoutResult"},
    }


def _refusal(call: Call, customer: Customer, rows: list[Line]) -> tuple[int, str] | None:
    """Why a group cannot be bought: a bad line, or an item that the customer may not have."""
    for _, purchase, error in rows:
        if error is not None:
            return 800009, f"Error in a cart item: {error}"
        if purchase is not None and not eligible(call, customer, purchase):
            return 800020, f"The item {purchase.item.key} is not eligible for purchase."
    return None


def eligible(call: Call, customer: Customer, purchase: Purchase) -> bool:
    """Whether the customer qualifies for the segment and the world does not refuse the product."""
    refused = purchase.item.key.upper() in call.world.settings.purchases.refused
    now = call.world.clock.now()
    return not refused and segments.qualified(customer, purchase.segment, now)


def place(call: Call, customer: Customer, rows: list[Line], legacy: bool) -> Order:
    """Make the order of one group and let it be delivered."""
    world = call.world
    cycle = next((p.term.cycle for _, p, _ in rows if p is not None), "")
    order = Order(
        id=world.ids.guid("order") if legacy else world.ids.hexes("order", 12),
        number=world.number(),
        cycle=cycle_of(Body(rows[0][0])) or cycle or "monthly",
        currency=customer.currency,
        created_at=world.clock.now(),
        lines=[],
        legacy=legacy,
    )
    customer.orders[order.id] = order
    for line, purchase, _ in rows:
        if purchase is not None:
            add_line(world, customer, order, Body(line), purchase)
    delivering.start(world, customer, order)
    note(call, customer, order)
    return order


def note(call: Call, customer: Customer, order: Order, operation: str = "create_order") -> None:
    """Put the order into the activity log."""
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
    call.note(operation, "order", customer, show_order(call.world, customer, order), **details)
