"""Entitlements: perpetual software and reservations that a customer owns. Read only.

Page: get-a-collection-of-entitlements.md (customers.md 8).
"""

from __future__ import annotations

from typing import Any

from pcsync.emulator import wire
from pcsync.emulator.account import Entitlement
from pcsync.emulator.call import Answer, Call, ok
from pcsync.emulator.customer import Customer
from pcsync.emulator.faults import not_understood
from pcsync.emulator.paging import collection, link
from pcsync.emulator.routing import Routes, Takes

routes = Routes()

KINDS = {
    "software": "software",
    "reservedinstance": "reservedinstance",
    "virtualmachinereservedinstance": "reservedinstance",
}
"""The words of the query, old and new, and the kind that each stands for."""


@routes(
    "GET",
    "/v1/customers/{customer}/entitlements",
    page="get-a-collection-of-entitlements.md",
    takes=Takes.USER,
    query=("entitlementType", "showExpiry"),
)
def listed(call: Call) -> Answer:
    """All entitlements, or those of a kind; the expiry is shown on demand."""
    customer, kind = call.customer(), call.query("entitlementType")
    wanted = KINDS.get(kind.lower().replace("_", "")) if kind else None
    if kind and wanted is None:
        raise not_understood("entitlementType", kind)
    expiry = (call.query("showExpiry") or "").lower() == "true"
    rows = [
        _show(customer, row, expiry)
        for row in customer.account.entitlements
        if wanted in (None, row.kind) and not row.cancelled
    ]
    return ok(collection(call, rows))


def _show(customer: Customer, row: Entitlement, expiry: bool) -> dict[str, Any]:
    path = f"/customers/{customer.id}/artifacts/{row.kind}/groups/{row.resource_id}"
    artifact = {"artifactType": row.kind, "resourceId": row.resource_id, "link": link(path)}
    order = {"id": row.order_id, "lineItemId": row.line_item, "alternateId": row.order_id}
    return wire.shown(
        includedEntitlements=[],
        referenceOrder=order,
        productId=row.product_id,
        skuId=row.sku_id,
        quantity=row.quantity,
        quantityDetails=[{"quantity": row.quantity, "status": "active"}],
        entitledArtifacts=[artifact],
        entitlementType=row.kind,
        expiryDate=row.expires if expiry else None,
        fulfillmentState=row.state,
        attributes={"objectType": "Entitlement"},
    )
