"""State of one customer tenant: its profile, people and licences held. No rules, no wire shapes.

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from pcsync.emulator.account import Account
from pcsync.emulator.contracts import Cart, Order, Subscription
from pcsync.emulator.moved import Moved

PURGED_AFTER = timedelta(days=30)


@dataclass
class User:
    """A person or account of the tenant. `licenses` maps a SKU id to its switched-off plan ids."""

    id: str
    number: int
    upn: str
    display_name: str
    first_name: str | None = None
    last_name: str | None = None
    usage_location: str | None = None
    phone_number: str | None = None
    immutable_id: str | None = None
    last_directory_sync: datetime | None = None
    deleted_at: datetime | None = None
    roles: list[str] = field(default_factory=list)
    licenses: dict[str, frozenset[str]] = field(default_factory=dict)
    inherited: dict[str, frozenset[str]] = field(default_factory=dict)

    @property
    def active(self) -> bool:
        """False from deletion on; for 30 days the account can still be restored."""
        return self.deleted_at is None

    def delete(self, when: datetime, mangled: str) -> None:
        """Soft delete: licences are freed and the UPN is replaced (customers.md 10)."""
        self.deleted_at, self.upn = when, mangled

    def purged(self, now: datetime) -> bool:
        """Whether the 30 days after deletion are over."""
        return self.deleted_at is not None and now >= self.deleted_at + PURGED_AFTER

    def held(self) -> dict[str, frozenset[str]]:
        """All SKUs the user holds, directly or through a group."""
        return {**self.inherited, **self.licenses}


@dataclass
class Customer:
    """A customer of the partner. `number` is its place in lists; `profile` is the billing profile
    with wire names; `other_seats` are seats of a SKU from other channels."""

    id: str
    number: int
    domain: str
    company_name: str
    country: str
    currency: str
    profile: dict[str, Any]
    profile_id: str
    commerce_id: str
    created_at: datetime
    profile_version: int = 1
    custom_domains: list[str] = field(default_factory=list)
    registration_number: str | None = None
    agreement_at: datetime | None = None
    direct_signed: bool = True
    delegation: bool = True
    validation_status: str | None = "Allowed"
    azure: bool = False
    budgets: list[tuple[datetime, Decimal | None]] = field(default_factory=list)
    spend: Decimal = Decimal(0)
    spend_month: tuple[int, int] = (0, 0)
    users: dict[str, User] = field(default_factory=dict)
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    carts: dict[str, Cart] = field(default_factory=dict)
    other_seats: dict[str, int] = field(default_factory=dict)
    account: Account = field(default_factory=Account)
    moved: Moved = field(default_factory=Moved)

    @property
    def domains(self) -> list[str]:
        """All domains of the tenant, the initial one first, in lower case."""
        return [self.domain.lower(), *(name.lower() for name in self.custom_domains)]

    @property
    def budget(self) -> Decimal | None:
        """The Azure spending budget as of now; None if there is none."""
        return self.budgets[-1][1] if self.budgets else None

    def budget_at(self, moment: datetime) -> Decimal | None:
        """The budget as it was at that moment."""
        known = [amount for since, amount in self.budgets if since <= moment]
        return known[-1] if known else None

    def spent(self, now: datetime) -> Decimal:
        """This month's Azure cost; a new month starts at zero."""
        return self.spend if (now.year, now.month) == self.spend_month else Decimal(0)

    def agreed(self, now: datetime) -> bool:
        """Whether the customer has accepted the Microsoft Customer Agreement."""
        return self.agreement_at is not None and self.agreement_at <= now

    def user(self, key: str, now: datetime) -> User | None:
        """The user with that id or UPN, deleted ones by id only, purged ones never."""
        wanted = key.lower()
        found = self.users.get(wanted)
        if found is None:
            named = (u for u in self.users.values() if u.active and u.upn.lower() == wanted)
            found = next(named, None)
        return None if found is None or found.purged(now) else found
