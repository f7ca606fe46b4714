"""Whether a write may leave now, and how a run goes: what a run asks besides its plan.

Owns the words between the engine and who guards it: halts, locks, terms. Must not import a kind or
the terminal.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from pcsync.errors import PcsyncError
from pcsync.model import Stop


class Halted(PcsyncError):
    """No write may leave now: of the whole run where `stop` says why, else of one customer."""

    def __init__(self, what: str, advice: str = "", stop: Stop | None = None) -> None:
        super().__init__(what, advice)
        self.stop = stop


class Locked(PcsyncError):
    """Another run writes to this customer. Nothing of it was begun."""


class Overtaken(PcsyncError):
    """Another run has written to this customer since the plan was made."""


class Held(Protocol):
    """A customer that only this run writes to."""

    def check(self) -> None:
        """Raises Halted where somebody else took the lock over; asked before every write."""
        ...

    def renew(self) -> None:
        """Says that the holder lives, while it waits."""
        ...

    def release(self, wrote: bool) -> None:
        """Lets others write; `wrote` says whether this run sent a write."""
        ...


class Locks(Protocol):
    """One writer a customer."""

    def take(self, customer: str) -> Held:
        """The customer for this run alone. Raises Locked, Overtaken; does not wait."""
        ...


class _Open:
    def check(self) -> None:
        """Nobody else could take it."""

    def renew(self) -> None:
        """Nobody asks."""

    def release(self, wrote: bool) -> None:
        """Nothing was held."""


class Unlocked:
    """No locks: for a run that is alone by its nature, as in tests of one process."""

    def take(self, customer: str) -> Held:
        """Always free."""
        return _Open()


@dataclass(frozen=True, slots=True)
class Terms:
    """How a run goes. `permit` is asked with the customer before every write and raises Halted;
    after `until` nothing more is begun; with `fail_fast` no further customer is begun after a
    failure. A customer that is locked is waited for as long as `lock_timeout`, looked at every
    `lock_every` seconds of the machine: other runs are of this world, also beside an emulator that
    has a clock of its own. Customers in `turns` buy in this order, all others after them."""

    permit: Callable[[str], None] = lambda customer: None
    locks: Locks = field(default_factory=Unlocked)
    lock_timeout: timedelta = timedelta()
    lock_every: float = 0.25
    seconds: Callable[[], float] = time.monotonic
    until: datetime | None = None
    fail_fast: bool = False
    turns: tuple[str, ...] = ()
