"""Azure subscriptions below an Azure plan: get, cancel, reactivate (commerce.md 7.2 to 7.4).

Pages: get-an-azure-entitlement-for-a-subscription.md, cancel-an-azure-subscription.md,
reactivate-an-azure-subscription.md.
"""

from __future__ import annotations

from datetime import timedelta

from pcsync.emulator.api.subscriptions import find
from pcsync.emulator.azure_changes import inactive, show_entitlement
from pcsync.emulator.call import Answer, Call, empty, ok
from pcsync.emulator.contracts import Subscription
from pcsync.emulator.customer import Customer
from pcsync.emulator.faults import Fault
from pcsync.emulator.routing import Routes, Takes

routes = Routes()

ONE = "/v1/customers/{customer}/subscriptions/{subscription}/azureEntitlements/{entitlement}"
CANCELLING = timedelta(minutes=10)


def _entitlement(call: Call, customer: Customer) -> tuple[Subscription, str]:
    plan, wanted = find(call, customer), call.parts["entitlement"].lower()
    if wanted not in plan.entitlements:
        raise Fault(404, 800111, "The Azure entitlement is not found.")
    return plan, wanted


@routes("GET", ONE, page="get-an-azure-entitlement-for-a-subscription.md")
def get(call: Call) -> Answer:
    """One Azure subscription."""
    customer = call.customer()
    plan, wanted = _entitlement(call, customer)
    return ok(show_entitlement(customer, plan, wanted, call.world.clock.now()))


@routes(
    "POST",
    ONE + "/cancel",
    page="cancel-an-azure-subscription.md",
    takes=Takes.USER,
    audit=("update_subscription", "subscription"),
)
def cancel(call: Call) -> Answer:
    """Cancel a compromised one; it is still active in the answer, and for ten minutes."""
    customer, now = call.customer(), call.world.clock.now()
    plan, wanted = _entitlement(call, customer)
    if (call.body().text("cancellationReason") or "").lower() != "compromise":
        raise Fault(400, 900307, "The cancellation reason is not valid.")
    customer.account.inactive.setdefault(wanted, now + CANCELLING)
    return ok(show_entitlement(customer, plan, wanted, now))


@routes(
    "POST",
    ONE + "/reactivate",
    page="reactivate-an-azure-subscription.md",
    takes=Takes.USER,
    audit=("update_subscription", "subscription"),
)
def reactivate(call: Call) -> Answer:
    """Take a cancellation back; 202 without a body."""
    customer = call.customer()
    _, wanted = _entitlement(call, customer)
    if not inactive(customer, wanted, call.world.clock.now()):
        raise Fault(400, 900337, "The Azure subscription cannot be reactivated.")
    del customer.account.inactive[wanted]
    return empty(202)
