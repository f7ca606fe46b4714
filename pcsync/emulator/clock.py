"""The emulator's own time, and what happens when it comes.

The clock stands still unless it is moved or has a speed. Imports nothing of pcsync outside the
emulator.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pcsync.emulator.agenda import Due, Step, due
from pcsync.emulator.faults import invalid
from pcsync.emulator.tables import Table

LIVE: dict[str, bool] = {"stored": False}
"""Metadata of a field that a state file leaves out: it is made anew from the others."""


def _nowhere(entry: Due) -> None:
    raise RuntimeError(f"{entry.step} is due, but this clock belongs to no world")


@dataclass
class Clock:
    """Now, and an agenda of steps that run when now passes them, in order of time."""

    base: datetime
    speed: float = 0.0
    tick: Callable[[], float] = field(default=time.monotonic, metadata=LIVE, compare=False)
    agenda: Table[Due] = field(default_factory=Table)
    entered: int = 0
    run: Callable[[Due], None] = field(default=_nowhere, metadata=LIVE, compare=False)

    def __post_init__(self) -> None:
        self._since = self.tick()
        self._during: datetime | None = None
        self._queue: list[Due] = []

    def restored(self) -> None:
        """Put the agenda in order of time."""
        self._queue = sorted(self.agenda.values())

    def now(self) -> datetime:
        """The emulator's time; while a step runs, the time of that step."""
        if self._during is not None:
            return self._during
        if not self.speed:
            return self.base
        return self.base + timedelta(seconds=(self.tick() - self._since) * self.speed)

    def at(self, when: datetime, step: Step, *names: str) -> None:
        """Run a @step once, as step(world, when, *names), when the clock has reached `when`."""
        self.entered += 1
        entry = due(when, self.entered, step, names)
        self.agenda[str(entry.order)] = entry
        heapq.heappush(self._queue, entry)

    def settle(self) -> None:
        """Run everything that is due."""
        if self._queue and self._during is None:
            self._run_until(self.now())

    def move_to(self, when: datetime) -> None:
        """Go forward to `when` and run what is due on the way. 400 if that is the past."""
        if when < self.now():
            raise invalid("The emulator's clock only goes forward; reset or seed to go back.")
        self._run_until(when)
        self.begin_at(when)

    def begin_at(self, when: datetime) -> None:
        """Let time go on from `when`."""
        self.base, self._since = when, self.tick()

    def run_at(self, speed: float) -> None:
        """From now on one second of the machine is so many of the emulator; 0 stands still."""
        self.begin_at(self.now())
        self.speed = speed

    def _run_until(self, end: datetime) -> None:
        while self._queue and self._queue[0].when <= end:
            entry = heapq.heappop(self._queue)
            del self.agenda[str(entry.order)]
            self._during = entry.when
            try:
                self.run(entry)
            finally:
                self._during = None
