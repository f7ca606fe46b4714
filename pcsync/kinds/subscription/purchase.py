"""Buying: what has left no trace, through one cart per customer (commerce.md sections 2 and 3).

Owns the traces that forbid a purchase and the calls of one. The availability is looked up in the
run and never stored as identity (domain rule PU16). Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from pcsync.kinds.fields import creation
from pcsync.kinds.paths import at, below, reference
from pcsync.kinds.subscription import availability, products
from pcsync.kinds.subscription.edit import path_of
from pcsync.kinds.subscription.model import CREATED, product_of, sides
from pcsync.model import (
    Action,
    Address,
    All,
    Await,
    Call,
    Check,
    Condition,
    Edit,
    Empty,
    Every,
    Finding,
    Is,
    Keep,
    Measure,
    Read,
    Resource,
    Settle,
    Severity,
    Some,
    Step,
    Verb,
    View,
)
from pcsync.values import word

WAITING = frozenset({"pending", "pendingreview", "pendingpoupload"})


def missing(want: Resource, view: View) -> Iterable[Action | Read | Finding]:
    """A purchase, unless something says that this subscription existed or is on its way."""
    if want.spec["state"] == "suspended":
        return
    if "id" in want.remote:
        what = f"no subscription of this customer has the id {want.remote['id']}"
        yield _error(want, "id", "pinned-not-found", what, "correct `id`, or remove its lines")
        return
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
    elif not view.rules.attested:
        what = "nobody has attested to be the partner on record, and every order needs it"
        advice = "add `attestations: {partnerOnRecord: {by: …, on: …}}` to pcsync.yaml"
        yield _error(want, "", "not-attested", what, advice)
    else:
        yield _buy(want)


def _namesake(want: Resource, view: View) -> Address | None:
    """Another declared subscription of this customer that the same name would find."""
    name = want.spec["friendlyName"]
    for address, other in sorted(view.wants.items()):
        if address.kind != want.address.kind or address == want.address:
            continue
        if name == other.spec["friendlyName"]:
            return address
    return None


def _buy(want: Resource) -> Action:
    (pool,) = want.holds
    quantity = want.spec["quantity"]
    counts = {Measure.ADD_SEATS.value: quantity}
    if want.spec["termDuration"] == "P3Y":
        counts[Measure.P3Y.value] = 1
    return Action(
        want.address,
        Verb.CREATE,
        owner=want.owner,
        changes=creation(want.spec, CREATED),
        why=products.title(want.spec["product"]),
        moves={pool: quantity},
        counts=counts,
        effects=("can be cancelled for 7 days from the purchase",),
        rules=("ID4", "PU1"),
        place=want.place,
    )


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


def _ordered(want: Resource, view: View) -> Resource | None:
    return next(
        (
            have
            for _, have in sorted(view.haves.items())
            if have.address.kind == want.address.kind
            and "order" in have.remote
            and have.spec["product"] == want.spec["product"]
        ),
        None,
    )


def steps(batch: Sequence[Action], view: View) -> Iterable[Step]:
    """Availabilities, cart, checkout, arrival; then one Edit for each that must not renew."""
    owner = batch[0].owner
    assert owner is not None
    wants = [view.wants[action.address] for action in batch]
    ids = tuple(action.id for action in batch)
    yield from _availabilities(wants, owner, ids)
    yield _cart(wants, owner, ids)
    yield _checkout(wants, owner, ids)
    for action, want in zip(batch, wants, strict=True):
        yield _arrival(action, want, owner)
        if want.spec.get("endOfTerm") == "cancel":
            yield _ends(action, owner, view)


def _availabilities(
    wants: Sequence[Resource], owner: Address, ids: tuple[str, ...]
) -> Iterable[Call]:
    def sold(want: Resource) -> tuple[str, str]:
        return want.spec["product"], want.spec["segment"]

    for (product, segment), group in groupby(sorted(wants, key=sold), key=sold):
        yield Call(
            f"cart/{owner.root}.availability.{product}.{segment}",
            ids,
            "GET",
            availability.path(owner, product, segment),
            keep=tuple(_item(want) for want in group),
        )


def _item(want: Resource) -> Keep:
    """The catalogue item of the wanted segment that is for sale with this term and cycle."""
    wanted = availability.sold(want.spec, want.spec["segment"], Is("isPurchasable", True))
    return Keep(reference(want.address, "item"), "catalogItemId", among="items", where=wanted)


def _cart(wants: Sequence[Resource], owner: Address, ids: tuple[str, ...]) -> Call:
    return Call(
        f"cart/{owner.root}.create",
        ids,
        "POST",
        below(owner, "carts"),
        body={
            "partnerOnRecordAttestationAccepted": True,
            "lineItems": [_line(number, want) for number, want in enumerate(wants)],
        },
        after=tuple(sorted({f"cart/{owner.root}.availability.{_sold(w)}" for w in wants})),
        keep=(Keep(f"cart/{owner.root}#id", "id"),),
        checks=(
            Check(
                Every("lineItems", Empty("error")),
                "a line of the cart has an error: nothing was bought for this customer",
                ids,
            ),
        ),
    )


def _sold(want: Resource) -> str:
    return f"{want.spec['product']}.{want.spec['segment']}"


def _line(number: int, want: Resource) -> Mapping[str, Any]:
    line: dict[str, Any] = {
        "id": number,
        "catalogItemId": {"$ref": reference(want.address, "item")},
        "quantity": want.spec["quantity"],
        "billingCycle": want.spec["billingCycle"],
        "termDuration": want.spec["termDuration"],
        "friendlyName": want.spec["friendlyName"],
    }
    if partner := want.spec.get("partnerId"):
        line["participants"] = [{"key": "transaction_reseller", "value": partner}]
    return line


def _checkout(wants: Sequence[Resource], owner: Address, ids: tuple[str, ...]) -> Call:
    cart = f"carts/{{cart/{owner.root}#id}}"
    return Call(
        f"cart/{owner.root}.checkout",
        ids,
        "POST",
        below(owner, f"{cart}/checkout"),
        after=(f"cart/{owner.root}.create",),
        keep=tuple(
            Keep(
                reference(want.address, "order"),
                "id",
                among="orders",
                where=Some("lineItems", _same_line(want)),
            )
            for want in wants
        ),
        checks=(Check(Empty("orderErrors"), "the service refused a part of the order"),),
        settle=Settle(below(owner, cart), Is("status", "Ordered", fold=True), repeat=True),
    )


def _same_line(want: Resource) -> Condition:
    return All(
        (
            Is("offerId", f"{want.spec['product']}:", fold=True, prefix=True),
            Is("friendlyName", want.spec["friendlyName"]),
            Is("quantity", want.spec["quantity"]),
            Is("termDuration", want.spec["termDuration"], fold=True),
        )
    )


def _arrival(action: Action, want: Resource, owner: Address) -> Await:
    """Until the bought subscription is listed as active: its id comes minutes later. One wait a
    subscription, so that one that was refused holds up no other."""
    where = _arrived(want)
    return Await(
        f"{want.address}.arrival",
        (action.id,),
        below(owner, "subscriptions"),
        Some("items", where),
        keep=(Keep(reference(want.address), "id", among="items", where=where),),
        says=f"{want.address.path[-1]} is active",
        every=30.0,
        deadline=7200.0,
        after=(f"cart/{owner.root}.checkout",),
    )


def _arrived(want: Resource) -> Condition:
    return All(
        (
            Is("orderId", {"$ref": reference(want.address, "order")}),
            _same_line(want),
            Is("status", "active", fold=True),
        )
    )


def _ends(action: Action, owner: Address, view: View) -> Edit:
    """A cart can't say that a subscription must not renew (domain rule PU2)."""
    off = sides((("endOfTerm", "cancel"),), actions=False, contract=view.contract)
    return Edit(
        f"{action.address}.ends",
        (action.id,),
        "PATCH",
        path_of(owner, action.address),
        whole=True,
        sets=off,
        expect=(Is("autoRenewEnabled", True),),
        after=(f"{action.address}.arrival",),
    )


def _error(want: Resource, field: str, code: str, what: str, advice: str) -> Finding:
    return Finding(Severity.ERROR, code, what, advice, want.address, want.at(field))
