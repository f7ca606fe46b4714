"""Legacy subscriptions: read, shown, suspended, resumed and let go, never bought (LE1 to LE6).

Owns what can be planned for a live one (commerce.md 5.3, 5.4, 20.2). Legacy is not new commerce:
suspending stops the billing, and after 90 days the service deletes it. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from pcsync.kinds.fields import differences
from pcsync.kinds.paths import quoted
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
from pcsync.values import guid, moment, word

KEPT = timedelta(days=90)
"""How long a suspended one is kept (`subscription-lifecycle.md`)."""
CHANGED = ("friendlyName", "partnerId", "quantity")
MIGRATIONS = "/v1/migrations/newcommerce"
RECORDS = "/v1/auditrecords"
LOG_DAYS, LOG_WINDOW = 90, 30
"""How far back the audit log goes, and how many days one read may span (conventions.md 12)."""


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
    reads = list(_log(have, view))
    if reads:
        yield from reads
    else:
        yield _deadline(want, have, view)


def _suspend(want: Resource, have: Resource, view: View) -> Action:
    """In new commerce neither happens: there it stays billed, and add-ons go on (LE3)."""
    addons = sorted(row.spec["friendlyName"] for row in _addons(have, view))
    follow = (f"its add-ons are suspended with it: {', '.join(addons)}",) if addons else ()
    gone = f"{view.at + KEPT:%Y-%m-%d}"
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


def _deadline(want: Resource, have: Resource, view: View) -> Finding:
    """Until when it is kept: in every plan until somebody acknowledges it (LE2)."""
    since, ends = have.remote.get("suspended_at"), have.remote["ends"]
    if since is None:
        last = view.at + KEPT
        when = f"90 days after its suspension, {last:%Y-%m-%d} at the latest"
        told = "is suspended"
    else:
        last = since + KEPT
        when = f"90 days after that, about {last:%Y-%m-%d}"
        told = f"is suspended since {since:%Y-%m-%d}"
    if ends is not None and ends < last:
        when = f"with its term, about {ends:%Y-%m-%d}"
    what = f"{told} and not billed; the service deletes it with people's data {when}"
    advice = "write `state: active` before, or acknowledge it; nothing is bought in its place"
    return _say(want, "legacy-will-be-deleted", what, advice)


def _log(have: Resource, view: View) -> Iterable[Read]:
    """The audit log of the last 90 days, a window after the other, newest first, until it says
    when the subscription was suspended. That it can't be read makes nothing unknown."""
    if have.remote.get("suspended_at") or view.cloud == "china":
        return
    for days in range(0, LOG_DAYS, LOG_WINDOW):
        path = records(view, days)
        if path not in view.reads:
            yield Read(path, (), owner=view.owner, pages=True)
            return


def records(view: View, days: int) -> str:
    """The path of the audit records of a window that begins so many days ago, going back."""
    wanted = {"Field": "CustomerId", "Value": _customer(view), "Operator": "equals"}
    last = view.at - timedelta(days=days)
    first = max(last - timedelta(days=LOG_WINDOW - 1), view.at - timedelta(days=LOG_DAYS))
    dates = f"startDate={first:%Y-%m-%d}&endDate={last:%Y-%m-%d}"
    return f"{RECORDS}?{dates}&filter={quoted(json.dumps(wanted))}"


def observed(path: str, page: Any) -> Iterable[tuple[str, dict[str, Any]]]:
    """What migrations and audit records say of subscriptions: id, and what it adds to a row."""
    if path.startswith(f"{RECORDS}?"):
        yield from _suspensions(page)
    elif path.startswith(f"{MIGRATIONS}?"):
        rows = page if isinstance(page, list) else page.get("newCommerceMigrations", ())
        for row in rows:
            yield guid(row["currentSubscriptionId"]), {"migration": word(row.get("status"))}


def _suspensions(page: Mapping[str, Any]) -> Iterable[tuple[str, dict[str, Any]]]:
    """The newest record comes first and counts."""
    seen: set[str] = set()
    for row in page.get("items", ()):
        if word(row.get("resourceType")) != "subscription":
            continue
        found = _members(row.get("resourceNewValue"))
        key, status = guid(str(found.get("id") or "")), word(found.get("status"))
        at_ = moment(row.get("operationDate"))
        if key and key not in seen and status == "suspended" and at_:
            seen.add(key)
            yield key, {"suspended_at": at_}


def _members(text: Any) -> dict[str, Any]:
    """The resource of a record, a JSON text in PascalCase, by names in lower case."""
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return {str(k).lower(): v for k, v in found.items()} if isinstance(found, dict) else {}


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
