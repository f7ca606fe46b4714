"""How fast one thing may be called: learned from what the service refuses (conventions.md 9).

Owns the arithmetic of one limit: how long it is closed, and the rate it turned out to have. Pure:
times are monotonic seconds that the caller gives. Must not import anything of pcsync.
"""

from __future__ import annotations

from dataclasses import dataclass

ENOUGH = 30
"""Calls between two refusals from which a rate may be concluded."""

MEMORY = 300.0
"""Seconds after which the calls of a measurement are forgotten: limits move (conventions.md 9)."""

BATCH = 0.5
"""Seconds that are waited at once when the rate is used up, so that nobody wakes per call."""

CLEAN = 10.0
"""Seconds without a refusal after which the rate is tried a little higher."""

STEP, LARGEST = 0.01, 0.16
"""How much higher, and how much at most: the step doubles as long as nothing is refused."""

HAIR = 1e-6
"""Seconds that do not count: the service's clock has no finer ones."""


@dataclass(slots=True)
class Pace:
    """One limit as far as it is known; without a refusal nothing is.

    Between two moments at which the service refuses, it let through as many calls as its limit
    gives: that is the rate. Refused calls count, too, as the service counts them.
    """

    rate: float | None = None
    _closed: float = 0.0
    _credit: float = 0.0
    _at: float = 0.0
    _since: float | None = None
    _sent: int = 0
    _clean: float = 0.0
    _step: float = STEP

    def ready(self, now: float) -> float:
        """The moment from which a call may leave; `now` or earlier means at once."""
        if now + HAIR < self._closed:
            return max(self._closed, self._filled(self._closed))
        return self._filled(now)

    def take(self, now: float) -> None:
        """A call leaves."""
        self._sent += 1
        if self.rate is not None:
            self._grow(now)
            self._credit, self._at = self._have(now) - 1.0, now

    def close(self, now: float, seconds: float) -> None:
        """A call was refused: nothing leaves for so many seconds."""
        self._closed = max(self._closed, now + seconds)

    def learn(self, now: float, seconds: float) -> None:
        """The first refusal of an episode; `seconds` are those of its `Retry-After`."""
        elapsed = now - self._since if self._since is not None else 0.0
        if self._since is None or elapsed > MEMORY:
            self._since, self._sent = now, 0
        elif self._sent >= ENOUGH and elapsed > 0:
            self.rate = self._sent / elapsed
        self._clean, self._step = now, STEP
        if self.rate is not None:
            # When the time is over there is one call again, says the service.
            self._credit, self._at = 1.0 - self.rate * seconds, now

    def forget(self) -> None:
        """It was another limit that refused."""
        self.rate, self._since, self._closed = None, None, 0.0

    def _filled(self, at: float) -> float:
        """When there is credit for a call, asked at a moment from which it is open."""
        if self.rate is None or (have := self._have(at)) >= 1.0 - HAIR:
            return at
        return at + (max(1.0, self.rate * BATCH) - have) / self.rate

    def _have(self, now: float) -> float:
        rate = self.rate or 0.0
        return min(rate * 60.0, self._credit + max(0.0, now - self._at) * rate)

    def _grow(self, now: float) -> None:
        """Try a little more where nothing was refused for a while."""
        if self.rate is not None and now - self._clean >= CLEAN:
            self._credit, self._at = self._have(now), now
            self.rate *= 1.0 + self._step
            self._clean, self._step = now, min(LARGEST, self._step * 2)
