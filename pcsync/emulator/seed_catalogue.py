"""The catalogue of a world file: products, promotions and legacy offers of its own.

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from pcsync.emulator import skus, stock
from pcsync.emulator.catalogue import Catalogue, Offer, Promotion
from pcsync.emulator.clock import Clock
from pcsync.emulator.section import Section

CATALOGUE_WORDS = ("products", "promotions", "offers")
ITEM_WORDS = (
    "product",
    "title",
    "kind",
    "licence",
    "minimumQuantity",
    "maximumQuantity",
    "terms",
    "attestation",
    "prerequisites",
    "baseMinimum",
    "share",
    "segments",
    "region",
    "restrictedRegions",
    "overage",
    "setup",
    "isTrial",
)
TERM_WORDS = ("termDuration", "billingCycle", "chargePrice", "minimumQuantity")
PROMOTION_WORDS = (
    "id",
    "name",
    "product",
    "termDuration",
    "billingCycle",
    "percent",
    "startDate",
    "endDate",
    "minSeats",
    "maxSeats",
    "isAutoApplicable",
    "firstPurchase",
    "redemptions",
    "requires",
)
OFFER_WORDS = (
    "id",
    "name",
    "licence",
    "category",
    "prices",
    "minimumQuantity",
    "maximumQuantity",
    "limit",
    "limitUnitOfMeasure",
    "isTrial",
    "isAvailableForPurchase",
    "replacedBy",
    "prerequisiteOffers",
    "upgradeTargetOffers",
    "salesGroupId",
)
KINDS = ("licence", "software", "perpetual", "saas", "reservation", "savings")
SEGMENTS = ("commercial", "education", "government", "nonprofit")
CATEGORIES = ("Enterprise", "SmallBusiness", "Government", "Trial")
CYCLES = ("monthly", "annual", "triennial", "biennial", "onetime", "none")
TERMS = ("P1M", "P1Y", "P3Y", "none")
UNITS = ("None", "Concurrent", "LifeTime")
YEAR = timedelta(days=365)


def catalogue(row: Section, clock: Clock) -> Catalogue:
    """The catalogue that the file describes; empty without words."""
    products = [_item(part) for part in row.each("products", ITEM_WORDS)]
    found = Catalogue(products={item.key: item for item in products})
    known = {**stock.shipped(), **found.products}
    for part in row.each("promotions", PROMOTION_WORDS):
        promotion = _promotion(part, clock)
        if promotion.product not in known:
            part.fail("product", f"the catalogue has no {promotion.product}")
        found.promotions[promotion.id] = promotion
    offers = [_offer(part) for part in row.each("offers", OFFER_WORDS)]
    found.offers = {offer.id: offer for offer in offers}
    return found


def _item(row: Section) -> stock.Item:
    product, _, sku = row.need("product").upper().partition(":")
    if not sku:
        row.fail("product", "must be product:sku")
    kind = row.word("kind", "licence", KINDS)
    return stock.Item(
        product_id=product,
        sku_id=sku,
        title=row.text("title") or product,
        directory_sku=_licence(row),
        minimum=row.whole("minimumQuantity", 1),
        maximum=row.whole("maximumQuantity", 10_000_000),
        terms=_terms(row),
        kind=kind,
        attestation=row.text("attestation") or "",
        prerequisites=tuple(word.upper() for word in row.texts("prerequisites")),
        base_minimum=row.whole("baseMinimum", 0),
        share=row.whole("share", 0),
        segments=_segments(row),
        region=row.text("region") or "",
        restricted=tuple(row.texts("restrictedRegions")),
        overage=row.flag("overage", False),
        setup=row.flag("setup", kind == "saas"),
        trial=row.flag("isTrial", False),
    )


def _licence(row: Section) -> str:
    word = row.text("licence")
    if word is None:
        return ""
    found = skus.find(word)
    if found is None:
        row.fail("licence", f"no licence SKU has the id or part number {word}")
    return found.id


def _segments(row: Section) -> tuple[str, ...]:
    words = tuple(row.texts("segments")) or ("commercial",)
    for word in words:
        if word not in SEGMENTS:
            row.fail("segments", f"must be of {', '.join(SEGMENTS)}")
    return words


def _terms(row: Section) -> tuple[stock.Term, ...]:
    found = []
    for part in row.each("terms", TERM_WORDS):
        term = part.word("termDuration", "none", TERMS)
        cycle = part.word("billingCycle", "monthly", CYCLES)
        price = part.money("chargePrice") or Decimal(0)
        least = part.whole("minimumQuantity", 0) or None
        found.append(stock.Term("" if term == "none" else term, cycle, price, least))
    if not found:
        row.fail("terms", "must have at least one term")
    return tuple(found)


def _promotion(row: Section, clock: Clock) -> Promotion:
    return Promotion(
        id=row.need("id").upper(),
        name=row.text("name") or row.need("id"),
        product=row.need("product").upper(),
        term=row.word("termDuration", "P1Y", TERMS),
        cycle=row.word("billingCycle", "monthly", CYCLES),
        percent=row.money("percent") or Decimal(5),
        starts=row.moment("startDate") or clock.now() - YEAR,
        ends=row.moment("endDate") or clock.now() + YEAR,
        least=row.whole("minSeats", 1),
        most=row.whole("maxSeats", 2400),
        automatic=row.flag("isAutoApplicable", True),
        first_purchase=row.flag("firstPurchase", False),
        redemptions=row.whole("redemptions", 0) if row.has("redemptions") else None,
        requires=tuple(word.upper() for word in row.texts("requires")),
    )


def _offer(row: Section) -> Offer:
    prices: Any = row.raw("prices", {"monthly": 10})
    if not isinstance(prices, dict) or set(prices) - set(CYCLES):
        row.fail("prices", f"must be an object with {', '.join(CYCLES)}")
    return Offer(
        id=row.need("id").lower(),
        name=row.text("name") or row.need("id"),
        directory_sku=_licence(row),
        category=row.word("category", "Enterprise", CATEGORIES),
        charges=tuple((cycle, row.exact("prices", price)) for cycle, price in prices.items()),
        minimum=row.whole("minimumQuantity", 1),
        maximum=row.whole("maximumQuantity", 10_000_000),
        limit=row.whole("limit", 0),
        unit_of_limit=row.word("limitUnitOfMeasure", "None", UNITS),
        trial=row.flag("isTrial", False),
        on_sale=row.flag("isAvailableForPurchase", True),
        replaced_by=tuple(row.texts("replacedBy")),
        prerequisites=tuple(word.lower() for word in row.texts("prerequisiteOffers")),
        upgrades=tuple(word.lower() for word in row.texts("upgradeTargetOffers")),
        group=row.text("salesGroupId") or "0",
    )
