"""Orders without a cart: reading their bodies as cart lines (commerce.md 3.2).

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from typing import Any

from pcsync.emulator.call import Call
from pcsync.emulator.cart_groups import Line, judge
from pcsync.emulator.cart_rules import LineError
from pcsync.emulator.contracts import Order
from pcsync.emulator.customer import Customer
from pcsync.emulator.faults import Fault
from pcsync.emulator.purchase import eligible, place
from pcsync.emulator.wire import Body

CODES = {
    10000: (400, 900169),
    10001: (404, 400019),
    10002: (400, 800017),
    10003: (400, 800010),
    10007: (400, 800011),
    10008: (400, 800013),
    10009: (400, 800018),
    10010: (400, 900275),
    10011: (400, 800030),
    10012: (400, 900203),
    10013: (400, 900269),
    10014: (400, 27007),
    10015: (400, 900275),
    10016: (400, 900242),
    10017: (400, 900242),
    400041: (400, 800029),
    500600: (403, 2091),
}
"""The refusal that a bad line means where there is no cart to show it in."""


def order(call: Call, customer: Customer, body: Body) -> Order:
    """The order of a body; one order is one billing cycle, and one bad line refuses all of it."""
    reference = (body.text("referenceCustomerId") or customer.id).lower()
    if reference != customer.id:
        raise Fault(400, 4018, "The order cannot be processed: it names another customer.")
    if body.flag("partnerOnRecordAttestationAccepted") is not True:
        raise Fault(400, 900206, "The partner attestation is missing.")
    lines = [_line(body, row) for row in body.parts("lineItems") or []]
    if not lines:
        raise Fault(400, 800002, "lineItems must hold at least one line.")
    judged = judge(call.world, customer, lines)
    _check(call, customer, judged)
    offers = [line["catalogItemId"].lower() in call.world.catalogue.offers for line in lines]
    if any(offers) != all(offers):
        raise Fault(400, 800004, "Legacy offers and other items cannot share an order.")
    return place(call, customer, judged, legacy=all(offers))


def _line(body: Body, row: Body) -> dict[str, Any]:
    """A line of an order as one of a cart."""
    if row.whole("lineItemNumber") is None:
        raise Fault(400, 800071, "lineItemNumber is required.")
    plain = row.plain()
    plain["catalogItemId"] = row.need("offerId")
    plain.setdefault("billingCycle", body.text("billingCycle") or "monthly")
    plain.setdefault("currencyCode", body.text("currencyCode"))
    return {name: value for name, value in plain.items() if value is not None}


def _check(call: Call, customer: Customer, judged: list[Line]) -> None:
    limits = call.world.catalogue.offers
    for line, purchase, error in judged:
        if error is not None:
            raise refused(error, str(line["catalogItemId"]))
        if purchase is not None and not eligible(call, customer, purchase):
            raise Fault(403, 800020, "The item is not eligible for purchase.")
        offer = limits.get(str(line["catalogItemId"]).lower())
        if offer is not None and offer.limit:
            rows = customer.subscriptions.values()
            had = [row for row in rows if row.product_id.lower() == offer.id]
            if offer.unit_of_limit == "Concurrent":
                had = [row for row in had if row.status != "deleted"]
            if len(had) >= offer.limit:
                raise Fault(400, 27006, "The offer was used as often as it may be.")


def refused(error: LineError, item: str) -> Fault:
    """The fault that a line's error stands for."""
    if error.code == 10001 and item.count(":") != 2:
        return Fault(400, 800004, "The offer is not valid.")
    status, code = CODES.get(error.code, (400, 800009))
    return Fault(status, code, str(error))
