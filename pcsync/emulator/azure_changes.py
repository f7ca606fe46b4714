"""What a PATCH does to an Azure plan: name, reseller, suspend, reactivate (commerce.md 5.3, 20.3).

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from pcsync.emulator.contracts import Subscription
from pcsync.emulator.faults import Fault
from pcsync.emulator.wire import Body


def change_azure(subscription: Subscription, body: Body, status: str) -> None:
    """Never cancelled; suspended only without active Azure subscriptions: 403/900115."""
    if body.whole("quantity") not in (None, 0, subscription.quantity):
        raise Fault(400, 800095, "The quantity of an Azure plan cannot be changed.")
    if status == "deleted":
        raise Fault(400, 800040, "An Azure plan cannot be cancelled.")
    if status == "suspended" and subscription.entitlements:
        raise Fault(403, 900115, "The plan still has active Azure subscriptions.")
    name = body.text("friendlyName") or subscription.friendly_name
    partner = body.text("partnerId") or subscription.partner_id
    subscription.status = status
    subscription.friendly_name, subscription.partner_id = name, partner
