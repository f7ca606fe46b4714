"""What the clock does to subscriptions: provisioning, renewal, expiry, Extended Service Terms.

The state machine of commerce.md 5.10, 13.1, 18 and 20.1. What a PATCH does is in changes.py.
Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from pcsync.emulator import times
from pcsync.emulator.contracts import Order, Subscription
from pcsync.emulator.customer import Customer
from pcsync.emulator.eligibility import action, eligible
from pcsync.emulator.renewal import enter_extended_term, renew
from pcsync.emulator.world import World

GRACE = timedelta(days=30)
DELETED_AFTER = timedelta(days=120)
BACKFILL = timedelta(hours=24)
EXTEND = {"scheduleType": "TermEnd", "actionType": "RenewToExtendedServiceTerm"}

Step = Callable[[World, Customer, Subscription], None]


def watch(world: World, customer: Customer, subscription: Subscription) -> None:
    """Put the next moment at which the clock changes this subscription on the agenda."""
    if subscription.azure or subscription.status == "deleted":
        return
    due = {
        "active": subscription.ends,
        "suspended": subscription.ends,
        "expired": subscription.ends + GRACE,
        "disabled": subscription.ends + DELETED_AFTER,
    }.get(subscription.status)
    if due is not None:
        world.clock.at(due, lambda now: _tick(world, customer, subscription, due))


def _tick(world: World, customer: Customer, subscription: Subscription, due: datetime) -> None:
    """Run one due change, unless the subscription has moved on since it was put down."""
    steps: dict[str, tuple[datetime, Step]] = {
        "active": (subscription.ends, _end_of_term),
        "suspended": (subscription.ends, _disable),
        "expired": (subscription.ends + GRACE, _disable),
        "disabled": (subscription.ends + DELETED_AFTER, _delete),
    }
    step = steps.get(subscription.status)
    if step is not None and step[0] == due and not subscription.renewing:
        step[1](world, customer, subscription)
        watch(world, customer, subscription)


def _end_of_term(world: World, customer: Customer, subscription: Subscription) -> None:
    if subscription.phase == "extended":
        _queue(world, customer, subscription, enter_extended_term)
    elif action(subscription, "Cancel"):
        _delete(world, customer, subscription)
    elif _renews(subscription):
        _queue(world, customer, subscription, renew)
    elif eligible(world.settings, subscription):
        _queue(world, customer, subscription, enter_extended_term)
    else:
        subscription.status = "expired"
        _forget(subscription)


def _renews(subscription: Subscription) -> bool:
    return (
        subscription.auto_renew
        or action(subscription, "RenewToNewTerm")
        or action(subscription, "Transition")
    )


def _queue(world: World, customer: Customer, subscription: Subscription, step: Step) -> None:
    """Renew now, or after the time that renewals stay queued (commerce.md 13.6)."""
    wait = world.settings.renewal_time
    if not wait:
        step(world, customer, subscription)
        return
    subscription.renewing = True

    def complete(now: datetime) -> None:
        subscription.renewing = False
        if subscription.status == "active":
            step(world, customer, subscription)
            watch(world, customer, subscription)

    world.clock.at(subscription.ends + wait, complete)


def _disable(world: World, customer: Customer, subscription: Subscription) -> None:
    subscription.status = "disabled"
    _forget(subscription)


def _delete(world: World, customer: Customer, subscription: Subscription) -> None:
    end(subscription)


def end(subscription: Subscription) -> None:
    """Terminal: access ends, the id is dead, nothing is scheduled any more."""
    subscription.status = "deleted"
    subscription.live_quantity = 0
    subscription.auto_renew = False
    _forget(subscription)


def _forget(subscription: Subscription) -> None:
    subscription.batches.clear()
    subscription.actions.clear()
    subscription.next_term = subscription.next_charge = None


def provision(
    world: World, customer: Customer, subscription: Subscription, order: Order | None = None
) -> None:
    """Let the directory show what was bought, at once or after the time that this takes."""

    def arrive(now: datetime) -> None:
        if subscription.status == "pending":
            subscription.status = "active"
            watch(world, customer, subscription)
        if subscription.status != "deleted":
            subscription.live_quantity = subscription.quantity
        if order is not None:
            order.status = "completed"

    wait = world.settings.provisioning
    if wait:
        world.clock.at(world.clock.now() + wait, arrive)
    else:
        arrive(world.clock.now())


def back_fill(world: World, subscription: Subscription) -> None:
    """A day after auto-renew went off alone, the service writes the action itself."""

    def fill(now: datetime) -> None:
        undecided = not subscription.auto_renew and not subscription.actions
        if subscription.status == "active" and subscription.phase == "standard" and undecided:
            subscription.actions = [dict(EXTEND)]

    if eligible(world.settings, subscription):
        world.clock.at(world.clock.now() + BACKFILL, fill)


def charge_next(world: World, subscription: Subscription) -> None:
    """Apply the next-charge instruction when the running charge cycle is over."""
    when = cycle_ends(subscription, world.clock.now())
    wanted = subscription.next_charge

    def charge(now: datetime) -> None:
        if subscription.status == "active" and wanted and subscription.next_charge is wanted:
            subscription.cycle = str(wanted["product"]["billingCycle"]).lower()
            subscription.next_charge = None

    world.clock.at(when, charge)


def cycle_ends(subscription: Subscription, now: datetime) -> datetime:
    """The first moment after the charge cycle that runs now, at most the end of the term."""
    step = {"monthly": 1, "annual": 12, "triennial": 36}.get(subscription.cycle, 1)
    first, count = times.midnight(subscription.started_at), 1
    while times.add_months(first, step * count) <= now:
        count += 1
    return min(times.add_months(first, step * count), subscription.ends)
