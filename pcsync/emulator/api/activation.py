"""Where marketplace subscriptions are set up, and setting them up in the sandbox (commerce.md 9).

Page: get-activation-link-by-order-line-item.md, for orders and subscriptions too.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pcsync.emulator import sandbox
from pcsync.emulator.call import Answer, Call, ok
from pcsync.emulator.contracts import OrderLine
from pcsync.emulator.faults import Fault
from pcsync.emulator.paging import collection
from pcsync.emulator.publisher import complete_setup
from pcsync.emulator.routing import Routes

routes = Routes()

PAGE = "get-activation-link-by-order-line-item.md"
ORDER = "/v1/customers/{customer}/orders/{order}"
SUBSCRIPTION = "/v1/customers/{customer}/subscriptions/{subscription}"


def _lines(call: Call) -> list[OrderLine]:
    found = call.customer().orders.get(call.parts["order"].lower())
    if found is None:
        raise Fault(404, 20000, "The order is not found.")
    return found.lines


def _links(call: Call, lines: Iterable[OrderLine]) -> Answer:
    rows = [_row(call, line) for line in lines if line.kind == "saas"]
    return ok(collection(call, rows))


def _row(call: Call, line: OrderLine) -> dict[str, Any]:
    """A page of the publisher's; the token in it is made up."""
    token = call.world.ids.hexes("activation", 32, line.subscription_id)
    uri = f"https://publisher.example/setup?token={token}"
    return {"lineItemNumber": line.number, "link": {"uri": uri, "method": "GET"}}


@routes("GET", ORDER + "/activationlinks", page=PAGE)
def of_order(call: Call) -> Answer:
    """The links of all marketplace lines of an order."""
    return _links(call, _lines(call))


@routes("GET", ORDER + "/lineitems/{line}/activationlinks", page=PAGE)
def of_line(call: Call) -> Answer:
    """The link of one line. 400/800071 for a line that the order has not."""
    found = [line for line in _lines(call) if str(line.number) == call.parts["line"]]
    if not found:
        raise Fault(400, 800071, "The order has no such line.")
    return _links(call, found)


@routes("GET", SUBSCRIPTION + "/activationlinks", page=PAGE)
def of_subscription(call: Call) -> Answer:
    """The link of a subscription."""
    customer = call.customer()
    wanted = call.parts["subscription"].lower()
    if wanted not in customer.subscriptions:
        raise Fault(404, 20003, "The subscription is not found.")
    lines = (line for order in customer.orders.values() for line in order.lines)
    return _links(call, (line for line in lines if line.subscription_id == wanted))


@routes(
    "POST", SUBSCRIPTION + "/activate", page=PAGE, audit=("update_subscription", "subscription")
)
def activate(call: Call) -> Answer:
    """Complete the setup, in the sandbox only. 400/800041 if that was done before."""
    sandbox.only_here(call.world)
    customer = call.customer()
    complete_setup(call.world, customer, call.parts["subscription"])
    found = call.parts["subscription"].lower()
    return ok({"subscriptionId": found, "status": "Success"})
