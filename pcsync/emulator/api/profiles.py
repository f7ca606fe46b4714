"""Profiles of a customer: billing, company, organization, custom domains.

Pages: get-all-of-a-customer-s-billing-profiles.md, update-a-customer-s-billing-profile.md,
get-a-customer-s-company-profile.md, get-customer-organization.md, get-customer-custom-domain.md.
"""

from __future__ import annotations

from typing import Any

from pcsync.emulator import wire
from pcsync.emulator.call import Answer, Call, ok
from pcsync.emulator.customer import Customer
from pcsync.emulator.faults import Fault, invalid
from pcsync.emulator.paging import link
from pcsync.emulator.profile_rules import billing_profile
from pcsync.emulator.routing import Routes, Takes
from pcsync.emulator.wire import Body
from pcsync.emulator.world import World

routes = Routes()

BILLING = "/v1/customers/{customer}/profiles/billing"


def etag(world: World, customer: Customer) -> str:
    """The etag of the billing profile; it changes with every write."""
    return world.ids.signed("etag", f"{customer.id} {customer.profile_version}")


def show_billing(world: World, customer: Customer) -> dict[str, Any]:
    """The billing profile as the wire has it; cleared members are left out."""
    return wire.shown(
        id=customer.profile_id,
        **customer.profile,
        links={"self": link(f"/v1/customers/{customer.id}/profiles/billing")},
        attributes={"etag": etag(world, customer), "objectType": "CustomerBillingProfile"},
    )


@routes("GET", BILLING, page="get-all-of-a-customer-s-billing-profiles.md")
def billing(call: Call) -> Answer:
    """The billing profile with its etag."""
    return ok(show_billing(call.world, call.customer()))


@routes(
    "PUT",
    BILLING,
    page="update-a-customer-s-billing-profile.md",
    audit=("update_customer_billing_profile", "customer"),
)
def replace_billing(call: Call) -> Answer:
    """Replace the whole profile; what is left out is cleared, a stale etag is 400/2055."""
    customer, body = call.customer(), call.body()
    if _given_etag(call, body) != etag(call.world, customer):
        raise Fault(400, 2055, "The etag is no longer valid.")
    if (body.text("id") or customer.profile_id).lower() != customer.profile_id:
        raise invalid("id cannot be changed.")
    profile = billing_profile(body)
    if profile["defaultAddress"]["country"] != customer.country:
        raise invalid("The country of a customer cannot be changed.")
    before = show_billing(call.world, customer)
    old_name = customer.company_name
    customer.profile = profile
    customer.company_name = profile["companyName"]
    customer.profile_version += 1
    answer = show_billing(call.world, customer)
    operation = "update_customer_billing_profile"
    call.note(operation, "customer", customer, answer, old_value=before)
    if customer.company_name != old_name:
        operation, new = "update_customer_partner_contract_company_name", customer.company_name
        old = {"companyName": old_name}
        call.note(operation, "customer", customer, {"companyName": new}, old_value=old)
    return ok(answer)


def _given_etag(call: Call, body: Body) -> str | None:
    header = call.headers.get("if-match")
    if header:
        return header.strip().removeprefix("W/").strip('"')
    attributes = body.part("attributes")
    return attributes.text("etag") if attributes else None


@routes(
    "GET",
    "/v1/customers/{customer}/profiles/company",
    page="get-a-customer-s-company-profile.md",
    takes=Takes.USER,
)
def company_profile(call: Call) -> Answer:
    """The company profile; read only."""
    customer = call.tenant()
    return ok(company(customer, delegated(call, customer)))


def delegated(call: Call, customer: Customer) -> bool:
    """Whether the partner has DAP; under the newest contract only if the world says so."""
    if customer.account.dap is not None:
        return customer.account.dap
    return customer.delegation and not call.world.settings.extended_terms


def company(customer: Customer, dap: bool) -> dict[str, Any]:
    """The company profile as customers carry it; address and email need DAP."""
    return wire.shown(
        tenantId=customer.id,
        domain=customer.domain,
        companyName=customer.company_name,
        address=customer.profile["defaultAddress"] if dap else None,
        email=customer.profile["email"] if dap else None,
        organizationRegistrationNumber=customer.registration_number,
        links={"self": link(f"/customers/{customer.id}/profiles/company")},
        attributes={"objectType": "CustomerCompanyProfile"},
    )


@routes("GET", "/v1/customers/{customer}/organization", page="get-customer-organization.md")
def organization(call: Call) -> Answer:
    """The tenant's own address: a bare array."""
    customer = call.tenant()
    address = customer.profile["defaultAddress"]
    entry = wire.shown(
        street=address.get("addressLine1"),
        countryLetterCode=customer.country,
        postalCode=address.get("postalCode"),
        city=address.get("city"),
        state=address.get("state"),
        displayName=customer.company_name,
        technicalNotificationMails=[customer.profile["email"]],
    )
    return ok([entry])


@routes("GET", "/v1/customers/{customer}/customDomains", page="get-customer-custom-domain.md")
def custom_domains(call: Call) -> Answer:
    """All domains of the tenant, the initial one included: a bare array."""
    return ok(call.tenant().domains)
