"""Registering Azure subscriptions for reservations (commerce.md 7.5).

Pages: register-a-subscription.md, get-subscription-registration-status.md.
"""

from __future__ import annotations

from pcsync.emulator.api.subscriptions import find
from pcsync.emulator.call import Answer, Call, ok
from pcsync.emulator.faults import Fault
from pcsync.emulator.routing import Routes

routes = Routes()

ONE = "/v1/customers/{customer}/subscriptions/{subscription}"


@routes(
    "POST",
    ONE + "/registrations",
    page="register-a-subscription.md",
    audit=("update_subscription", "subscription"),
)
def register(call: Call) -> Answer:
    """Begin the registration of an Azure plan or legacy Azure subscription; 202."""
    customer = call.customer()
    found = find(call, customer)
    if not found.azure:
        raise Fault(400, 800011, "The subscription is no Azure subscription.")
    if found.status != "active":
        raise Fault(400, 800012, "The Azure subscription is not active.")
    done = call.world.clock.now() + call.world.settings.registration
    customer.account.registered.setdefault(found.id, done)
    place = f"/customers/{customer.id}/subscriptions/{found.id}/registrationstatus"
    return Answer(202, None, {"Location": place})


@routes("GET", ONE + "/registrationstatus", page="get-subscription-registration-status.md")
def status(call: Call) -> Answer:
    """How far the registration has come."""
    customer = call.customer()
    found = find(call, customer)
    done = customer.account.registered.get(found.id)
    word = "registering"
    if done is None:
        word = "notregistered"
    elif done <= call.world.clock.now():
        word = "registered"
    return ok({"subscriptionId": found.id, "status": word})
