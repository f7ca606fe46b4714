"""How this Partner Center behaves: lags, page size, dated contract. Owns the `settings` of a world.

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from pcsync.emulator.limits import OFF, Limit

NONE = timedelta(0)
CONTRACTS = ("2026-05", "2023-10")
EXCLUSIVE_PLANS = (
    ("EXCHANGE_S_STANDARD", "EXCHANGE_S_ENTERPRISE"),
    ("SHAREPOINTSTANDARD", "SHAREPOINTENTERPRISE"),
)


@dataclass(frozen=True)
class PriceRow:
    """One row of a price sheet: an empty market, currency, term or cycle stands for any."""

    product: str
    unit_price: Decimal
    term: str = ""
    cycle: str = ""
    market: str = ""
    currency: str = ""
    segment: str = "commercial"
    starts: datetime | None = None
    ends: datetime | None = None

    def fits(self, product: str, term: str, cycle: str, market: str, currency: str) -> bool:
        """Whether it is for such a purchase."""
        pairs = ((self.term, term), (self.cycle, cycle), (self.market, market))
        same = all(own in ("", asked) for own, asked in (*pairs, (self.currency, currency)))
        return self.product == product and same

    def holds(self, when: datetime) -> bool:
        """Whether its dates hold at the moment; `ends` is the first moment after."""
        after = self.starts is None or self.starts <= when
        return after and (self.ends is None or when < self.ends)


@dataclass
class Purchases:
    """How checkouts go: products (product:sku) that are refused, the partner's credit (`good`,
    `limit` or `blocked`), whether the risk check refuses, and whether a repeated checkout gets the
    first `result` again or an `error`."""

    refused: list[str] = field(default_factory=list)
    credit: str = "good"
    risk: bool = False
    repeat: str = "result"


@dataclass
class Settings:
    """Defaults are a service without delays under the newest contract.

    `agreement_after` is when a customer that the API created has accepted the agreement (None:
    never). `provisioning` is the time until a purchase or seat change shows, `orders_lag` the
    delay of the order list, `renewal_time` how long a renewal stays queued, `usage_lag` and
    `audit_lag` how late budgets in usage records and audit records are. `qualification_review` is
    how long vetting takes, `upgrade_time` how long a move to an Azure plan runs, `registration` how
    long one for reservations, `po_review` how long a purchase order document is looked at. Licences
    whose plans are a pair of `exclusive_plans`, or need a plan of `required_plans` that is off, are
    given with a warning.

    `transition_time` and `migration_time` are how long those run, `update_lock` how long a changed
    subscription takes no further change. `price_rows` stand before the catalogue's prices.

    `limits` are the calls let through. `slow_patch` is the time until a PATCH of a subscription,
    answered with 202, shows. `mfa_answer` is where the header ValidateMfa is answered: header, body
    or both. Refresh tokens last `refresh_lifetime` (None: for ever); `refresh_rotates` gives a new
    one each time, and without `refresh_reuse` the old one is used up. Client assertions are dated
    by the machine's clock, as msal does, or by the emulator's (`assertion_clock`); without
    `assertion_replay` each is taken once.
    """

    agreement_after: timedelta | None = NONE
    provisioning: timedelta = NONE
    orders_lag: timedelta = NONE
    renewal_time: timedelta = NONE
    usage_lag: timedelta = NONE
    audit_lag: timedelta = NONE
    token_lifetime: timedelta = timedelta(hours=1)
    refresh_lifetime: timedelta | None = None
    refresh_rotates: bool = True
    refresh_reuse: bool = True
    assertion_clock: str = "machine"
    assertion_replay: bool = True
    limits: tuple[Limit, ...] = OFF
    slow_patch: timedelta = NONE
    mfa_answer: str = "header"
    page_size: int = 500
    contract: str = "2026-05"
    clock_speed: float = 0.0
    link_prefix: str = ""
    restore_keeps_licenses: bool = False
    qualification_review: timedelta = timedelta(days=2)
    upgrade_time: timedelta = NONE
    registration: timedelta = NONE
    po_review: timedelta = timedelta(hours=1)
    purchases: Purchases = field(default_factory=Purchases)
    exclusive_plans: list[tuple[str, str]] = field(default_factory=lambda: list(EXCLUSIVE_PLANS))
    required_plans: dict[str, str] = field(default_factory=dict)
    price_changes: dict[str, Decimal] = field(default_factory=dict)
    price_rows: list[PriceRow] = field(default_factory=list)
    transition_time: timedelta = NONE
    migration_time: timedelta = NONE
    update_lock: timedelta = NONE
    one_change_per_patch: bool = False

    @property
    def extended_terms(self) -> bool:
        """Whether Extended Service Terms and scheduledActions exist (commerce.md 5.10)."""
        return self.contract == "2026-05"
