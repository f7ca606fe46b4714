"""All state of one emulated Partner Center. One World per server; nothing is global.

Owns look-ups and numbering. Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pcsync.emulator.clock import LIVE, Clock
from pcsync.emulator.customer import Customer
from pcsync.emulator.ids import Ids
from pcsync.emulator.settings import Settings
from pcsync.emulator.tables import Log, Table

DEFAULT_NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
DEFAULT_TENANT = "2f1c6f0e-5a3b-4d0c-9a57-0f6f6a1f4b11"
DEFAULT_NAME = "northwind-cloud"


@dataclass(frozen=True)
class Reseller:
    """An indirect reseller of the partner, who then is an indirect provider."""

    id: str
    name: str
    mpn_id: str = ""
    location: str = "US"
    agreement: bool = True


@dataclass(frozen=True)
class ValidationCode:
    """A code that lets the partner register government customers (customers.md 5)."""

    id: int
    organization: str
    most: int | None = None
    remaining: int | None = None


@dataclass(frozen=True)
class PortalUser:
    """A partner user who went to the portal without multi-factor authentication."""

    id: str
    upn: str
    seen_at: datetime


@dataclass(frozen=True)
class Partner:
    """The partner whose tenant signs in. `sandbox` is an integration account, `registrar` may
    sell domains."""

    tenant_id: str = DEFAULT_TENANT
    name: str = DEFAULT_NAME
    sandbox: bool = False
    registrar: bool = False
    resellers: tuple[Reseller, ...] = ()
    codes: tuple[ValidationCode, ...] = ()
    without_mfa: tuple[PortalUser, ...] = ()

    def reseller(self, tenant: str) -> Reseller | None:
        """One of its indirect resellers."""
        return next((row for row in self.resellers if row.id == tenant.lower()), None)


@dataclass(frozen=True)
class SignedInUser:
    """A partner user who consented once: the refresh token stands for that consent."""

    refresh_token: str
    upn: str
    mfa: bool = True
    roles: tuple[str, ...] = ("AdminAgents",)
    revoked: bool = False


@dataclass(frozen=True)
class App:
    """An app registration of the partner."""

    id: str = "pcsync"
    secret: str = "emulator"
    app_only: bool = True
    users: tuple[SignedInUser, ...] = ()


def default_apps(partner_name: str) -> dict[str, App]:
    """The app that a world has when it names none, with one consented administrator."""
    user = SignedInUser("emulator-user", f"admin@{partner_name}.onmicrosoft.com")
    return {"pcsync": App(users=(user,))}


@dataclass(frozen=True)
class AuditRecord:
    """One entry of the activity log with its wire body; visible from `visible_at` on."""

    number: int
    at: datetime
    visible_at: datetime
    customer_id: str | None
    customer_name: str
    resource_type: str
    body: dict[str, Any]


@dataclass
class World:
    """The state; `source` is the seed that it was built from, so that it can be built again.

    A state file has one row for each entry of a Table or Log, and one for all other fields.
    """

    clock: Clock = field(default_factory=lambda: Clock(DEFAULT_NOW))
    ids: Ids = field(default_factory=lambda: Ids(1))
    partner: Partner = Partner()
    apps: dict[str, App] = field(default_factory=lambda: default_apps(DEFAULT_NAME))
    settings: Settings = field(default_factory=Settings)
    customers: Table[Customer] = field(default_factory=Table)
    audit: Log[AuditRecord] = field(default_factory=Log)
    source: Mapping[str, Any] = field(default_factory=dict, metadata=LIVE, compare=False)
    rotation: int = 0
    _domains: dict[str, str] = field(default_factory=dict, metadata=LIVE, compare=False)
    _numbers: int = 0

    def __post_init__(self) -> None:
        self.clock.run = lambda entry: entry.happen(self)
        for customer in self.customers.values():
            self._domains.update(dict.fromkeys(customer.domains, customer.id))

    def number(self) -> int:
        """The next place in lists: increasing, never used twice."""
        self._numbers += 1
        return self._numbers

    def add(self, customer: Customer) -> None:
        """Take in a customer. ValueError if its id or a domain is taken."""
        if customer.id in self.customers:
            raise ValueError(f"customer id {customer.id} is used twice")
        for name in customer.domains:
            if name in self._domains:
                raise ValueError(f"domain {name} is used twice")
        self.customers[customer.id] = customer
        self._domains.update(dict.fromkeys(customer.domains, customer.id))

    def taken(self, domain: str) -> bool:
        """Whether a tenant has this domain."""
        return domain.lower() in self._domains

    def named(self, word: str) -> Customer | None:
        """A customer by id or domain."""
        return self.customers.get(self._domains.get(word.lower(), word.lower()))

    def sign_in_of(self, token: str) -> Iterator[tuple[App, SignedInUser]]:
        """The app and user that a refresh token, first or rotated, stands for."""
        for app in self.apps.values():
            for user in app.users:
                if token == user.refresh_token or token.startswith(user.refresh_token + "."):
                    yield app, user
