"""Migrations of legacy subscriptions to new commerce, now and on a day to come (commerce.md 10).

Pages: validate-subscription-for-migration.md, create-migration.md, get-new-commerce-migration.md,
query-migrated-subscriptions.md, get-migration-events.md, and for schedules
schedule-a-new-commerce-migration.md, get-a-new-commerce-migration-schedule.md,
update-a-new-commerce-migration-schedule.md, cancel-a-new-commerce-migration-schedule.md.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from pcsync.emulator import migrating, migration_shapes, migrations
from pcsync.emulator.call import Answer, Call, created, ok
from pcsync.emulator.customer import Customer
from pcsync.emulator.faults import Fault, invalid
from pcsync.emulator.moved import Migration, MigrationPlan
from pcsync.emulator.routing import Routes
from pcsync.emulator.wire import Body

routes = Routes()

OF_CUSTOMER = "/v1/customers/{customer}/migrations/newcommerce"
ALL = "/v1/migrations/newcommerce"
PLANS = OF_CUSTOMER + "/schedules"
ONE_PLAN = PLANS + "/{schedule}"
QUERY = ("customerTenantId", "currentSubscriptionId", "externalReferenceId")
Row = TypeVar("Row")


@routes(
    "POST",
    OF_CUSTOMER + "/validate",
    page="validate-subscription-for-migration.md",
    stores=False,
)
def validate(call: Call) -> Answer:
    """Whether a subscription can move, with what speaks against it."""
    customer, body = call.customer(), call.body()
    base, addons, refusals = migrations.judge(call.world, customer, body, migrating.ADDONS)
    return ok(migration_shapes.verdict(call.world, base, addons, refusals))


@routes(
    "POST",
    OF_CUSTOMER,
    page="create-migration.md",
    audit=("create_migration", "subscription"),
)
def create(call: Call) -> Answer:
    """Begin a migration."""
    customer = call.customer()
    made = migrating.start(call.world, customer, call.body())
    answer = migration_shapes.migration(call.world, customer, made)
    details = {"SubscriptionId": made.base.subscription_id}
    call.note("create_migration", "subscription", customer, answer, **details)
    return created(answer)


@routes("GET", OF_CUSTOMER + "/{migration}", page="get-new-commerce-migration.md")
def get(call: Call) -> Answer:
    """One migration. 400/900224 if it is unknown."""
    customer = call.customer()
    found = customer.moved.migrations.get(call.parts["migration"].lower())
    if found is None:
        raise Fault(400, 900224, "The migration is not found.")
    return ok(migration_shapes.migration(call.world, customer, found))


@routes("GET", ALL, page="query-migrated-subscriptions.md", query=QUERY)
def query(call: Call) -> Answer:
    """Migrations over all customers: a bare array."""

    def names(row: Migration) -> tuple[str, str | None]:
        return row.base.subscription_id, row.reference

    found = _found(call, lambda customer: [*customer.moved.migrations.values()], names)
    return ok([migration_shapes.migration(call.world, owner, row) for owner, row in found])


def _found(
    call: Call,
    rows: Callable[[Customer], list[Row]],
    names: Callable[[Row], tuple[str, str | None]],
) -> list[tuple[Customer, Row]]:
    """The rows that the query asks for; one of its words has to be there."""
    tenant, subscription, reference = (call.query(name) for name in QUERY)
    if not (tenant or subscription or reference):
        raise invalid(f"One of {', '.join(QUERY)} is required.")
    return [
        (customer, row)
        for customer in call.world.related()
        if tenant is None or customer.id == tenant.lower()
        for row in rows(customer)
        if subscription is None or names(row)[0] == subscription.lower()
        if reference is None or names(row)[1] == reference
    ]


@routes(
    "GET",
    OF_CUSTOMER + "/events",
    page="get-migration-events.md",
    query=("migration_id", "current_subscription_id"),
)
def events(call: Call) -> Answer:
    """What happened in the migrations of a customer: a bare array."""
    customer = call.customer()
    wanted, subscription = call.query("migration_id"), call.query("current_subscription_id")
    if not (wanted or subscription):
        raise invalid("migration_id or current_subscription_id is required.")
    rows = [
        row
        for row in customer.moved.migrations.values()
        if wanted is None or row.id == wanted.lower()
        if subscription is None or row.base.subscription_id == subscription.lower()
    ]
    return ok([line for row in rows for line in migration_shapes.events(customer, row)])


def _plan(call: Call, customer: Customer) -> MigrationPlan:
    found = customer.moved.plans.get(call.parts["schedule"].lower())
    if found is None:
        raise Fault(404, 1000, "The migration schedule is not found.")
    return found


def _answer(call: Call, customer: Customer, plan: MigrationPlan) -> dict[str, Any]:
    answer = migration_shapes.plan(customer, plan)
    details = {"SubscriptionId": plan.subscription_id}
    call.note("schedule_migration", "subscription", customer, answer, **details)
    return answer


def _check_day(body: Body) -> None:
    """Either a day or the renewal: 400/3000 for none or both."""
    if (body.moment("targetDate") is None) is not bool(body.flag("migrateOnRenewal")):
        raise invalid("Either targetDate or migrateOnRenewal is required.")


@routes(
    "POST",
    PLANS,
    page="schedule-a-new-commerce-migration.md",
    audit=("schedule_migration", "subscription"),
)
def schedule(call: Call) -> Answer:
    """Put a migration on a day to come, or on the renewal."""
    customer, body = call.customer(), call.body()
    _check_day(body)
    made = migrating.plan(call.world, customer, body, None)
    return created(_answer(call, customer, made))


@routes("GET", ONE_PLAN, page="get-a-new-commerce-migration-schedule.md")
def get_schedule(call: Call) -> Answer:
    """One schedule."""
    customer = call.customer()
    return ok(migration_shapes.plan(customer, _plan(call, customer)))


@routes(
    "GET",
    ALL + "/schedules",
    page="get-a-new-commerce-migration-schedule.md",
    query=QUERY,
)
def query_schedules(call: Call) -> Answer:
    """Schedules over all customers: a bare array."""

    def names(row: MigrationPlan) -> tuple[str, str | None]:
        return row.subscription_id, Body(row.wanted).text("externalReferenceId")

    found = _found(call, lambda customer: [*customer.moved.plans.values()], names)
    return ok([migration_shapes.plan(owner, row) for owner, row in found])


@routes(
    "PUT",
    ONE_PLAN,
    page="update-a-new-commerce-migration-schedule.md",
    audit=("schedule_migration", "subscription"),
)
def replace_schedule(call: Call) -> Answer:
    """Another day, term, cycle or quantity; the subscription stays."""
    customer, body = call.customer(), call.body()
    plan = _open(call, customer)
    _check_day(body)
    if body.need("currentSubscriptionId").lower() != plan.subscription_id:
        raise Fault(400, 800002, "currentSubscriptionId cannot be changed.")
    made = migrating.plan(call.world, customer, body, plan)
    return ok(_answer(call, customer, made))


def _open(call: Call, customer: Customer) -> MigrationPlan:
    plan = _plan(call, customer)
    if plan.status != "Created":
        raise Fault(400, 800002, f"The schedule is {plan.status}.")
    return plan


@routes(
    "POST",
    ONE_PLAN + "/cancel",
    page="cancel-a-new-commerce-migration-schedule.md",
    audit=("schedule_migration", "subscription"),
)
def cancel(call: Call) -> Answer:
    """Take a schedule back."""
    customer = call.customer()
    plan = _open(call, customer)
    plan.status, plan.modified_at = "Cancelled", call.world.clock.now()
    return ok(_answer(call, customer, plan))
