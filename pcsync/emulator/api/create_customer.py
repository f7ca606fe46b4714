"""Creating a customer.

Pages: create-a-customer.md, create-a-customer-for-an-indirect-reseller.md.
"""

from __future__ import annotations

import re
from typing import Any

from pcsync.emulator import sandbox
from pcsync.emulator.api.customers import show_customer
from pcsync.emulator.call import Answer, Call, created
from pcsync.emulator.countries import currency
from pcsync.emulator.customer import Customer, User
from pcsync.emulator.faults import Fault, invalid
from pcsync.emulator.profile_rules import billing_profile, registration
from pcsync.emulator.roles import role_id
from pcsync.emulator.routing import Routes
from pcsync.emulator.wire import Body

routes = Routes()

DOMAIN = re.compile(r"^[a-z0-9][a-z0-9-]{0,26}\.(onmicrosoft\.com|ccsctp\.net)$", re.IGNORECASE)


@routes(
    "POST",
    "/v1/customers",
    page="create-a-customer.md",
    also=("create-a-customer-for-an-indirect-reseller.md",),
    audit=("add_customer", "customer"),
)
def create(call: Call) -> Answer:
    """Make a tenant; the administrator's password is in this answer only."""
    body = call.body()
    reseller = _reseller(call, body)
    sandbox.room_for_customer(call.world)
    customer = _customer(call, body)
    customer.account.reseller = reseller
    call.world.add(customer)
    _add_administrator(call, customer)
    answer = show_customer(call, customer)
    details = {"PrimaryDomainName": customer.domain, "Relationship": "Reseller"}
    call.note("add_customer", "customer", customer, answer, **details)
    password = call.world.ids.password("customer")
    return created(
        answer
        | {
            "relationshipToPartner": "reseller" if reseller else "none",
            "userCredentials": {"userName": "admin", "password": password},
            "enableGDAPByDefault": customer.delegation,
        }
    )


def _reseller(call: Call, body: Body) -> str | None:
    """The tenant of the reseller that the customer is for: user only, one of the partner's own."""
    tenant = body.text("associatedPartnerId")
    if not tenant:
        return None
    if call.caller.user is None:
        raise Fault(403, 900329, "Application-only access is not supported with a reseller.")
    known = call.world.partner.reseller(tenant)
    if known is None:
        raise Fault(400, 800016, "The partner is not a valid indirect reseller.")
    return known.id


def _customer(call: Call, body: Body) -> Customer:
    company, billing = body.part("companyProfile"), body.part("billingProfile")
    if company is None or billing is None:
        raise invalid("companyProfile and billingProfile are required.")
    domain = company.need("domain")
    number = company.text("organizationRegistrationNumber")
    profile = billing_profile(billing)
    address = profile["defaultAddress"]
    registration(address["country"], number, address.get("phoneNumber"))
    _check_domain(call, domain)
    world = call.world
    now, accepted = world.clock.now(), world.settings.agreement_after
    return Customer(
        id=world.ids.guid("customer"),
        number=world.number(),
        domain=domain,
        company_name=profile["companyName"],
        country=address["country"],
        currency=currency(address["country"]),
        profile=profile,
        profile_id=world.ids.guid("profile"),
        commerce_id=world.ids.guid("commerce"),
        created_at=now,
        registration_number=number,
        agreement_at=None if accepted is None else now + accepted,
        delegation=body.flag("enableGDAPByDefault") is not False,
        spend_month=(now.year, now.month),
    )


def _check_domain(call: Call, domain: str) -> None:
    if not DOMAIN.match(domain):
        raise invalid(f"The domain {domain!r} is not valid: 1 to 27 characters.onmicrosoft.com.")
    if call.world.taken(domain):
        raise invalid(f"The domain {domain} is already taken.")


def _add_administrator(call: Call, customer: Customer) -> None:
    """The tenant's first account, which every new tenant has."""
    admin: dict[str, Any] = {"upn": f"admin@{customer.domain}", "display_name": "admin"}
    user = User(
        id=call.world.ids.guid("user"),
        number=call.world.number(),
        roles=[role_id("Global Administrator")],
        **admin,
    )
    customer.users[user.id] = user
