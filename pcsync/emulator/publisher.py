"""Setting up marketplace subscriptions at their publisher (commerce.md 9).

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from pcsync.emulator import lifecycle, times
from pcsync.emulator.customer import Customer
from pcsync.emulator.faults import Fault
from pcsync.emulator.world import World


def complete_setup(world: World, customer: Customer, subscription: str) -> None:
    """The term and the window begin when the setup is completed. 400/800041 the second time."""
    found = customer.subscriptions.get(subscription.lower())
    if found is None:
        raise Fault(404, 20003, "The subscription is not found.")
    if found.activated:
        raise Fault(400, 800041, "The subscription is activated already.")
    now = world.clock.now()
    found.activated = True
    found.started_at = found.window_from = now
    found.ends = times.midnight(times.add_months(now, times.months(found.term)))
    lifecycle.watch(world, customer, found)


def owner(world: World, subscription: str) -> Customer:
    """The customer that has the subscription. 404/20003 if nobody has."""
    for tenant, customer in world.customers.items():
        if subscription.lower() in customer.subscriptions:
            return world.customers[tenant]
    raise Fault(404, 20003, "The subscription is not found.")
