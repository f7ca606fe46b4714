"""Orders: list, get, make, change, provisioning status (commerce.md 3).

Pages: get-all-of-a-customer-s-orders.md, get-an-order-by-id.md,
get-order-provisioning-status.md, create-an-order.md, and four about changes.
"""

from __future__ import annotations

from typing import Any

from pcsync.emulator.call import Answer, Call, created, ok
from pcsync.emulator.contracts import Order, OrderLine
from pcsync.emulator.direct_orders import order
from pcsync.emulator.faults import Fault, not_understood
from pcsync.emulator.order_changes import change
from pcsync.emulator.order_shapes import show_order
from pcsync.emulator.paging import collection
from pcsync.emulator.purchase import admit, check_credit, note
from pcsync.emulator.routing import Routes, Takes

routes = Routes()

ORDER = "/v1/customers/{customer}/orders/{order}"


@routes(
    "GET",
    "/v1/customers/{customer}/orders",
    page="get-all-of-a-customer-s-orders.md",
    also=("get-a-list-of-orders-by-customer-and-billing-cycle-type.md",),
    query=("billingType", "include_price"),
)
def listed(call: Call) -> Answer:
    """All orders, each as late as the world's ordersLag says."""
    customer = call.customer()
    cycle = (call.query("billingType") or "").lower().replace("_", "")
    if cycle not in ("", "monthly", "annual", "onetime", "triennial", "none"):
        raise not_understood("billingType", call.query("billingType"))
    seen_until = call.world.clock.now() - call.world.settings.orders_lag
    rows = [
        show_order(call.world, customer, row, _prices(call))
        for row in customer.orders.values()
        if row.created_at <= seen_until and cycle in ("", row.cycle)
    ]
    return ok(collection(call, rows))


def _prices(call: Call) -> bool:
    return (call.query("include_price") or "").lower() == "true"


def _order(call: Call) -> Order:
    found = call.customer().orders.get(call.parts["order"].lower())
    if found is None:
        raise Fault(404, 20000, "The order is not found.")
    return found


@routes("GET", ORDER, page="get-an-order-by-id.md", query=("include_price",))
def get(call: Call) -> Answer:
    """One order, without lag."""
    return ok(show_order(call.world, call.customer(), _order(call), _prices(call)))


@routes(
    "GET",
    ORDER + "/provisioningstatus",
    page="get-order-provisioning-status.md",
    takes=Takes.USER,
)
def provisioning_status(call: Call) -> Answer:
    """How far each line has come."""
    found = _order(call)
    return ok(collection(call, [_progress(found, line) for line in found.lines]))


def _progress(order: Order, line: OrderLine) -> dict[str, Any]:
    status = "fulfilled" if order.status == "completed" else "prefulfillmentPending"
    if not line.quantity:
        status = "unfulfilled"
    return {
        "orderLineItemId": line.number,
        "lineItemNumber": line.number,
        "status": status,
        "quantityProvisioningInformation": [{"quantity": line.quantity, "status": status}],
    }


@routes(
    "POST",
    "/v1/customers/{customer}/orders",
    page="create-an-order.md",
    also=("create-an-order-for-a-customer-of-an-indirect-reseller.md",),
    audit=("create_order", "order"),
)
def create(call: Call) -> Answer:
    """Buy without a cart; each call is a purchase of its own."""
    customer = call.customer()
    admit(call, customer)
    check_credit(call)
    made = order(call, customer, call.body())
    return created(show_order(call.world, customer, made))


@routes(
    "PATCH",
    ORDER,
    page="cancel-an-order-from-the-integration-sandbox.md",
    also=(
        "cancel-software-purchases.md",
        "purchase-an-add-on-to-a-subscription.md",
        "change-the-billing-cycle.md",
    ),
    audit=("update_order", "order"),
)
def update(call: Call) -> Answer:
    """Cancel lines, buy an add-on for a base of the order, or bill it by another cycle."""
    customer, found = call.customer(), _order(call)
    change(call, customer, found, call.body())
    note(call, customer, found, "update_order")
    return ok(show_order(call.world, customer, found))
