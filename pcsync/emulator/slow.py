"""Slow changes of subscriptions: 202 at once, the effect shows later (conventions.md 10).

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pcsync.emulator.call import Call
from pcsync.emulator.lagging import Lag, touched
from pcsync.emulator.remembered import Sent
from pcsync.emulator.settings import Settings


@dataclass(frozen=True)
class Slow:
    """The answer to a change that takes its time, and what reads do not show until then."""

    sent: Sent
    lag: Lag


def slowed(settings: Settings, call: Call, now: datetime) -> Slow | None:
    """How a PATCH of a subscription is answered where the world makes it slow; else None."""
    path = call.path.rstrip("/")
    found = call.parts.get("subscription", "")
    if not settings.slow_patch or call.method != "PATCH" or not found or not path.endswith(found):
        return None
    place = f"/customers/{call.parts['customer']}/subscriptions/{found}"
    until = now + settings.slow_patch
    lag = Lag(touched(path), {}, until, slow=path.lower())
    return Slow(Sent(202, b"", {"Location": place}), lag)
