"""When to ask again (conventions.md section 11). It decides; the client sleeps.

Owns the retry rule, pure. Must not import anything of pcsync but the errors and the guard's words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import random

from pcsync.client.advice import BY_CODE
from pcsync.client.guard import READS
from pcsync.errors import ApiError, PcsyncError, Unreachable

PASSING = frozenset({408, 500, 502, 503, 504})
"""Statuses after which nobody knows whether the call took effect: same `MS-RequestId` again."""

BUSY = frozenset(
    code
    for (status, code), rules in BY_CODE.items()
    if status == 409 and any(rule.again == "soon" for rule in rules)
)
"""Codes of 409 that pass within seconds: cart busy, subscription not ready to be updated.

900278 (a pending operation, up to 24 hours) is none of them.
"""


class NotSent(Unreachable):
    """The request could not even be put on the wire (a wrong url or header): never repeated."""

    sent = False


def is_answer(failure: PcsyncError) -> bool:
    """Whether the service decided this call, so that asking again needs a new `MS-RequestId`.

    No answer, 429 and 5xx are not answers (DESIGN section 6).
    """
    return isinstance(failure, ApiError) and failure.status not in PASSING | {429}


def in_doubt(failure: PcsyncError) -> bool:
    """Whether a call that failed so may have taken effect: it left, and nobody decided it."""
    if isinstance(failure, Unreachable):
        return failure.sent
    return isinstance(failure, ApiError) and failure.status in PASSING


@dataclass(frozen=True, slots=True)
class Retry:
    """How often and how long; all times in seconds.

    `attempts` counts the first try, too; `few` holds instead for a write that may have taken
    effect or meets a busy resource: its engine has better means than hope. `first` doubles with
    each attempt up to `longest`, times 1 to 2 by `jitter` (0 to 1). No wait may end later than
    `deadline` after the call began.
    """

    attempts: int = 5
    few: int = 3
    first: float = 0.5
    longest: float = 30.0
    deadline: float = 900.0
    jitter: Callable[[], float] = random

    def delay(
        self, attempt: int, failure: PcsyncError, method: str, elapsed: float
    ) -> float | None:
        """Seconds to wait after failed attempt number `attempt` (from 1); None is to give up."""
        wait = self._wait(attempt, failure, method)
        return wait if wait is not None and elapsed + wait <= self.deadline else None

    def _wait(self, attempt: int, failure: PcsyncError, method: str) -> float | None:
        few = self.attempts if method in READS else min(self.few, self.attempts)
        match failure:
            case NotSent():
                return None
            case ApiError(status=429):
                return self._throttled(attempt, failure.retry_after)
            case Unreachable():
                return self._backoff(attempt, few)
            case ApiError(status=status) if status in PASSING:
                wait = self._backoff(attempt, few)
                return wait if wait is None else max(wait, failure.retry_after or 0.0)
            case ApiError(status=409, code=code) if code in BUSY:
                return self._backoff(attempt, min(self.few, self.attempts))
        return None

    def _throttled(self, attempt: int, retry_after: float | None) -> float | None:
        if retry_after is None or attempt >= self.attempts:
            return self._backoff(attempt, self.attempts)
        # Early repeats make the window longer: the first obeys, later ones add backoff on top.
        more = self._backoff(attempt - 1, self.attempts) if attempt > 1 else 0.0
        return retry_after + (more or 0.0)

    def _backoff(self, attempt: int, most: int) -> float | None:
        if attempt >= most:
            return None
        return min(self.longest, self.first * 2.0 ** (attempt - 1)) * (1.0 + self.jitter())
