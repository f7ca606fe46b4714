"""Customers: list, search, get.

Pages: get-a-list-of-customers.md, get-a-list-of-customers-filtered-by-a-search-field.md,
get-a-customer-by-id.md.
"""

from __future__ import annotations

from typing import Any

from pcsync.emulator import filters, wire
from pcsync.emulator.api.profiles import show_billing
from pcsync.emulator.call import Answer, Call, ok
from pcsync.emulator.customer import Customer
from pcsync.emulator.faults import Fault
from pcsync.emulator.paging import asked, link, paged
from pcsync.emulator.routing import Routes, Takes

routes = Routes()

FILTERS = {
    "companyname": ("startswith",),
    "domain": ("startswith",),
    "indirectreseller": ("startswith",),
    "indirectcloudsolutionprovider": ("startswith",),
}


@routes(
    "GET",
    "/v1/customers",
    page="get-a-list-of-customers.md",
    query=("size", "filter", "seekOperation"),
)
def listed(call: Call) -> Answer:
    """A page of customers with thin items; totalCount counts the page."""
    page = asked(call)
    chosen = filters.read(page.filter, FILTERS)
    if chosen and chosen.field == "indirectreseller" and call.caller.user is None:
        raise Fault(403, 900329, "Application-only access is not supported for this filter.")

    def fits(customer: Customer) -> bool:
        if chosen is None:
            return True
        if chosen.field.startswith("indirect"):
            return False
        by_name = chosen.field == "companyname"
        return chosen.fits(customer.company_name if by_name else customer.domain)

    rows = (customer for customer in call.world.customers.values() if fits(customer))
    return ok(paged(call, page, rows, lambda customer: customer.number, _thin))


@routes("GET", "/v1/customers/{customer}", page="get-a-customer-by-id.md")
def get(call: Call) -> Answer:
    """One customer with its billing profile and that profile's etag."""
    return ok(show_customer(call, call.customer()))


@routes(
    "GET",
    "/v1/customers/relationshiprequests",
    page="request-reseller-relationship.md",
    takes=Takes.USER,
)
def relationship_request(call: Call) -> Answer:
    """The partner's standing invitation link; asking for it changes nothing."""
    partner = call.world.partner.tenant_id
    url = f"https://admin.microsoft.com/Adminportal/Home?invType=ResellerRelationship&partnerId={partner}"
    return ok({"url": url, "attributes": {"objectType": "RelationshipRequest"}})


def _thin(customer: Customer) -> dict[str, Any]:
    return {
        "id": customer.id,
        "companyProfile": company(customer),
        "relationshipToPartner": "reseller",
        "links": {"self": link(f"/customers/{customer.id}")},
        "attributes": {"objectType": "Customer"},
    }


def company(customer: Customer) -> dict[str, Any]:
    """The company profile as customers carry it; address and email need DAP, which is gone."""
    return wire.shown(
        tenantId=customer.id,
        domain=customer.domain,
        companyName=customer.company_name,
        organizationRegistrationNumber=customer.registration_number,
        links={"self": link(f"/customers/{customer.id}/profiles/company")},
        attributes={"objectType": "CustomerCompanyProfile"},
    )


def show_customer(call: Call, customer: Customer) -> dict[str, Any]:
    """The full customer of get-by-id and create."""
    dap = customer.delegation and not call.world.settings.extended_terms
    return {
        **_thin(customer),
        "commerceId": customer.commerce_id,
        "billingProfile": show_billing(call.world, customer),
        "allowDelegatedAccess": dap,
    }
