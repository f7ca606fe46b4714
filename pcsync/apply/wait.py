"""Carrying out an Await: look until an absolute goal is met, or its deadline has passed.

At the deadline the outcome is pending, not failed: nothing went wrong, and a later run goes on. At
a gate one look is enough: people open it, which takes days.
"""

from __future__ import annotations

from collections.abc import Callable

from pcsync.apply import references
from pcsync.apply.conditions import holds, kept
from pcsync.apply.gates import waiting
from pcsync.apply.session import PASSING, Pausing, Session
from pcsync.errors import ApiError, PcsyncError, Unreachable
from pcsync.model import Await, Outcome, Settle, StepResult, gate_called

LATER = "run apply again later"


def perform(
    wait: Await, session: Session, stopped: Callable[[], bool] = lambda: False
) -> Pausing[StepResult]:
    """Looks every `wait.every` seconds of the service's time, until `stopped`; yields the seconds
    to wait, in which its thread is free for others."""
    if wait.gate:
        return _at_gate(wait, session)
    path = references.path(wait.path, session.resolve)
    until = references.condition(wait.until, session.resolve)
    fails = references.condition(wait.fails, session.resolve) if wait.fails else None
    start = session.clock.now()
    while True:
        try:
            body = _look(path, wait.user, session)
        except Unreachable as error:
            return StepResult(wait.id, Outcome.PENDING, error.what, LATER)
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


def _at_gate(wait: Await, session: Session) -> StepResult:
    """Done where a read shows the gate open. One that can't be looked at counts as closed."""
    for read in (Settle(wait.path, wait.until), *wait.either):
        path = references.path(read.path, session.resolve)
        try:
            body = _look(path, wait.user, session)
        except PcsyncError:
            continue
        if body is not None and holds(read.done, body):
            return StepResult(wait.id, Outcome.DONE)
    return waiting(wait, gate_called(wait.gate))


def _look(path: str, user: bool, session: Session) -> object:
    """The answer, or nothing while the service can't say: a look is repeated anyway. Raises
    Unreachable where nothing more is sent in this run."""
    try:
        return session.whole(path, user)
    except Unreachable as error:
        if error.over:
            raise
        return None
    except ApiError as error:
        if error.status in PASSING | {404, 429} or error.status >= 500:
            return None
        raise
