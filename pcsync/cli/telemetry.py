"""Who watches a command: the log, the trace, the spans, and what a command adds.

Owns their beginning and end, also when a run is interrupted.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pcsync.cli.log import Log

if TYPE_CHECKING:
    from pcsync.client import Attempt, OnRequest


@dataclass(frozen=True, slots=True)
class Sight:
    """What the options ask for."""

    level: str = "warning"
    form: str = "text"
    trace: Path | None = None


class Watch:
    """Tells several who want to see every request."""

    def __init__(self, *hooks: OnRequest) -> None:
        self._hooks = list(hooks)

    @property
    def wants_bodies(self) -> bool:
        """Whether one of them does."""
        return any(hook.wants_bodies for hook in self._hooks)

    def request(self, attempt: Attempt) -> None:
        """A request ended."""
        for hook in self._hooks:
            hook.request(attempt)

    def waiting(self, method: str, path: str, seconds: float, why: str) -> None:
        """A call is asked again in so many seconds."""
        for hook in self._hooks:
            hook.waiting(method, path, seconds, why)

    def add(self, hook: OnRequest) -> None:
        """One more from now on."""
        self._hooks.append(hook)

    def also(self, hook: OnRequest) -> Watch:
        """These, and one more."""
        return Watch(*self._hooks, hook)


@contextmanager
def watching(command: str, sight: Sight) -> Iterator[Watch]:
    """The watch over one command. Raises UsageError where the trace can't be written."""
    from pcsync.cli.telemetry_spans import spans

    log = Log(sight.level, sight.form)
    har = None
    if sight.trace is not None:
        from pcsync.cli.trace import Har

        har = Har(sight.trace)
    seen = spans(command, os.environ)
    hooks: list[OnRequest] = [hook for hook in (log, har, seen) if hook is not None]
    try:
        yield Watch(*hooks)
    finally:
        if har is not None:
            broken = har.broken
            har.close()
            if broken:
                log.line("warning", "trace", says=broken)
        if seen is not None:
            seen.close()
