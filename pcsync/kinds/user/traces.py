"""What says that a declared person was there already: then nobody is created in the place.

Owns the traces of a person (manifest-reference.md 2.2, domain rules PE2, PE3, PE5): a known id, a
deleted account of the same display name, somebody active of the same name whom no lines mean. Pure;
imports the nouns and the shared word `onMissing`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pcsync.kinds import missing
from pcsync.model import Finding, Resource, Severity, View

RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class Trace:
    """A trace, as what is said of it; `deleted` is the account of the known id, if it can be
    restored."""

    finding: Finding
    deleted: Resource | None = None


def trace(want: Resource, view: View) -> Trace | None:
    """The first trace of a person who was not found; None where there is none.

    Deleted accounts have to be read by then.
    """
    people = [have for have in view.haves.values() if have.address.kind == want.address.kind]
    deleted = [have for have in people if have.remote.get("deleted")]
    if "id" in want.remote:
        return _of_id(want, deleted, people)
    if found := _namesake(want, deleted):
        return Trace(_deleted_namesake(want, found))
    free = [have for have in people if have.address not in view.wants and have not in deleted]
    if found := _namesake(want, free):
        return Trace(_active_namesake(want, found))
    return None


def may_restore(want: Resource, view: View) -> bool:
    """Whether `restore: true` has its effect now: it is new against the base, or, where there is
    none, a flag of this run names the address (rule PE2)."""
    if not want.words.get(RESTORE):
        return False
    if view.base is None:
        return str(want.address) in view.rules.allowed.get(RESTORE, ())
    known = missing.before(want, view)
    return known is None or not known.words.get(RESTORE)


def left_behind(want: Resource, view: View) -> Finding | None:
    """`restore: true` on somebody who is there: it only waits for the next dismissal."""
    if not want.words.get(RESTORE) or view.base is None or may_restore(want, view):
        return None
    what = "`restore: true` works once, when it is new: nobody is restored now"
    advice = "take `restore: true` out of the lines"
    return _say(want, RESTORE, "restore-left-behind", what, advice, Severity.WARNING)


def unused(want: Resource, view: View) -> str:
    """Why a restoration that the lines ask for does not happen, and what to do."""
    if view.base is None:
        return f"say --allow {RESTORE}={want.address}: without a base nobody knows if it is new"
    return "take `restore: true` out, apply, and put it in again: it works once, when it is new"


def _of_id(want: Resource, deleted: Iterable[Resource], people: Iterable[Resource]) -> Trace:
    known = want.remote["id"]
    if found := next((have for have in deleted if have.remote["id"] == known), None):
        what = f"the user with the id {known} was deleted, and nobody is restored by itself"
        advice = "remove the lines, or say `restore: true`"
        return Trace(_say(want, "id", "deleted-user", what, advice), found)
    name = str(want.spec["userPrincipalName"]).lower()
    taken = (h for h in people if str(h.spec.get("userPrincipalName")).lower() == name)
    if other := next(taken, None):
        what = f"no user has the id {known}; {name} is now another, {other.remote['id']}"
        advice = f"if the lines mean that one, write `id: {other.remote['id']}`; else remove them"
        return Trace(_say(want, "id", "pinned-not-found", what, advice))
    what = f"no user has the id {known}, active or deleted"
    advice = "correct or remove `id`, remove the lines, or say `onMissing: create`"
    return Trace(_say(want, "id", "pinned-not-found", what, advice))


def _namesake(want: Resource, haves: Iterable[Resource]) -> Resource | None:
    name = str(want.spec.get("displayName") or "").lower()
    found = (h for h in haves if name and str(h.spec.get("displayName") or "").lower() == name)
    return min(found, key=lambda have: str(have.remote["id"]), default=None)


def _deleted_namesake(want: Resource, have: Resource) -> Finding:
    what = f"a deleted user bears the name {have.spec['displayName']}"
    advice = (
        f"if it is this person, write `id: {have.remote['id']}` and `restore: true`; if it is "
        "another, say `onMissing: create`"
    )
    return _say(want, "displayName", "deleted-user", what, advice)


def _active_namesake(want: Resource, have: Resource) -> Finding:
    upn = have.spec["userPrincipalName"]
    what = f"{have.spec['displayName']} is there as {upn}, and {_upn(want)} is not"
    advice = (
        f"if it is this person, write `id: {have.remote['id']}`; if it is another, say "
        "`onMissing: create`"
    )
    return _say(want, "displayName", "namesake", what, advice)


def _upn(want: Resource) -> str:
    return str(want.spec["userPrincipalName"])


def _say(
    want: Resource,
    field: str,
    code: str,
    what: str,
    advice: str,
    severity: Severity = Severity.ERROR,
) -> Finding:
    return Finding(severity, code, what, advice, want.address, want.at(field))
