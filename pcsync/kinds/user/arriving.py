"""Somebody who is declared and not there: created without a trace, or restored by a word.

Owns the decision of manifest-reference.md 2.2 for people (domain rules PE2 to PE6). Pure; imports
the nouns and the kinds' shared parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pcsync.kinds import fields, missing
from pcsync.kinds.paths import at
from pcsync.kinds.user import rules, traces
from pcsync.kinds.user.model import CREATED, DELETED, EDITABLE, FOLDED
from pcsync.model import Action, Address, Finding, Read, Resource, Verb, View


def arrive(want: Resource, view: View) -> Iterable[Action | Read | Finding]:
    """A creation or a restoration, what has to be read first, or why there is neither."""
    if rules.existing(want):
        yield rules.gone(want)
        return
    if refusals := list(missing.refused(want, "user")):
        yield from refusals
        return
    path = at(view, view.owner, DELETED) if view.owner else None
    if path and not view.done(path):
        yield Read(path, (want.address,), owner=view.owner, pages=True, user=True)
        return
    trace = traces.trace(want, view)
    if trace is None or missing.may_create(want, view):
        yield from _create(want, view)
    elif want.words.get(traces.RESTORE):
        yield _restored(want, trace, view)
    else:
        yield missing.left_behind(want, view) or trace.finding


def _create(want: Resource, view: View) -> Iterable[Action | Finding]:
    if findings := list(rules.creation(want)):
        yield from findings
        return
    location = want.spec.get("usageLocation") or _country(want, view)
    changes = fields.creation({**want.spec, "usageLocation": location}, CREATED)
    yield Action(
        want.address,
        Verb.CREATE,
        owner=want.owner,
        changes=changes,
        why=_why(want),
        people=1,
        rules=("PE5",),
        place=want.place,
        says=(*((c.field, str(c.new)) for c in changes), _password(want, view)),
    )


def _password(want: Resource, view: View) -> tuple[str, str]:
    """Where the first password is from, where it goes, and how long it holds."""
    given = want.spec.get("password")
    made = not isinstance(given, Mapping) or bool(given.get("generate"))
    goes = f"to {view.rules.sink}" if made and view.rules.sink else "as given"
    change = want.spec.get("forceChangePassword", True)
    then = ", to be changed at first sign-in" if change else ""
    return "new password" if made else "password", f"{goes}{then}"


def _why(want: Resource) -> str:
    if missing.creates(want):
        return "`onMissing: create` says that this is another person"
    return "no active or deleted user is this one"


def _restored(want: Resource, trace: traces.Trace, view: View) -> Action | Finding:
    """The account of the known id comes back, once; of its licences nothing is promised (PE4)."""
    have = trace.deleted
    if have is None:
        return trace.finding
    if not traces.may_restore(want, view):
        return rules.error(
            want, "restore", "deleted-user", trace.finding.what, traces.unused(want, view)
        )
    changed = fields.differences(want.spec, have.spec, EDITABLE, FOLDED)
    return Action(
        want.address,
        Verb.RESTORE,
        owner=want.owner,
        # The name of a deleted account is the service's making: nobody chose it.
        changes=tuple(change for change in changed if change.field != "userPrincipalName"),
        why="`restore: true`, with the id of a deleted user",
        people=1,
        effects=(
            f"signs in as {want.spec['userPrincipalName']} again",
            "licences may come back or not, also where no seat is free: the next plan reads them",
        ),
        rules=("PE2", "PE4"),
        place=want.at("restore"),
    )


def _country(want: Resource, view: View) -> str | None:
    """Where a new person lives who does not say so: where the customer does."""
    owner: Address | None = want.owner
    sides = (view.wants.get(owner), view.haves.get(owner)) if owner else ()
    found = (side.remote.get("country") for side in sides if side)
    return next((str(country) for country in found if country), None)
