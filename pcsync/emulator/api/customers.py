"""Customers: list, search, get.

Pages: get-a-list-of-customers.md, get-a-list-of-customers-filtered-by-a-search-field.md,
get-a-customer-by-id.md, request-reseller-relationship.md,
get-a-customer-by-name.md, get-customers-of-an-indirect-reseller.md.
"""

from __future__ import annotations

from typing import Any

from pcsync.emulator import filters, sandbox, wire
from pcsync.emulator.api.profiles import company, delegated, show_billing
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
    also=("get-a-customer-by-name.md", "get-customers-of-an-indirect-reseller.md"),
)
def listed(call: Call) -> Answer:
    """A page of customers with thin items; totalCount counts the page."""
    page = asked(call)
    chosen = filters.read(page.filter, FILTERS)
    if chosen and chosen.field == "indirectreseller" and call.caller.user is None:
        raise Fault(403, 900329, "Application-only access is not supported for this filter.")

    rows = (row for row in call.world.related() if chosen is None or _fits(row, chosen))
    return ok(paged(call, page, rows, lambda customer: customer.number, _thin))


def _fits(customer: Customer, chosen: filters.Filter) -> bool:
    """This partner is no reseller of another: nothing comes through a cloud solution provider."""
    if chosen.field == "indirectcloudsolutionprovider":
        return False
    if chosen.field == "indirectreseller":
        return customer.account.reseller is not None and chosen.fits(customer.account.reseller)
    return chosen.fits(customer.company_name if chosen.field == "companyname" else customer.domain)


@routes("GET", "/v1/customers/{customer}", page="get-a-customer-by-id.md")
def get(call: Call) -> Answer:
    """One customer with its billing profile and that profile's etag."""
    return ok(show_customer(call, call.customer()))


@routes(
    "GET",
    "/v1/customers/relationshiprequests",
    page="request-reseller-relationship.md",
    takes=Takes.USER,
    query=("indirectCloudSolutionProviderId", "indirectResellerId", "dualRoleIndirectRelationship"),
)
def relationship_request(call: Call) -> Answer:
    """The partner's standing invitation link; asking for it changes nothing."""
    sandbox.not_here(call.world, "An invitation")
    partner = call.world.partner.tenant_id
    url = f"https://admin.microsoft.com/Adminportal/Home?invType=ResellerRelationship&partnerId={partner}"
    return ok({"url": url, "attributes": {"objectType": "RelationshipRequest"}})


def _thin(customer: Customer) -> dict[str, Any]:
    return {
        "id": customer.id,
        "companyProfile": company(customer, False),
        "relationshipToPartner": "reseller",
        "links": {"self": link(f"/customers/{customer.id}")},
        "attributes": {"objectType": "Customer"},
    }


def show_customer(call: Call, customer: Customer) -> dict[str, Any]:
    """The full customer of get-by-id and create."""
    dap = delegated(call, customer)
    return _thin(customer) | wire.shown(
        companyProfile=company(customer, dap),
        commerceId=customer.commerce_id,
        billingProfile=show_billing(call.world, customer),
        allowDelegatedAccess=dap,
        customDomains=customer.domains if dap else None,
        associatedPartnerId=customer.account.reseller,
    )
