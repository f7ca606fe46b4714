"""Carrying out an Edit: read, compare, write, compare.

Owns staleness by values and the whole-body form: unknown members go back as they came, because a
sparse body loses settings (commerce.md 4.5). Its pauses hold no worker.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pcsync.apply import references
from pcsync.apply.conditions import holds, value_at
from pcsync.apply.journal import Request
from pcsync.apply.meanwhile import meanwhile
from pcsync.apply.session import (
    BUSY_PAUSE,
    BUSY_TRIES,
    Answered,
    Pausing,
    Session,
    busy,
    fingerprint,
    in_doubt,
)
from pcsync.errors import ApiError, PcsyncError, Unreachable
from pcsync.model import Edit, Is, Outcome, StepResult

LOOKS, PAUSE = 6, 10.0
AGAIN = "run plan again: somebody changed it"
LOOK = "run plan again"


def perform(
    edit: Edit, session: Session, stopped: Callable[[], bool] = lambda: False
) -> Pausing[StepResult]:
    """Writes where it has to; `stopped` says that nobody waits any more. Raises PcsyncError for
    what is not an outcome of its own."""
    path = references.path(edit.path, session.resolve)
    sets = references.condition(edit.sets, session.resolve)
    part = _Part(edit, edit.id, path, sets, edit.expect)
    try:
        return (yield from _done(part, session, stopped))
    except ApiError as error:
        if error.status != 400 or len(edit.singly) < 2:
            raise
        refused = error
    return (yield from _singly(part, session, stopped, refused))


@dataclass(frozen=True, slots=True)
class _Part:
    """What goes in one write: `sets`, over what is there if that is as in `expect`. It has a name
    of its own, for a refusal was an answer."""

    edit: Edit
    name: str
    path: str
    sets: Sequence[Is]
    expect: Sequence[Is]


def _done(part: _Part, session: Session, stopped: Callable[[], bool]) -> Pausing[StepResult]:
    """Reads, compares, writes, compares. What is busy is read and compared anew after a pause, for
    meanwhile somebody may have changed it. Raises ApiError where it is refused."""
    edit, first = part.edit, session.answers(part.name)
    for number in range(first, first + BUSY_TRIES):
        current = _read(part, session)
        if _all(part.sets, current):
            return StepResult(edit.id, Outcome.DONE, "was so already")
        if moved := [one for one in part.expect if not holds(one, current)]:
            detail = "; ".join(_moved(one, current) for one in moved)
            return StepResult(edit.id, Outcome.STALE, detail, AGAIN)
        try:
            answer = _sent(part, number, current, session)
        except (ApiError, Unreachable) as error:
            if in_doubt(error):
                return _settle(part, session, error)
            if isinstance(error, ApiError) and _overtaken(error, current):
                return StepResult(edit.id, Outcome.STALE, error.what, AGAIN)
            last = number + 1 == first + BUSY_TRIES
            if last or not (isinstance(error, ApiError) and busy(error)):
                raise
        else:
            shows = isinstance(answer.body, Mapping) and _all(part.sets, answer.body)
            if shows and answer.status != 202:
                warnings = () if edit.whole else meanwhile(current, answer.body, part.sets)
                return StepResult(edit.id, Outcome.DONE, warnings=warnings, sent=1)
            return (yield from _look_again(part, session, stopped))
        yield BUSY_PAUSE
    raise AssertionError("the last try returns or raises")


def _etag(current: Mapping[str, Any]) -> str | None:
    return value_at(current, "attributes.etag") or None


def _overtaken(error: ApiError, current: Mapping[str, Any]) -> bool:
    """Whether a refusal says that somebody else wrote since the look: by one of the three answers
    to an etag of yesterday (conventions.md 7), or by a conflict where we sent one."""
    if error.status in {412, 417} or error.code == "2055":
        return True
    return error.status == 409 and not busy(error) and _etag(current) is not None


def _read(part: _Part, session: Session) -> Any:
    return session.client.send("GET", part.path, user=part.edit.user).body


def _sent(part: _Part, number: int, current: Mapping[str, Any], session: Session) -> Answered:
    """One write of these members over what is there."""
    body = _body(part.edit, part.sets, current)
    digest = fingerprint(body)
    identity = session.request_id(part.name, digest, number)
    return session.once(
        part.name,
        Request(identity, part.edit.method, part.path, digest),
        body,
        user=part.edit.user,
        if_match=_etag(current),
    )


def _singly(
    whole: _Part, session: Session, stopped: Callable[[], bool], together: ApiError
) -> Pausing[StepResult]:
    """What was refused together, part by part, each over what is there then (DESIGN section 5).

    All are tried but after one whose fate is not known; the ones that are refused are named.
    """
    edit, sent, refused = whole.edit, 0, list[str]()
    for number, sets in enumerate(references.condition(edit.singly, session.resolve), 1):
        mine = {one.path for one in sets}
        expect = tuple(one for one in whole.expect if one.path in mine)
        part = replace(whole, name=f"{edit.id}~{number}", sets=sets, expect=expect)
        try:
            result = yield from _done(part, session, stopped)
        except ApiError as error:
            refused.append(f"{', '.join(one.path for one in sets)}: {error.what}")
            sent += 1
            continue
        sent += result.sent
        if result.outcome is not Outcome.DONE:
            return replace(result, sent=max(sent, 1))
    if refused:
        detail = f"refused also one by one: {'; '.join(refused)}"
        return StepResult(edit.id, Outcome.FAILED, detail, together.advice, sent=sent)
    return StepResult(edit.id, Outcome.DONE, "was refused together, and done one by one", sent=sent)


def _settle(part: _Part, session: Session, lost: PcsyncError) -> StepResult:
    """After a lost answer: look whether it took effect; else its fate is unknown."""
    name = part.edit.id
    detail = f"{lost.what}; it is not known whether it took effect"
    doubt = StepResult(name, Outcome.UNKNOWN, detail, "run plan: it looks at what is there")
    try:
        found = _read(part, session)
    except PcsyncError:
        return doubt
    if not _all(part.sets, found):
        return doubt
    return StepResult(name, Outcome.DONE, "the answer was lost; it took effect", sent=1)


def _look_again(part: _Part, session: Session, stopped: Callable[[], bool]) -> Pausing[StepResult]:
    """A 202 is not done, and an answer may lack what was sent: read until it shows. Where nobody
    waits for it any more it is pending: a later run looks first."""
    name, found = part.edit.id, None
    for look in range(LOOKS):
        if look:
            yield PAUSE
        try:
            found = _read(part, session)
        except PcsyncError as error:
            ended = isinstance(error, Unreachable) and error.over
            outcome = Outcome.PENDING if ended else Outcome.UNKNOWN
            return StepResult(name, outcome, f"was sent; {error.what}", LOOK, sent=1)
        if _all(part.sets, found):
            return StepResult(name, Outcome.DONE, sent=1)
        if stopped() and look + 1 < LOOKS:
            return StepResult(
                name, Outcome.PENDING, "was sent, and does not show yet", LOOK, sent=1
            )
    lacking = "; ".join(_moved(one, found) for one in part.sets if not holds(one, found))
    return StepResult(name, Outcome.FAILED, f"dropped by the service: {lacking}", LOOK, sent=1)


def _all(sets: Sequence[Is], body: Any) -> bool:
    return all(holds(one, body) for one in sets)


def _moved(one: Is, body: Any) -> str:
    return f"{one.path}: expected {_text(one.value)}, now {_text(value_at(body, one.path))}"


def _text(value: Any) -> str:
    return "none" if value is None else str(value)


def _body(edit: Edit, sets: Sequence[Is], current: Mapping[str, Any]) -> dict[str, Any]:
    body = copy.deepcopy(dict(current if edit.whole else edit.extra))
    for one in sets:
        *parents, last = one.path.split(".")
        inner = body
        for parent in parents:
            name = _member(inner, parent)
            if not isinstance(inner.get(name), dict):
                inner[name] = {}
            inner = inner[name]
        inner[_member(inner, last)] = one.value
    return body


def _member(body: Mapping[str, Any], name: str) -> str:
    """The member's name as the service writes it; its case may be another than ours."""
    if name in body:
        return name
    return next((key for key in body if key.lower() == name.lower()), name)
