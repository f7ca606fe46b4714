"""What the service is told right after a purchase, because a cart can't say it (domain rule PU20).

Owns the end of the first term (rule PU2) and what follows a trial (rule WI19). Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pcsync.kinds.paths import reference
from pcsync.kinds.subscription import availability
from pcsync.kinds.subscription.edit import path_of
from pcsync.kinds.subscription.model import sides
from pcsync.model import Action, Address, Call, Edit, Is, Keep, Resource, Step, View

THEN = {"cancel": "to end with its term", "extend": "to go on by the month after its term"}


def steps(action: Action, want: Resource, owner: Address, view: View) -> Iterable[Step]:
    """One Edit for each that must not renew; the instruction of a trial that is to be paid."""
    then = want.spec.get("trial", {}).get("then")
    if isinstance(then, Mapping):
        yield from _follows(action, then, want, owner)
    elif then == "cancel":
        off = sides([("endOfTerm", then)], actions=False, contract="2023-10")
        yield _ends(action, owner, off, "to end as a trial")
    elif (end := want.spec.get("endOfTerm")) in THEN:
        extends = end == "cancel" or view.contract >= "2026-05"
        if extends:
            wished = sides([("endOfTerm", end)], actions=False, contract=view.contract)
            yield _ends(action, owner, wished, THEN[end])


def _ends(action: Action, owner: Address, off: tuple[Is, ...], then: str) -> Edit:
    return Edit(
        f"{action.address}.ends",
        (action.id,),
        "PATCH",
        path_of(owner, action.address),
        whole=True,
        sets=off,
        expect=(Is("autoRenewEnabled", True),),
        after=(f"{action.address}.arrival",),
        says=f"{action.address.path[-1]} is told {then} (a cart can't say so)",
    )


def _follows(
    action: Action, then: Mapping[str, Any], want: Resource, owner: Address
) -> Iterable[Step]:
    """What the trial becomes, in place of the 25 seats for a year that it would."""
    address, segment = action.address, want.spec["segment"]
    found = reference(address, "availability")
    product, sku = then["product"].split(":")
    yield Call(
        f"{address}.availability",
        (action.id,),
        "GET",
        availability.path(owner, then["product"], segment),
        keep=(Keep(found, "id", among="items", where=availability.sold(then, segment)),),
        after=(f"{address}.arrival",),
    )
    told = {
        "product": {
            "productId": product,
            "skuId": sku,
            "availabilityId": {"$ref": found},
            "billingCycle": then["billingCycle"],
            "termDuration": then["termDuration"],
        },
        "quantity": then["quantity"],
    }
    yield Edit(
        f"{address}.then",
        (action.id,),
        "PATCH",
        path_of(owner, address),
        whole=True,
        sets=(
            Is("autoRenewEnabled", True),
            Is("scheduledNextTermInstructions", told, fold=True),
        ),
        after=(f"{address}.availability",),
        says=f"{address.path[-1]} is told what follows the trial (a cart can't say so)",
    )
