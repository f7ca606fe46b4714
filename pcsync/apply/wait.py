"""Carrying out an Await: look until an absolute goal is met, or its deadline has passed.

At the deadline the outcome is pending, not failed: nothing went wrong, and a later run goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Generator

from pcsync.apply import references
from pcsync.apply.conditions import holds, kept
from pcsync.apply.session import PASSING, Session
from pcsync.errors import ApiError, Unreachable
from pcsync.model import Await, Outcome, StepResult

LATER = "run apply again later"


def perform(
    wait: Await, session: Session, stopped: Callable[[], bool] = lambda: False
) -> Generator[float, None, StepResult]:
    """Looks every `wait.every` seconds of the service's time, until `stopped`; yields the seconds
    to wait, in which its thread is free for others."""
    path = references.path(wait.path, session.resolve)
    until = references.condition(wait.until, session.resolve)
    fails = references.condition(wait.fails, session.resolve) if wait.fails else None
    start = session.clock.now()
    while True:
        body = _look(path, wait.user, session)
        if body is not None and holds(until, body):
            for keep in references.condition(wait.keep, session.resolve):
                if (value := kept(keep, body)) is not None:
                    session.known[keep.name] = str(value)
            return StepResult(wait.id, Outcome.DONE)
        if body is not None and fails is not None and holds(fails, body):
            return StepResult(
                wait.id, Outcome.FAILED, "can't be reached any more", "run plan again"
            )
        waited = (session.clock.now() - start).total_seconds()
        if stopped() or waited + wait.every > wait.deadline:
            detail = f"not there after {waited:.0f} s"
            return StepResult(wait.id, Outcome.PENDING, detail, LATER)
        yield wait.every


def _look(path: str, user: bool, session: Session) -> object:
    """The answer, or nothing while the service can't say: a look is repeated anyway."""
    try:
        return session.whole(path, user)
    except Unreachable:
        return None
    except ApiError as error:
        if error.status in PASSING | {404, 429} or error.status >= 500:
            return None
        raise
