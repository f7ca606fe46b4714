"""How this Partner Center behaves: lags, page size, dated contract. Owns the `settings` of a world.

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

NONE = timedelta(0)
CONTRACTS = ("2026-05", "2023-10")


@dataclass
class Settings:
    """Defaults are a service without delays under the newest contract.

    `agreement_after` is when a customer that the API created has accepted the agreement (None:
    never). `provisioning` is the time until a purchase or seat change shows, `orders_lag` the
    delay of the order list, `renewal_time` how long a renewal stays queued, `usage_lag` and
    `audit_lag` how late budgets in usage records and audit records are.
    """

    agreement_after: timedelta | None = NONE
    provisioning: timedelta = NONE
    orders_lag: timedelta = NONE
    renewal_time: timedelta = NONE
    usage_lag: timedelta = NONE
    audit_lag: timedelta = NONE
    token_lifetime: timedelta = timedelta(hours=1)
    page_size: int = 500
    contract: str = "2026-05"
    clock_speed: float = 0.0
    link_prefix: str = ""
    restore_keeps_licenses: bool = False
    price_changes: dict[str, Decimal] = field(default_factory=dict)

    @property
    def extended_terms(self) -> bool:
        """Whether Extended Service Terms and scheduledActions exist (commerce.md 5.10)."""
        return self.contract == "2026-05"
