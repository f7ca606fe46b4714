"""Whose account it is, and what may be planned for it (domain rules PE5 to PE8, PE14).

Pure; imports the nouns and the kinds' shared parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pcsync.kinds import kept
from pcsync.model import Change, Finding, Resource, Severity, State, View


def existing(want: Resource) -> bool:
    """Whether the account is somebody else's: never created, renamed, deleted or restored."""
    return bool(want.spec.get("lifecycle") == "existing")


def creation(want: Resource) -> Iterable[Finding]:
    """What is missing to create this account."""
    for field, advice in (
        ("displayName", "add `displayName`, or say `lifecycle: existing`"),
        ("password", "add `password: {generate: true}`, or say `lifecycle: existing`"),
    ):
        if not want.spec.get(field):
            what = f"{want.spec['userPrincipalName']} does not exist, and has no {field}"
            yield error(want, field, "user-incomplete", what, advice)


def password(want: Resource, have: Resource, view: View) -> Iterable[Finding]:
    """An account that a run may have made of which nothing is left, its password either (PE14)."""
    given = want.spec.get("password")
    made = isinstance(given, Mapping) and given.get("generate")
    if not made or existing(want) or have.remote["synced"] or not kept.unaccounted(want, view):
        return
    what = (
        f"{want.spec['userPrincipalName']} is there already, and {view.rules.sink or 'the sink'} "
        "has no password for it: if an apply that was cut off made it, that is lost"
    )
    advice = "reset the password, if nobody knows it; `pcsync pin` records the account"
    yield kept.lost(want, "userPrincipalName", what, advice)


def gone(want: Resource) -> Finding:
    """An account that others own is not there (PE6)."""
    what = f"{want.spec['userPrincipalName']} is `lifecycle: existing`, and does not exist"
    advice = "remove its lines, correct the name, or say `lifecycle: owned`"
    return error(want, "userPrincipalName", "user-gone", what, advice)


def deletion(want: Resource, have: Resource) -> Finding | None:
    """Why this account may not be deleted, if so (PE6, PE7, PE8)."""
    word = "onRemove" if want.state is State.REMOVED else "state"
    if existing(want):
        what = "`lifecycle: existing` is never deleted"
        return error(want, word, "not-owned", what, "say `lifecycle: owned` to delete it")
    if have.remote["synced"]:
        what = "is synced from on-premises: a deletion here would not last"
        return error(want, word, "synced-user", what, "delete it in the directory it is from")
    if have.remote["guest"]:
        return guest(want)
    return None


def change(want: Resource, have: Resource, changes: Sequence[Change]) -> Iterable[Finding]:
    """Why these fields may not be changed, if so (PE6, PE7)."""
    if have.remote["synced"]:
        for each in changes:
            what = f"is synced from on-premises: {each.field} can't be changed here"
            advice = f"change {each.field} in the directory it is from, or leave the line out"
            yield error(want, each.field, "synced-user", what, advice)
    elif existing(want) and any(each.field == "userPrincipalName" for each in changes):
        what = "`lifecycle: existing` is never renamed"
        yield error(want, "userPrincipalName", "not-owned", what, "say `lifecycle: owned`")


def guest(want: Resource) -> Finding:
    """An account of another tenant is reported, and never written (PE8)."""
    what = "is a guest: the account belongs to another tenant"
    return Finding(Severity.WARNING, "guest", what, "remove its lines", want.address, want.place)


def error(want: Resource, field: str, code: str, what: str, advice: str) -> Finding:
    """An error at the line of a field."""
    return Finding(Severity.ERROR, code, what, advice, want.address, want.at(field))
