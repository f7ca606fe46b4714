"""Orders: list, get, provisioning status (commerce.md 3).

Pages: get-all-of-a-customer-s-orders.md, get-an-order-by-id.md,
get-order-provisioning-status.md.
"""

from __future__ import annotations

from pcsync.emulator.call import Answer, Call, ok
from pcsync.emulator.contracts import Order
from pcsync.emulator.faults import Fault, not_understood
from pcsync.emulator.order_shapes import show_order
from pcsync.emulator.paging import collection
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
        show_order(call.world, customer, order, _prices(call))
        for order in customer.orders.values()
        if order.created_at <= seen_until and cycle in ("", order.cycle)
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
    order = _order(call)
    status = "fulfilled" if order.status == "completed" else "prefulfillmentPending"
    rows = [
        {
            "orderLineItemId": line.number,
            "lineItemNumber": line.number,
            "status": status,
            "quantityProvisioningInformation": [{"quantity": line.quantity, "status": status}],
        }
        for line in order.lines
    ]
    return ok(collection(call, rows))
