"""What differs between a declared subscription and the live one, and what can be done about it.

Owns the split into what is changed now and what is blocked, with its reason and date. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from pcsync.kinds.fields import differences
from pcsync.kinds.paths import at
from pcsync.kinds.subscription import products
from pcsync.kinds.subscription.model import AT_RENEWAL, FOLDED, NOW
from pcsync.model import (
    Action,
    Change,
    Finding,
    Measure,
    Read,
    Resource,
    Severity,
    Verb,
    View,
    When,
)


def ended(want: Resource, have: Resource) -> Iterable[Finding]:
    """A dead row is a trace: nothing is bought in its place (domain rules ID3, ID4, ID7)."""
    if want.spec["state"] == "suspended":
        return
    on = f" on {have.remote['ends']:%Y-%m-%d}" if have.remote["ends"] else ""
    declared = want.spec.get("endOfTerm") == "cancel"
    yield Finding(
        Severity.WARNING if declared else Severity.ERROR,
        "ended-as-declared" if declared else "ended-otherwise",
        f"ended{on} (status {have.spec['state']}), and is not bought again by itself",
        "remove its lines; to buy a new one give it another name and friendlyName",
        want.address,
        want.place,
    )


def compare(want: Resource, have: Resource, view: View) -> Iterable[Action | Read | Finding]:
    """Suspend, resume, or change what differs (commerce.md section 20.1)."""
    wanted, state = want.spec["state"], have.spec["state"]
    if wanted == "suspended":
        if state != "suspended" and not have.remote["extended"]:
            yield _suspend(want, have)
        elif state != "suspended":
            yield _extended(want, have)
    elif state == "suspended" and have.remote["suspended_by"]:
        reasons = ", ".join(have.remote["suspended_by"])
        what = f"was suspended by Microsoft ({reasons}) and is never resumed by pcsync"
        yield _finding(want, "state", "suspended-by-microsoft", what, "solve it with Microsoft")
    elif state == "suspended":
        yield _resume(want, have)
        if later := (*_fewer(want, have), *differences(want.spec, have.spec, AT_RENEWAL, FOLDED)):
            yield _blocked(want, have, later)
    elif state == "pending":
        what = "is being provisioned: nothing can be changed before it is active"
        yield _finding(want, "", "pending", what, "run plan again in a few minutes")
    elif have.remote["extended"]:
        yield _extended(want, have)
    else:
        yield from _update(want, have, view)


def _extended(want: Resource, have: Resource) -> Finding:
    """In an extended term the service takes nothing but a cancellation or a conversion (WI6)."""
    until = f" until {have.remote['ends']:%Y-%m-%d}, then again" if have.remote["ends"] else ""
    what = f"is in an extended service term, month by month{until}: nothing can be changed in it"
    return _finding(want, "", "in-est", what, "convert or cancel it in Partner Center")


def _suspend(want: Resource, have: Resource) -> Action:
    return Action(
        want.address,
        Verb.SUSPEND,
        owner=want.owner,
        changes=(Change("state", have.spec["state"], "suspended"),),
        why="declared with `state: suspended`",
        seen={"state": have.spec["state"]},
        counts={Measure.SUSPEND: 1},
        effects=(
            "people are locked out; the subscription stays billed",
            "the service switches auto-renew off and deletes scheduled changes",
        ),
        place=want.at("state"),
    )


def _resume(want: Resource, have: Resource) -> Action:
    """Status first; then one Edit for auto-renew, which stays off, and for what else differs."""
    fewer = _fewer(want, have)
    rest = tuple(c for c in differences(want.spec, have.spec, NOW, FOLDED) if c not in fewer)
    note: tuple[str, ...] = ()
    if "endOfTerm" not in want.spec and have.spec["endOfTerm"] != "renew":
        note = ("auto-renew stays off: say `endOfTerm: renew` to switch it on again",)
    return Action(
        want.address,
        Verb.RESUME,
        owner=want.owner,
        changes=(Change("state", "suspended", "active"), *rest),
        why="declared active",
        seen={"state": "suspended", **{c.field: c.old for c in rest}},
        moves={pool: max(have.spec["quantity"], seats) for pool, seats in want.holds.items()},
        counts=_counts(want, rest),
        notes=note,
        place=want.at("state"),
    )


def _fewer(want: Resource, have: Resource) -> tuple[Change, ...]:
    """Fewer seats of a suspended one: how many can go back is known only once it is active."""
    changes = differences(want.spec, have.spec, ("quantity",))
    return tuple(change for change in changes if change.new < change.old)


def _update(want: Resource, have: Resource, view: View) -> Iterable[Action | Read]:
    now = list(differences(want.spec, have.spec, NOW, FOLDED))
    later = list(differences(want.spec, have.spec, AT_RENEWAL, FOLDED))
    until: datetime | None = None
    if fewer := next((c for c in now if c.field == "quantity" and c.new < c.old), None):
        path = at(view, view.owner, f"subscriptions/{have.remote['id']}") if view.owner else None
        if path and not view.done(path):
            yield Read(path, (want.address,), owner=view.owner)
            return
        if fewer.old - fewer.new > (have.remote["refundable"] or 0):
            now.remove(fewer)
            later.append(fewer)
        else:
            until = have.remote["refundable_until"]
    if now:
        yield _edit(want, have, tuple(now), until)
    if later:
        yield _blocked(want, have, tuple(later))


def _edit(
    want: Resource, have: Resource, changes: tuple[Change, ...], until: datetime | None
) -> Action:
    moved = any(c.field == "quantity" for c in changes)
    lost = ("the service deletes the changes that are scheduled for renewal",)
    return Action(
        want.address,
        Verb.UPDATE,
        owner=want.owner,
        changes=changes,
        not_after=until,
        why=products.title(have.spec["product"]),
        seen={c.field: c.old for c in changes},
        moves=_moves(want, changes),
        counts=_counts(want, changes),
        effects=lost if moved and have.remote["scheduled"] else (),
        place=want.at(changes[0].field),
    )


def _blocked(want: Resource, have: Resource, changes: tuple[Change, ...]) -> Action:
    """Fields that have no way today: shown with the day of the renewal, never written."""
    ends = have.remote["ends"]
    free = have.remote["refundable"] or 0
    notes = tuple(
        f"{free} of {c.old} seats can be given back today"
        if c.field == "quantity"
        else f"{c.field} can't be changed within the term by this version of pcsync"
        for c in changes
    )
    return Action(
        want.address,
        Verb.UPDATE,
        owner=want.owner,
        changes=changes,
        when=When.BLOCKED,
        date=ends + timedelta(days=1) if ends else None,
        why=products.title(have.spec["product"]),
        seen={c.field: c.old for c in changes},
        notes=(*notes, "change it in Partner Center for the renewal, or write the live value"),
        place=want.at(changes[0].field),
    )


def _moves(want: Resource, changes: tuple[Change, ...]) -> dict[str, int]:
    (pool,) = want.holds
    more = sum(c.new - c.old for c in changes if c.field == "quantity")
    return {pool: more} if more else {}


def _counts(want: Resource, changes: tuple[Change, ...]) -> dict[str, int]:
    added = sum(max(c.new - c.old, 0) for c in changes if c.field == "quantity")
    counts = {Measure.ADD_SEATS.value: added} if added else {}
    if added and want.spec["termDuration"] == "P3Y":
        counts[Measure.P3Y.value] = 1
    return counts


def _finding(want: Resource, field: str, code: str, what: str, advice: str) -> Finding:
    return Finding(Severity.WARNING, code, what, advice, want.address, want.at(field))
