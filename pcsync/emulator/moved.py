"""State of a subscription's ways into another: transitions, migrations. And of what was billed.

No rules, no wire shapes. Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any


@dataclass
class Transition:
    """A change of product, done at `done_at`; `wanted` is the request with its documented names.

    `target_id` is the subscription that has the seats in the end. `failed` tells why it did not
    come about.
    """

    id: str
    source_id: str
    target_id: str
    wanted: dict[str, Any]
    begun_at: datetime
    done_at: datetime
    status: str = "Started"
    moves_licenses: bool = False
    failed: str | None = None
    order_id: str | None = None


@dataclass
class Part:
    """One legacy subscription of a migration, and what it is to become."""

    subscription_id: str
    item: str
    quantity: int
    term: str
    cycle: str
    full_term: bool = False
    custom_end: datetime | None = None
    new_id: str | None = None


@dataclass
class Migration:
    """A legacy subscription on its way to new commerce, its add-ons with it."""

    id: str
    base: Part
    begun_at: datetime
    addons: list[Part] = field(default_factory=list)
    status: str = "Processing"
    done_at: datetime | None = None
    order_id: str | None = None
    reference: str | None = None
    events: list[tuple[str, datetime, str]] = field(default_factory=list)


@dataclass
class MigrationPlan:
    """A migration on a day to come; `wanted` is the request with its documented names."""

    id: str
    subscription_id: str
    wanted: dict[str, Any]
    created_at: datetime
    modified_at: datetime
    target: datetime | None = None
    status: str = "Created"
    migration_id: str | None = None
    error: tuple[int, str] | None = None


@dataclass
class Charge:
    """One line of what a subscription costs: from `start` to before `end`, negative for credits."""

    subscription_id: str
    kind: str
    at: datetime
    start: datetime
    end: datetime
    quantity: int
    price: Decimal
    amount: Decimal
    product: str
    term: str
    cycle: str
    currency: str


@dataclass
class Moved:
    """All of that for one customer."""

    transitions: dict[str, Transition] = field(default_factory=dict)
    migrations: dict[str, Migration] = field(default_factory=dict)
    plans: dict[str, MigrationPlan] = field(default_factory=dict)
    charges: list[Charge] = field(default_factory=list)
