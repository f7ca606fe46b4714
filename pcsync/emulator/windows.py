"""How long a purchase can be cancelled (commerce.md 5.6, 19).

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from datetime import timedelta

from pcsync.emulator.contracts import SAAS, WINDOW, Subscription
from pcsync.emulator.settings import Settings

SAAS_MONTH, SAAS_YEAR, SAAS_NOW = timedelta(hours=24), timedelta(days=14), timedelta(hours=72)


def window(settings: Settings, subscription: Subscription) -> timedelta:
    """Seven days; SaaS has 72 hours, before 2025 24 hours or 14 days by its term."""
    if subscription.kind != SAAS:
        return WINDOW
    if settings.contract == "2026-05":
        return SAAS_NOW
    return SAAS_MONTH if subscription.term == "P1M" else SAAS_YEAR
