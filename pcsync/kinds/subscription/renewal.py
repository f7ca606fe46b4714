"""The instruction for the next term: one set per subscription, its last write (commerce.md 5.9).

Owns what is planned for a renewal and its calls. What is scheduled already as wished is no change
(domain rule WI12); what a change of today deletes is sent again (rule WI13). Pure.
"""

from __future__ import annotations

from collections.abc import Iterable

from pcsync.kinds.paths import reference
from pcsync.kinds.subscription import availability, products
from pcsync.kinds.subscription.edit import path_of
from pcsync.kinds.subscription.model import AT_RENEWAL
from pcsync.kinds.subscription.windows import Split, renews
from pcsync.model import (
    Action,
    Call,
    Edit,
    Is,
    Keep,
    Resource,
    Step,
    Verb,
    View,
    When,
)
from pcsync.values import same

FIELDS = (*AT_RENEWAL, "quantity")


def instruct(want: Resource, have: Resource, found: Split) -> Action:
    """The action that tells the service, or shows that it has been told."""
    wanted = {**{name: have.spec[name] for name in AT_RENEWAL}, "quantity": want.spec["quantity"]}
    wanted |= {change.field: change.new for change in found.renewal}
    told = have.remote["next"] is not None and same(have.remote["next"], wanted, fold=True)
    lost = any(change.field == "quantity" for change in found.now)
    return Action(
        want.address,
        Verb.UPDATE,
        owner=want.owner,
        changes=found.renewal,
        when=When.PENDING if told and not lost else When.NOW,
        date=renews(have),
        why=products.title(wanted["product"]),
        seen={change.field: change.old for change in found.renewal},
        effects=("free to change until the day before; may take 24 hours",),
        notes=("a change of today deletes the instruction: it is sent after it",) if lost else (),
        place=want.at(found.renewal[0].field),
    )


def steps(action: Action, view: View, after: tuple[str, ...]) -> Iterable[Step]:
    """The availability of the next term, looked up in the run; then the instruction."""
    assert action.owner is not None, "a subscription belongs to a customer"
    want, have = view.wants[action.address], view.haves[action.address]
    wanted = {**have.spec, "quantity": want.spec["quantity"]}
    wanted |= {change.field: change.new for change in action.changes}
    product, sku = wanted["product"].split(":")
    yield _availability(action, wanted, want.spec["segment"], after)
    yield Edit(
        f"{action.address}.schedule",
        (action.id,),
        "PATCH",
        path_of(action.owner, action.address),
        whole=True,
        sets=(
            Is("autoRenewEnabled", True),
            Is(
                "scheduledNextTermInstructions",
                {
                    "product": {
                        "productId": product,
                        "skuId": sku,
                        "availabilityId": {"$ref": reference(action.address, "availability")},
                        "billingCycle": wanted["billingCycle"],
                        "termDuration": wanted["termDuration"],
                    },
                    "quantity": wanted["quantity"],
                },
                fold=True,
            ),
        ),
        expect=(Is("status", "active", fold=True),),
        after=(f"{action.address}.availability",),
    )


def _availability(
    action: Action, wanted: dict[str, object], segment: str, after: tuple[str, ...]
) -> Call:
    assert action.owner is not None, "a subscription belongs to a customer"
    address, sold = action.address, availability.sold(wanted, segment)
    return Call(
        f"{address}.availability",
        (action.id,),
        "GET",
        availability.path(action.owner, str(wanted["product"]), segment),
        keep=(Keep(reference(address, "availability"), "id", among="items", where=sold),),
        after=after,
    )
