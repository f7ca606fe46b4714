"""Legacy offers and their categories, by country and by customer (commerce.md 1.8).

Pages: get-a-list-of-offers-for-a-market.md, get-an-offer-by-id.md, get-addon-offers-by-offer-id.md,
get-a-list-of-offer-categories-by-country-and-locale.md; by-customer forms are on the same pages.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pcsync.emulator import countries, skus, stock, wire
from pcsync.emulator.call import Answer, Call, ok
from pcsync.emulator.catalogue import Offer
from pcsync.emulator.faults import Fault, invalid
from pcsync.emulator.offers import wire_cycle
from pcsync.emulator.paging import collection, link
from pcsync.emulator.routing import Routes

routes = Routes()

LIST = "get-a-list-of-offers-for-a-market.md"
CATEGORIES = "get-a-list-of-offer-categories-by-country-and-locale.md"
RANKS = {"Enterprise": 20, "SmallBusiness": 10, "Government": 30, "Trial": 40}


def _country(call: Call) -> str:
    if "customer" in call.parts:
        return call.customer().country
    country = (call.query("country") or "").upper()
    if country not in countries.countries():
        raise invalid(f"No market was found for country {country}.")
    return country


def _locale(call: Call) -> str:
    return call.headers.get("x-locale", "en-US").lower()


def _offer(call: Call) -> Offer:
    wanted = call.parts["offer"].lower()
    found = call.world.catalogue.offers.get(wanted)
    if found is None and any(wanted.upper() == i.product_id for i in stock.items().values()):
        raise Fault(400, 2100, "The id belongs to the products API.")
    if found is None:
        raise Fault(404, 1000, "The offer is not found.")
    return found


def _page(call: Call, rows: Iterable[Offer]) -> Answer:
    """The rows from `offset` on, as many as `size` says."""
    country, texts = _country(call), (call.query("offset") or "0", call.query("size") or "100")
    if not all(text.isdigit() for text in texts):
        raise invalid("offset and size must be whole numbers.")
    offset, size = map(int, texts)
    shown = [show_offer(call, offer, country) for offer in list(rows)[offset : offset + size]]
    return ok(collection(call, shown))


@routes("GET", "/v1/offers", page=LIST, query=("country", "offer_category_id", "offset", "size"))
def listed(call: Call) -> Answer:
    """The offers of a market, or those of a category."""
    category = (call.query("offer_category_id") or "").lower()
    offers = call.world.catalogue.offers.values()
    return _page(call, (row for row in offers if category in ("", f"{row.category}_key".lower())))


@routes("GET", "/v1/customers/{customer}/offers", page=LIST, query=("offset", "size"))
def of_customer(call: Call) -> Answer:
    """The offers that a customer may buy."""
    return _page(call, (row for row in call.world.catalogue.offers.values() if row.on_sale))


@routes("GET", "/v1/offers/{offer}", page="get-an-offer-by-id.md", query=("country",))
def get(call: Call) -> Answer:
    """One offer."""
    country = _country(call)
    return ok(show_offer(call, _offer(call), country))


@routes(
    "GET",
    "/v1/offers/{offer}/addons",
    page="get-addon-offers-by-offer-id.md",
    query=("country", "offset", "size"),
)
def addons(call: Call) -> Answer:
    """The offers that go with an offer."""
    base = _offer(call).id
    offers = call.world.catalogue.offers.values()
    return _page(call, (row for row in offers if base in row.prerequisites))


@routes("GET", "/v1/offercategories", page=CATEGORIES, query=("country",))
def categories(call: Call) -> Answer:
    """The categories of the offers of a market."""
    country = _country(call)
    names = dict.fromkeys(row.category for row in call.world.catalogue.offers.values())
    return ok(collection(call, [_category(call, name, country) for name in names]))


routes("GET", "/v1/customers/{customer}/offercategories", page=CATEGORIES)(categories)


def _category(call: Call, name: str, country: str) -> dict[str, Any]:
    return {
        "id": f"{name}_Key",
        "name": name,
        "rank": RANKS[name],
        "locale": _locale(call),
        "country": country,
        "attributes": {"objectType": "OfferCategory"},
    }


def show_offer(call: Call, offer: Offer, country: str) -> dict[str, Any]:
    """An Offer."""
    offers = call.world.catalogue.offers.values()
    sku = skus.directory_skus().get(offer.directory_sku)
    product = {"id": sku.id if sku else "", "name": offer.name, "unit": "Licenses"}
    category = _category(call, offer.category, country)
    category.pop("attributes")
    return wire.shown(
        id=offer.id,
        name=offer.name,
        description=offer.name,
        minimumQuantity=offer.minimum,
        maximumQuantity=offer.maximum,
        rank=RANKS[offer.category],
        uri=f"/{call.world.partner.tenant_id}/Offers/{offer.id}",
        locale=_locale(call),
        country=country,
        category=category,
        limitUnitOfMeasure=offer.unit_of_limit,
        limit=offer.limit,
        prerequisiteOffers=list(offer.prerequisites),
        isAddOn=offer.addon,
        hasAddOns=any(offer.id in row.prerequisites for row in offers),
        isAvailableForPurchase=offer.on_sale,
        **_sold(offer),
        salesGroupId=offer.group,
        product=product,
        unitType="Licenses",
        links={"self": link(f"/offers/{offer.id}?country={country}")},
        attributes={"objectType": "Offer"},
    )


def _sold(offer: Offer) -> dict[str, Any]:
    """How it is billed, and for whom it is."""
    return {
        "billing": "license",
        "supportedBillingCycles": [wire_cycle(cycle) for cycle, _ in offer.charges],
        "isAutoRenewable": not offer.trial,
        "isTrial": offer.trial,
        "upgradeTargetOffers": list(offer.upgrades),
        "conversionTargetOffers": [],
        "reselleeQualifications": [],
        "resellerQualifications": [],
        "partnerQualifications": ["none"],
    }
