"""Rules for the move of legacy Azure to an Azure plan, and what it does when it is done.

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from datetime import datetime

from pcsync.emulator import lifecycle, stock, times
from pcsync.emulator.account import Upgrade
from pcsync.emulator.agenda import step
from pcsync.emulator.customer import Customer
from pcsync.emulator.faults import Fault
from pcsync.emulator.section import Section
from pcsync.emulator.seed_subscriptions import SUBSCRIPTION_WORDS, add_subscription
from pcsync.emulator.usage_figures import azure_subscriptions
from pcsync.emulator.world import World


def running(customer: Customer, now: datetime) -> Upgrade | None:
    """The move that is under way."""
    return next((row for row in customer.account.upgrades if row.done_at > now), None)


def refusal(customer: Customer, now: datetime) -> Fault | None:
    """Why the customer cannot be moved now; None if it can."""
    rows = azure_subscriptions(customer)
    if running(customer, now):
        return Fault(409, 900109, "An upgrade is running already.")
    if any(not row.legacy for row in rows):
        return Fault(400, 900110, "The customer has an Azure plan already.")
    if not rows:
        return Fault(403, 900108, "The customer has no Azure subscriptions.")
    if any(row.status != "active" for row in rows):
        return Fault(403, 900105, "Suspended Azure subscriptions cannot be moved.")
    return None


def start(world: World, customer: Customer) -> Upgrade:
    """Begin a move; it is done at once unless the world's upgradeTime says otherwise."""
    now = world.clock.now()
    sources = [row.id for row in azure_subscriptions(customer)]
    done = now + world.settings.upgrade_time
    upgrade = Upgrade(world.ids.guid("upgrade"), now, done, sources)
    customer.account.upgrades.append(upgrade)
    world.clock.at(done, finish_upgrade, customer.id, upgrade.id)
    return upgrade


@step
def finish_upgrade(world: World, now: datetime, tenant: str, key: str) -> None:
    """End the legacy subscriptions and give the customer an Azure plan instead."""
    customer = world.customers.get(tenant)
    rows = customer.account.upgrades if customer else []
    upgrade = next((row for row in rows if row.id == key), None)
    if customer is None or upgrade is None:
        return
    for source in upgrade.sources:
        lifecycle.end(customer.subscriptions[source])
    words = {"product": stock.AZURE_PLAN, "creationDate": times.show(now)}
    upgrade.target = add_subscription(
        world, customer, Section(words, "upgrade", SUBSCRIPTION_WORDS)
    ).id
