"""The emulator's own time, and what happens when it comes.

The clock stands still unless it is moved or has a speed. Imports nothing of pcsync outside the
emulator.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

from pcsync.emulator.faults import invalid

Event = Callable[[datetime], None]


class Clock:
    """Now, and an agenda of events that run when now passes them, in order of time."""

    def __init__(
        self, start: datetime, speed: float = 0.0, tick: Callable[[], float] = time.monotonic
    ) -> None:
        self._base = start
        self._speed = speed
        self._tick = tick
        self._since = tick()
        self._agenda: list[tuple[datetime, int, Event]] = []
        self._order = count()
        self._during: datetime | None = None

    def now(self) -> datetime:
        """The emulator's time; while an event runs, the time of that event."""
        if self._during is not None:
            return self._during
        if not self._speed:
            return self._base
        return self._base + timedelta(seconds=(self._tick() - self._since) * self._speed)

    def at(self, when: datetime, event: Event) -> None:
        """Run the event once, when the clock has reached `when`."""
        heapq.heappush(self._agenda, (when, next(self._order), event))

    def settle(self) -> None:
        """Run everything that is due."""
        if self._agenda and self._during is None:
            self._run_until(self.now())

    def move_to(self, when: datetime) -> None:
        """Go forward to `when` and run what is due on the way. 400 if that is the past."""
        if when < self.now():
            raise invalid("The emulator's clock only goes forward; reset or seed to go back.")
        self._run_until(when)
        self._base, self._since = when, self._tick()

    def _run_until(self, end: datetime) -> None:
        while self._agenda and self._agenda[0][0] <= end:
            when, _, event = heapq.heappop(self._agenda)
            self._during = when
            try:
                event(when)
            finally:
                self._during = None
