"""State of a customer account beside profile, people and purchases.

No rules, no wire shapes. Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

OPEN_TRANSFER = timedelta(days=30)
SELF_SERVE = ("AzureReservedInstances", "AzureSavingsPlan")
"""What a customer can be allowed to buy itself."""


@dataclass
class Agreement:
    """An acceptance that the partner has confirmed (customers.md 6)."""

    template_id: str
    kind: str
    agreed_at: datetime
    first_name: str
    last_name: str
    email: str
    phone: str | None = None


@dataclass
class Qualification:
    """One qualification; in review until `decided_at`, then `outcome` (None: never vetted)."""

    kind: str
    created_at: datetime
    decided_at: datetime
    outcome: str | None = "Approved"
    reason: str | None = None

    def status(self, now: datetime) -> str | None:
        """The vetting status as of now."""
        if self.outcome is None:
            return None
        return self.outcome if self.decided_at <= now else "InReview"


@dataclass
class Vetting:
    """How the next qualifications of a customer will be decided."""

    outcome: str = "Approved"
    reason: str | None = None


@dataclass
class SelfServePolicy:
    """What the customer may buy itself: pairs of resource and action; `version` makes the etag."""

    permissions: list[tuple[str, str]]
    version: int = 1


@dataclass
class Consent:
    """An application that acts in the tenant, with pairs of enterprise application and scope."""

    application_id: str
    grants: list[tuple[str, str]]


@dataclass
class Entitlement:
    """Perpetual software or a reservation that the customer owns (customers.md 8)."""

    product_id: str
    sku_id: str
    quantity: int
    kind: str
    order_id: str
    line_item: str = "0"
    resource_id: str = ""
    expires: datetime | None = None
    state: str | None = None
    cancelled: bool = False


@dataclass
class Usage:
    """This month's use of one meter of one Azure resource."""

    resource: str
    group: str
    kind: str
    meter: str
    category: str
    subcategory: str
    unit: str
    quantity: Decimal
    cost: Decimal


@dataclass
class TransferLine:
    """One subscription that moves; `product` is product:sku, or a legacy offer."""

    number: int
    subscription_id: str
    product: str
    quantity: int
    cycle: str
    term: str
    name: str
    partner_id: str | None = None
    status: str | None = None
    error: str | None = None


@dataclass
class Transfer:
    """A request to move subscriptions of a customer from one partner to another.

    The source makes it and the target accepts, or, `by_target`, the other way round.
    """

    id: str
    number: int
    created_at: datetime
    modified_at: datetime
    modified_by: str
    source_id: str
    target_id: str
    source_name: str | None = None
    target_name: str | None = None
    customer_name: str | None = None
    status: str = "Active"
    lines: list[TransferLine] = field(default_factory=list)
    by_target: bool = False
    product_types: list[str] = field(default_factory=list)

    def state(self, now: datetime) -> str:
        """The status; a request that nobody answers ends after 30 days."""
        late = self.status == "Active" and now >= self.created_at + OPEN_TRANSFER
        return "Expired" if late else self.status

    @property
    def creator(self) -> str:
        """The partner who asked."""
        return self.target_id if self.by_target else self.source_id

    @property
    def acceptor(self) -> str:
        """The partner who accepts or rejects."""
        return self.source_id if self.by_target else self.target_id


@dataclass
class Upgrade:
    """The move of legacy Azure subscriptions to an Azure plan, done at `done_at`."""

    id: str
    created_at: datetime
    done_at: datetime
    sources: list[str]
    target: str | None = None


@dataclass
class Overage:
    """Pay-as-you-go calling: charged to an Azure subscription (commerce.md 7.9)."""

    entitlement_id: str
    enabled: bool
    partner_id: str = ""


@dataclass
class SupportContact:
    """Who supports a legacy subscription (commerce.md 4.4)."""

    tenant_id: str
    mpn_id: str
    name: str


@dataclass
class Account:
    """Everything of a customer that is neither profile nor people nor purchases.

    `registered` is from when on Azure plans are registered for reservations, `support` the contact
    of a subscription, `inactive` from when on Azure subscriptions are cancelled.

    `dap` is delegated admin privileges (None: as the contract has it); `relationship` is reseller
    or none; `reseller` the tenant of the indirect reseller.
    """

    relationship: str = "reseller"
    dap: bool | None = None
    reseller: str | None = None
    agreements: list[Agreement] = field(default_factory=list)
    qualifications: list[Qualification] = field(default_factory=list)
    vetting: Vetting = field(default_factory=Vetting)
    policy: SelfServePolicy | None = None
    consents: dict[str, Consent] = field(default_factory=dict)
    entitlements: list[Entitlement] = field(default_factory=list)
    usage: list[Usage] = field(default_factory=list)
    transfers: dict[str, Transfer] = field(default_factory=dict)
    upgrades: list[Upgrade] = field(default_factory=list)
    registered: dict[str, datetime] = field(default_factory=dict)
    overage: Overage | None = None
    support: dict[str, SupportContact] = field(default_factory=dict)
    inactive: dict[str, datetime] = field(default_factory=dict)
