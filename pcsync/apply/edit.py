"""Carrying out an Edit: read, compare, write, compare.

Owns staleness by values and the whole-body form: unknown members go back as they came, because a
sparse body loses settings (commerce.md 4.5).
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pcsync.apply import references
from pcsync.apply.conditions import holds, value_at
from pcsync.apply.session import Session, fingerprint, in_doubt
from pcsync.errors import ApiError, PcsyncError, Unreachable
from pcsync.model import Edit, Is, Outcome, StepResult

LOOKS, PAUSE = 6, 10.0
AGAIN = "run plan again: somebody changed it"


def perform(edit: Edit, session: Session) -> StepResult:
    """Writes where it has to. Raises PcsyncError for what is not an outcome of its own."""
    path = references.path(edit.path, session.resolve)
    current = session.client.send("GET", path, user=edit.user).body
    sets = references.condition(edit.sets, session.resolve)
    if _all(sets, current):
        return StepResult(edit.id, Outcome.DONE, "was so already")
    if moved := [one for one in edit.expect if not holds(one, current)]:
        detail = "; ".join(_moved(one, current) for one in moved)
        return StepResult(edit.id, Outcome.STALE, detail, AGAIN)
    try:
        return _write(edit, edit.id, sets, current, session)
    except ApiError as error:
        if error.status != 400 or len(edit.singly) < 2:
            raise
        return _singly(edit, path, session, error)


def _write(
    edit: Edit, name: str, sets: Sequence[Is], current: Mapping[str, Any], session: Session
) -> StepResult:
    """One write of these members over what is there, under a name of its own: a refusal was an
    answer. Raises ApiError where it is refused."""
    path = references.path(edit.path, session.resolve)
    body = _body(edit, sets, current)
    try:
        answer = session.send(
            name,
            edit.method,
            path,
            body,
            user=edit.user,
            digest=fingerprint(body),
            if_match=value_at(current, "attributes.etag") or None,
        )
    except (ApiError, Unreachable) as error:
        if in_doubt(error):
            return _settle(edit, path, sets, session, error)
        if isinstance(error, ApiError) and (error.status in {412, 417} or error.code == "2055"):
            return StepResult(edit.id, Outcome.STALE, error.what, AGAIN)
        raise
    if answer.status != 202 and isinstance(answer.body, Mapping) and _all(sets, answer.body):
        return StepResult(edit.id, Outcome.DONE, sent=1)
    return _look_again(edit, path, sets, session)


def _singly(edit: Edit, path: str, session: Session, together: ApiError) -> StepResult:
    """What was refused together, part by part, each over what is there then (DESIGN section 5).

    All are tried but after one whose fate is not known; the ones that are refused are named.
    """
    sent, refused = 0, list[str]()
    for number, part in enumerate(references.condition(edit.singly, session.resolve), 1):
        current = session.client.send("GET", path, user=edit.user).body
        if _all(part, current):
            continue
        sent += 1
        try:
            result = _write(edit, f"{edit.id}~{number}", part, current, session)
        except ApiError as error:
            refused.append(f"{', '.join(one.path for one in part)}: {error.what}")
            continue
        if result.outcome is not Outcome.DONE:
            return replace(result, sent=sent)
    if refused:
        detail = f"refused also one by one: {'; '.join(refused)}"
        return StepResult(edit.id, Outcome.FAILED, detail, together.advice, sent=sent)
    return StepResult(edit.id, Outcome.DONE, "was refused together, and done one by one", sent=sent)


def _settle(
    edit: Edit, path: str, sets: Sequence[Is], session: Session, lost: PcsyncError
) -> StepResult:
    """After a lost answer: look whether it took effect; else its fate is unknown."""
    detail = f"{lost.what}; it is not known whether it took effect"
    doubt = StepResult(edit.id, Outcome.UNKNOWN, detail, "run plan: it looks at what is there")
    try:
        found = session.client.send("GET", path, user=edit.user).body
    except PcsyncError:
        return doubt
    if not _all(sets, found):
        return doubt
    return StepResult(edit.id, Outcome.DONE, "the answer was lost; it took effect", sent=1)


def _look_again(edit: Edit, path: str, sets: Sequence[Is], session: Session) -> StepResult:
    """A 202 is not done, and an answer may lack what was sent: read until it shows."""
    found: Any = None
    for look in range(LOOKS):
        if look:
            session.clock.sleep(PAUSE)
        try:
            found = session.client.send("GET", path, user=edit.user).body
        except PcsyncError as error:
            detail = f"was sent; {error.what}"
            return StepResult(edit.id, Outcome.UNKNOWN, detail, "run plan again", sent=1)
        if _all(sets, found):
            return StepResult(edit.id, Outcome.DONE, sent=1)
    lacking = "; ".join(_moved(one, found) for one in sets if not holds(one, found))
    return StepResult(
        edit.id, Outcome.FAILED, f"dropped by the service: {lacking}", "run plan again", sent=1
    )


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
