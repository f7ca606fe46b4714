"""How many requests were sent, and what time the service said it was.

Owns the counters. Pure but for its lock; must not import anything of pcsync.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock


@dataclass(frozen=True, slots=True)
class Counts:
    """`sent` are requests, repeats included; `answered` are calls that got a yes or a no."""

    sent: int = 0
    answered: int = 0


class Tally:
    """Counts reads and writes apart, and keeps the newest `Date`. Thread-safe."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts = {True: Counts(), False: Counts()}
        self._time: datetime | None = None

    def sent(self, *, read: bool) -> None:
        """A request is about to leave."""
        with self._lock:
            now = self._counts[read]
            self._counts[read] = replace(now, sent=now.sent + 1)

    def answered(self, *, read: bool) -> None:
        """A call got its answer."""
        with self._lock:
            now = self._counts[read]
            self._counts[read] = replace(now, answered=now.answered + 1)

    def heard(self, date: datetime | None) -> None:
        """An answer carried this date; the newest is kept, for answers overtake each other."""
        with self._lock:
            if date is not None and (self._time is None or date > self._time):
                self._time = date

    def counts(self, *, read: bool) -> Counts:
        """The counts so far, of reads or of writes."""
        with self._lock:
            return self._counts[read]

    def time(self) -> datetime | None:
        """The newest date heard."""
        with self._lock:
            return self._time
