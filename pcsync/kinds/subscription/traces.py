"""What says that a declared subscription existed: then nothing is bought in its place.

Owns what is said of dead rows and of missing ones (domain rules ID3 to ID9, RM14). Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pcsync.kinds.missing import before, creates, left_behind, may_create, refused
from pcsync.kinds.paths import at
from pcsync.kinds.subscription import purchase, recent
from pcsync.kinds.subscription.model import product_of
from pcsync.model import Action, Address, Finding, Read, Resource, Severity, State, View
from pcsync.values import guid, word

WAITING = frozenset({"pending", "pendingreview", "pendingpoupload"})
THING = "subscription"


def ended(want: Resource, have: Resource, view: View) -> Iterable[Action | Read | Finding]:
    """A dead row is a trace: nothing is bought in its place unless the word is new (ID3 to ID5).

    Where nothing alive was wanted it is what was wanted (ID7).
    """
    if not _wanted(want):
        if have.spec["state"] == "deleted" and want.address in view.wants:
            yield from _tombstone(want)
    elif may_create(want, view):
        yield from _buy(want, view)
    elif creates(want) and (told := left_behind(want, view)):
        yield told
    else:
        yield _ended(want, have)


def _wanted(want: Resource) -> bool:
    """Whether something alive is wanted."""
    return want.state is State.PRESENT and want.spec["state"] == "active"


def _tombstone(want: Resource) -> Iterable[Finding]:
    """Declared absent, and nothing alive or restorable is left (rule RM14)."""
    if want.state is State.ABSENT:
        what = "is declared absent, and nothing is left of it"
        yield _say(want, Severity.WARNING, "state", "tombstone-can-go", what, "remove its lines")


def _ended(want: Resource, have: Resource) -> Finding:
    on = f" on {have.remote['ends']:%Y-%m-%d}" if have.remote["ends"] else ""
    declared = want.spec.get("endOfTerm") == "cancel" and want.words.get("onMissing") != "error"
    return _say(
        want,
        Severity.WARNING if declared else Severity.ERROR,
        "",
        "ended-as-declared" if declared else "ended-otherwise",
        f"ended{on} (status {have.spec['state']}), and is not bought again by itself",
        "remove its lines, or say `onMissing: create` to buy another",
    )


def missing(want: Resource, view: View) -> Iterable[Action | Read | Finding]:
    """A purchase, unless something says that this subscription existed or is on its way."""
    if not _wanted(want):
        yield from _tombstone(want)
    elif "id" in want.remote:
        yield from _unlisted(want, view)
    elif error := next(iter(refused(want, THING)), None):
        yield error
    else:
        yield from _buy(want, view)


def _unlisted(want: Resource, view: View) -> Iterable[Action | Read | Finding]:
    """A known id that is not listed: it moved to another partner, or is nowhere (rule ID8).

    What was migrated has been found by `migratedFromSubscriptionId` before.
    """
    path = at(view, view.owner, "transfers") if view.owner else None
    if path and not view.done(path):
        yield Read(path, (want.address,), owner=view.owner)
    elif moved := _transferred(want, view):
        what = f"a transfer to {moved.remote['to']} has this subscription ({moved.spec['state']})"
        advice = "remove its lines when it has gone, or ask the other partner to give it back"
        yield _error(want, "id", "transferred", what, advice)
    elif may_create(want, view):
        yield from _buy(want, view)
    elif creates(want) and (told := left_behind(want, view)):
        yield told
    else:
        recorded = want.remote.get("recorded")
        what = f"no subscription of this customer has the id {want.remote['id']}"
        what += " that the lock file records" if recorded else ""
        advice = "remove its lines, or say `onMissing: create` to buy another"
        advice = advice if recorded else f"correct `id`; if it is gone, {advice}"
        yield _error(want, "" if recorded else "id", "pinned-not-found", what, advice)


def _buy(want: Resource, view: View) -> Iterable[Action | Read | Finding]:
    """The purchase, once nothing is on its way (rule ID9) and nobody bears its name."""
    if other := _namesake(want, view):
        what = f"{other} bears the same name: after a purchase nobody could tell the two apart"
        yield _error(want, "friendlyName", "same-friendly-name", what, "give it one of its own")
        return
    path = at(view, view.owner, "orders") if view.owner else None
    if path and not view.done(path):
        yield Read(path, (want.address,), owner=view.owner)
    elif order := _ordered(want, view):
        what = f"order {order.remote['order']} for this product is {order.spec['state']}"
        yield _error(want, "product", "order-pending", what, "wait until it is completed")
    elif reads := list(recent.reads(want, view)):
        yield from reads
    elif hidden := list(recent.hiding(want, view)):
        yield hidden[0]
    else:
        yield from purchase.plan(want, view)


def again(want: Resource, view: View) -> Iterable[Finding]:
    """A live one whose lines still say `onMissing: create`, applied before (rule ID5)."""
    known = before(want, view)
    if known and creates(known) and (told := left_behind(want, view)):
        yield told


def _namesake(want: Resource, view: View) -> Address | None:
    """Another declared subscription of this customer that the same name would find."""
    name = want.spec["friendlyName"]
    for address, other in sorted(view.wants.items()):
        if address.kind != want.address.kind or address == want.address:
            continue
        if other.state is State.PRESENT and name == other.spec["friendlyName"]:
            return address
    return None


def pending(page: Any, owner: Address, kind: str) -> Iterable[Resource]:
    """Lines of orders that are not completed: a purchase that is on its way (rule ID9)."""
    for order in page.get("items", ()):
        if word(order.get("status")) not in WAITING:
            continue
        for line in order.get("lineItems") or ():
            number = line.get("lineItemNumber", 0)
            yield Resource(
                Address(kind, (owner.root, f"#order-{order['id']}-{number}")),
                {"product": product_of(line.get("offerId") or ""), "state": order["status"]},
                owner=owner,
                remote={"order": order["id"]},
            )


def transfers(page: Any, owner: Address, kind: str) -> Iterable[Resource]:
    """Lines of transfers to another partner, a bare array (commerce.md 11); what was rejected
    moves nothing."""
    for transfer in page:
        if word(transfer.get("status")) == "reject":
            continue
        for line in transfer.get("lineItems") or ():
            moved = guid(line.get("subscriptionId") or "")
            target = transfer.get("targetPartnerName") or transfer.get("targetPartnerTenantId")
            yield Resource(
                Address(kind, (owner.root, f"#transfer-{moved}")),
                {"state": str(transfer.get("status")).lower()},
                owner=owner,
                remote={"moved": moved, "to": target},
            )


def _ordered(want: Resource, view: View) -> Resource | None:
    product = want.spec.get("product")
    orders = (have for have in _rows(want, view) if "order" in have.remote)
    rows = (have for have in orders if "recent" not in have.remote)
    return next((have for have in rows if have.spec["product"] == product), None)


def _transferred(want: Resource, view: View) -> Resource | None:
    rows = (have for have in _rows(want, view) if "moved" in have.remote)
    return next((have for have in rows if have.remote["moved"] == want.remote["id"]), None)


def _rows(want: Resource, view: View) -> Iterable[Resource]:
    return (
        have for _, have in sorted(view.haves.items()) if have.address.kind == want.address.kind
    )


def _error(want: Resource, field: str, code: str, what: str, advice: str) -> Finding:
    return _say(want, Severity.ERROR, field, code, what, advice)


def _say(
    want: Resource, severity: Severity, field: str, code: str, what: str, advice: str
) -> Finding:
    return Finding(severity, code, what, advice, want.address, want.at(field))
