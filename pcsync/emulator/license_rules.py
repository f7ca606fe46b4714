"""Rules for changing a person's licences (customers.md 12). Checks all before it changes any.

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pcsync.emulator import skus
from pcsync.emulator.customer import Customer, User
from pcsync.emulator.faults import Fault, invalid
from pcsync.emulator.seats import Units, pools
from pcsync.emulator.settings import Settings
from pcsync.emulator.wire import Body


@dataclass(frozen=True)
class Wanted:
    """One licence to assign, with the plans that stay off."""

    sku: skus.DirectorySku
    excluded: frozenset[str]


def wanted(body: Body) -> tuple[list[Wanted], list[skus.DirectorySku]]:
    """What a request assigns and removes. 400/3000 for unknown ids or a mix of groups."""
    assign = [_wanted(row) for row in body.parts("licensesToAssign") or []]
    remove = [_sku(word) for word in body.texts("licensesToRemove") or []]
    if not assign and not remove:
        raise invalid("licensesToAssign or licensesToRemove is required.")
    groups = {sku.group for sku in [*remove, *(row.sku for row in assign)]}
    if len(groups) > 1:
        raise invalid("All licences of a request must be of one license group.")
    return assign, remove


def _wanted(row: Body) -> Wanted:
    sku = _sku(row.need("skuId"))
    excluded = frozenset(plan.lower() for plan in row.texts("excludedPlans") or [])
    unknown = sorted(excluded - set(sku.plans))
    if unknown:
        raise invalid(f"{sku.part_number} has no service plan {unknown[0]}.")
    return Wanted(sku, excluded)


def _sku(word: str) -> skus.DirectorySku:
    found = skus.directory_skus().get(word.lower())
    if found is None:
        raise invalid(f"The licence {word} does not correspond to a valid company license.")
    return found


def apply(
    customer: Customer, user: User, assign: Sequence[Wanted], remove: Sequence[skus.DirectorySku]
) -> None:
    """Remove, then assign; nothing is changed if anything is refused.

    A licence inherited from a group can be removed without an error, and stays.
    """
    units = pools(customer)
    for sku in remove:
        if sku.id not in user.held():
            raise invalid(f"The user does not hold the licence {sku.part_number}.")
    for row in assign:
        _check_assign(units, user, row, {sku.id for sku in remove})
    for sku in remove:
        user.licenses.pop(sku.id, None)
    for row in assign:
        user.licenses[row.sku.id] = row.excluded


def _check_assign(units: dict[str, Units], user: User, row: Wanted, freed: set[str]) -> None:
    pool = units.get(row.sku.id)
    if pool is None or not pool.total:
        text = f"The licence {row.sku.part_number} is not a license of this tenant."
        raise invalid(text)
    if user.usage_location is None:
        raise invalid("License assignment cannot be done for user with invalid usage location.")
    held = row.sku.id in user.inherited or (row.sku.id in user.licenses and row.sku.id not in freed)
    back = row.sku.id in user.licenses and row.sku.id in freed
    if not held and pool.available + back <= 0:
        raise no_seats(row.sku)


def no_seats(sku: skus.DirectorySku) -> Fault:
    """400/60012 with the documented data."""
    detail = (
        "LicenseQuotaExceededException : Subscription with SKU "
        f"{sku.id} does not have any available licenses."
    )
    return Fault(400, 60012, "No licenses are available.", data=[detail])


def warnings(settings: Settings, user: User, assign: Sequence[Wanted]) -> list[dict[str, Any]]:
    """Remarks on a change that was made all the same: plans that exclude or miss each other."""
    if not assign:
        return []
    enabled = {
        name
        for sku_id, excluded in user.held().items()
        for plan, name in skus.directory_skus()[sku_id].plans.items()
        if plan not in excluded
    }
    clashing = [pair for pair in settings.exclusive_plans if enabled.issuperset(pair)]
    lacking = [
        (plan, needed)
        for plan, needed in settings.required_plans.items()
        if plan in enabled and needed not in enabled
    ]
    return [
        *(_warning("MutuallyExclusiveViolation", pair, "exclude each other") for pair in clashing),
        *(_warning("DependencyViolation", pair, "depend on each other") for pair in lacking),
    ]


def _warning(code: str, plans: tuple[str, str], what: str) -> dict[str, Any]:
    text = f"The service plans {plans[0]} and {plans[1]} {what}."
    return {"code": code, "message": text, "servicePlans": list(plans)}
