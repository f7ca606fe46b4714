"""What the scripted faults that fired do to one call.

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from pcsync.emulator import wire
from pcsync.emulator.exchange import Outgoing
from pcsync.emulator.faultrules import Change, FaultRule, Hold
from pcsync.emulator.lagging import Lag, touched


@dataclass(frozen=True)
class Strike:
    """The faults of one call. All of them act; the first that decides makes the answer."""

    rules: tuple[FaultRule, ...] = ()

    @property
    def names(self) -> list[str]:
        """What the log of calls tells of it."""
        return [rule.name for rule in self.rules]

    @property
    def changes(self) -> list[Change]:
        """What another writer does first."""
        return [rule.before for rule in self.rules if rule.before]

    @property
    def delay(self) -> timedelta:
        """How long the call takes by the emulator's clock."""
        return sum((rule.delay for rule in self.rules if rule.delay), timedelta(0))

    @property
    def expires_token(self) -> bool:
        """Whether the token of the call is refused from now on."""
        return any(rule.expire_token for rule in self.rules)

    @property
    def refuses_mfa(self) -> bool:
        """Whether a user is answered as if without MFA."""
        return any(rule.refuse_mfa for rule in self.rules)

    @property
    def works(self) -> bool:
        """Whether the call has its effect."""
        return self._decider is None or self._decider.works

    @property
    def _decider(self) -> FaultRule | None:
        return next((rule for rule in self.rules if rule.decides), None)

    @property
    def cut(self) -> str | None:
        """When the connection is cut: before, after, half."""
        return self._decider.cut if self._decider else None

    def outgoing(self, answered: Outgoing) -> Outgoing:
        """What goes back in the end; `answered` is what the service said, if it was asked."""
        rule = self._decider
        sent = answered
        if rule is not None and rule.status is not None and rule.cut is None:
            sent = Outgoing(rule.status, _body(rule), dict(rule.headers))
        sent.cut = self.cut is not None
        sent.half = self.cut == "half"
        sent.wait = sum(rule.real_delay for rule in self.rules)
        return sent

    def lags(self, path: str, now: datetime) -> Iterable[Lag]:
        """The reads that do not show this call's effect yet."""
        holds: list[Hold] = [rule.lag for rule in self.rules if rule.lag]
        for hold in holds:
            until = now + hold.span if hold.span else None
            yield Lag(hold.paths or touched(path), {}, until, hold.reads)


NONE = Strike()


def _body(rule: FaultRule) -> bytes:
    if rule.body is None:
        return b""
    return rule.body.encode() if isinstance(rule.body, str) else wire.encode(rule.body)
