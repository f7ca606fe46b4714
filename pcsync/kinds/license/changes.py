"""What would make a person's licence as declared: assigned, changed in its plans, or taken away.

Owns who can't have one, what is never touched, and what the departure of lines means (domain rules
LI1 to LI4, LI13, RM1). Pure; imports the nouns and the kinds' shared parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from pcsync.kinds.fields import differences
from pcsync.kinds.license import policy, skus
from pcsync.model import Action, Finding, Measure, Resource, Severity, State, Verb, View

PLANS = ("disabledPlans",)
UNKNOWN = "product:"


def compare(want: Resource, have: Resource | None, view: View) -> Iterable[Action | Finding]:
    """The action of one licence, or why there is none."""
    if want.state is State.PRESENT:
        yield from _wanted(want, have, view)
    elif have is not None:
        yield from _unwanted(want, view)


def leaves(person: Resource | None) -> bool:
    """Whether a person's account is to be deleted: the licences go with it, without a call."""
    if person is None or person.state is State.PRESENT:
        return False
    return person.state is State.ABSENT or person.words.get("onRemove") == "delete"


def stays_licensed(want: Resource, view: View) -> bool:
    """Whether a licence in a person's list left git with the person, and is left alone with it."""
    person = view.wants.get(want.owner) if want.owner else None
    return (
        want.state is State.REMOVED
        and _nested(want)
        and person is not None
        and person.state is State.REMOVED
        and person.words.get("onRemove", "ignore") == "ignore"
    )


def _nested(want: Resource) -> bool:
    return want.remote.get("user") is None


def _draft(want: Resource, verb: Verb, *rules: str) -> Action:
    title = skus.title(str(want.remote["sku"]))
    return Action(want.address, verb, want.owner, title=title, rules=rules, place=want.place)


def _wanted(want: Resource, have: Resource | None, view: View) -> Iterable[Action | Finding]:
    pool = str(want.remote["sku"])
    if _comes_back(want, view):
        return
    if finding := _person(want, view):
        yield finding
        return
    changes = differences(want.spec, have.spec if have else {}, PLANS)
    if have and not changes:
        return
    if reason := policy.of(view).untouchable(pool):
        yield _left_alone(want, reason, assigned=have is not None)
    elif have is None:
        yield replace(_draft(want, Verb.CREATE, "LI1"), changes=changes, moves={pool: -1})
    else:
        seen = {"disabledPlans": have.spec.get("disabledPlans")}
        yield replace(_draft(want, Verb.UPDATE, "LI4"), changes=changes, seen=seen)


def _unwanted(want: Resource, view: View) -> Iterable[Action | Finding]:
    """A removal. What goes with an account is shown as its consequence, not by itself."""
    pool = str(want.remote["sku"])
    declared = view.wants.get(want.address) is want
    if leaves(view.wants.get(want.owner) if want.owner else None):
        if declared:
            return
    elif want.state is State.REMOVED and not _taken(want, view):
        if not stays_licensed(want, view):
            yield _released(want)
        return
    elif reason := policy.of(view).untouchable(pool):
        if declared:
            yield _left_alone(want, reason, assigned=True)
        return
    elif at := policy.came_back(view, want.address):
        if declared:
            yield policy.inherited(want.address, at, want.place)
        return
    rule = "RM1" if want.state is State.REMOVED else "LI1"
    notes: tuple[str, ...] = ()
    if not declared and policy.outlived(view, pool):
        rule, notes = "LI15", ("the tenant has no seat of it any more",)
    lost = {Measure.LOSE_LICENCE.value: 1}
    yield replace(_draft(want, Verb.DELETE, rule), moves={pool: 1}, counts=lost, notes=notes)


def _taken(want: Resource, view: View) -> bool:
    """Whether a licence whose lines left git is taken away: the base assigned it."""
    person = view.wants.get(want.owner) if want.owner else None
    if person is not None and person.state is State.REMOVED and _nested(want):
        return person.words.get("onRemove") == "unlicense"
    return bool(want.words.get("onRemove", "unassign") == "unassign")


def _comes_back(want: Resource, view: View) -> bool:
    """Of somebody who is to be restored nobody knows the licences yet (rule PE4)."""
    assert want.owner is not None
    declared = view.wants.get(want.owner)
    return bool(declared and declared.words.get("restore")) and want.owner not in view.haves


def _person(want: Resource, view: View) -> Finding | None:
    """A person who is nowhere, who leaves, or who has no usageLocation can't have a licence."""
    assert want.owner is not None
    declared, live = view.wants.get(want.owner), view.haves.get(want.owner)
    if declared is None and live is None:
        if view.owner not in view.ids:
            return None
        what = f"no user of this customer is {want.remote['user']}"
        return _error(want, "no-such-user", what, "declare the user, or correct the name")
    if declared is not None and declared.state is State.ABSENT:
        what = "the user is declared absent and has licences"
        return _error(want, "licence-of-leaver", what, "remove the licences' lines")
    places = [r.spec.get("usageLocation") for r in (declared, live) if r]
    if live is None and view.owner:
        # A new person gets the customer's country, as far as it is known.
        sides = (view.wants.get(view.owner), view.haves.get(view.owner))
        places += [r.remote.get("country") for r in sides if r]
    if not any(places):
        what = "the user has no usageLocation, and no licence can be assigned without"
        return _error(want, "no-usage-location", what, "add `usageLocation` to the user")
    return None


def review(view: View, kind: str) -> Mapping[str, Finding]:
    """By action the assignments of SKUs of which nobody here provides a seat (rule LI13)."""
    assigns = [
        (action, view.wants[action.address])
        for action in view.actions.values()
        if action.address.kind == kind and action.verb is Verb.CREATE
    ]
    empty = [(a, want) for a, want in assigns if not _seats(str(want.remote["sku"]), view)]
    if not empty:
        return {}
    given = {pool for want in view.wants.values() for pool, n in want.holds.items() if n >= 0}
    if any(pool.startswith(UNKNOWN) for pool in given):
        return {}
    return {a.id: _not_provided(want) for a, want in empty if want.remote["sku"] not in given}


def _seats(pool: str, view: View) -> bool:
    level = view.levels.get(pool)
    return level is not None and level.total > 0


def _not_provided(want: Resource) -> Finding:
    name = skus.shown(str(want.remote["sku"]))
    what = f"{name}: no subscription declared here provides it, and the tenant has no seat of it"
    advice = "declare its subscription, or correct the part number"
    return _error(want, "not-provided", what, advice)


def _left_alone(want: Resource, reason: str, *, assigned: bool) -> Finding:
    name = skus.shown(str(want.remote["sku"]))
    inherited = "group" in reason
    what = f"{name} {reason}: it is not {'changed' if assigned else 'assigned'}"
    advice = "change the group's members" if inherited else "take it out of one of the two lists"
    code = "inherited" if inherited else "ignored-licence"
    return Finding(Severity.WARNING, code, what, advice, want.address, want.place)


def _released(want: Resource) -> Finding:
    what = "its lines left git with `onRemove: ignore`: the licence stays, and is not managed"
    advice = "nothing, or bring the lines back with `state: absent` to take it away"
    return Finding(Severity.WARNING, "unmanaged", what, advice, want.address, want.place)


def of_guest(want: Resource) -> Finding:
    """The account is of another tenant: nothing is written (rule PE8)."""
    what = "belongs to a guest: the account is of another tenant"
    return Finding(Severity.WARNING, "guest", what, "remove its lines", want.address, want.place)


def _error(want: Resource, code: str, what: str, advice: str) -> Finding:
    return Finding(Severity.ERROR, code, what, advice, want.address, want.place)
