"""What a migration to new commerce does, and when (commerce.md 10.2).

Who may is in migrations.py. Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from datetime import datetime

from pcsync.emulator import ledger, legacy, lifecycle, migrations, seats, stock, times
from pcsync.emulator.agenda import step
from pcsync.emulator.availabilities import availability_id
from pcsync.emulator.contracts import WINDOW, Batch, Order, OrderLine, Subscription
from pcsync.emulator.customer import Customer
from pcsync.emulator.faults import Fault
from pcsync.emulator.moved import Migration, MigrationPlan, Part
from pcsync.emulator.renewal import move_licenses
from pcsync.emulator.wire import Body
from pcsync.emulator.world import World

ADDONS = ("addOnMigrations", "addOnMigrationSchedules")


def start(world: World, customer: Customer, body: Body) -> Migration:
    """Suspend the legacy subscription and its add-ons, and let new ones come in time."""
    base, addons, refusals = migrations.judge(world, customer, body, ADDONS)
    if refusals:
        raise refusals[0].fault
    now = world.clock.now()
    made = Migration(
        id=world.ids.guid("migration"),
        base=base,
        addons=addons,
        begun_at=now,
        reference=body.text("externalReferenceId"),
    )
    customer.moved.migrations[made.id] = made
    note(world, made, "MigrationStarted")
    for part in (base, *addons):
        old = customer.subscriptions[part.subscription_id]
        old.migrating = True
        legacy.suspend(world, customer, old)
    if world.settings.migration_time:
        world.clock.at(now + world.settings.migration_time, migrate, customer.id, made.id)
    else:
        migrate(world, now, customer.id, made.id)
    return made


def note(world: World, made: Migration, name: str) -> None:
    """An event of the migration."""
    made.events.append((world.ids.guid("event"), world.clock.now(), name))


@step
def migrate(world: World, now: datetime, tenant: str, key: str) -> None:
    """The new subscriptions come into being."""
    customer = world.customers.get(tenant)
    made = customer.moved.migrations.get(key) if customer else None
    if customer is None or made is None:
        return
    order = Order(
        id=world.ids.hexes("order", 12),
        number=world.number(),
        cycle=made.base.cycle,
        currency=customer.currency,
        created_at=now,
        lines=[],
        status="completed",
    )
    customer.orders[order.id] = order
    made.order_id = order.id
    for part in (made.base, *made.addons):
        _replace(world, customer, order, part)
    for name in ("SubscriptionCreated", "SubscriptionProvisioned"):
        note(world, made, f"NewCommerce{name}")
    made.status, made.done_at = "Completed", now
    note(world, made, "MigrationCompleted")


def _replace(world: World, customer: Customer, order: Order, part: Part) -> None:
    old = customer.subscriptions[part.subscription_id]
    item = stock.find(*part.item.split(":"))
    if item is None:
        return
    new = _subscription(world, old, item, part, order.id)
    part.new_id = new.id
    customer.subscriptions[new.id] = new
    order.lines.append(_line(order, new))
    lifecycle.provision(world, customer, new)
    lifecycle.watch(world, customer, new)
    ledger.settle(world, customer, new)
    old_sku, old.live_quantity = seats.directory_sku(old), 0
    move_licenses(customer, new, old_sku, new.quantity)


def _subscription(
    world: World, old: Subscription, item: stock.Item, part: Part, order_id: str
) -> Subscription:
    now = world.clock.now()
    ends = old.ends
    if part.full_term or part.term != old.term or ends <= now:
        ends = times.midnight(times.add_months(now, times.months(part.term)))
    if part.custom_end is not None:
        ends = times.midnight(part.custom_end) + times.DAY
    named_by_default = old.friendly_name == old.offer_name
    return Subscription(
        id=world.ids.guid("subscription"),
        number=world.number(),
        product_id=item.product_id,
        sku_id=item.sku_id,
        availability_id=availability_id(world, item),
        offer_name=item.title,
        friendly_name=item.title if named_by_default else old.friendly_name,
        quantity=part.quantity,
        term=part.term,
        cycle=part.cycle,
        created_at=now,
        started_at=now,
        ends=ends,
        window_from=now,
        order_id=order_id,
        partner_id=old.partner_id,
        batches=[Batch(part.quantity, now + WINDOW)],
        custom_term_end=part.custom_end,
        migrated_from=old.id,
    )


def _line(order: Order, new: Subscription) -> OrderLine:
    return OrderLine(
        number=len(order.lines),
        offer_id=new.offer_id,
        quantity=new.quantity,
        term=new.term,
        friendly_name=new.friendly_name,
        subscription_id=new.id,
        partner_id=new.partner_id or None,
        custom_term_end=new.custom_term_end,
    )


def plan(
    world: World, customer: Customer, body: Body, known: MigrationPlan | None
) -> MigrationPlan:
    """Save a migration for a day to come, or replace the one that is known."""
    wanted = {name: value for name, value in body.plain().items() if name not in PLAN_FIELDS}
    key = body.need("currentSubscriptionId").lower()
    subscription = customer.subscriptions.get(key)
    if subscription is None:
        raise Fault(404, 20003, "The subscription is not found.")
    _, _, refusals = migrations.judge(world, customer, body, ADDONS, later=True)
    if refusals:
        raise refusals[0].fault
    now = world.clock.now()
    made = known or MigrationPlan(world.ids.guid("migration plan"), key, {}, now, now)
    made.wanted, made.modified_at = wanted, now
    made.target = subscription.ends if body.flag("migrateOnRenewal") else body.moment("targetDate")
    customer.moved.plans[made.id] = made
    assert made.target is not None
    world.clock.at(made.target, migrate_as_planned, customer.id, made.id)
    return made


PLAN_FIELDS = (
    "id",
    "status",
    "createdTime",
    "lastModifiedTime",
    "newCommerceMigrationId",
    "errorCode",
    "errorDescription",
    "customerTenantId",
)


@step
def migrate_as_planned(world: World, now: datetime, tenant: str, key: str) -> None:
    """The day of a schedule has come, unless it was cancelled or moved."""
    customer = world.customers.get(tenant)
    made = customer.moved.plans.get(key) if customer else None
    if customer is None or made is None or made.status != "Created" or made.target != now:
        return
    try:
        made.migration_id = start(world, customer, Body(made.wanted)).id
        made.status = "Completed"
    except Fault as fault:
        made.status, made.error = "Failed", (int(fault.code), fault.description)
    made.modified_at = now
