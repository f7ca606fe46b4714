"""What differs between a declared subscription and the live one, and what can be done about it.

Owns the split into what is changed now and what is blocked, with its reason and date. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from pcsync.kinds.fields import differences
from pcsync.kinds.paths import at
from pcsync.kinds.subscription import products, renewal, windows
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

DECISION = "decision-needed"
SUSPENDED = "can be changed only while it is active: plan again when it is"


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
            yield _blocked(want, have, [(change, SUSPENDED) for change in later])
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


def _update(want: Resource, have: Resource, view: View) -> Iterable[Action | Read | Finding]:
    path = at(view, view.owner, f"subscriptions/{have.remote['id']}") if view.owner else None
    if windows.gives_back(want, have) and path and not view.done(path):
        yield Read(path, (want.address,), owner=view.owner)
        return
    found = windows.split(want, have)
    if running := _running(want, have, found, view):
        yield running
        return
    if found.now:
        yield _edit(want, have, found.now, found.until)
    if found.renewal:
        yield renewal.instruct(want, have, found)
    open_ = [(change, windows.ASKS) for change, _ in found.asked]
    if found.blocked or open_:
        yield _blocked(want, have, [*found.blocked, *open_])
    if found.asked:
        yield _question(want, have, found.asked)


def _question(want: Resource, have: Resource, asked: Sequence[tuple[Change, str]]) -> Finding:
    """What can't be undone is asked (rule WI9); plan and apply end with 3 until it is answered."""
    names = ", ".join(change.field for change, _ in asked)
    words = ", ".join(f"{word}: atRenewal" for word in dict.fromkeys(word for _, word in asked))
    starts = windows.renews(have)
    when = f" on {starts:%Y-%m-%d}" if starts else ""
    what = f"{names} {windows.ASKS} (the renewal is{when})" if when else f"{names} {windows.ASKS}"
    advice = f"say `change: {{{words}}}`; an upgrade now has to be made in Partner Center"
    return _finding(want, asked[0][0].field, DECISION, what, advice)


def _running(want: Resource, have: Resource, found: windows.Split, view: View) -> Action | None:
    """From the end of its last day a renewal may run for 24 hours: nothing is written (WI15)."""
    starts = windows.renews(have)
    changes = (*found.now, *found.renewal)
    if starts is None or view.at < starts or not changes or have.remote["extended"]:
        return None
    until = starts + timedelta(days=1)
    note = f"its renewal is running: no writes before {until:%Y-%m-%d %H:%M} UTC"
    blocked = [(change, note) for change in changes]
    return replace(_blocked(want, have, [*blocked, *found.blocked]), date=until)


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
        effects=lost if moved and have.remote["next"] else (),
        place=want.at(changes[0].field),
    )


def _blocked(want: Resource, have: Resource, changes: Sequence[tuple[Change, str]]) -> Action:
    """What has no way today: shown with the day of the renewal and the reason, never written."""
    notes = dict.fromkeys(note for _, note in changes)
    return Action(
        want.address,
        Verb.UPDATE,
        owner=want.owner,
        changes=tuple(change for change, _ in changes),
        when=When.BLOCKED,
        date=windows.renews(have),
        why=products.title(have.spec["product"]),
        seen={change.field: change.old for change, _ in changes},
        notes=tuple(notes),
        place=want.at(changes[0][0].field),
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
