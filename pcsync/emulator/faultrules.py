"""Faults that a test scripts: what fires on which call, and how often.

What a fired fault does to a call is in strikes.py, reading one from JSON in faultwords.py. Imports
nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Any

from pcsync.emulator.wire import shown

SIGN_IN = ("oauth2", "discovery", "openid-configuration")
"""Parts of the paths of the sign-in service."""
Chance = Callable[[str], float]
"""A number from 0 to 1 that belongs to a text, the same each time."""


@dataclass(frozen=True)
class Hold:
    """Reads go on showing the old state `reads` times or for a time of the clock.

    `paths` are the reads that do; without them, those that belong to the written resource.
    """

    reads: int | None = None
    span: timedelta | None = None
    paths: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """Another writer's API call, made right before the one that the fault fires on."""

    method: str
    path: str | None
    body: Any


@dataclass
class FaultRule:
    """Fires on `times` matching calls from the `nth` one on, or by `probability` on each.

    `status` answers in the service's place, without effect unless `effect` is true. `cut` closes
    the connection `before` the call has an effect, `after` it, or after `half` of the answer.
    `delay` moves the emulator's clock before the call, `real_delay` is waited for. `expire_token`
    refuses the token from now on, `refuse_mfa` answers as to a user without MFA.
    """

    name: str
    path: str = "*"
    method: str = "*"
    nth: int = 1
    times: int | None = None
    probability: float | None = None
    status: int | None = None
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    cut: str | None = None
    effect: bool = False
    delay: timedelta | None = None
    real_delay: float = 0.0
    lag: Hold | None = None
    before: Change | None = None
    expire_token: bool = False
    refuse_mfa: bool = False
    words: dict[str, Any] = field(default_factory=dict)
    seen: int = 0
    fired: int = 0

    def fires(self, method: str, path: str, chance: Chance) -> bool:
        """Count the call if it matches, and say whether the rule fires on it."""
        fits = self.method in ("*", method) and fnmatchcase(path.lower(), self.path.lower())
        if not fits:
            return False
        self.seen += 1
        wanted = self.seen >= self.nth and (self.times is None or self.fired < self.times)
        if wanted and self.probability is not None:
            wanted = chance(f"{self.name} {self.seen}") < self.probability
        self.fired += wanted
        return wanted

    @property
    def of_sign_in(self) -> bool:
        """Whether the rule is about sign-ins: only its path can say so, `*` does not."""
        return any(word in self.path.lower() for word in SIGN_IN)

    @property
    def works(self) -> bool:
        """Whether the call has its effect all the same."""
        if self.cut is not None:
            return self.cut != "before"
        return self.status is None or self.effect

    @property
    def decides(self) -> bool:
        """Whether the fault's answer, or none, goes out in the place of the service's."""
        return self.cut is not None or self.status is not None

    def shown(self) -> dict[str, Any]:
        """The rule as it was given, with its name and how many calls it has seen and fired on."""
        counted = shown(name=self.name, seen=self.seen, fired=self.fired)
        return {"method": self.method, "path": self.path, **self.words, **counted}
