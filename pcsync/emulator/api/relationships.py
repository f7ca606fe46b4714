"""Ending what a partner has with a customer: the relationship, DAP, a sandbox customer.

Pages: remove-a-reseller-relationship-with-a-customer.md, remove-dap.md,
delete-a-customer-account-from-the-integration-sandbox.md (customers.md 2).
"""

from __future__ import annotations

from typing import Any

from pcsync.emulator import sandbox
from pcsync.emulator.api.customers import show_customer
from pcsync.emulator.call import Answer, Call, empty, ok
from pcsync.emulator.customer import Customer
from pcsync.emulator.faults import Fault, invalid, not_understood
from pcsync.emulator.routing import Routes, Takes

routes = Routes()

CUSTOMER = "/v1/customers/{customer}"
KINDS = ("none", "reseller", "advisor", "syndication", "microsoftsupport", "unknown")
CLEARED = (
    "Id",
    "CommerceId",
    "CompanyProfile",
    "BillingProfile",
    "RelationshipToPartner",
    "AllowDelegatedAccess",
    "UserCredentials",
    "CustomDomains",
    "AssociatedPartnerId",
)


@routes(
    "PATCH",
    CUSTOMER,
    page="remove-a-reseller-relationship-with-a-customer.md",
    also=("remove-dap.md",),
    takes=Takes.USER,
    audit=("remove_partner_customer_relationship", "partner_customer_relationship"),
)
def end(call: Call) -> Answer:
    """End the relationship, or only delegated administration; nothing else can be changed here."""
    customer, body = call.customer(), call.body()
    kind = (body.text("relationshipToPartner") or "").lower().replace("_", "")
    if kind and kind not in KINDS:
        raise not_understood("relationshipToPartner", body.text("relationshipToPartner"))
    if kind == "none":
        return _end_relationship(call, customer)
    if body.flag("allowDelegatedAccess") is False:
        return _end_delegation(call, customer)
    raise invalid("Only relationshipToPartner none or allowDelegatedAccess false can be set.")


def _end_relationship(call: Call, customer: Customer) -> Answer:
    """Answer in PascalCase with everything cleared, the only one that the service gives so."""
    _check_nothing_runs(customer)
    customer.account.relationship = "none"
    answer: dict[str, Any] = dict.fromkeys(CLEARED)
    answer |= {"RelationshipToPartner": "none", "Attributes": {"ObjectType": "Customer"}}
    operation = "remove_partner_customer_relationship"
    call.note(
        operation,
        "partner_customer_relationship",
        customer,
        {"relationshipToPartner": "none"},
        old_value={"relationshipToPartner": "reseller"},
    )
    return ok(answer)


def _check_nothing_runs(customer: Customer) -> None:
    """417/800036 while a subscription is active, or software or a reservation is not cancelled."""
    for subscription in customer.subscriptions.values():
        if subscription.status in ("active", "pending"):
            text = f"The subscription {subscription.id} has to be suspended first."
            raise Fault(417, 800036, text)
    _check_entitlements(customer)


def _check_entitlements(customer: Customer) -> None:
    for entitlement in customer.account.entitlements:
        if not entitlement.cancelled:
            text = f"The order {entitlement.order_id} has to be cancelled first."
            raise Fault(417, 800036, text)


def _end_delegation(call: Call, customer: Customer) -> Answer:
    """Reselling goes on; asking again when it is off already changes nothing."""
    before = show_customer(call, customer)["allowDelegatedAccess"]
    customer.account.dap = False
    call.note(
        "dap_admin_relationship_terminated",
        "partner_customer_dap",
        customer,
        {"allowDelegatedAccess": False},
        old_value={"allowDelegatedAccess": before},
    )
    return ok(show_customer(call, customer))


@routes(
    "DELETE",
    CUSTOMER,
    page="delete-a-customer-account-from-the-integration-sandbox.md",
    audit=("delete_customer", "customer"),
)
def delete(call: Call) -> Answer:
    """Purge a sandbox customer with all it has; its place and its domain are free again."""
    customer = call.customer()
    sandbox.only_here(call.world)
    _check_entitlements(customer)
    before = show_customer(call, customer)
    call.world.remove(customer)
    call.note("delete_customer", "customer", customer, None, old_value=before)
    return empty(204)
