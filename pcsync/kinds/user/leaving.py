"""Somebody who is to go: declared absent, or no longer in git.

Owns who may be deleted, and what the departure of the lines means (domain rules RM1, PE9, PE13).
Pure; imports the nouns and the kinds' shared parts.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from fnmatch import fnmatchcase

from pcsync.kinds.paths import at
from pcsync.kinds.user import rules
from pcsync.model import (
    Action,
    Finding,
    Measure,
    Read,
    Resource,
    Severity,
    State,
    Verb,
    View,
)

RESTORABLE = timedelta(days=30)
CODE = "deletes-role-holder"


def leave(want: Resource, have: Resource | None, view: View) -> Iterable[Action | Read | Finding]:
    """A deletion, what has to be read first, or why there is none; nothing where nobody is."""
    if have is None:
        return
    if want.state is State.REMOVED and want.words.get("onRemove", "ignore") != "delete":
        yield _released(want)
        return
    if refusal := rules.deletion(want, have):
        yield refusal
        return
    pattern = _pattern(have, view)
    if pattern is None and (read := _roles(want, have, view)):
        yield read
        return
    if guarded := _guarded(want, have, pattern):
        yield guarded
    last = f"{view.at + RESTORABLE:%Y-%m-%d}"
    yield Action(
        want.address,
        Verb.DELETE,
        owner=want.owner,
        why=_why(want),
        seen={"userPrincipalName": have.spec["userPrincipalName"]},
        people=-1,
        counts={Measure.DELETE_USERS: 1},
        rules=("PE13",),
        brief="deleted",
        says=(("live", _live(want, have, view, asked=pattern is None)), *_left(want)),
        forever=(f"deleted; can be restored until {last}, then gone with mailbox and OneDrive",),
        place=want.at("state"),
    )


def _left(want: Resource) -> Iterable[tuple[str, str]]:
    if want.state is State.REMOVED:
        yield "why", _why(want)


def _live(want: Resource, have: Resource, view: View, *, asked: bool) -> str:
    """Whose account it is that goes: where it is mastered, its roles and its licences."""
    none = "no admin role" if asked else "roles not read"
    roles = ", ".join(have.remote.get("roles", ())) or none
    mine = (each for each in view.haves.values() if each.owner == want.address)
    held = sorted(each.address.path[-1] for each in mine)
    names = f"{'last licence' if len(held) == 1 else 'licences'} {', '.join(held)}"
    return f"cloud account, not synced, {roles}, {names if held else 'no licence'}"


def _why(want: Resource) -> str:
    if want.state is State.REMOVED:
        return "its lines left git, with `onRemove: delete`"
    return "declared with `state: absent`"


def _released(want: Resource) -> Finding:
    """The account stays; with `unlicense` its licences go, and they say so themselves."""
    what = "its lines left git: the account stays, and is not managed any more"
    advice = "nothing, or bring the lines back with `state: absent` to delete the account"
    return Finding(Severity.WARNING, "unmanaged", what, advice, want.address, want.place)


def _pattern(have: Resource, view: View) -> str | None:
    """The protected pattern that the sign-in name fits, its case aside."""
    name = str(have.spec["userPrincipalName"]).lower()
    fitting = (each for each in view.rules.protected_users if fnmatchcase(name, each.lower()))
    return next(fitting, None)


def _roles(want: Resource, have: Resource, view: View) -> Read | None:
    """Which directory roles somebody holds is asked only of who is to be deleted."""
    assert view.owner is not None
    path = at(view, view.owner, f"users/{have.remote['id']}/directoryroles")
    if path is None or view.done(path):
        return None
    return Read(path, (want.address,), owner=view.owner, pages=True, user=True)


def _guarded(want: Resource, have: Resource, pattern: str | None) -> Finding | None:
    roles = have.remote.get("roles", ())
    if pattern is None and not roles:
        return None
    name = have.spec["userPrincipalName"]
    what = f"{name} holds {', '.join(roles)}"
    if pattern is not None:
        what = f"{name} fits the protected pattern {pattern}"
    advice = (
        f"if it shall go all the same, say `acknowledge: [{{finding: {CODE}, by: …, on: …, "
        "until: …}]`, or delete it by hand"
    )
    return Finding(Severity.ERROR, CODE, what, advice, want.address, want.at("state"))
