"""Carrying out a Call: one request, what its answer must satisfy, what is kept of it.

What the service gives once is in the sink before anything else; `settle.py` knows what to do where
no answer came.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pcsync.apply import references, settle
from pcsync.apply.conditions import holds, kept, members
from pcsync.apply.session import Answered, Pausing, Session, fingerprint, in_doubt
from pcsync.errors import ApiError, PcsyncError, Unreachable
from pcsync.model import Call, Condition, Empty, Every, Keep, Outcome, StepResult


def perform(call: Call, session: Session) -> Pausing[StepResult]:
    """Sends the request. Raises PcsyncError for what is not an outcome of its own."""
    if settle.looks_first(call, session):
        effect, found = settle.look(call, session)
        if effect is settle.Effect.THERE:
            return (yield from _taken(call, session, found, "an earlier run asked for it"))
        if effect is settle.Effect.UNKNOWN:
            return settle.unknown(call, "an earlier run asked for it and was cut off")
    doubt = session.journal.known(call.id).doubt is not None
    sent = 1 if call.writes else 0
    try:
        answer = yield from _send(call, session)
    except (ApiError, Unreachable) as error:
        if call.writes and in_doubt(error):
            return (yield from _settle(call, session, error))
        if call.method == "DELETE" and isinstance(error, ApiError) and error.status == 404:
            return StepResult(call.id, Outcome.DONE, "was gone already", sent=sent)
        if doubt:
            result = yield from _settle(call, session, error)
            if result.outcome is Outcome.DONE:
                return result
        raise
    return _answered(call, session, answer.body, sent)


def given_again(call: Call, session: Session, there: StepResult) -> Pausing[StepResult]:
    """The first answer of a call that had its effect in a run of which nothing is known; `there`
    where it does not come. What it makes can't be there twice: without the service's memory the
    repeat is refused."""
    try:
        answer = yield from _send(call, session)
    except (ApiError, Unreachable):
        return there
    return _answered(call, session, answer.body, 1)


def _send(call: Call, session: Session) -> Pausing[Answered]:
    """The request with everything filled in; the journal gets its digest without secrets."""
    path = references.path(call.path, session.resolve)
    subject = call.covers[0].rpartition(":")[0]
    shown = references.body(call.body, session.resolve, lambda spec: "")
    body = references.body(
        call.body, session.resolve, lambda spec: session.passwords.resolve(subject, spec)
    )
    mark = fingerprint(shown) if call.writes else ""
    sending = session.send(call.id, call.method, path, body, user=call.user, mark=mark)
    return (yield from sending)


def _answered(call: Call, session: Session, body: Any, sent: int) -> StepResult:
    """Done, or failed for the actions whose checks do not hold or whose ids did not come."""
    problems = _keep(call.keep, body, session)
    says: list[str] = []
    fails = {name for keep, _ in problems for name in _about(call, keep)}
    refused = not problems
    for check in call.checks:
        that = references.condition(check.that, session.resolve)
        if not holds(that, body):
            says += [check.says, *faults(that, body)]
            fails |= set(check.fails)
            refused = refused and check.stops
    if not (says or problems):
        return StepResult(call.id, Outcome.DONE, warnings=_remarks(call, body), sent=sent)
    first = problems[0][1] if problems else None
    detail = "; ".join(says) if says or first is None else first.what
    advice = first.advice if first else "run plan again"
    some = tuple(sorted(fails)) if fails < set(call.covers) else ()
    return StepResult(
        call.id, Outcome.FAILED, detail, advice, sent=sent, fails=some, refused=refused
    )


def _about(call: Call, keep: Keep) -> list[str]:
    """The actions that a kept value is for: those of the address in its name, else all."""
    address = keep.name.partition("#")[0]
    return [c for c in call.covers if c.rpartition(":")[0] == address] or list(call.covers)


def _keep(keeps: Sequence[Keep], body: Any, session: Session) -> list[tuple[Keep, PcsyncError]]:
    """Secrets first, then ids: all that can be kept is; what can't be, with its reason."""
    problems: list[tuple[Keep, PcsyncError]] = []
    for keep in sorted(keeps, key=lambda keep: not keep.secret):
        try:
            _keep_one(references.condition(keep, session.resolve), body, session)
        except PcsyncError as error:
            problems.append((keep, error))
    return problems


def _keep_one(keep: Keep, body: Any, session: Session) -> None:
    value = kept(keep, body)
    if keep.secret:
        if value is not None:
            session.sink.store(keep.name.partition("#")[0], value)
    elif value is None:
        raise PcsyncError(f"the answer has nothing that fits {keep.name}", "run plan again")
    else:
        session.known[keep.name] = str(value)


def _settle(call: Call, session: Session, lost: PcsyncError) -> Pausing[StepResult]:
    """After a lost answer: look whether it took effect; else its fate is unknown."""
    effect, found = settle.look(call, session)
    if effect is not settle.Effect.THERE:
        return settle.unknown(call, lost.what)
    return (yield from _taken(call, session, found, lost.what))


def _taken(call: Call, session: Session, found: Any, why: str) -> Pausing[StepResult]:
    """It took effect: what its answer would have given comes from the look, or from the same
    answer, where the call gives it again."""
    assert call.settle is not None
    if call.settle.repeat:
        return (yield from _again(call, session, settle.unknown(call, why)))
    for _, problem in _keep(call.settle.keep, found, session):
        return StepResult(call.id, Outcome.UNKNOWN, problem.what, settle.AGAIN)
    return settle.taken(call, session)


def _again(call: Call, session: Session, doubt: StepResult) -> Pausing[StepResult]:
    """The call gives its first answer again (a checkout of the same cart, commerce.md 2.4)."""
    path = references.path(call.path, session.resolve)
    try:
        answer = yield from session.send(call.id, call.method, path, user=call.user, answers=1)
    except PcsyncError:
        return doubt
    return _answered(call, session, answer.body, 1)


def _remarks(call: Call, body: Any) -> tuple[str, ...]:
    remarks = members(body, call.remarks) if call.remarks else ()
    return tuple(sorted(_said(remark) for remark in remarks))


def faults(condition: Condition, body: Any) -> list[str]:
    """What stands where nothing should: the service's own words on what it refused."""
    match condition:
        case Every(path, Empty(inner)):
            found = [fault for member in members(body, path) for fault in members(member, inner)]
        case Empty(path):
            found = list(members(body, path))
        case _:
            found = []
    return [_said(fault) for fault in found if fault]


def _said(fault: Any) -> str:
    if not isinstance(fault, Mapping):
        return str(fault)
    names = ("errorCode", "code", "errorDescription", "description", "message")
    return " ".join(str(fault[name]) for name in names if fault.get(name) is not None)
