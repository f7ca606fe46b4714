"""What migrations and their schedules look like on the wire (commerce.md 10).

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from typing import Any

from pcsync.emulator import stock, wire
from pcsync.emulator.availabilities import availability_id
from pcsync.emulator.customer import Customer
from pcsync.emulator.migrations import Refusal
from pcsync.emulator.moved import Migration, MigrationPlan, Part
from pcsync.emulator.world import World


def verdict(
    world: World, base: Part, addons: list[Part], refusals: list[Refusal]
) -> dict[str, Any]:
    """Whether a bundle can move."""
    return {
        **_judged(world, base, refusals),
        "addOnMigrations": [_judged(world, part, refusals) for part in addons],
    }


def _judged(world: World, part: Part, refusals: list[Refusal]) -> dict[str, Any]:
    mine = [row for row in refusals if row.subscription_id == part.subscription_id]
    return wire.shown(
        currentSubscriptionId=part.subscription_id,
        isEligible=not mine,
        catalogItemId=_catalog_item(world, part),
        termDuration=part.term or None,
        billingCycle=part.cycle or None,
        customTermEndDate=part.custom_end,
        errors=[{"code": row.code, "description": row.fault.description} for row in mine],
    )


def _catalog_item(world: World, part: Part) -> str | None:
    item = stock.items().get(part.item)
    return f"{item.key}:{availability_id(world, item)}" if item else None


def migration(world: World, customer: Customer, row: Migration) -> dict[str, Any]:
    """A Migration with those of its add-ons."""
    return {
        **_part(world, customer, row, row.base),
        "addOnMigrations": [_part(world, customer, row, part) for part in row.addons],
    }


def _part(world: World, customer: Customer, row: Migration, part: Part) -> dict[str, Any]:
    found = customer.subscriptions.get(part.new_id or part.subscription_id)
    return wire.shown(
        id=row.id,
        startedTime=row.begun_at,
        completedTime=row.done_at,
        currentSubscriptionId=part.subscription_id,
        status=row.status,
        customerTenantId=customer.id,
        catalogItemId=_catalog_item(world, part),
        newCommerceSubscriptionId=part.new_id,
        newCommerceOrderId=row.order_id,
        subscriptionEndDate=found.last_day if found else None,
        customTermEndDate=part.custom_end,
        quantity=part.quantity,
        termDuration=part.term,
        billingCycle=part.cycle,
        purchaseFullTerm=part.full_term,
        externalReferenceId=row.reference,
    )


def events(customer: Customer, row: Migration) -> list[dict[str, Any]]:
    """What happened in a migration, in order of time."""
    return [
        {
            "id": key,
            "newCommerceMigrationId": row.id,
            "currentSubscriptionId": row.base.subscription_id,
            "customerTenantId": customer.id,
            "createdTime": moment,
            "eventName": name,
        }
        for key, moment, name in row.events
    ]


def plan(customer: Customer, row: MigrationPlan) -> dict[str, Any]:
    """A schedule: the request with what became of it."""
    code, text = row.error or (None, None)
    return wire.shown(
        **row.wanted,
        id=row.id,
        customerTenantId=customer.id,
        status=row.status,
        createdTime=row.created_at,
        lastModifiedTime=row.modified_at,
        newCommerceMigrationId=row.migration_id,
        errorCode=code,
        errorDescription=text,
    )
