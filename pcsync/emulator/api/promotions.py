"""Promotions and who may have them (commerce.md 1.9, 1.10).

Pages: get-promotions.md, get-promotion-by-id.md, verify-promotion-eligibility.md.
"""

from __future__ import annotations

from typing import Any

from pcsync.emulator import countries, promoting, stock, wire
from pcsync.emulator.call import Answer, Call, ok
from pcsync.emulator.cart_rules import cycle_of
from pcsync.emulator.catalogue import Promotion
from pcsync.emulator.customer import Customer
from pcsync.emulator.faults import Fault, invalid, not_understood
from pcsync.emulator.paging import collection
from pcsync.emulator.routing import Routes, Takes
from pcsync.emulator.segments import SEGMENTS
from pcsync.emulator.wire import Body

routes = Routes()


def _country(call: Call) -> None:
    country = (call.query("country") or "").upper()
    if country not in countries.countries():
        raise invalid(f"No market was found for country {country}.")


@routes(
    "GET",
    "/v1/productpromotions",
    page="get-promotions.md",
    takes=Takes.USER,
    query=("country", "segment"),
)
def listed(call: Call) -> Answer:
    """The promotions that run today; there are some in the commercial segment only."""
    _country(call)
    segment = (call.query("segment") or "").lower()
    if segment not in SEGMENTS:
        raise not_understood("segment", call.query("segment"))
    rows = call.world.catalogue.promotions.values() if segment == "commercial" else []
    now = call.world.clock.now()
    return ok(collection(call, [promoting.show(row) for row in rows if row.runs(now)]))


@routes(
    "GET",
    "/v1/productpromotions/{promotion}",
    page="get-promotion-by-id.md",
    takes=Takes.USER,
    query=("country",),
)
def get(call: Call) -> Answer:
    """One promotion, whether it runs today or not."""
    _country(call)
    found = call.world.catalogue.promotions.get(call.parts["promotion"].upper())
    if found is None:
        raise Fault(404, 1000, "The promotion is not found.")
    return ok(promoting.show(found))


@routes(
    "POST",
    "/v1/customers/{customer}/promotionEligibilities",
    page="verify-promotion-eligibility.md",
    takes=Takes.USER,
    stores=False,
)
def eligibilities(call: Call) -> Answer:
    """For each item, whether the customer may have its promotions, or the one that is named."""
    customer = call.customer()
    rows = call.body().parts("items")
    if not rows:
        raise invalid("items must hold at least one item.")
    return ok(collection(call, [_item(call, customer, row) for row in rows]))


def _item(call: Call, customer: Customer, row: Body) -> dict[str, Any]:
    item, term = row.need("catalogItemId"), row.need("termDuration").upper()
    cycle, quantity = cycle_of(row), row.whole("quantity")
    if not cycle or quantity is None:
        raise invalid("billingCycle and quantity are required.")
    found = _eligibilities(call, customer, row, quantity, (term, cycle))
    return wire.shown(
        id=row.whole("id"),
        catalogItemId=item,
        quantity=quantity,
        billingCycle=row.text("billingCycle"),
        termDuration=term,
        eligibilities=found,
        attributes={"objectType": "PromotionEligibilities"},
    )


def _eligibilities(
    call: Call, customer: Customer, row: Body, quantity: int, pair: tuple[str, str]
) -> list[dict[str, Any]]:
    named = (row.text("promotionId") or "").upper()
    product = ":".join(row.need("catalogItemId").upper().split(":")[:2])
    if product not in stock.items():
        return [_no(named, "InvalidCatalogItemId", "The catalog item id is not valid.")]
    if named:
        known = call.world.catalogue.promotions.get(named)
        fits = known and known.product == product and known.runs(call.world.clock.now())
        rows = [known] if known and fits else []
        if not rows:
            return [_no(named, "InvalidPromotion", "The promotion is not valid for the item.")]
    else:
        rows = promoting.of_item(call.world, product)
        if not rows:
            text = "There are no promotions for the item."
            return [_no("", "NoPromotionsAvailable", text)]
    return [_verdict(customer, found, quantity, pair) for found in rows]


def _verdict(
    customer: Customer, promotion: Promotion, quantity: int, pair: tuple[str, str]
) -> dict[str, Any]:
    wrong = promoting.refusal(customer, promotion, quantity, pair)
    errors = {"errors": [wrong]} if wrong else {}
    return {"promotionId": promotion.id, "isEligible": wrong is None, **errors}


def _no(promotion: str, kind: str, text: str) -> dict[str, Any]:
    error = {"type": kind, "description": text}
    return {"promotionId": promotion, "isEligible": False, "errors": [error]}
