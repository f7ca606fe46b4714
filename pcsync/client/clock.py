"""All reading of clocks and all sleeping goes through here, so that tests and the demo don't wait.

Owns the two clocks. Must not import anything of pcsync but the errors and its client.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from threading import Event, Lock
from typing import Any, Protocol

import requests

from pcsync.client.body import decode
from pcsync.client.clouds import emulator
from pcsync.client.network import translated
from pcsync.errors import Unreachable

PATH = "/_emulator/clock"


class Clock(Protocol):
    """What the time is, and how to wait. Thread-safe."""

    def now(self) -> datetime:
        """The time, aware UTC."""

    def sleep(self, seconds: float) -> None:
        """Wait."""

    def rest(self, seconds: float, woken: Event) -> None:
        """Wait, but not longer than until `woken` is set."""

    def monotonic(self) -> float:
        """Seconds since some moment, for measuring; slept time counts."""


class SystemClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        """The time of this machine, aware UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Wait so many seconds, for real."""
        time.sleep(max(0.0, seconds))

    def rest(self, seconds: float, woken: Event) -> None:
        """Wait so many seconds, for real, or until `woken` is set."""
        woken.wait(max(0.0, seconds))

    def monotonic(self) -> float:
        """Seconds since some moment."""
        return time.monotonic()


class EmulatorClock:
    """The emulator's clock: sleeping moves it instead of waiting.

    `session` should be one of its own, not the client's: moving the clock is a POST. Who sleeps at
    the same time sleeps together, as people do: the clock moves once. Raises SettingsError when
    `base_url` is not on this machine, Unreachable when the emulator is gone.
    """

    def __init__(self, base_url: str, session: requests.Session, timeout: float = 30.0) -> None:
        self._url = emulator(base_url).base_url + PATH
        self._session, self._timeout = session, timeout
        self._moving = Lock()
        self._slept = 0.0

    def now(self) -> datetime:
        """The emulator's time, aware UTC."""
        body = self._ask("GET", None)
        found = datetime.fromisoformat(body["now"])
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)

    def sleep(self, seconds: float) -> None:
        """Move the emulator's clock forward by so many seconds; returns at once."""
        target = self._slept + seconds
        with self._moving:
            missing = target - self._slept
            if seconds <= 0 or missing <= 0:
                return
            self._ask("POST", {"sleep": missing})
            self._slept = target

    def rest(self, seconds: float, woken: Event) -> None:
        """The same: moving the clock takes no time in which somebody could wake it."""
        if not woken.is_set():
            self.sleep(seconds)

    def monotonic(self) -> float:
        """Seconds that were slept: the emulator's clock stands still in between."""
        return self._slept

    def _ask(self, method: str, body: Any) -> Any:
        with translated(method, PATH):
            answer = self._session.request(
                method, self._url, json=body, timeout=self._timeout, allow_redirects=False
            )
        if answer.status_code >= 300:
            raise Unreachable(method, PATH, f"the emulator answered {answer.status_code}")
        try:
            return decode(answer.content)
        except ValueError as error:
            raise Unreachable(method, PATH, "the answer is not JSON") from error
