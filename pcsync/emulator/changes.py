"""What a PATCH does to a subscription: the rules of commerce.md 4.5, 5, 18 and 20.1.

A body is read as the whole resource: a missing autoRenewEnabled is false, missing schedules are
removed. What the clock does is in lifecycle.py. Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from pcsync.emulator import ledger, lifecycle, patching
from pcsync.emulator.azure_changes import change_azure
from pcsync.emulator.contracts import Subscription
from pcsync.emulator.customer import Customer
from pcsync.emulator.faults import Fault, not_understood
from pcsync.emulator.legacy import change_legacy
from pcsync.emulator.quantities import change_quantity
from pcsync.emulator.terms import begin_term, check_term, wants_term
from pcsync.emulator.wanted import Wanted, read
from pcsync.emulator.wire import Body
from pcsync.emulator.world import World

STATUSES = ("active", "suspended", "deleted", "expired", "pending", "disabled")


def change(world: World, customer: Customer, subscription: Subscription, body: Body) -> None:
    """Apply one PATCH, or refuse it without having changed anything."""
    patching.admit(world, subscription, body)
    status = _status(body, subscription)
    if subscription.azure:
        change_azure(world, customer, subscription, body, status)
    elif subscription.legacy:
        change_legacy(world, customer, subscription, body, status)
    elif subscription.trial:
        _change_trial(world, customer, subscription, body, status)
    elif status == "deleted":
        _cancel(world, customer, subscription)
    elif subscription.status == "suspended":
        _change_suspended(subscription, body, status)
    elif subscription.phase == "extended":
        _convert(world, customer, subscription, body, status)
    elif status == "suspended":
        _suspend(subscription)
    else:
        _change_active(world, customer, subscription, body)
    subscription.updates += 1
    subscription.updated_at = world.clock.now()


def _status(body: Body, subscription: Subscription) -> str:
    """The wanted status; `none` and absent mean the present one."""
    text = body.text("status") or "none"
    status = text.lower()
    if status == "none":
        return subscription.status
    if status not in STATUSES:
        raise not_understood("status", text)
    if status not in ("active", "suspended", "deleted"):
        raise Fault(400, 800040, f"The status cannot be changed to {status}.")
    return status


def _change_trial(
    world: World, customer: Customer, subscription: Subscription, body: Body, status: str
) -> None:
    """Auto-renew, schedule and names only: it is free, and paid by transition or by its end."""
    if body.whole("quantity") not in (None, 0, subscription.quantity):
        raise Fault(400, 800095, "The quantity of a trial cannot be changed.")
    if status != subscription.status:
        raise Fault(400, 800040, "The status of a trial cannot be changed.")
    if wants_term(subscription, body):
        raise Fault(400, 800107, "The term of a trial cannot be changed.")
    _change_active(world, customer, subscription, body)


def _cancel(world: World, customer: Customer, subscription: Subscription) -> None:
    if subscription.cancellable_until(world.clock.now()) is None:
        raise Fault(400, 900117, "The cancellation window has passed.")
    ledger.cancel(world, customer, subscription)
    lifecycle.end(subscription)


def _change_suspended(subscription: Subscription, body: Body, status: str) -> None:
    """Only the status can change; reactivation leaves auto-renew off."""
    if body.whole("quantity") not in (None, 0, subscription.quantity):
        raise Fault(400, 2001, "A suspended subscription takes no change of quantity.")
    name = body.text("friendlyName") or subscription.friendly_name
    renamed = name != subscription.friendly_name
    partner = (body.text("partnerId") or subscription.partner_id) != subscription.partner_id
    scheduled = body.get("scheduledNextTermInstructions") or body.get("scheduledActions")
    renews = status == "suspended" and body.flag("autoRenewEnabled")
    if renamed or partner or scheduled or renews or wants_term(subscription, body):
        raise Fault(400, 800091, "The subscription is suspended.")
    if status == "active":
        if subscription.suspension_reasons:
            raise Fault(400, 800040, "The subscription was suspended by Microsoft.")
        _not_renewing(subscription)
        subscription.status = "active"


def _suspend(subscription: Subscription) -> None:
    """Users lose access, billing goes on; auto-renew and schedules go, next charge stays."""
    _not_renewing(subscription)
    subscription.status = "suspended"
    subscription.auto_renew = False
    subscription.next_term = None
    subscription.actions = []


def _not_renewing(subscription: Subscription) -> None:
    if subscription.renewing:
        raise Fault(409, 800082, "The subscription is being renewed; try again in 2 minutes.")


def _convert(
    world: World, customer: Customer, subscription: Subscription, body: Body, status: str
) -> None:
    """An Extended Service Term takes cancellation, and conversion by a standard term."""
    if status != "active" or not wants_term(subscription, body):
        raise Fault(400, 900280, "Updates are currently not allowed in an extended term.")
    target = check_term(subscription, body)
    ledger.stop(world, customer, subscription, "convert")
    begin_term(world, subscription, target)
    subscription.quantity = body.whole("quantity") or subscription.quantity
    ledger.begin(world, customer, subscription)
    lifecycle.provision(world, customer, subscription)
    lifecycle.watch(world, customer, subscription)


def _change_active(
    world: World, customer: Customer, subscription: Subscription, body: Body
) -> None:
    """Term, quantity, names, then auto-renew and schedules; all is checked before any is done."""
    wanted = read(world, subscription, body)
    name = body.text("friendlyName") or subscription.friendly_name
    partner = body.text("partnerId") or subscription.partner_id
    if wanted.changes_renewal(subscription):
        _not_renewing(subscription)
    target = check_term(subscription, body) if wants_term(subscription, body) else None
    resized = _resize(world, customer, subscription, body)
    if target is not None:
        ledger.stop(world, customer, subscription, "convert")
        begin_term(world, subscription, target)
        ledger.begin(world, customer, subscription)
        lifecycle.watch(world, customer, subscription)
    subscription.friendly_name, subscription.partner_id = name, partner
    _set_renewal(world, customer, subscription, wanted, resized or target is not None)
    if resized:
        lifecycle.provision(world, customer, subscription)


def _resize(world: World, customer: Customer, subscription: Subscription, body: Body) -> bool:
    quantity = body.whole("quantity") or subscription.quantity
    if quantity == subscription.quantity:
        return False
    change_quantity(world, customer, subscription, quantity)
    return True


def _set_renewal(
    world: World, customer: Customer, subscription: Subscription, wanted: Wanted, mid_term: bool
) -> None:
    before = subscription.actions
    went_off = subscription.auto_renew and not wanted.auto_renew
    subscription.auto_renew = wanted.auto_renew
    keeps = wanted.auto_renew and not mid_term
    subscription.next_term = wanted.next_term if keeps else None
    subscription.actions = wanted.kept_actions(mid_term, before if went_off else [])
    if wanted.next_charge != subscription.next_charge:
        subscription.next_charge = wanted.next_charge
        if wanted.next_charge is not None:
            lifecycle.charge_next(world, customer, subscription)
    if not (subscription.auto_renew or subscription.actions) and (went_off or before):
        lifecycle.back_fill(world, customer, subscription)
