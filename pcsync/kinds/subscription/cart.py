"""The calls of purchases, through one cart per customer (commerce.md sections 2 and 3).

The availability is looked up in the run and never stored as identity (domain rule PU16). Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from pcsync.kinds.paths import below, reference
from pcsync.kinds.subscription import (
    aligned,
    availability,
    bought,
    ceiling,
    gates,
    promotion,
    resellers,
    types,
)
from pcsync.kinds.subscription.edit import path_of
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
    Is,
    Keep,
    Resource,
    Settle,
    Some,
    Step,
    View,
)


def steps(batch: Sequence[Action], view: View) -> Iterable[Step]:
    """Closed gates, availabilities, cart, checkout, arrival; then one Edit for each that must not
    renew, and for the name of an Azure plan."""
    owner = batch[0].owner
    assert owner is not None
    wants = [resellers.inherited(view.wants[action.address], view) for action in batch]
    ids = tuple(action.id for action in batch)
    closed = list(gates.steps(owner, ids, view))
    yield from closed
    yield from _availabilities(wants, owner, ids, tuple(step.id for step in closed))
    yield _cart(batch, wants, owner, view)
    yield _checkout(wants, owner, ids)
    for action, want in zip(batch, wants, strict=True):
        yield _arrival(action, want, owner)
        yield from bought.steps(action, want, owner, view)
        if types.type_of(want.spec) == types.AZURE:
            yield _named(action, want, owner)


def _availabilities(
    wants: Sequence[Resource], owner: Address, ids: tuple[str, ...], after: tuple[str, ...]
) -> Iterable[Call]:
    def sold(want: Resource) -> tuple[str, str]:
        return want.spec["product"], want.spec["segment"]

    for (product, segment), group in groupby(sorted(wants, key=sold), key=sold):
        yield Call(
            f"cart/{owner.root}.availability.{product}.{segment}",
            ids,
            "GET",
            availability.path(owner, product, segment),
            after=after,
            keep=tuple(_item(want) for want in group),
        )


def _item(want: Resource) -> Keep:
    """The catalogue item of the wanted segment that is for sale with this term and cycle."""
    on_sale, segment = Is("isPurchasable", True), want.spec["segment"]
    if types.type_of(want.spec) == types.AZURE:  # its one term is none that can be asked for
        wanted: Condition = All((Is("segment", segment, fold=True), on_sale))
    else:
        wanted = availability.sold(want.spec, segment, on_sale)
    return Keep(reference(want.address, "item"), "catalogItemId", among="items", where=wanted)


def _cart(batch: Sequence[Action], wants: Sequence[Resource], owner: Address, view: View) -> Call:
    ids = tuple(action.id for action in batch)
    return Call(
        f"cart/{owner.root}.create",
        ids,
        "POST",
        below(owner, "carts"),
        body={
            "partnerOnRecordAttestationAccepted": True,
            "lineItems": [_line(number, want, view) for number, want in enumerate(wants)],
        },
        after=tuple(sorted({f"cart/{owner.root}.availability.{_sold(w)}" for w in wants})),
        keep=(Keep(f"cart/{owner.root}#id", "id"),),
        says="one cart",
        notes=(*ceiling.said(batch, wants), _attested(view)),
        checks=(
            Check(
                Every("lineItems", Empty("error")),
                "a line of the cart has an error: nothing was bought for this customer",
                ids,
            ),
            *ceiling.checks(batch, wants, view, ids),
            *promotion.checks(wants, ids),
        ),
    )


def _attested(view: View) -> str:
    """What the order says for the partner, and by whose word (rule PR6)."""
    acting = {"direct": "direct partner"}.get(view.rules.partner_kind, "indirect provider")
    by = f" ({view.rules.attested_by})" if view.rules.attested_by else ""
    return f"attested: acting as {acting} of this customer{by}"


def _sold(want: Resource) -> str:
    return f"{want.spec['product']}.{want.spec['segment']}"


def _line(number: int, want: Resource, view: View) -> Mapping[str, Any]:
    line: dict[str, Any] = {
        "id": number,
        "catalogItemId": {"$ref": reference(want.address, "item")},
        "quantity": want.spec["quantity"],
        "billingCycle": want.spec["billingCycle"],
    }
    if types.type_of(want.spec) != types.AZURE:
        line["termDuration"] = want.spec["termDuration"]
        line["friendlyName"] = want.spec["friendlyName"]
    if found := resellers.participants(want, view):
        line["participants"] = found
    if named := promotion.named(want.spec):
        line["promotionId"] = named
    if day := aligned.at_purchase(want, view).day:
        line["customTermEndDate"] = f"{day}T00:00:00Z"
    if want.words.get("attestationAccepted"):
        line["attestationAccepted"] = True
    return line


def _checkout(wants: Sequence[Resource], owner: Address, ids: tuple[str, ...]) -> Call:
    cart = f"carts/{{cart/{owner.root}#id}}"
    return Call(
        f"cart/{owner.root}.checkout",
        ids,
        "POST",
        below(owner, f"{cart}/checkout"),
        after=(f"cart/{owner.root}.create",),
        says="one checkout",
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
    """A customer has one Azure plan, which has no name and no term when it is bought."""
    product = Is("offerId", f"{want.spec['product']}:", fold=True, prefix=True)
    if types.type_of(want.spec) == types.AZURE:
        return product
    term = Is("termDuration", want.spec["termDuration"], fold=True)
    named = Is("friendlyName", want.spec["friendlyName"])
    seats = Is("quantity", want.spec["quantity"])
    return All((product, named, seats, *(() if "trial" in want.spec else (term,))))


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


def _named(action: Action, want: Resource, owner: Address) -> Edit:
    """An Azure plan takes no name in the cart (domain rule PU2)."""
    return Edit(
        f"{action.address}.name",
        (action.id,),
        "PATCH",
        path_of(owner, action.address),
        whole=True,
        sets=(Is("friendlyName", want.spec["friendlyName"]),),
        after=(f"{action.address}.arrival",),
        says=f"{action.address.path[-1]} gets its name (a cart takes none)",
    )
