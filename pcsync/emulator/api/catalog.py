"""Products, SKUs and availabilities, by country and by customer (commerce.md 1.1 to 1.6).

Pages: get-a-list-of-products.md, get-a-product-by-id.md, get-a-list-of-skus-for-a-product.md,
get-a-sku-by-id.md, get-a-list-of-availabilities-for-a-sku.md, get-an-availability-by-id.md; the
lists have by-customer pages of their own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from pcsync.emulator import countries, offers, stock
from pcsync.emulator.call import Answer, Call, ok
from pcsync.emulator.faults import Fault, invalid
from pcsync.emulator.paging import collection
from pcsync.emulator.routing import Handler, Routes
from pcsync.emulator.segments import SEGMENTS, asked_for

routes = Routes()

VIEWS: dict[str, tuple[str, ...]] = {
    "azure": ("savings",),
    "azurereservations": ("reservation",),
    "azurereservationsvm": ("reservation",),
    "azurereservationssql": (),
    "azurereservationscosmosdb": (),
    "microsoftazure": ("azure",),
    "onlineservices": ("licence", "saas"),
    "marketplacesaas": ("saas",),
    "software": ("software", "perpetual"),
    "softwaresuselinux": (),
    "softwareperpetual": ("perpetual",),
    "softwaresubscriptions": ("software",),
    "specializedoffers": (),
}
"""Target views and the kinds of items in them."""


@dataclass(frozen=True)
class Market:
    """The country whose catalogue is asked for; `query` goes into the links."""

    country: str
    currency: str
    query: str
    segments: tuple[str, ...]

    def sold(self, item: stock.Item) -> list[str]:
        """The segments asked for in which the item is sold."""
        return [segment for segment in self.segments if segment in item.segments]


def _market(call: Call) -> Market:
    segments = asked_for(call)
    if "customer" in call.parts:
        customer = call.customer()
        return Market(customer.country, customer.currency, "", segments)
    country = (call.query("country") or "").upper()
    if not country:
        raise invalid("country is required.")
    if country not in countries.countries():
        raise invalid(f"No market was found for country {country}.")
    return Market(country, countries.currency(country), f"?country={country}", segments)


def _products(call: Call) -> list[stock.Item]:
    wanted = call.parts["product"].upper()
    found = [item for item in stock.items().values() if item.product_id == wanted]
    if not found:
        raise Fault(404, 400013, f"The product {wanted} is not found.")
    return found


def _sku(call: Call) -> tuple[stock.Item, str]:
    products, sku_id = _products(call), call.parts["sku"].upper()
    found = stock.find(products[0].product_id, sku_id)
    if found is None:
        raise Fault(404, 400018, f"The SKU {sku_id} is not found.")
    return found, sku_id


def _availabilities(call: Call, market: Market) -> list[dict[str, Any]]:
    item, sku_id = _sku(call)
    place = (market.country, market.currency, market.query)
    return [
        offers.availability(call.world, item, sku_id, *place, segment)
        for segment in market.sold(item)
    ]


def list_products(call: Call) -> Answer:
    """All products of a view."""
    market = _market(call)
    view = (call.query("targetView") or "").lower()
    if not view:
        raise invalid("targetView is required.")
    if view not in VIEWS:
        raise Fault(403, 400036, f"The view {call.query('targetView')} is not allowed.")
    rows = {
        item.product_id: offers.product(item, market.query)
        for item in stock.items().values()
        if item.kind in VIEWS[view] and market.sold(item)
    }
    return ok(collection(call, list(rows.values())))


def get_product(call: Call) -> Answer:
    """One product."""
    market = _market(call)
    return ok(offers.product(_products(call)[0], market.query))


def list_skus(call: Call) -> Answer:
    """The SKUs of a product."""
    market = _market(call)
    rows = [item for item in _products(call) if market.sold(item)]
    return ok(collection(call, [offers.sku(item, item.sku_id, market.query) for item in rows]))


def get_sku(call: Call) -> Answer:
    """One SKU."""
    market = _market(call)
    item, sku_id = _sku(call)
    return ok(offers.sku(item, sku_id, market.query))


def list_availabilities(call: Call) -> Answer:
    """The availabilities of a SKU: one for each segment in which it is sold."""
    return ok(collection(call, _availabilities(call, _market(call))))


def get_availability(call: Call) -> Answer:
    """One availability. 404/400019 if its id was reissued meanwhile."""
    market = replace(_market(call), segments=SEGMENTS)
    for found in _availabilities(call, market):
        if found["id"] == call.parts["availability"].upper():
            return ok(found)
    raise Fault(404, 400019, "The availability is not found or outdated.")


def _both(path: str, page: str, handler: Handler, *query: str) -> None:
    """Register the form by country and the form by customer."""
    shared = ("targetSegment", "reservationScope", *query)
    routes("GET", f"/v1/products{path}", page=page, query=("country", *shared))(handler)
    lists = page.startswith("get-a-list")
    by_customer = page.replace(".md", "-by-customer.md") if lists else page
    routes(
        "GET",
        f"/v1/customers/{{customer}}/products{path}",
        page=by_customer,
        query=("IncludeLifeCycleState", *shared),
    )(handler)


_both("", "get-a-list-of-products.md", list_products, "targetView")
_both("/{product}", "get-a-product-by-id.md", get_product)
_both("/{product}/skus", "get-a-list-of-skus-for-a-product.md", list_skus)
_both("/{product}/skus/{sku}", "get-a-sku-by-id.md", get_sku)
_AVAILABILITIES = "/{product}/skus/{sku}/availabilities"
_both(_AVAILABILITIES, "get-a-list-of-availabilities-for-a-sku.md", list_availabilities)
_both(_AVAILABILITIES + "/{availability}", "get-an-availability-by-id.md", get_availability)
