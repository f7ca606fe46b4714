"""An Azure plan: bought once, without a term, named afterwards; suspended only when it is empty.

Owns what can be planned for a live one (domain rules AZ1, AZ2; commerce.md 7.1, 20.3). Azure
subscriptions below it are made and ended in Azure. Pure; imports the nouns and shared parts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pcsync.kinds.fields import differences
from pcsync.kinds.paths import at
from pcsync.kinds.subscription import types
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
)
from pcsync.values import word

CHANGED = ("friendlyName", "partnerId")


def compare(want: Resource, have: Resource, view: View) -> Iterable[Action | Read | Finding]:
    """Rename, suspend when empty, or reactivate a live Azure plan; it is never cancelled."""
    wanted = want.spec["state"] if want.state is State.PRESENT else want.words.get("onRemove")
    state = have.spec["state"]
    if want.state is State.PRESENT and (rival := other_plan(want, view)):
        yield rival
    elif want.state is not State.PRESENT and not str(wanted).startswith("suspend"):
        if wanted != "ignore":
            yield _stays(want)
    elif state == "pending":
        what = "is being provisioned: nothing can be changed before it is active"
        yield _say(want, Severity.WARNING, "pending", what, "run plan again in a few minutes")
    elif str(wanted).startswith("suspend"):
        if state == "active":
            yield from _suspend(want, have, view)
    elif have.remote["suspended_by"]:
        reasons = ", ".join(have.remote["suspended_by"])
        what = f"was suspended by Microsoft ({reasons}) and is never resumed by pcsync"
        advice = "solve it with Microsoft"
        yield _say(want, Severity.WARNING, "suspended-by-microsoft", what, advice)
    else:
        yield from _change(want, have, state)


def _change(want: Resource, have: Resource, state: str) -> Iterable[Action]:
    changes = differences(want.spec, have.spec, CHANGED)
    resumed = (Change("state", "suspended", "active"),) if state == "suspended" else ()
    if resumed or changes:
        yield Action(
            want.address,
            Verb.RESUME if resumed else Verb.UPDATE,
            owner=want.owner,
            changes=(*resumed, *changes),
            why="declared active" if resumed else "Azure plan",
            seen={change.field: change.old for change in (*resumed, *changes)},
            rules=("AZ2",) if resumed else ("AZ1",),
            place=want.at("state" if resumed else changes[0].field),
        )


def _suspend(want: Resource, have: Resource, view: View) -> Iterable[Action | Read | Finding]:
    """Only without an active Azure subscription: else the service refuses (403 900115, AZ2)."""
    path = at(view, view.owner, f"{below(have)}") if view.owner else None
    if path and not view.done(path):
        yield Read(path, (want.address,), owner=view.owner)
        return
    active = [name for _, name, status in have.remote.get("entitlements", ()) if status == "active"]
    if active:
        what = f"has {len(active)} active Azure subscription(s): {', '.join(sorted(active))}"
        advice = "end them in Azure first: only an empty Azure plan can be suspended"
        yield _say(want, Severity.ERROR, "azure-plan-in-use", what, advice, "state")
        return
    yield Action(
        want.address,
        Verb.SUSPEND,
        owner=want.owner,
        changes=(Change("state", "active", "suspended"),),
        why="an empty Azure plan, declared with `state: suspended`",
        seen={"state": "active"},
        counts={Measure.SUSPEND: 1},
        effects=("no Azure subscription can be made under it until it is active again",),
        rules=("AZ2", "RM2"),
        place=want.at("state"),
    )


def below(have: Resource) -> str:
    """The path of the Azure subscriptions under a plan, below its customer (commerce.md 7.2)."""
    return f"subscriptions/{have.remote['id']}/azureEntitlements"


def entitlements(page: Any) -> tuple[tuple[str, str, str], ...]:
    """Azure subscriptions of an answer: id, name, status."""
    return tuple(
        (str(row["id"]).lower(), str(row.get("friendlyName") or ""), word(row.get("status")))
        for row in page.get("items", ())
    )


def other_plan(want: Resource, view: View) -> Finding | None:
    """The error of a second Azure plan of one customer, declared or live (AZ1)."""
    for address, other in sorted(view.wants.items()):
        if address.kind != want.address.kind or address == want.address:
            continue
        if types.type_of(other.spec) == types.AZURE and other.state is State.PRESENT:
            what = f"a customer has one Azure plan, and {address} ({other.place}) is one, too"
            return _say(want, Severity.ERROR, "second-azure-plan", what, "remove one of the two")
    for address, have in sorted(view.haves.items()):
        mine = address == want.address or have.remote.get("type") is None
        if mine or have.spec.get("state") not in LIVE:
            continue
        if have.remote["type"] == types.AZURE:
            what = f"the customer has an Azure plan, {have.spec['friendlyName']}"
            advice = f"write `id: {have.remote['id']}`: a customer has one Azure plan"
            return _say(want, Severity.ERROR, "second-azure-plan", what, advice)
        if have.spec["product"].startswith("MS-AZR"):
            what = f"the customer still has legacy Azure, {have.spec['friendlyName']}"
            advice = "move it to an Azure plan in Partner Center; it is not bought beside it"
            return _say(want, Severity.ERROR, "legacy-azure", what, advice)
    return None


def _stays(want: Resource) -> Finding:
    what = "an Azure plan has no term to end with and is never cancelled: it stays as it is"
    advice = (
        "end its Azure subscriptions in Azure and write `state: suspended`, or `onRemove: ignore`"
    )
    return _say(want, Severity.WARNING, "azure-plan-stays", what, advice)


def _say(
    want: Resource, severity: Severity, code: str, what: str, advice: str, field: str = ""
) -> Finding:
    return Finding(severity, code, what, advice, want.address, want.at(field))
