"""Faults that a test injects: refusals, broken connections, answers that get lost.

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from pcsync.emulator.faults import invalid

WORDS = {"method", "path", "nth", "times", "status", "body", "headers", "cut", "effect"}


@dataclass
class FaultRule:
    """Fires on the `nth` matching call, or on the first `times` of them.

    `status` answers in the service's place, without effect unless `effect` is true. `cut` closes
    the connection `before` the call has an effect or `after` it.
    """

    path: str = "*"
    method: str = "*"
    nth: int | None = None
    times: int = 1
    status: int | None = None
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    cut: str | None = None
    effect: bool = False
    seen: int = 0

    def fires(self, method: str, path: str) -> bool:
        """Count the call if it matches, and say whether the rule fires on it."""
        fits = self.method in ("*", method) and fnmatchcase(path.lower(), self.path.lower())
        if not fits:
            return False
        self.seen += 1
        return self.seen == self.nth if self.nth else self.seen <= self.times

    @property
    def works(self) -> bool:
        """Whether the call has its effect all the same."""
        return self.cut == "after" or (self.cut is None and self.effect)

    def shown(self) -> dict[str, Any]:
        """The rule as JSON, with how many matching calls it has seen."""
        return {name: value for name, value in vars(self).items() if value is not None}


def parse(members: Mapping[str, Any]) -> FaultRule:
    """A rule from JSON. 400 on unknown words or a rule that would do nothing."""
    unknown = sorted(set(members) - WORDS)
    if unknown:
        raise invalid(f"Unknown words in the fault: {', '.join(unknown)}.")
    wrong = [word for word in ("nth", "times", "status") if not _counts(members.get(word, 1))]
    if wrong:
        raise invalid(f"{wrong[0]} must be a whole number above zero.")
    rule = FaultRule(**members)
    rule.method = rule.method.upper()
    if rule.cut not in (None, "before", "after"):
        raise invalid("cut is 'before' or 'after'.")
    if rule.cut is None and not isinstance(rule.status, int):
        raise invalid("A fault needs a status or a cut.")
    return rule


def _counts(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0
