"""The calls that change a live subscription: whole-body PATCHes, in the documented order.

A sparse body would switch auto-renew off and delete schedules (commerce.md 4.5), so every Edit
sends the resource as read with its changes merged in. Merged into one: names, auto-renew, quantity,
term with cycle; alone: status, the next charge, another product. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pcsync.kinds.paths import below, reference
from pcsync.kinds.subscription import transition
from pcsync.kinds.subscription.model import contract_of, sides
from pcsync.model import Action, Address, Change, Edit, Is, Resource, Step, Verb, View, When

STATUS = frozenset({Verb.SUSPEND, Verb.RESUME, Verb.CANCEL})
# How the parts of a merged Edit go one by one (commerce.md 22), term and cycle together.
ORDER = (("endOfTerm",), ("termDuration", "billingCycle"), ("quantity",), ("friendlyName",))
WITH_PRODUCT = frozenset({"product", "termDuration", "billingCycle"})


def steps(action: Action, view: View) -> Iterable[Step]:
    """Status alone and first; another product between what frees seats and what adds some; the
    next charge last."""
    if not action.changes or action.when is not When.NOW:
        return
    if action.verb in STATUS:
        yield _edit(action, action.changes[:1], "status", view)
        if action.changes[1:]:
            after = (f"{action.address}.status",)
            yield _edit(action, action.changes[1:], "restore", view, after)
        return
    have, found = view.haves[action.address], {change.field for change in action.changes}
    if have.remote["extended"]:
        rest = tuple(change for change in action.changes if change.field != "product")
        yield _edit(action, rest, "change", view, together=True)
    elif "product" in found:
        yield from _upgrade(action, have, view)
    elif "billingCycle" in found and "termDuration" not in found:
        rest = tuple(change for change in action.changes if change.field != "billingCycle")
        if rest:
            yield _edit(action, rest, "change", view)
        yield _next_charge(action, have, (f"{action.address}.change",) if rest else ())
    else:
        yield _edit(action, action.changes, "change", view)


def _upgrade(action: Action, have: Resource, view: View) -> Iterable[Step]:
    """Seats go back at the old product's price; seats are added to the new one."""
    rest = tuple(change for change in action.changes if change.field not in WITH_PRODUCT)
    back = tuple(c for c in rest if c.field == "quantity" and c.new < c.old)
    before: tuple[str, ...] = ()
    if back:
        yield _edit(action, back, "return", view)
        before = (f"{action.address}.return",)
    quantity = back[0].new if back else have.spec["quantity"]
    yield from transition.steps(action, have, quantity, before)
    if rest := tuple(change for change in rest if change not in back):
        yield _edit(action, rest, "change", view, (f"{action.address}.transitioned",))


def _next_charge(action: Action, have: Resource, after: tuple[str, ...]) -> Edit:
    """Monthly or annual charges of three years, from the next one on (commerce.md 5.8)."""
    assert action.owner is not None, "a subscription belongs to a customer"
    cycle = next(change.new for change in action.changes if change.field == "billingCycle")
    product, sku = have.spec["product"].split(":")
    named = {
        "productId": product,
        "skuId": sku,
        "availabilityId": have.remote["availability"],
        "billingCycle": cycle,
        "termDuration": have.spec["termDuration"],
    }
    back = cycle == have.spec["billingCycle"]
    quantity = {change.field: change.new for change in action.changes}.get("quantity")
    told = {"product": named, "quantity": quantity or have.spec["quantity"]}
    return Edit(
        f"{action.address}.charge",
        (action.id,),
        "PATCH",
        path_of(action.owner, action.address),
        whole=True,
        sets=(Is("nextChargeInstructions", None if back else told, fold=True),),
        expect=(Is("billingCycle", have.spec["billingCycle"], fold=True),),
        after=after,
    )


def _edit(
    action: Action,
    changes: tuple[Change, ...],
    name: str,
    view: View,
    after: tuple[str, ...] = (),
    *,
    together: bool = False,
) -> Edit:
    assert action.owner is not None
    have = view.haves.get(action.address)
    actions = bool(have and have.remote["actions"])
    contract = contract_of(have, view.contract)
    seen = ((c.field, c.old) for c in changes if c.field != "endOfTerm")
    new = {c.field: sides(((c.field, c.new),), actions=actions, contract=contract) for c in changes}
    return Edit(
        f"{action.address}.{name}",
        (action.id,),
        "PATCH",
        path_of(action.owner, action.address),
        whole=True,
        sets=tuple(side for found in new.values() for side in found),
        expect=sides(seen, actions=False, contract=contract),
        after=after,
        singly=() if together else _singly(changes, new),
    )


def _singly(
    changes: Sequence[Change], sides: dict[str, tuple[Is, ...]]
) -> tuple[tuple[Is, ...], ...]:
    """The same in parts, for a service that takes one change at a time; one part is none."""
    fields = [change.field for change in changes]
    known = {field for group in ORDER for field in group}
    groups = [*ORDER, *((field,) for field in fields if field not in known)]
    parts = [
        [side for field in group if field in sides for side in sides[field]] for group in groups
    ]
    found = tuple(tuple(part) for part in parts if part)
    return found if len(found) > 1 else ()


def path_of(owner: Address, address: Address) -> str:
    """The path of one subscription below its customer; one that no manifest names has its id."""
    name = address.path[-1]
    found = name[1:] if name.startswith("#") else f"{{{reference(address)}}}"
    return below(owner, f"subscriptions/{found}")
