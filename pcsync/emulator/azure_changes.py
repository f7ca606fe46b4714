"""What a PATCH does to an Azure plan: name, reseller, suspend, reactivate (commerce.md 5.3, 20.3).

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pcsync.emulator.contracts import Subscription
from pcsync.emulator.customer import Customer
from pcsync.emulator.faults import Fault
from pcsync.emulator.wire import Body
from pcsync.emulator.world import World


def inactive(customer: Customer, entitlement: str, now: datetime) -> bool:
    """Whether an Azure subscription is cancelled by now."""
    since = customer.account.inactive.get(entitlement)
    return since is not None and since <= now


def show_entitlement(
    customer: Customer, plan: Subscription, entitlement: str, now: datetime
) -> dict[str, Any]:
    """An Azure subscription on the wire (commerce.md 7.2)."""
    return {
        "id": entitlement,
        "friendlyName": plan.azure_names.get(entitlement, plan.friendly_name),
        "status": "inactive" if inactive(customer, entitlement, now) else "active",
        "subscriptionId": plan.id,
    }


def change_azure(
    world: World, customer: Customer, subscription: Subscription, body: Body, status: str
) -> None:
    """Never cancelled; suspended only without active Azure subscriptions: 403/900115."""
    if body.whole("quantity") not in (None, 0, subscription.quantity):
        raise Fault(400, 800095, "The quantity of an Azure plan cannot be changed.")
    if status == "deleted":
        raise Fault(400, 800040, "An Azure plan cannot be cancelled.")
    now = world.clock.now()
    alive = any(not inactive(customer, row, now) for row in subscription.entitlements)
    if status == "suspended" and alive:
        raise Fault(403, 900115, "The plan still has active Azure subscriptions.")
    name = body.text("friendlyName") or subscription.friendly_name
    partner = body.text("partnerId") or subscription.partner_id
    subscription.status = status
    subscription.friendly_name, subscription.partner_id = name, partner
