"""Licences: seats of the tenant, licences of a user, changing them.

Pages: get-a-list-of-available-licenses.md, check-which-licenses-are-assigned-to-a-user.md,
assign-licenses-to-a-user.md.
"""

from __future__ import annotations

from typing import Any

from pcsync.emulator import license_rules, skus, wire
from pcsync.emulator.call import Answer, Call, created, ok
from pcsync.emulator.faults import not_understood
from pcsync.emulator.paging import collection
from pcsync.emulator.routing import Routes, Takes
from pcsync.emulator.seats import Units, pools

routes = Routes()

GROUPS = ("group1", "group2")


def _groups(call: Call) -> set[str]:
    """The licence groups asked for; group 1 if none is named."""
    named = {word.lower() for text in call.all("licenseGroupIds") for word in text.split(",")}
    unknown = named.difference(GROUPS)
    if unknown:
        raise not_understood("licenseGroupIds", unknown.pop())
    return named or {"group1"}


def _product(sku: skus.DirectorySku, **more: str) -> dict[str, Any]:
    return {
        "id": sku.id,
        "name": sku.name,
        "skuPartNumber": sku.part_number,
        **more,
        "licenseGroupId": sku.group,
    }


def _plan(plan: str, name: str, status: str) -> dict[str, Any]:
    return {
        "displayName": name,
        "serviceName": name,
        "id": plan,
        "capabilityStatus": status,
        "targetType": "User",
    }


def _subscribed(units: Units) -> dict[str, Any]:
    return {
        "availableUnits": units.available,
        "activeUnits": units.active,
        "consumedUnits": units.consumed,
        "suspendedUnits": units.suspended,
        "totalUnits": units.total,
        "warningUnits": units.warning,
        "productSku": _product(units.sku, targetType="User"),
        "servicePlans": [_plan(p, name, "Enabled") for p, name in units.sku.plans.items()],
        "capabilityStatus": units.status,
        "attributes": {"objectType": "SubscribedSku"},
    }


@routes(
    "GET",
    "/v1/customers/{customer}/subscribedskus",
    page="get-a-list-of-available-licenses.md",
    also=("get-a-list-of-available-licenses-by-license-group.md",),
    takes=Takes.LICENSES,
    query=("licenseGroupIds",),
)
def subscribed_skus(call: Call) -> Answer:
    """All seats of the tenant, bought through any channel, by licence SKU."""
    customer, groups = call.tenant(), _groups(call)
    rows = [units for units in pools(customer).values() if units.sku.group in groups]
    return ok(collection(call, [_subscribed(units) for units in rows]))


@routes(
    "GET",
    "/v1/customers/{customer}/users/{user}/licenses",
    page="check-which-licenses-are-assigned-to-a-user.md",
    also=("get-licenses-assigned-to-a-user-by-license-group.md",),
    takes=Takes.LICENSES,
    query=("licenseGroupIds",),
)
def of_user(call: Call) -> Answer:
    """The licences of one user; plans that are switched off are not listed."""
    user, groups = call.user(call.tenant()), _groups(call)
    table = skus.directory_skus()
    rows = [
        {
            "servicePlans": [
                _plan(plan, name, "Assigned")
                for plan, name in table[sku_id].plans.items()
                if plan not in excluded
            ],
            "productSku": _product(table[sku_id]),
            "attributes": {"objectType": "License"},
        }
        for sku_id, excluded in user.held().items()
        if table[sku_id].group in groups
    ]
    return ok(collection(call, rows))


@routes(
    "POST",
    "/v1/customers/{customer}/users/{user}/licenseupdates",
    page="assign-licenses-to-a-user.md",
    takes=Takes.LICENSES,
    query=("isKickInstantOn",),
    audit=("update_customer_user_licenses", "license"),
)
def update(call: Call) -> Answer:
    """Assign and remove licences of one user in one step; warnings are success with a remark."""
    customer = call.tenant()
    user = call.user(customer)
    assign, remove = license_rules.wanted(call.body())
    license_rules.apply(customer, user, assign, remove)
    done = wire.shown(
        licensesToAssign=[
            wire.shown(skuId=row.sku.id, excludedPlans=sorted(row.excluded) or None)
            for row in assign
        ],
        licensesToRemove=[sku.id for sku in remove],
    )
    details = {"CustomerUserId": user.id}
    if assign:
        details["AddedLicenseSkuId"] = assign[0].sku.id
    call.note("update_customer_user_licenses", "license", customer, done, **details)
    warnings = license_rules.warnings(call.world.settings, user, assign)
    return created(
        {**done, "licenseWarnings": warnings, "attributes": {"objectType": "LicenseUpdate"}}
    )
