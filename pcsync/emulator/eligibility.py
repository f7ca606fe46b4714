"""Who enters an Extended Service Term (the table of commerce.md 5.10).

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from datetime import UTC, datetime

from pcsync.emulator.contracts import Subscription
from pcsync.emulator.settings import Settings

BOUGHT_FROM = datetime(2025, 4, 1, tzinfo=UTC)
ENDING_FROM = datetime(2026, 5, 4, tzinfo=UTC)


def eligible(settings: Settings, subscription: Subscription) -> bool:
    """Bought or renewed on or after 1 Apr 2025, last day on or after 4 May 2026, a licence."""
    return (
        settings.extended_terms
        and subscription.licensed
        and not subscription.trial
        and subscription.started_at >= BOUGHT_FROM
        and subscription.last_day >= ENDING_FROM
    )


def action(subscription: Subscription, kind: str) -> bool:
    """Whether an action of that type is scheduled for the end of the term."""
    return any(
        row.get("scheduleType") == "TermEnd" and row.get("actionType") == kind
        for row in subscription.actions
    )
