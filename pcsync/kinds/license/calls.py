"""The one call that changes the licences of a person (`assign-licenses-to-a-user.md`).

Owns its body and how to tell, after a lost answer, whether it took effect. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pcsync.kinds.license import skus
from pcsync.kinds.license.seats import query
from pcsync.kinds.paths import below, reference
from pcsync.model import Action, Address, All, Call, Condition, Is, Not, Settle, Some, Verb, View


def update(batch: Sequence[Action], owner: Address, view: View) -> Call:
    """One licence update: removals and assignments of one person and one licence group."""
    person = batch[0].owner
    assert person is not None, "a licence is owned by its user"
    assigns = [a for a in batch if a.verb is not Verb.DELETE]
    removes = [a for a in batch if a.verb is Verb.DELETE]
    path = below(owner, f"users/{{{reference(person)}}}/")
    group = skus.group(pool_of(batch[0], view))
    return Call(
        f"{person}.licenses.{group}",
        tuple(a.id for a in batch),
        "POST",
        f"{path}licenseupdates",
        body={
            "licensesToAssign": [_assign(a, view) for a in assigns] or None,
            "licensesToRemove": [pool_of(a, view) for a in removes] or None,
            "attributes": {"objectType": "LicenseUpdate"},
        },
        user=True,
        remarks="licenseWarnings",
        settle=Settle(
            f"{path}licenses{query(pool_of(batch[0], view))}",
            All(tuple(_there(a, view) for a in batch)),
        ),
    )


def pool_of(action: Action, view: View) -> str:
    """The GUID of the SKU that an action assigns or removes."""
    found = view.wants.get(action.address) or view.haves[action.address]
    return str(found.remote["sku"])


def _assign(action: Action, view: View) -> dict[str, Any]:
    pool = pool_of(action, view)
    off = next((c.new for c in action.changes if c.field == "disabledPlans"), None)
    sku = skus.by_id().get(pool)
    excluded = [sku.plan(name) for name in off] if off and sku else None
    return {"skuId": pool, "excludedPlans": excluded}


def _there(action: Action, view: View) -> Condition:
    """How to see that it took effect: held or not; of changed plans, that the old ones are on."""
    mine = Is("productSku.id", pool_of(action, view), fold=True)
    if action.verb is Verb.DELETE:
        return Not(Some("items", mine))
    return Some("items", All((mine, *_plans(action, view))))


def _plans(action: Action, view: View) -> list[Condition]:
    """Which service plans must be assigned, and which must not, after a change of them."""
    sku = skus.by_id().get(pool_of(action, view))
    off = next((c.new for c in action.changes if c.field == "disabledPlans"), None)
    if sku is None or off is None:
        return []
    excluded = {sku.plan(name) for name in off}

    def on(plan: str) -> Condition:
        assigned = (Is("id", plan, fold=True), Is("capabilityStatus", "Assigned", fold=True))
        return Some("servicePlans", All(assigned))

    return [Not(on(plan)) if plan in excluded else on(plan) for plan in sorted(sku.plans)]
