"""What the catalogue shows for an item: product, SKU, availability, terms (commerce.md 1).

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pcsync.emulator import stock
from pcsync.emulator.availabilities import availability_id
from pcsync.emulator.paging import link
from pcsync.emulator.world import World

UPGRADES = {
    "CFQ7TTC0LH18:0001": ["CFQ7TTC0LDPB:0001", "CFQ7TTC0LCHC:0002", "CFQ7TTC0LFLX:0001"],
    "CFQ7TTC0LDPB:0001": ["CFQ7TTC0LCHC:0002", "CFQ7TTC0LFLX:0001"],
    "CFQ7TTC0LCHC:0002": ["CFQ7TTC0LFLX:0001"],
    "CFQ7TTC0LH16:0001": ["CFQ7TTC0LH1P:0001"],
    "CFQ7TTC0LF8Q:0001": ["CFQ7TTC0LFLX:0001"],
    "CFQ7TTC0LGZW:0001": ["CFQ7TTC0LH05:0001"],
}
"""Which products may follow which, upward: the emulator's own table."""


def price(world: World, item: stock.Item, term: stock.Term) -> Decimal:
    """What a seat costs at each charge today."""
    return term.charge + world.settings.price_changes.get(item.key, Decimal(0))


def product(item: stock.Item, query: str) -> dict[str, Any]:
    """A Product."""
    kind = "Azure" if item.azure else "OnlineServicesNCE"
    shown: dict[str, Any] = {
        "id": item.product_id,
        "title": item.title,
        "description": item.title,
        "productType": {"id": kind, "displayName": kind},
        "isMicrosoftProduct": True,
        "publisherName": "Microsoft Corporation",
        "links": {
            "skus": link(f"/products/{item.product_id}/skus{query}"),
            "self": link(f"/products/{item.product_id}{query}"),
        },
        "attributes": {"objectType": "Product"},
    }
    return shown


def sku(item: stock.Item, sku_id: str, query: str) -> dict[str, Any]:
    """A Sku; that of an Extended Service Term has an id of its own."""
    path = f"/products/{item.product_id}/skus/{sku_id}"
    extended = sku_id != item.sku_id
    return {
        "id": sku_id,
        "productId": item.product_id,
        "title": f"{item.title} (Extended Service Term)" if extended else item.title,
        "description": item.title,
        "minimumQuantity": item.minimum,
        "maximumQuantity": item.maximum,
        "isTrial": False,
        "supportedBillingCycles": sorted({term.cycle for term in item.terms}),
        "purchasePrerequisites": ["MicrosoftCustomerAgreement"],
        "inventoryVariables": [],
        "provisioningVariables": [],
        "actions": ["Refund"],
        "dynamicAttributes": {
            "isMicrosoftProduct": True,
            "hasConstraints": False,
            "isAddon": False,
            "prerequisiteSkus": [],
            "upgradeTargetOffers": [] if extended else UPGRADES.get(item.key, []),
            "provisioningId": item.directory_sku,
        },
        "links": {
            "availabilities": link(f"{path}/availabilities{query}"),
            "self": link(f"{path}{query}"),
        },
        "attributes": {"objectType": "Sku"},
    }


def availability(
    world: World, item: stock.Item, sku_id: str, country: str, currency: str, query: str
) -> dict[str, Any]:
    """An Availability with the pairs of term and cycle that are sold."""
    identity = availability_id(world, item, sku_id)
    on_sale = sku_id == item.sku_id
    path = f"/products/{item.product_id}/skus/{sku_id}/availabilities/{identity}"
    return {
        "id": identity,
        "productId": item.product_id,
        "skuId": sku_id,
        "catalogItemId": f"{item.product_id}:{sku_id}:{identity}",
        "defaultCurrency": {"code": currency},
        "segment": "commercial",
        "country": country,
        "isPurchasable": on_sale,
        "isRenewable": on_sale,
        "terms": [_term(world, item, term) for term in item.terms] if on_sale else [],
        "product": product(item, query),
        "sku": sku(item, sku_id, query),
        "links": {"self": link(f"{path}{query}")},
        "attributes": {"objectType": "Availability"},
    }


def _term(world: World, item: stock.Item, term: stock.Term) -> dict[str, Any]:
    duration = term.duration or "P1M"
    refunds = [
        {"sequenceId": 0, "type": "Full", "expiresAfter": "P1D"},
        {"sequenceId": 1, "type": "Partial", "expiresAfter": "P7D"},
    ]
    return {
        "id": world.ids.guid("term", f"{item.key} {duration} {term.cycle}"),
        "duration": duration,
        "description": f"{duration} billed {term.cycle}",
        "billingCycle": term.cycle.capitalize(),
        "renewalOptions": [{"termDuration": duration, "description": duration}],
        "cancellationPolicies": [] if item.azure else [{"refundOptions": refunds}],
    }
