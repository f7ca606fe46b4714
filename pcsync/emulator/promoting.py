"""Which promotions a purchase may have, and why not (commerce.md 1.9, 1.10, 13.7).

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pcsync.emulator import wire
from pcsync.emulator.catalogue import Promotion
from pcsync.emulator.customer import Customer
from pcsync.emulator.offers import wire_cycle
from pcsync.emulator.world import World

CENT = Decimal("0.01")


def discounted(price: Decimal, promotion: Promotion | None) -> Decimal:
    """The price of a seat under the promotion, in cents."""
    if promotion is None:
        return price
    return (price * (100 - promotion.percent) / 100).quantize(CENT)


def of_item(world: World, product: str) -> list[Promotion]:
    """The promotions of product:sku that run today."""
    now = world.clock.now()
    rows = world.catalogue.promotions.values()
    return [row for row in rows if row.product == product and row.runs(now)]


def refusal(
    customer: Customer, promotion: Promotion, quantity: int, pair: tuple[str, str]
) -> dict[str, Any] | None:
    """Why the customer may not have it for a purchase, as the service says it; None if it may."""
    if pair != (promotion.term, promotion.cycle):
        return _term(promotion)
    if promotion.requires and not (_owned(customer, alive=True) & set(promotion.requires)):
        return _error("PrerequisiteProductOwnership", "A product that has to be owned is missing.")
    if promotion.first_purchase and promotion.product in _owned(customer):
        return _error("OfferPurchasedPreviously", "The offer was purchased before.")
    redeemed = _redeemed(customer, promotion)
    if promotion.redemptions is not None and redeemed >= promotion.redemptions:
        return _error(
            "RedemptionLimit",
            "The promotion was redeemed as often as it may be.",
            maxPromotionRedemptionCount=promotion.redemptions,
            remainingPromotionRedemptionCount=0,
        )
    return _seats(promotion, quantity)


def _seats(promotion: Promotion, quantity: int) -> dict[str, Any] | None:
    if promotion.least <= quantity <= promotion.most:
        return None
    return _error(
        "SeatCount",
        "The number of seats does not fit the promotion.",
        minimumRequiredSeats=promotion.least,
        maximumRequiredSeats=promotion.most,
        availableSeats=promotion.most,
    )


def _term(promotion: Promotion) -> dict[str, Any]:
    pair = {"billingCycle": wire_cycle(promotion.cycle), "duration": promotion.term}
    return _error("Term", "The promotion is for another term.", eligibleTerms=[pair])


def _error(kind: str, text: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "description": text, **more}


def _owned(customer: Customer, alive: bool = False) -> set[str]:
    """product:sku of what the customer has, or ever had: what was cancelled counts as bought."""
    rows = customer.subscriptions.values()
    return {row.product for row in rows if not alive or row.status == "active"}


def _redeemed(customer: Customer, promotion: Promotion) -> int:
    lines = (line for order in customer.orders.values() for line in order.lines)
    return sum(line.promotion_id == promotion.id for line in lines)


def applied(
    world: World, customer: Customer, product: str, quantity: int, pair: tuple[str, str], named: str
) -> Promotion | None:
    """The promotion of a purchase: the named one or the best automatic one, if it fits; else none,
    without a word."""
    fitting = [
        row
        for row in of_item(world, product)
        if (row.id == named if named else row.automatic)
        and refusal(customer, row, quantity, pair) is None
    ]
    return max(fitting, key=lambda row: row.percent, default=None)


def show(promotion: Promotion) -> dict[str, Any]:
    """A promotion as the catalogue has it."""
    product, _, sku = promotion.product.partition(":")
    term = {"duration": promotion.term, "billingCycle": wire_cycle(promotion.cycle)}
    policy = {"policyType": "PercentDiscount", "value": f"{promotion.percent / 100:f}"}
    required = {"productId": product, "skuId": sku, "term": term, "pricingPolicies": [policy]}
    return wire.shown(
        id=promotion.id,
        name=promotion.name,
        description=promotion.name,
        startDate=promotion.starts,
        endDate=promotion.ends,
        properties={"isAutoApplicable": promotion.automatic},
        requiredProducts=[required],
        promotionConstraints=_constraints(promotion),
        attributes={"objectType": "ProductPromotion"},
    )


def _constraints(promotion: Promotion) -> dict[str, Any]:
    seats = {
        "minSeats": promotion.least,
        "maxSeats": promotion.most,
        "type": "SubscriptionQuantity",
    }
    most = promotion.redemptions
    owned = {"minAssets": 0, "maxAssets": most, "type": "LifetimeRedemptionCount"}
    groups = [
        {"bigId": product.replace(":", "/"), "minSeats": 1, "maxSeats": 0}
        for product in promotion.requires
    ]
    return {
        "seatConstraints": [seats],
        "assetOwnershipLimits": [] if most is None else [owned],
        "eligibilityConstraints": [
            {"isApplicable": promotion.first_purchase, "type": "FirstPurchase"}
        ],
        "productOwnershipConstraints": [groups] if groups else [],
    }
