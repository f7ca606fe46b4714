"""Legacy trials that become paid, and legacy upgrades (commerce.md 6.2, 6.3).

Pages: get-a-list-of-trial-conversion-offers.md, convert-a-trial-subscription-to-paid.md,
transition-a-subscription.md.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pcsync.emulator import converting
from pcsync.emulator.api.legacy_offers import show_offer
from pcsync.emulator.api.subscriptions import ONE, find
from pcsync.emulator.call import Answer, Call, ok
from pcsync.emulator.contracts import Subscription
from pcsync.emulator.customer import Customer
from pcsync.emulator.faults import Fault
from pcsync.emulator.paging import collection
from pcsync.emulator.routing import Routes
from pcsync.emulator.wire import Body
from pcsync.emulator.world import World

routes = Routes()

LEGACY_ONLY = "The subscription is not a legacy one."


@routes("GET", ONE + "/conversions", page="get-a-list-of-trial-conversion-offers.md")
def conversions(call: Call) -> Answer:
    """What a trial can become."""
    subscription = find(call, call.customer())
    found = converting.conversions(call.world, subscription)
    rows = [converting.show_conversion(subscription, offer) for offer in found]
    return ok(collection(call, rows))


@routes(
    "POST",
    ONE + "/conversions",
    page="convert-a-trial-subscription-to-paid.md",
    audit=("convert_trial_subscription", "subscription"),
)
def convert(call: Call) -> Answer:
    """Make a trial paid."""
    return _changed(call, "convert_trial_subscription", converting.convert)


@routes("GET", ONE + "/upgrades", page="transition-a-subscription.md")
def upgrades(call: Call) -> Answer:
    """The offers to upgrade to, each in both forms."""
    customer = call.customer()
    subscription = find(call, customer)
    errors = converting.upgrade_errors(customer, subscription)
    rows: list[dict[str, Any]] = [
        {
            "targetOffer": show_offer(call, offer, customer.country),
            "upgradeType": kind,
            "isEligible": not errors,
            "quantity": subscription.quantity,
            "upgradeErrors": converting.show_errors(errors),
        }
        for offer in converting.upgrades(call.world, subscription)
        for kind in converting.KINDS[1:]
    ]
    return ok(collection(call, rows))


@routes(
    "POST",
    ONE + "/upgrades",
    page="transition-a-subscription.md",
    audit=("upgrade_subscription", "subscription"),
)
def upgrade(call: Call) -> Answer:
    """Move all seats to another offer."""
    return _changed(call, "upgrade_subscription", converting.upgrade)


def _changed(
    call: Call,
    event: str,
    change: Callable[[World, Customer, Subscription, Body], dict[str, Any]],
) -> Answer:
    """The answer of a change that only legacy subscriptions know, noted for the audit."""
    customer = call.customer()
    subscription = find(call, customer)
    if not subscription.legacy:
        raise Fault(400, 900141, LEGACY_ONLY)
    result = change(call.world, customer, subscription, call.body())
    call.note(event, "subscription", customer, result, SubscriptionId=subscription.id)
    return ok(result)
