"""What the catalogue shows for an item: product, SKU, availability, terms (commerce.md 1).

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

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


SUBTYPES = {"saas": "SaaS", "savings": "SavingsPlan", "reservation": "ReservedInstance"}
TYPES = {"licence": "OnlineServicesNCE", "software": "Software", "perpetual": "Software"}
VARIABLES = {
    "reservation": ["Scope", "SubscriptionId", "Duration"],
    "savings": ["Scope", "SubscriptionId"],
}
ATTRIBUTES = {"P1Y": "1Year", "P3Y": "3Years", "P1M": "1Month"}


def product_type(kind: str) -> dict[str, Any]:
    """What kind of product it is (commerce.md 0.7)."""
    name = TYPES.get(kind, "Azure")
    sub = SUBTYPES.get(kind)
    more = {"subType": {"id": sub, "displayName": sub}} if sub else {}
    return {"id": name, "displayName": name, **more}


def product(item: stock.Item, query: str) -> dict[str, Any]:
    """A Product."""
    shown: dict[str, Any] = {
        "id": item.product_id,
        "title": item.title,
        "description": item.title,
        "productType": product_type(item.kind),
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
        "isTrial": item.trial,
        "supportedBillingCycles": sorted({wire_cycle(term.cycle) for term in item.terms}),
        "purchasePrerequisites": _prerequisites(item),
        "inventoryVariables": ["CustomerId", "ArmRegionName"] if item.region else [],
        "provisioningVariables": VARIABLES.get(item.kind, []),
        "actions": ["Refund"],
        "dynamicAttributes": {
            "isMicrosoftProduct": True,
            "hasConstraints": False,
            "isAddon": bool(item.prerequisites),
            "prerequisiteSkus": list(item.prerequisites),
            "upgradeTargetOffers": [] if extended else UPGRADES.get(item.key, []),
            "provisioningId": item.directory_sku,
            **_reserved(item),
        },
        **_special(item),
        "links": {
            "availabilities": link(f"{path}/availabilities{query}"),
            "self": link(f"{path}{query}"),
        },
        "attributes": {"objectType": "Sku"},
    }


def wire_cycle(cycle: str) -> str:
    """A billing cycle as the service writes it."""
    return "one_time" if cycle == "onetime" else cycle


def _prerequisites(item: stock.Item) -> list[str]:
    checks = ["InventoryCheck", "AzureSubscriptionRegistration"]
    placed = item.region or item.kind == "reservation"
    return [*(checks if placed else []), "MicrosoftCustomerAgreement"]


def _reserved(item: stock.Item) -> dict[str, Any]:
    """What is said of a reservation only."""
    if item.kind != "reservation":
        return {}
    duration = ATTRIBUTES.get(item.terms[0].duration, "1Year")
    return {"armRegionName": item.region, "duration": duration}


def _special(item: stock.Item) -> dict[str, Any]:
    """Members that only some SKUs have."""
    found: dict[str, Any] = {}
    if item.attestation:
        kind = item.attestation
        found["attestationProperties"] = {"attestationType": kind, "enforceAttestation": True}
    if item.overage:
        found["consumptionType"] = "overage"
    if item.kind == "savings":
        found["minimumPurchaseCommitment"] = {"grain": "Hourly", "amount": "0.001"}
    return found


def availability(
    world: World,
    item: stock.Item,
    sku_id: str,
    country: str,
    currency: str,
    query: str,
    segment: str = "commercial",
) -> dict[str, Any]:
    """An Availability with the pairs of term and cycle that are sold."""
    identity = availability_id(world, item, sku_id, segment)
    on_sale = sku_id == item.sku_id
    path = f"/products/{item.product_id}/skus/{sku_id}/availabilities/{identity}"
    return {
        "id": identity,
        "productId": item.product_id,
        "skuId": sku_id,
        "catalogItemId": f"{item.product_id}:{sku_id}:{identity}",
        "defaultCurrency": {"code": currency},
        "segment": segment,
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
    duration = term.duration or ("P1M" if item.azure else "")
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
