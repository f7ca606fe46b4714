"""Legacy subscriptions: read, shown, suspended, resumed and let go, never bought (LE1 to LE6).

Owns what can be planned for a live one (commerce.md 5.3, 5.4, 20.2). Legacy is not new commerce:
suspending stops the billing, and after 90 days the service deletes it. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from pcsync.kinds.fields import differences
from pcsync.kinds.subscription import legacy_end
from pcsync.kinds.subscription.model import LIVE
from pcsync.model import (
    Action,
    Change,
    Finding,
    Measure,
    Read,
    Resource,
    Severity,
    State,
    Verb,
    View,
    When,
)
from pcsync.values import guid, word

CHANGED = ("friendlyName", "partnerId", "quantity")
MIGRATIONS = "/v1/migrations/newcommerce"


def compare(want: Resource, have: Resource, view: View) -> Iterable[Action | Read | Finding]:
    """Suspend, resume or change a live one; say what becomes of a suspended one."""
    state = have.spec["state"]
    removal = want.words.get("onRemove") if want.state is not State.PRESENT else None
    if removal == "ignore":
        return
    if want.state is not State.PRESENT and removal != "suspend" and state == "active":
        yield _goes_on(want)
    elif state == "pending":
        what = "is being provisioned: nothing can be changed before it is active"
        yield _say(want, "pending", what, "run plan again in a few minutes")
    elif want.state is not State.PRESENT or want.spec["state"] == "suspended":
        yield from _suspended(want, have, view)
    elif have.remote["suspended_by"]:
        reasons = ", ".join(have.remote["suspended_by"])
        what = f"was suspended by Microsoft ({reasons}) and is never resumed by pcsync"
        yield _say(want, "suspended-by-microsoft", what, "solve it with Microsoft")
    elif state == "suspended":
        yield from _resume(want, have, view)
    elif changes := differences(want.spec, have.spec, CHANGED):
        added = sum(max(c.new - c.old, 0) for c in changes if c.field == "quantity")
        counts = {Measure.ADD_SEATS.value: added} if added else {}
        yield replace(_action(want, Verb.UPDATE, changes), counts=counts)


def _suspended(want: Resource, have: Resource, view: View) -> Iterable[Action | Read | Finding]:
    if have.spec["state"] == "active":
        yield _suspend(want, have, view)
        return
    reads = list(legacy_end.log(have, view))
    if reads:
        yield from reads
    else:
        yield legacy_end.deadline(want, have, view)


def _suspend(want: Resource, have: Resource, view: View) -> Action:
    """In new commerce neither happens: there it stays billed, and add-ons go on (LE3)."""
    addons = sorted(row.spec["friendlyName"] for row in _addons(have, view))
    follow = (f"its add-ons are suspended with it: {', '.join(addons)}",) if addons else ()
    gone = f"{view.at + legacy_end.KEPT:%Y-%m-%d}"
    change = Change("state", "active", "suspended")
    action = _action(want, Verb.SUSPEND, (change,), ("LE3", "RM2"))
    return replace(
        action,
        counts={Measure.SUSPEND: 1},
        effects=(
            "people are locked out; billing stops, with a credit for the rest of the cycle",
            *follow,
            f"after 90 days, about {gone}, the service deletes it with people's data",
        ),
    )


def _addons(have: Resource, view: View) -> Iterable[Resource]:
    for row in view.haves.values():
        if row.remote.get("parent") == have.remote["id"] and row.spec["state"] == "active":
            yield row


def _resume(want: Resource, have: Resource, view: View) -> Iterable[Action | Read | Finding]:
    """What is suspended may be migrating: then resuming makes two live contracts (LE4)."""
    path = f"{MIGRATIONS}?customerTenantId={_customer(view)}&currentSubscriptionId={_id(have)}"
    if not view.done(path):
        yield Read(path, (want.address,), owner=view.owner)
        return
    rest = differences(want.spec, have.spec, CHANGED)
    action = _action(want, Verb.RESUME, (Change("state", "suspended", "active"), *rest), ("LE4",))
    match have.remote.get("migration"):
        case "processing":
            note = "a migration to new commerce is running: nothing is written to it"
            yield replace(action, when=When.BLOCKED, notes=(note,))
        case "completed":
            what = "was migrated to new commerce: resuming it would make two live contracts"
            advice = "declare the new subscription in its place, and remove these lines"
            yield Finding(Severity.ERROR, "migrated", what, advice, want.address, want.at("state"))
        case "failed":
            what = "a migration to new commerce failed and left it suspended"
            advice = "wait 72 hours: Microsoft completes it or takes it back; then plan again"
            yield _say(want, "migration-failed", what, advice)
        case _:
            yield replace(action, effects=("it is billed again from that day",))


def observed(path: str, page: Any) -> Iterable[tuple[str, dict[str, Any]]]:
    """What migrations and audit records say of subscriptions: id, and what it adds to a row."""
    if legacy_end.is_records(path):
        yield from legacy_end.suspensions(page)
    elif path.startswith(f"{MIGRATIONS}?"):
        rows = page if isinstance(page, list) else page.get("newCommerceMigrations", ())
        for row in rows:
            yield guid(row["currentSubscriptionId"]), {"migration": word(row.get("status"))}


def _goes_on(want: Resource) -> Finding:
    what = "a legacy subscription renews by itself and can't be told to end: it goes on as it is"
    advice = "write `state: suspended` (or `onRemove: suspend`) to let it go, or `onRemove: ignore`"
    return _say(want, "legacy-goes-on", what, advice)


def not_bought(want: Resource) -> Finding:
    """The error of a declared legacy subscription that is nowhere (LE1)."""
    what = "is a legacy subscription and is not there: legacy is never bought"
    advice = "remove its lines; to buy its successor declare a `product` with `termDuration`"
    return Finding(
        Severity.ERROR, "legacy-not-bought", what, advice, want.address, want.at("offerId")
    )


def before(view: View) -> Iterable[tuple[str, str]]:
    """The base is resumed before its add-ons (409 27009, LE5): pairs of action ids."""
    resumed = {
        view.haves[action.address].remote["id"]: action.id
        for action in view.actions.values()
        if action.verb is Verb.RESUME and "id" in _remote(view, action)
    }
    for action in view.actions.values():
        parent = _remote(view, action).get("parent")
        if action.verb is Verb.RESUME and parent in resumed:
            yield resumed[parent], action.id


def _remote(view: View, action: Action) -> Mapping[str, Any]:
    have = view.haves.get(action.address)
    return have.remote if have and have.spec.get("state") in LIVE else {}


def _customer(view: View) -> str:
    return view.ids.get(view.owner, "") if view.owner else ""


def _id(have: Resource) -> str:
    return str(have.remote["id"])


def _action(
    want: Resource, verb: Verb, changes: tuple[Change, ...], rules: tuple[str, ...] = ("LE1",)
) -> Action:
    return Action(
        want.address,
        verb,
        owner=want.owner,
        changes=changes,
        why="legacy",
        seen={change.field: change.old for change in changes},
        rules=rules,
        place=want.at(changes[0].field),
    )


def _say(want: Resource, code: str, what: str, advice: str) -> Finding:
    return Finding(Severity.WARNING, code, what, advice, want.address, want.at("state"))
