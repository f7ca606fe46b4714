"""Carts and checkout (commerce.md 2).

Pages: create-a-cart.md (no page of its own for reading one), update-a-cart.md,
checkout-a-cart.md.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from pcsync.emulator import cart_rules, wire
from pcsync.emulator.call import Answer, Call, created, ok
from pcsync.emulator.cart_groups import Line, group, judge
from pcsync.emulator.cart_rules import Purchase
from pcsync.emulator.contracts import Cart
from pcsync.emulator.customer import Customer
from pcsync.emulator.faults import Fault
from pcsync.emulator.paging import link
from pcsync.emulator.purchase import admit, buy, check_credit
from pcsync.emulator.routing import Routes
from pcsync.emulator.wire import Body

routes = Routes()

LIFETIME = timedelta(days=7)
CART = "/v1/customers/{customer}/carts/{cart}"


@routes("POST", "/v1/customers/{customer}/carts", page="create-a-cart.md")
def create(call: Call) -> Answer:
    """Make a cart; 201 even if lines are bad. Nothing is bought and nothing reserved."""
    customer, body = call.customer(), call.body()
    admit(call, customer)
    lines = _lines(body)
    if body.flag("partnerOnRecordAttestationAccepted") is not True:
        raise Fault(400, 900206, "The partner attestation is missing.")
    now = call.world.clock.now()
    cart = Cart(call.world.ids.guid("cart"), now, now, now + LIFETIME, lines)
    customer.carts[cart.id] = cart
    return created(_show(call, customer, cart))


@routes("GET", CART, page="create-a-cart.md")
def get(call: Call) -> Answer:
    """The cart; `status` tells whether it was checked out."""
    customer = call.customer()
    return ok(_show(call, customer, _cart(call, customer)))


@routes("PUT", CART, page="update-a-cart.md")
def replace(call: Call) -> Answer:
    """Replace all lines of a cart that is not checked out."""
    customer, body = call.customer(), call.body()
    admit(call, customer)
    cart = _cart(call, customer)
    if cart.result is not None:
        raise Fault(400, 800065, "The cart was already submitted.")
    cart.lines = _lines(body)
    cart.modified_at = call.world.clock.now()
    return created(_show(call, customer, cart))


@routes(
    "POST",
    CART + "/checkout",
    page="checkout-a-cart.md",
    audit=("create_order", "order"),
)
def checkout(call: Call) -> Answer:
    """Buy what the cart holds, one order for each group; a second checkout changes nothing."""
    customer = call.customer()
    cart, rules = _cart(call, customer), call.world.settings.purchases
    if cart.result is not None and rules.repeat == "error":
        raise Fault(400, 800065, "The cart was already submitted.")
    if cart.result is None:
        admit(call, customer)
        check_credit(call)
        result = buy(call, customer, _judge(call, customer, cart))
        if not result["orders"]:
            return created(result)
        cart.result = result
        cart.modified_at = call.world.clock.now()
    return created(cart.result)


def _cart(call: Call, customer: Customer) -> Cart:
    found = customer.carts.get(call.parts["cart"].lower())
    if found is None or (found.result is None and call.world.clock.now() > found.expires_at):
        raise Fault(404, 800008, "The cart is not found.")
    return found


def _lines(body: Body) -> list[dict[str, Any]]:
    """The lines as sent, numbered; 400/800002 without any."""
    rows = body.parts("lineItems")
    if not rows:
        raise Fault(400, 800002, "lineItems must hold at least one line.")
    lines = []
    for number, row in enumerate(rows):
        cart_rules.cycle_of(row)
        line = row.plain()
        for computed in ("error", "pricing", "orderGroup"):
            line.pop(computed, None)
        lines.append({**line, "id": number})
    return lines


def _judge(call: Call, customer: Customer, cart: Cart) -> list[Line]:
    return judge(call.world, customer, cart.lines)


def _show(call: Call, customer: Customer, cart: Cart) -> dict[str, Any]:
    judged = [] if cart.result else _judge(call, customer, cart)
    groups = group(call.world, judged)
    lines = [_line(customer, row, name) for name, rows in groups.items() for row in rows]
    lines.sort(key=lambda line: int(line["id"]))
    if cart.result is None:
        cart.shown = lines
    return wire.shown(
        id=cart.id,
        creationTimestamp=cart.created_at,
        lastModifiedTimestamp=cart.modified_at,
        expirationTimestamp=cart.expires_at,
        lastModifiedUser=call.world.ids.guid("partner user", call.caller.user or "app"),
        status="Ordered" if cart.result else "Active",
        lineItems=cart.shown,
        links={"self": link(f"/customers/{customer.id}/carts/{cart.id}")},
        attributes={"objectType": "Cart"},
    )


def _line(customer: Customer, row: Line, name: str) -> dict[str, Any]:
    line, purchase, error = row
    return wire.shown(
        **{
            **line,
            "currencyCode": line.get("currencyCode", customer.currency),
            "orderGroup": name,
            "promotionId": purchase.promotion if purchase else line.get("promotionId"),
            "pricing": _pricing(purchase) if purchase else None,
            "error": error.body if error else None,
        }
    )


def _pricing(purchase: Purchase) -> dict[str, Decimal]:
    """Prices of a seat at each charge, and of the line, before tax."""
    price = purchase.price
    return {
        "listPrice": purchase.list_price,
        "discountedPrice": price,
        "proratedPrice": price,
        "price": price,
        "extendedPrice": price * purchase.quantity,
    }
