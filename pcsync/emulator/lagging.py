"""Reads that show the old state for a while after a write: lags and slow changes.

The state as it was is kept beside the new one, customer by customer. Imports nothing of pcsync
outside the emulator.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase

from pcsync.emulator.customer import Customer
from pcsync.emulator.faults import Fault
from pcsync.emulator.tables import Table
from pcsync.emulator.world import World

BOUGHT = ("carts", "orders", "subscriptions", "subscribedskus")
TOUCHES = {
    "carts": BOUGHT,
    "orders": BOUGHT,
    "subscriptions": BOUGHT,
    "users": ("users", "directoryroles", "subscribedskus"),
    "directoryroles": ("users", "directoryroles"),
}
"""Which areas of a customer show a write into one of them."""


@dataclass
class Lag:
    """Reads at or below `paths` show `before` (None: there was no such customer), until a moment
    of the clock or for a number of reads. `slow` is the path of a change that is still under way.
    """

    paths: tuple[str, ...]
    before: dict[str, Customer | None]
    until: datetime | None = None
    reads: int | None = None
    slow: str | None = None

    def over(self, now: datetime) -> bool:
        """Whether reads show the new state again."""
        timed = self.until is not None and now >= self.until
        return timed or (self.reads is not None and self.reads <= 0)

    def fits(self, path: str) -> bool:
        """Whether a read of the path is held back."""
        return any(fnmatchcase(path, p) or fnmatchcase(path, f"{p}/*") for p in self.paths)


@dataclass
class Snapshot:
    """A customer as it is before a write, and which customers there are."""

    known: frozenset[str]
    kept: dict[str, Customer | None] = field(default_factory=dict)


def snapshot(world: World, customer: str | None) -> Snapshot:
    """The state to go on showing; `customer` is the one in the path of the write."""
    found = world.customers.get((customer or "").lower())
    kept: dict[str, Customer | None] = {found.id: copy.deepcopy(found)} if found else {}
    return Snapshot(frozenset(world.customers), kept)


def touched(path: str) -> tuple[str, ...]:
    """The reads that show a write to this path: its area of the customer, or the resource."""
    parts = _clean(path).split("/")
    if parts[1:3] != ["v1", "customers"] or len(parts) < 5:
        return (_clean(path),)
    root = "/".join(parts[:4])
    return tuple(f"{root}/{area}" for area in TOUCHES.get(parts[4], (parts[4],)))


class Lags:
    """What reads do not show yet; a restart of the emulator ends it."""

    def __init__(self) -> None:
        self._held: list[Lag] = []

    def hold(self, world: World, taken: Snapshot, lag: Lag) -> None:
        """Go on showing the state of the snapshot, without the customers that came since."""
        created = {tenant: None for tenant in world.customers if tenant not in taken.known}
        lag.before = {**taken.kept, **created}
        self._held.append(lag)

    def demand_rest(self, now: datetime, path: str) -> None:
        """409/800082 for a write to a resource whose slow change is still under way."""
        self._forget(now)
        if any(lag.slow == _clean(path) for lag in self._held):
            raise Fault(409, 800082, "The subscription is not ready to be updated.")

    @contextmanager
    def shown(self, world: World, path: str) -> Iterator[None]:
        """Show a read the state that it should see; the oldest one that is held back wins."""
        self._forget(world.clock.now())
        held = [lag for lag in self._held if lag.fits(_clean(path))]
        if not held:
            yield
            return
        present = world.customers
        old = {tenant: state for lag in reversed(held) for tenant, state in lag.before.items()}
        rows = {**dict(present.items()), **old}.items()
        world.customers = Table({tenant: state for tenant, state in rows if state})
        try:
            yield
        finally:
            world.customers = present
            for lag in held:
                lag.reads = None if lag.reads is None else lag.reads - 1

    def _forget(self, now: datetime) -> None:
        self._held = [lag for lag in self._held if not lag.over(now)]


def _clean(path: str) -> str:
    return path.rstrip("/").lower()
