"""Whose account it is, and what may be planned for it (domain rules PE2 to PE8).

Pure; imports the nouns only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pcsync.model import Change, Finding, Resource, Severity


def creation(want: Resource) -> Iterable[Finding]:
    """What is missing to create this account."""
    for field, advice in (
        ("displayName", "add `displayName`, or say `lifecycle: existing`"),
        ("password", "add `password: {generate: true}`, or say `lifecycle: existing`"),
    ):
        if not want.spec.get(field):
            what = f"{want.spec['userPrincipalName']} does not exist, and has no {field}"
            yield _error(want, field, "user-incomplete", what, advice)


def trace(want: Resource, haves: Iterable[Resource]) -> Finding | None:
    """A deleted user with the wanted id or display name: then nobody is created (PE2, PE3)."""
    name = str(want.spec.get("displayName", "")).lower()
    for have in haves:
        if have.address.kind != want.address.kind or not have.remote.get("deleted"):
            continue
        found = str(have.spec.get("displayName") or "").lower()
        if have.remote["id"] == want.remote.get("id") or (name and found == name):
            what = f"a deleted user bears the name {want.spec.get('displayName')}"
            advice = (
                f"if it is this person, restore the user with the id {have.remote['id']} in the "
                "admin centre; if not, give the new one another displayName"
            )
            return _error(want, "displayName", "deleted-user", what, advice)
    if "id" in want.remote:
        what = f"no user has the id {want.remote['id']}, active or deleted"
        return _error(want, "id", "pinned-not-found", what, "correct or remove `id`")
    return None


def gone(want: Resource) -> Finding:
    """An account that others own is not there (PE6)."""
    what = f"{want.spec['userPrincipalName']} is `lifecycle: existing`, and does not exist"
    advice = "remove its lines, correct the name, or say `lifecycle: owned`"
    return _error(want, "userPrincipalName", "user-gone", what, advice)


def deletion(want: Resource, have: Resource) -> Finding | None:
    """Why this account may not be deleted, if so (PE6, PE7, PE8)."""
    if want.spec.get("lifecycle") == "existing":
        what = "`lifecycle: existing` is never deleted"
        return _error(want, "state", "not-owned", what, "say `lifecycle: owned` to delete it")
    if have.remote["synced"]:
        what = "is synced from on-premises: a deletion here would not last"
        return _error(want, "state", "synced-user", what, "delete it in the directory it is from")
    if have.remote["guest"]:
        return _guest(want)
    return None


def change(want: Resource, have: Resource, changes: Sequence[Change]) -> Finding | None:
    """Why these fields may not be changed, if so (PE6, PE7, PE8)."""
    if have.remote["guest"]:
        return _guest(want)
    if have.remote["synced"]:
        names = ", ".join(c.field for c in changes)
        what = f"is synced from on-premises: {names} can't be changed here"
        advice = f"change {names} in the directory it is synced from, or leave the lines out"
        return _error(want, changes[0].field, "synced-user", what, advice)
    renamed = any(c.field == "userPrincipalName" for c in changes)
    if want.spec.get("lifecycle") == "existing" and renamed:
        what = "`lifecycle: existing` is never renamed"
        return _error(want, "userPrincipalName", "not-owned", what, "say `lifecycle: owned`")
    return None


def _guest(want: Resource) -> Finding:
    what = "is a guest: the account belongs to another tenant"
    return Finding(Severity.WARNING, "guest", what, "remove its lines", want.address, want.place)


def _error(want: Resource, field: str, code: str, what: str, advice: str) -> Finding:
    return Finding(Severity.ERROR, code, what, advice, want.address, want.at(field))
