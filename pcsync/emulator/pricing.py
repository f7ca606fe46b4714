"""Which price holds: the price sheet of a market, currency, term and cycle at a moment.

commerce.md 13.5, domain-rules MO1 to MO5. `UnitPrice` is for the whole term; a charge is its share.
Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from pcsync.emulator import stock, times
from pcsync.emulator.contracts import Subscription
from pcsync.emulator.customer import Customer
from pcsync.emulator.world import World

CENT = Decimal("0.01")
MONTHS = {"monthly": 1, "annual": 12, "triennial": 36}
SURCHARGE_FROM = datetime(2025, 4, 1, tzinfo=UTC)
"""Since then terms of one and three years cost more when they are billed monthly."""
EXTENDED, EXTENDED_WITHOUT_MONTH = Decimal("1.03"), Decimal("1.23")
FIRST = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Place:
    """Whose price sheet: market of the customer, currency, segment."""

    market: str
    currency: str
    segment: str = "commercial"


def cents(amount: Decimal) -> Decimal:
    """Rounded to cents, halves away from zero."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def place_of(customer: Customer, segment: str = "commercial") -> Place:
    """The sheet that a customer is priced by."""
    return Place(customer.country, customer.currency, segment)


def charges(term: stock.Term) -> int:
    """How often a term is charged for."""
    return max(1, times.months(term.duration) // MONTHS.get(term.cycle, 1))


def unit_price(
    world: World, place: Place, item: stock.Item, term: stock.Term, when: datetime
) -> Decimal:
    """What a seat costs for the whole term, by the row that holds at that moment.

    Where rows overlap, the older one holds until its own end; without a row the catalogue does.
    """
    rows = [
        row
        for row in world.settings.price_rows
        if row.fits(item.key, term.duration, term.cycle, place.market, place.currency)
        and row.segment == place.segment
        and row.holds(when)
    ]
    if rows:
        return min(rows, key=lambda row: row.starts or FIRST).unit_price
    change = world.settings.price_changes.get(item.key, Decimal(0))
    return (_listed(item, term, when) + change) * charges(term)


def _listed(item: stock.Item, term: stock.Term, when: datetime) -> Decimal:
    annual = item.term(term.duration, "annual")
    if when < SURCHARGE_FROM and term.cycle == "monthly" and annual is not None:
        return cents(annual.charge / 12)
    return term.charge


def charge(
    world: World,
    customer: Customer,
    item: stock.Item,
    term: stock.Term,
    when: datetime,
    segment: str = "commercial",
) -> Decimal:
    """What a seat costs at each charge: its share of the term, in cents."""
    place = place_of(customer, segment)
    return cents(unit_price(world, place, item, term, when) / charges(term))


def seat(world: World, customer: Customer, subscription: Subscription) -> Decimal:
    """What a seat of this subscription costs at each charge of its present term."""
    if subscription.price is not None:
        return subscription.price
    if subscription.azure or subscription.trial:
        return Decimal(0)
    if subscription.legacy:
        offer = world.catalogue.offers.get(subscription.product_id)
        return dict(offer.charges).get(subscription.cycle, Decimal(0)) if offer else Decimal(0)
    item = stock.find(subscription.product_id, subscription.sku_id)
    if item is None:
        return Decimal(0)
    if subscription.phase == "extended":
        return _extended(world, customer, item, subscription.started_at)
    term = item.term(subscription.term, subscription.cycle)
    if term is None:
        return Decimal(0)
    return charge(world, customer, item, term, subscription.started_at)


def _extended(world: World, customer: Customer, item: stock.Item, when: datetime) -> Decimal:
    """3 % above the monthly term; 23 % above a month of the shortest other term without one."""
    monthly = item.term("P1M", "monthly")
    if monthly is not None:
        return cents(charge(world, customer, item, monthly, when) * EXTENDED)
    if not item.terms:
        return Decimal(0)
    term = min(item.terms, key=lambda row: (times.months(row.duration), row.cycle != "monthly"))
    whole = unit_price(world, place_of(customer), item, term, when)
    return cents(whole / max(1, times.months(term.duration)) * EXTENDED_WITHOUT_MONTH)


def sheet(world: World, place: Place, when: datetime) -> Iterator[dict[str, Any]]:
    """The rows of a price sheet with the documented names of their columns."""
    for item in stock.items().values():
        for term in item.terms:
            if term.charge and item.kind != "legacy":
                yield _row(world, place, item, term, when)


def _row(
    world: World, place: Place, item: stock.Item, term: stock.Term, when: datetime
) -> dict[str, Any]:
    price = unit_price(world, place, item, term, when)
    return {
        "ProductTitle": item.title,
        "ProductId": item.product_id,
        "SkuId": item.sku_id.lstrip("0"),
        "SkuTitle": item.title,
        "Publisher": "Microsoft Corporation",
        "SkuDescription": item.title,
        "UnitOfMeasure": "1 License",
        "TermDuration": term.duration,
        "BillingPlan": term.cycle.capitalize(),
        "Market": place.market,
        "Currency": place.currency,
        "UnitPrice": price,
        "PricingTierRangeMin": "",
        "PricingTierRangeMax": "",
        "EffectiveStartDate": FIRST,
        "EffectiveEndDate": times.FAR_FUTURE,
        "Tags": "",
        "ERP Price": cents(price / Decimal("0.8")),
    }
