"""State of purchases: subscriptions, orders, carts. No rules, no wire shapes.

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from pcsync.emulator import times

WINDOW = timedelta(days=7)
FULL_REFUND = timedelta(hours=24)
LEGACY_AZURE = "MS-AZR-0145P"
LEGACY, SOFTWARE, SAAS, SAVINGS = "legacy", "software", "saas", "savings"
"""Kinds of subscriptions beside licences of new commerce and Azure, whose kind is empty."""


@dataclass
class Batch:
    """Seats that may still go back, and until when (commerce.md 5.2)."""

    quantity: int
    until: datetime


@dataclass
class Subscription:
    """One subscription. `live_quantity` is what the directory shows, `quantity` what was bought.

    `ends` is the first moment after the inclusive last day. `phase` tells an Extended Service Term
    from a standard one. `window_from` is the purchase or the completion of the latest renewal.
    `version` makes the etag of a legacy subscription, `parent_id` is the base of a legacy add-on.
    `price` is what a seat costs at each charge in this term (None: by the list of its first day),
    `billed_to` where the latest charge ends (None: nothing of this term is billed yet).
    """

    id: str
    number: int
    product_id: str
    sku_id: str
    availability_id: str
    offer_name: str
    friendly_name: str
    quantity: int
    term: str
    cycle: str
    created_at: datetime
    started_at: datetime
    ends: datetime
    window_from: datetime
    order_id: str
    live_quantity: int = 0
    status: str = "active"
    phase: str = "standard"
    auto_renew: bool = True
    azure: bool = False
    partner_id: str = ""
    promotion_id: str | None = None
    suspension_reasons: list[str] = field(default_factory=list)
    batches: list[Batch] = field(default_factory=list)
    next_term: dict[str, Any] | None = None
    next_charge: dict[str, Any] | None = None
    actions: list[dict[str, Any]] = field(default_factory=list)
    custom_term_end: datetime | None = None
    entitlements: list[str] = field(default_factory=list)
    azure_names: dict[str, str] = field(default_factory=dict)
    renewing: bool = False
    updates: int = 0
    kind: str = ""
    trial: bool = False
    parent_id: str = ""
    version: int = 1
    migrated_from: str | None = None
    suspended_at: datetime | None = None
    migrating: bool = False
    updated_at: datetime | None = None
    activated: bool = True
    license_sku: str = ""
    window: timedelta = WINDOW
    price: Decimal | None = None
    billed_to: datetime | None = None

    @property
    def product(self) -> str:
        """The product and SKU as product:sku."""
        return f"{self.product_id}:{self.sku_id}"

    @property
    def offer_id(self) -> str:
        """The catalogue id as product:sku:availability, or the legacy offer."""
        return self.product_id if self.legacy else f"{self.product}:{self.availability_id}"

    @property
    def legacy(self) -> bool:
        """Whether it is from before new commerce: a licence, or pay-as-you-go Azure."""
        return self.kind == LEGACY or (self.azure and self.product_id == LEGACY_AZURE)

    @property
    def licensed(self) -> bool:
        """Whether it is a licence of new commerce, a trial of one included."""
        return not self.kind and not self.azure

    @property
    def last_day(self) -> datetime:
        """The inclusive last day of the term, at 00:00."""
        return self.ends - times.DAY

    def refundable(self, now: datetime) -> list[Batch]:
        """The batches whose window is open."""
        return [batch for batch in self.batches if batch.until > now and batch.quantity > 0]

    def cancellable_until(self, now: datetime) -> datetime | None:
        """The end of the cancellation window, None once it has passed (commerce.md 5.6, 18)."""
        fixed = self.azure or self.legacy or self.trial or self.kind == SAVINGS
        if fixed or self.status not in ("active", "suspended"):
            return None
        if self.phase == "extended":
            return self.ends - timedelta(seconds=1)
        end = self.window_from + self.window
        return end if end > now else None

    @property
    def provisioned(self) -> bool:
        """Whether the directory shows what was bought."""
        return self.status != "pending" and self.live_quantity == self.quantity


@dataclass
class OrderLine:
    """One line; the subscription id appears when provisioning is done."""

    number: int
    offer_id: str
    quantity: int
    term: str | None
    friendly_name: str | None
    subscription_id: str
    transaction: str = "New"
    price: Decimal = Decimal(0)
    partner_id: str | None = None
    custom_term_end: datetime | None = None
    promotion_id: str | None = None
    kind: str = ""
    renews_to: str | None = None
    attested: bool | None = None
    context: dict[str, str] = field(default_factory=dict)
    partners: list[str] = field(default_factory=list)
    commitment: dict[str, Any] | None = None


@dataclass
class Attachment:
    """A document that was uploaded for an order."""

    id: str
    name: str
    kind: str
    content: bytes


@dataclass
class Order:
    """A purchase, or a renewal that the service ordered itself."""

    id: str
    number: int
    cycle: str
    currency: str
    created_at: datetime
    lines: list[OrderLine]
    status: str = "pending"
    transaction: str = "UserPurchase"
    legacy: bool = False
    version: int = 1
    attachments: list[Attachment] = field(default_factory=list)


@dataclass
class Cart:
    """A cart: lines as sent (wire names), as shown last, and the checkout result once ordered."""

    id: str
    created_at: datetime
    modified_at: datetime
    expires_at: datetime
    lines: list[dict[str, Any]]
    shown: list[dict[str, Any]] = field(default_factory=list)
    result: dict[str, Any] | None = None
