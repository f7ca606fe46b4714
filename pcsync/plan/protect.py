"""What `protected` refuses: a flag of a resource, looked up in the base, too (domain rule RM9).

Pure. Must not import a stage beside `plan`, or name a kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pcsync.kinds.missing import before
from pcsync.model import (
    Action,
    Address,
    Change,
    Finding,
    Resource,
    Severity,
    State,
    Verb,
    View,
    When,
)

REFUSED = {
    Verb.SUSPEND: "would be suspended",
    Verb.CANCEL: "would be cancelled",
    Verb.DELETE: "would be deleted",
}
CODE = "protected"


def refused(view: View, actions: Iterable[Action]) -> Iterator[Finding]:
    """An error for every protected resource that would be suspended, cancelled, shrunk, deleted or
    ended, or whose lines left git. What implies that falls, too."""
    for address, want in sorted(view.wants.items()):
        if want.state is State.REMOVED and protects(want, view):
            yield _error(address, want, "has left the manifests")
    for action in actions:
        declared, said = view.wants.get(action.address), _harm(action)
        if said is None or declared is None or not protects(declared, view):
            continue
        if declared.state is State.REMOVED and not action.implied_by:
            continue  # it is told above
        cause = action.implied_by.rpartition(":")[0] if action.implied_by else None
        address = Address.parse(cause) if cause else action.address
        said = f"would take {action.address} with it" if cause else said
        yield _error(address, declared, said)


def protects(want: Resource, view: View) -> bool:
    """Whether a resource is protected now, or was when it was last applied: a flag that vanishes
    with its lines would protect nothing."""
    known = before(want, view)
    return bool(want.words.get(CODE) or (known and known.words.get(CODE)))


def _harm(action: Action) -> str | None:
    """What an action takes from its resource, in words. What is stored already is no write."""
    if action.when is When.PENDING:
        return None
    if action.verb in REFUSED:
        return REFUSED[action.verb]
    return next((said for change in action.changes if (said := _lost(change))), None)


def _lost(change: Change) -> str | None:
    match change.field, change.old, change.new:
        case "quantity", int(old), int(new) if new < old:
            return f"would have fewer seats ({old} -> {new})"
        case "endOfTerm", _, "cancel":
            return "would end at its term"
        case "amount", old, None if old is not None:
            return "would be cleared"
        case _:
            return None


def _error(address: Address, want: Resource, said: str) -> Finding:
    what = f"is protected, and {said}"
    advice = "bring the lines back, or take the flag out in a change of its own and apply it first"
    return Finding(Severity.ERROR, CODE, what, advice, address, want.place)
