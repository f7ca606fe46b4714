"""All state of one emulated Partner Center. One World per server; nothing is global.

Owns look-ups and numbering. Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pcsync.emulator.apps import App, default_apps
from pcsync.emulator.catalogue import Catalogue
from pcsync.emulator.clock import LIVE, Clock
from pcsync.emulator.customer import Customer
from pcsync.emulator.ids import Ids
from pcsync.emulator.requested import Requests
from pcsync.emulator.settings import Settings
from pcsync.emulator.sign_ins import SignIns
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
    catalogue: Catalogue = field(default_factory=Catalogue)
    begun: datetime = DEFAULT_NOW
    sign_ins: SignIns = field(default_factory=SignIns)
    customers: Table[Customer] = field(default_factory=Table)
    audit: Log[AuditRecord] = field(default_factory=Log)
    source: Mapping[str, Any] = field(default_factory=dict, metadata=LIVE, compare=False)
    requests: Requests = field(default_factory=Requests, metadata=LIVE, compare=False)
    rotation: int = 0
    _domains: dict[str, str] = field(default_factory=dict, metadata=LIVE, compare=False)
    _numbers: int = 0

    def __post_init__(self) -> None:
        self.clock.run = lambda entry: entry.happen(self)
        self.restored()

    def restored(self) -> None:
        """Make what no state file holds from what it holds."""
        self.clock.restored()
        self._domains = {name: c.id for c in self.customers.values() for name in c.domains}

    @contextmanager
    def reading(self) -> Iterator[None]:
        """For the time of a with block, customers are only looked at: none has to be saved."""
        with self.customers.reading():
            yield

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

    def claim(self, customer: Customer, domain: str) -> None:
        """Give a domain to a customer."""
        customer.custom_domains.append(domain)
        self._domains[domain.lower()] = customer.id

    def remove(self, customer: Customer) -> None:
        """Forget a customer; its domains are free again."""
        del self.customers[customer.id]
        for name in customer.domains:
            self._domains.pop(name, None)

    def related(self) -> Iterator[Customer]:
        """The customers that this partner is a reseller of."""
        return (row for row in self.customers.values() if row.account.relationship != "none")

    def taken(self, domain: str) -> bool:
        """Whether a tenant has this domain."""
        return domain.lower() in self._domains

    def named(self, word: str) -> Customer | None:
        """A customer by id or domain."""
        return self.customers.get(self._domains.get(word.lower(), word.lower()))
