"""Ending the relationship with a customer whose document is gone, by its own word (rule RM7).

Owns when the service takes it: with nothing active below (customers.md 2). Without the word the
customer is released and nothing is read. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from pcsync.kinds.paths import at, below
from pcsync.model import (
    Action,
    Can,
    Change,
    Edit,
    Finding,
    Is,
    Measure,
    Read,
    Resource,
    Severity,
    State,
    Verb,
    View,
    When,
)

FIELD = "relationshipToPartner"
RUNNING = frozenset({"active", "pending"})
OBJECT = {"attributes": {"objectType": "Customer"}}


def ends(want: Resource) -> bool:
    """Whether the document is gone and its last word was to end the relationship."""
    return want.state is State.REMOVED and want.words.get("onRemove") == "endRelationship"


def reads(want: Resource, view: View) -> Iterable[Read]:
    """The list of subscriptions: none may be active."""
    if ends(want) and (path := at(view, want.address, "subscriptions")):
        yield Read(path, (want.address,), owner=want.address)


def relationship(
    want: Resource, have: Resource | None, view: View
) -> Iterable[Action | Read | Finding]:
    """The end of the relationship, blocked while something is active below."""
    if not ends(want) or have is None or have.remote.get("relationship") == "none":
        return
    if Can.USER not in view.can:
        what = "only a signed-in user can end a relationship"
        advice = "give this run an App+User token of a Global administrator"
        yield Finding(Severity.ERROR, "needs-user-token", what, advice, want.address, want.place)
        return
    action = Action(
        want.address,
        Verb.CANCEL,
        changes=(Change(FIELD, have.remote.get("relationship"), "none"),),
        why="its document is gone from git (onRemove: endRelationship)",
        seen={FIELD: have.remote.get("relationship")},
        counts={Measure.CANCEL.value: 1},
        forever=("only the customer can bring it back, by accepting an invitation",),
        rules=("RM7",),
        place=want.place,
    )
    yield _blocked(action, running) if (running := _running(want, view)) else action


def _running(want: Resource, view: View) -> list[Resource]:
    """What belongs to the customer and is active, whoever declared it."""
    return [
        have
        for _, have in sorted(view.haves.items())
        if have.owner == want.address and have.spec.get("state") in RUNNING
    ]


def _blocked(action: Action, running: list[Resource]) -> Action:
    names = ", ".join(str(each.spec.get("friendlyName") or each.address) for each in running[:3])
    more = f" and {len(running) - 3} more" if len(running) > 3 else ""
    ended = [each.remote["ends"] for each in running if each.remote.get("ends")]
    return Action(
        action.address,
        action.verb,
        changes=action.changes,
        when=When.BLOCKED,
        date=max(ended) + timedelta(days=1) if len(ended) == len(running) else None,
        why=action.why,
        seen=action.seen,
        forever=action.forever,
        rules=action.rules,
        notes=(f"{len(running)} still active: {names}{more}; suspend or cancel first",),
        place=action.place,
    )


def steps(action: Action) -> Iterable[Edit]:
    """One PATCH, by a person: nothing else of the customer is sent."""
    yield Edit(
        f"{action.address}.end",
        (action.id,),
        "PATCH",
        below(action.address, "").removesuffix("/"),
        whole=False,
        sets=(Is(FIELD, "none", fold=True),),
        expect=tuple(Is(change.field, change.old, fold=True) for change in action.changes),
        extra=OBJECT,
        user=True,
    )
