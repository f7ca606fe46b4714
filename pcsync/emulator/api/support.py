"""Who supports a subscription, and pay-as-you-go calling of a customer (commerce.md 4.4, 7.9).

Pages: get-a-subscription-s-support-contact.md, update-a-subscription-s-support-contact.md,
get-subscription-overage.md, update-subscription-overage.md.
"""

from __future__ import annotations

from typing import Any

from pcsync.emulator import stock, wire
from pcsync.emulator.account import Overage, SupportContact
from pcsync.emulator.api.subscriptions import find
from pcsync.emulator.call import Answer, Call, ok
from pcsync.emulator.customer import Customer
from pcsync.emulator.faults import Fault, invalid
from pcsync.emulator.paging import collection, link
from pcsync.emulator.routing import Routes, Takes

routes = Routes()

CONTACT = "/v1/customers/{customer}/subscriptions/{subscription}/supportcontact"
OVERAGE = "/v1/customers/{customer}/subscriptions/overage"


@routes("GET", CONTACT, page="get-a-subscription-s-support-contact.md")
def contact(call: Call) -> Answer:
    """The contact: the partner itself, unless another was set."""
    customer = call.customer()
    found = find(call, customer)
    partner = call.world.partner
    own = SupportContact(partner.tenant_id, "", partner.name)
    return ok(_show(call, customer, customer.account.support.get(found.id, own)))


@routes(
    "PUT",
    CONTACT,
    page="update-a-subscription-s-support-contact.md",
    audit=("update_subscription", "subscription"),
)
def set_contact(call: Call) -> Answer:
    """Name one of the partner's resellers; legacy subscriptions only."""
    customer, body = call.customer(), call.body()
    found = find(call, customer)
    if not found.legacy:
        raise Fault(400, 900127, "Support contacts are not supported for new commerce.")
    tenant, mpn = body.need("supportTenantId"), body.need("supportMpnId")
    if all(tenant.lower() != row.id for row in call.world.partner.resellers):
        raise Fault(400, 800016, "The support contact is no reseller of the partner.")
    made = SupportContact(tenant.lower(), mpn, body.need("name"))
    customer.account.support[found.id] = made
    return ok(_show(call, customer, made))


def _show(call: Call, customer: Customer, found: SupportContact) -> dict[str, Any]:
    path = f"/customers/{customer.id}/subscriptions/{call.parts['subscription']}/supportcontact"
    return {
        "supportTenantId": found.tenant_id,
        "supportMpnId": found.mpn_id,
        "name": found.name,
        "links": {"self": link(path)},
        "attributes": {"objectType": "SupportContact"},
    }


@routes("GET", OVERAGE, page="get-subscription-overage.md", takes=Takes.USER)
def overage(call: Call) -> Answer:
    """The overage setting of the customer, if it has one."""
    found = call.customer().account.overage
    return ok(collection(call, [_overage(found)] if found else []))


@routes(
    "PUT",
    OVERAGE,
    page="update-subscription-overage.md",
    takes=Takes.USER,
    audit=("update_subscription", "subscription"),
)
def set_overage(call: Call) -> Answer:
    """Switch it; a product with overage and an Azure subscription are needed."""
    customer, body = call.customer(), call.body()
    entitlement, enabled = body.need("azureEntitlementId").lower(), body.flag("overageEnabled")
    if enabled is None:
        raise invalid("overageEnabled is required.")
    live = [row for row in customer.subscriptions.values() if row.status == "active"]
    known = [stock.find(row.product_id, row.sku_id) for row in live]
    if not any(item is not None and item.overage for item in known):
        raise Fault(403, 800112, "The customer has no product with overage.")
    if not any(row.azure and entitlement in row.entitlements for row in live):
        raise Fault(403, 800114, "The customer has no such Azure subscription under a plan.")
    made = Overage(entitlement, enabled, body.text("partnerId") or "")
    customer.account.overage = made
    return ok(_overage(made))


def _overage(found: Overage) -> dict[str, Any]:
    return wire.shown(
        azureEntitlementId=found.entitlement_id,
        partnerId=found.partner_id or None,
        type="PhoneServices",
        overageEnabled=found.enabled,
    )
