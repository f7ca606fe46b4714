"""What a PATCH does to an order (commerce.md 3.5): billing cycle and add-on of legacy orders, and
cancelling of software, reservations and, in the sandbox, marketplace orders.

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from pcsync.emulator import ledger, lifecycle, stock, times
from pcsync.emulator.call import Call
from pcsync.emulator.cart_groups import judge
from pcsync.emulator.contracts import Order, OrderLine, Subscription
from pcsync.emulator.customer import Customer
from pcsync.emulator.direct_orders import refused
from pcsync.emulator.faults import Fault, not_understood
from pcsync.emulator.subscribing import add_line
from pcsync.emulator.wire import Body

WINDOWS = {"perpetual": timedelta(days=30), "software": timedelta(days=7)}
SANDBOX = ("reservation", "saas", *WINDOWS)
SANDBOX_AGE = timedelta(days=60)


def change(call: Call, customer: Customer, order: Order, body: Body) -> None:
    """One of the four uses; 400/800002 for a body that is none of them."""
    lines = body.parts("lineItems") or []
    status = (body.text("status") or "none").lower()
    if status == "cancelled":
        _cancel(call, customer, order, lines)
    elif status not in ("none", order.status):
        raise not_understood("status", body.text("status"))
    elif any(line.text("parentSubscriptionId") for line in lines):
        _add(call, customer, order, body, lines)
    elif body.text("billingCycle"):
        _rebill(call, customer, order, body)
    else:
        raise Fault(400, 800002, "The body says nothing to change.")
    order.version += 1


def _cancel(call: Call, customer: Customer, order: Order, given: list[Body]) -> None:
    wanted = _wanted(order, given)
    for line in wanted:
        _check_cancel(call, order, line)
    for line in wanted:
        line.quantity = 0
        subscription = customer.subscriptions.get(line.subscription_id)
        if subscription is not None and subscription.status != "deleted":
            ledger.cancel(call.world, customer, subscription)
            lifecycle.end(subscription)
    for row in customer.account.entitlements:
        if row.order_id == order.id and int(row.line_item) in {line.number for line in wanted}:
            row.cancelled = True
    order.status = "completed" if any(line.quantity for line in order.lines) else "cancelled"


def _wanted(order: Order, given: list[Body]) -> list[OrderLine]:
    """The lines named, else all of them. 400/800071 for a number that the order has not."""
    if not given:
        return order.lines
    known = {line.number: line for line in order.lines}
    numbers = [row.whole("lineItemNumber") for row in given]
    if not set(numbers) <= set(known):
        raise Fault(400, 800071, "The order has no such line.")
    return [known[number] for number in numbers if number is not None]


def _check_cancel(call: Call, order: Order, line: OrderLine) -> None:
    """Which call cancels what, and for how long (the table of commerce.md 3.5)."""
    now, sandbox = call.world.clock.now(), call.world.partner.sandbox
    if line.quantity == 0:
        raise Fault(400, 800061, "The line was cancelled before.")
    if line.kind not in SANDBOX:
        raise Fault(400, 800063, "The order cannot be cancelled; change the subscription instead.")
    if sandbox and now >= order.created_at + SANDBOX_AGE:
        raise Fault(400, 800061, "Sandbox orders cannot be cancelled after 60 days.")
    if sandbox:
        return
    if line.kind == "saas":
        raise Fault(403, 800077, "A marketplace subscription is cancelled by itself.")
    window = WINDOWS.get(line.kind)
    if window is None:
        raise Fault(403, 800019, "The order can be cancelled in the sandbox only.")
    if now >= order.created_at + window:
        raise Fault(400, 900117, "The cancellation window has passed.")


def _add(call: Call, customer: Customer, order: Order, body: Body, lines: list[Body]) -> None:
    """Buy legacy add-ons for a base of this order."""
    bases = {line.subscription_id for line in order.lines}
    rows = []
    for line in lines:
        parent = line.need("parentSubscriptionId").lower()
        if parent not in bases or not order.legacy:
            raise Fault(400, 800029, "The add-on does not fit the parent subscription.")
        row = {**line.plain(), "catalogItemId": line.need("offerId"), "billingCycle": order.cycle}
        rows.append({**row, "provisioningContext": {"parentSubscriptionId": parent}})
    judged = judge(call.world, customer, rows)
    for row, _, error in judged:
        if error is not None:
            raise refused(error, str(row["catalogItemId"]))
    for row, purchase, _ in judged:
        if purchase is not None:
            added = add_line(call.world, customer, order, Body(row), purchase)
            lifecycle.provision(
                call.world, customer, customer.subscriptions[added.subscription_id], order
            )


def _rebill(call: Call, customer: Customer, order: Order, body: Body) -> None:
    """Bill a legacy order by another cycle; a term of twelve months begins."""
    cycle = body.need("billingCycle").lower().replace("_", "")
    if not order.legacy:
        raise Fault(400, 800085, "The billing cycle of this order cannot be changed.")
    rows = [customer.subscriptions[line.subscription_id] for line in order.lines]
    if cycle == order.cycle:
        raise Fault(400, 6000, "The order is billed by this cycle already.")
    if any(row.status != "active" or row.trial for row in rows):
        raise Fault(400, 6001, "All subscriptions of the order must be active and paid.")
    items = [stock.find(row.product_id, row.sku_id) for row in rows]
    if any(item is None or item.term("P1Y", cycle) is None for item in items):
        raise Fault(400, 800080, "The billing cycle is not sold for an offer of the order.")
    order.cycle = cycle
    for row in rows:
        ledger.stop(call.world, customer, row, "convert")
        _restart(row, cycle, call.world.clock.now())
        ledger.begin(call.world, customer, row)
        lifecycle.watch(call.world, customer, row)


def _restart(row: Subscription, cycle: str, now: datetime) -> None:
    row.cycle, row.started_at, row.promotion_id = cycle, now, None
    row.ends = times.midnight(times.add_months(now, 12))
    row.version += 1
