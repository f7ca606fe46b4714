"""Tiny kinds for the planner: what a test does not say is as plain as can be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from pcsync.kinds import Kind
from pcsync.model import (
    Action,
    Address,
    Asked,
    Before,
    Call,
    Change,
    Document,
    Finding,
    Owns,
    Pair,
    Read,
    ReadState,
    Resource,
    Severity,
    State,
    Step,
    Verb,
    View,
)
from pcsync.plan.build import Frame
from pcsync.plan.draft import Draft
from pcsync.plan.fold import Answer, fold
from pcsync.plan.look import Look, look

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
FRAME = Frame(AT, "emulator", "2f1c6f0e-5a3b-4d0c-9a57-0f6f6a1f4b11", "m" * 8)
CONTOSO = Address("tenant", ("contoso",))


class Fake:
    """A kind of whatever functions a test gives it by the names of `Kind`."""

    schema: Mapping[str, Any] = {}

    def __init__(self, name: str, **parts: Callable[..., Any]) -> None:
        self.name = name
        self.asked: list[str] = []
        vars(self).update(parts)

    def desired(self, document: Document) -> Iterable[Resource | Owns]:
        raise NotImplementedError

    def reads(self, view: View) -> Iterable[Read]:
        return ()

    def live(self, read: Read, page: Any, view: View) -> Iterable[Resource]:
        return ()

    def match(
        self, wants: Sequence[Resource], haves: Sequence[Resource], view: View
    ) -> Iterable[Pair | Finding]:
        by_id = {have.remote.get("id"): have for have in haves}
        for want in wants:
            if have := by_id.get(want.remote.get("id")):
                yield Pair(want, have, "id")

    def compare(
        self, want: Resource, have: Resource | None, view: View
    ) -> Iterable[Action | Read | Finding]:
        if want.state is State.ABSENT:
            if have:
                yield Action(want.address, Verb.DELETE, want.owner, counts={"ended": 1})
        elif have is None:
            yield Action(want.address, Verb.CREATE, want.owner)
        elif want.spec != {name: have.spec.get(name) for name in want.spec}:
            changes = [Change(n, have.spec.get(n), v) for n, v in sorted(want.spec.items())]
            yield Action(want.address, Verb.UPDATE, want.owner, changes=tuple(changes))

    def review(self, view: View) -> Iterable[Before | Finding]:
        return ()

    def batch(self, action: Action) -> str:
        return str(action.address)

    def steps(self, batch: Sequence[Action], view: View) -> Iterable[Step]:
        name = f"{self.batch(batch[0])}.call"
        yield Call(name, tuple(action.id for action in batch), "POST", f"/v1/{self.name}")


def kinds(*some: Fake) -> dict[str, Kind]:
    return {fake.name: fake for fake in some}


def address(text: str) -> Address:
    """``mail/ana`` is short for ``mail/contoso/ana``."""
    kind, _, rest = text.partition("/")
    return Address(kind, ("contoso", *rest.split("/"))) if rest else Address(kind, ("contoso",))


def thing(text: str, *needs: str, owner: str | None = None, **members: Any) -> Resource:
    """A resource of contoso."""
    members.setdefault("spec", {})
    return Resource(
        address(text),
        owner=address(owner) if owner else CONTOSO,
        needs=frozenset(map(address, needs)),
        **members,
    )


def view(*wants: Resource, haves: Iterable[Resource] = (), **members: Any) -> View:
    """The view of contoso with these."""
    return View(
        AT,
        CONTOSO,
        wants={want.address: want for want in wants},
        haves={have.address: have for have in haves},
        **members,
    )


def read(path: str, *shows: str, **members: Any) -> Read:
    return Read(path, tuple(map(address, shows)), **members)


def asked(path: str, *shows: str, failed: str = "") -> dict[str, Asked]:
    state = ReadState.FAILED if failed else ReadState.DONE
    return {path: Asked(read(path, *shows), state, failed)}


def error(text: str, severity: Severity = Severity.ERROR) -> Finding:
    return Finding(severity, "wrong", f"{text} is wrong", "mend it", address(text))


def act(text: str, verb: Verb = Verb.CREATE, **members: Any) -> Action:
    return Action(address(text), verb, members.pop("owner", CONTOSO), **members)


def drafted(
    actions: Iterable[Action], wants: Iterable[Resource] = (), before: Iterable[Before] = ()
) -> Draft:
    """A draft of these actions as they are."""
    by_id = {action.id: action for action in actions}
    return Draft(replace(view(*wants), actions=by_id), by_id, tuple(before), (), ())


def looked(
    some: Mapping[str, Kind],
    start: View,
    answer: Callable[[Read], Answer],
    rounds: list[tuple[str, ...]] | None = None,
) -> Look:
    """Looks and answers in turn until nothing is left to read."""
    for _ in range(9):
        found = look(some, start)
        if not found.reads:
            return found
        if rounds is not None:
            rounds.append(tuple(each.path for each in found.reads))
        start = fold(some, found.view, [answer(each) for each in found.reads])
    raise AssertionError("still reading")
