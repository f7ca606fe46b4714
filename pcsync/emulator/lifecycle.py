"""What the clock does to subscriptions: provisioning, renewal, expiry, Extended Service Terms.

The state machine of commerce.md 5.10, 13.1, 18 and 20.1. What a PATCH does is in changes.py.
Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache, wraps

from pcsync.emulator import ledger, times
from pcsync.emulator.agenda import Step, step
from pcsync.emulator.contracts import Order, Subscription
from pcsync.emulator.customer import Customer
from pcsync.emulator.eligibility import action, eligible
from pcsync.emulator.renewal import enter_extended_term, renew
from pcsync.emulator.world import World

MOMENT = timedelta(microseconds=1)
GRACE = timedelta(days=30)
DELETED_AFTER = timedelta(days=120)
LEGACY_KEPT = timedelta(days=90)
BACKFILL = timedelta(hours=24)
EXTEND = {"scheduleType": "TermEnd", "actionType": "RenewToExtendedServiceTerm"}

Move = Callable[[World, Customer, Subscription], None]


def _on_agenda(function: Step) -> Step:
    """A step about a subscription; nothing happens if its customer is gone by then."""

    @wraps(function)
    def found(
        world: World, now: datetime, customer_id: str, subscription_id: str, *more: str
    ) -> None:
        customer = world.customers.get(customer_id)
        if customer is not None and subscription_id in customer.subscriptions:
            function(world, now, customer, customer.subscriptions[subscription_id], *more)

    return step(found)


def watch(world: World, customer: Customer, subscription: Subscription) -> None:
    """Put the next moment at which the clock changes this subscription on the agenda."""
    move = None if subscription.azure else _moves(subscription).get(subscription.status)
    if move is not None:
        world.clock.at(move[0], reach, customer.id, subscription.id)


def _moves(subscription: Subscription) -> dict[str, tuple[datetime, Move]]:
    """When which change is due, by status."""
    suspended: tuple[datetime, Move] = (subscription.ends, _disable)
    if subscription.legacy:
        suspended = (kept_until(subscription), _delete)
    return {
        "active": (subscription.ends, _end_of_term),
        "suspended": suspended,
        "expired": (subscription.ends + GRACE, _disable),
        "disabled": (subscription.ends + DELETED_AFTER, _delete),
    }


def kept_until(subscription: Subscription) -> datetime:
    """A suspended legacy subscription goes after 90 days, migrated ones after 120 (10.2)."""
    since = subscription.suspended_at
    if since is None:
        return subscription.ends
    if subscription.migrating:
        return since + DELETED_AFTER
    return min(subscription.ends, since + LEGACY_KEPT)


@_on_agenda
def reach(world: World, now: datetime, customer: Customer, subscription: Subscription) -> None:
    """Run one due change, unless the subscription has moved on since it was put down."""
    move = _moves(subscription).get(subscription.status)
    if move is not None and move[0] == now and not subscription.renewing:
        move[1](world, customer, subscription)
        watch(world, customer, subscription)


def _end_of_term(world: World, customer: Customer, subscription: Subscription) -> None:
    if subscription.legacy and subscription.trial:
        subscription.status = "expired"
        _forget(subscription)
    elif subscription.phase == "extended":
        _queue(world, customer, subscription, "extend")
    elif action(subscription, "Cancel"):
        _delete(world, customer, subscription)
    elif _renews(subscription):
        _queue(world, customer, subscription, "renew")
    elif eligible(world.settings, subscription):
        _queue(world, customer, subscription, "extend")
    else:
        subscription.status = "expired"
        _forget(subscription)


def _renews(subscription: Subscription) -> bool:
    return (
        subscription.auto_renew
        or action(subscription, "RenewToNewTerm")
        or action(subscription, "Transition")
    )


RENEWALS: dict[str, Move] = {"renew": renew, "extend": enter_extended_term}


def _queue(world: World, customer: Customer, subscription: Subscription, kind: str) -> None:
    """Renew now, or after the time that renewals stay queued (commerce.md 13.6)."""
    wait = world.settings.renewal_time
    if not wait:
        RENEWALS[kind](world, customer, subscription)
        return
    subscription.renewing = True
    world.clock.at(subscription.ends + wait, complete, customer.id, subscription.id, kind)


@_on_agenda
def complete(
    world: World, now: datetime, customer: Customer, subscription: Subscription, kind: str
) -> None:
    """Let a queued renewal happen, unless the subscription was ended in the meantime."""
    subscription.renewing = False
    if subscription.status == "active":
        RENEWALS[kind](world, customer, subscription)
        watch(world, customer, subscription)


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
    now, wait = world.clock.now(), world.settings.provisioning
    names = (customer.id, subscription.id, order.id if order else "")
    if wait:
        world.clock.at(now + wait, arrive, *names)
    else:
        arrive(world, now, *names)


@_on_agenda
def arrive(
    world: World, now: datetime, customer: Customer, subscription: Subscription, order_id: str
) -> None:
    """The seats are there, and the order that bought them is complete."""
    if subscription.status == "pending":
        subscription.status = "active"
        watch(world, customer, subscription)
    if subscription.status != "deleted":
        subscription.live_quantity = subscription.quantity
    if order_id:
        customer.orders[order_id].status = "completed"


def back_fill(world: World, customer: Customer, subscription: Subscription) -> None:
    """A day after auto-renew went off alone, the service writes the action itself."""
    if eligible(world.settings, subscription):
        world.clock.at(world.clock.now() + BACKFILL, fill, customer.id, subscription.id)


@_on_agenda
def fill(world: World, now: datetime, customer: Customer, subscription: Subscription) -> None:
    """Write the action, unless somebody has decided by now."""
    undecided = not subscription.auto_renew and not subscription.actions
    if subscription.status == "active" and subscription.phase == "standard" and undecided:
        subscription.actions = [dict(EXTEND)]


def charge_next(world: World, customer: Customer, subscription: Subscription) -> None:
    """Apply the next-charge instruction when the running charge cycle is over."""
    when = cycle_ends(subscription, world.clock.now())
    cycle = _next_cycle(subscription)
    world.clock.at(when, charge, customer.id, subscription.id, cycle)


@_on_agenda
def charge(
    world: World, now: datetime, customer: Customer, subscription: Subscription, cycle: str
) -> None:
    """Go over to the other cycle, unless the instruction was taken back or replaced."""
    if subscription.status == "active" and cycle and _next_cycle(subscription) == cycle:
        ledger.settle(world, customer, subscription, now - MOMENT)
        subscription.cycle = cycle
        subscription.price = None
        subscription.next_charge = None


def _next_cycle(subscription: Subscription) -> str:
    wanted = subscription.next_charge
    return str(wanted["product"]["billingCycle"]).lower() if wanted else ""


def cycle_ends(subscription: Subscription, now: datetime) -> datetime:
    """The first moment after the charge cycle that runs now, at most the end of the term."""
    end = _first_after(subscription.started_at, CYCLE_MONTHS.get(subscription.cycle, 1), now)
    return min(end, subscription.ends)


CYCLE_MONTHS = {"monthly": 1, "annual": 12, "triennial": 36}


@lru_cache(maxsize=20_000)
def _first_after(started: datetime, step: int, now: datetime) -> datetime:
    """The end of the cycle of `step` months that runs now."""
    first = times.midnight(started)
    gone = (now.year - first.year) * 12 + now.month - first.month
    count = max(1, gone // step)
    while times.add_months(first, step * count) <= now:
        count += 1
    return times.add_months(first, step * count)
