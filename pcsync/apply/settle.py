"""Whether a call took effect whose answer never came: in this run, or in one that was killed.

Owns the order of DESIGN section 6: the same request again with the same id, then the look that its
step names, then "not known". Must not import a kind or the terminal.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from pcsync.apply import references
from pcsync.apply.conditions import holds
from pcsync.apply.session import Session
from pcsync.errors import PcsyncError
from pcsync.model import Call, Outcome, StepResult

# How long the service is trusted to know a request by its id; it says nothing of it, and clients
# have found a day (conventions.md section 4).
REMEMBERED = timedelta(hours=12)
AGAIN = "run plan: it looks at what is there"


class Effect(StrEnum):
    """What a look shows of a call."""

    THERE = "there"
    MISSING = "missing"
    UNKNOWN = "unknown"


def look(call: Call, session: Session) -> tuple[Effect, Any]:
    """Whether the call took effect, and what showed it; unknown where there is nothing to look at
    or it can't be read."""
    if call.settle is None:
        return Effect.UNKNOWN, None
    try:
        body = session.whole(references.path(call.settle.path, session.resolve), call.user)
    except PcsyncError:
        return Effect.UNKNOWN, None
    there = holds(references.condition(call.settle.done, session.resolve), body)
    return (Effect.THERE if there else Effect.MISSING), body


def looks_first(call: Call, session: Session) -> bool:
    """Whether an earlier request is in doubt and can't be repeated as it was: it made a secret,
    which is not the same again, or left so long ago that the service may have forgotten it."""
    doubt = session.journal.known(call.id).doubt
    if doubt is None or not call.writes:
        return False
    return makes_secret(call.body) or _old(doubt, session)


def _old(doubt: datetime, session: Session) -> bool:
    return session.clock.now() - doubt > REMEMBERED


def makes_secret(body: Any) -> bool:
    """Whether a body holds something that is made when the request is made."""
    match body:
        case {"$secret": {"generate": True}}:
            return True
        case Mapping():
            return any(makes_secret(inner) for inner in body.values())
        case list() | tuple():
            return any(makes_secret(inner) for inner in body)
        case _:
            return False


def unknown(call: Call, why: str) -> StepResult:
    """Nobody knows whether it took effect."""
    detail = f"{why}; it is not known whether it took effect"
    return StepResult(call.id, Outcome.UNKNOWN, detail, AGAIN)


def taken(call: Call, session: Session) -> StepResult:
    """It took effect, and what could be kept is: says what was lost with the answer."""
    lost = sorted(k.name for k in call.keep if k.secret or k.name not in session.known)
    if lost:
        note = f"done, but the answer was lost, and with it {', '.join(lost)}"
        advice = "look for it where secrets are stored; if it is not there, reset it by hand"
        return StepResult(call.id, Outcome.DONE, note, advice, sent=1)
    return StepResult(call.id, Outcome.DONE, "the answer was lost; it took effect", sent=1)
