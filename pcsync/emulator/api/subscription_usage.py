"""This month's Azure usage below one customer: by subscription, resource and meter.

Pages: get-a-customer-subscription-s-usage-records.md,
get-a-customer-subscription-usage-summary.md, get-all-monthly-usage-records-for-a-subscription.md,
get-a-customer-subscription-resource-usage-records.md,
get-a-customer-subscription-meter-usage-records.md (insight.md 3.5 to 3.9).
"""

from __future__ import annotations

from typing import Any

from pcsync.emulator import usage_figures
from pcsync.emulator.account import Usage
from pcsync.emulator.call import Answer, Call, ok
from pcsync.emulator.contracts import Subscription
from pcsync.emulator.customer import Customer
from pcsync.emulator.faults import Fault
from pcsync.emulator.paging import collection, link
from pcsync.emulator.routing import Routes, Takes

routes = Routes()

ALL = "/v1/customers/{customer}/subscriptions"
ONE = "/v1/customers/{customer}/subscriptions/{subscription}"


def _subscription(call: Call, customer: Customer) -> Subscription:
    """The Azure subscription of the path. 404/20003 if unknown, 404/3000 if it is not Azure."""
    found = customer.subscriptions.get(call.parts["subscription"].lower())
    if found is None:
        raise Fault(404, 20003, "The subscription is not found.")
    if not found.azure:
        raise Fault(404, 3000, "The subscription does not have usage data.")
    return found


@routes(
    "GET",
    ALL + "/usagerecords",
    page="get-a-customer-subscription-s-usage-records.md",
    takes=Takes.USER,
)
def of_subscriptions(call: Call) -> Answer:
    """One record for each Azure plan or legacy Azure subscription."""
    customer = call.customer()
    rows = usage_figures.azure_subscriptions(customer)
    return ok(collection(call, [_monthly(call, customer, row) for row in rows]))


def _monthly(call: Call, customer: Customer, row: Subscription) -> dict[str, Any]:
    total = usage_figures.cost(usage_figures.used_by(customer, row, call.world.clock.now()))
    partner = {"partnerOnRecord": row.partner_id} if row.partner_id else {}
    return {
        "status": row.status,
        **partner,
        "offerId": row.offer_id,
        **usage_figures.named(row.id, row.friendly_name),
        **usage_figures.money(customer, total, row.legacy),
        "lastModifiedDate": usage_figures.modified(call.world),
        "attributes": {"objectType": "SubscriptionMonthlyUsageRecord"},
    }


@routes(
    "GET",
    ONE + "/usagesummary",
    page="get-a-customer-subscription-usage-summary.md",
    takes=Takes.USER,
)
def summary(call: Call) -> Answer:
    """The month so far of one subscription."""
    customer, now = call.customer(), call.world.clock.now()
    row = _subscription(call, customer)
    total = usage_figures.cost(usage_figures.used_by(customer, row, now))
    path = f"/customers/{customer.id}/subscriptions/{row.id}/usagesummary"
    return ok(
        {
            **usage_figures.named(row.id, row.friendly_name),
            **usage_figures.period(now),
            **usage_figures.money(customer, total, row.legacy),
            "lastModifiedDate": usage_figures.modified(call.world),
            "links": {"self": link(path)},
            "attributes": {"objectType": "SubscriptionUsageSummary"},
        }
    )


def _used(call: Call, legacy: bool) -> tuple[Customer, Subscription, list[Usage]]:
    """What one subscription used. 400/900141 for the other kind of Azure."""
    customer = call.customer()
    row = _subscription(call, customer)
    if row.legacy != legacy:
        kind = "legacy Azure subscriptions" if legacy else "Azure plans"
        raise Fault(400, 900141, f"The operation is supported for {kind} only.")
    return customer, row, usage_figures.used_by(customer, row, call.world.clock.now())


@routes(
    "GET",
    ONE + "/usagerecords/resources",
    page="get-all-monthly-usage-records-for-a-subscription.md",
)
def by_legacy_resource(call: Call) -> Answer:
    """One record for each meter of a legacy Azure subscription."""
    customer, _, rows = _used(call, legacy=True)
    found = [
        {
            "category": row.category,
            "subcategory": row.subcategory,
            "quantityUsed": row.quantity,
            "unit": row.unit,
            **usage_figures.named(call.world.ids.guid("meter", row.meter), row.meter),
            **usage_figures.money(customer, row.cost, True),
            "attributes": {"objectType": "AzureResourceMonthlyUsageRecord"},
        }
        for row in usage_figures.merged(rows, lambda row: row.meter)
    ]
    return ok(collection(call, found))


@routes(
    "GET",
    ONE + "/resourceusagerecords",
    page="get-a-customer-subscription-resource-usage-records.md",
    takes=Takes.USER,
)
def by_resource(call: Call) -> Answer:
    """One record for each resource below an Azure plan."""
    customer, plan, rows = _used(call, legacy=False)
    entitlement = plan.entitlements[0] if plan.entitlements else plan.id
    merged = usage_figures.merged(rows, lambda row: (row.resource, row.group, row.kind))
    found = [
        {
            "subscriptionId": plan.id,
            "resourceUri": f"/subscriptions/{entitlement}/resourceGroups/{row.group}"
            f"/providers/{row.kind}/{row.resource}",
            "resourceType": row.kind,
            "entitlementId": entitlement,
            "entitlementName": plan.friendly_name,
            "resourceGroupName": row.group,
            "name": row.resource,
            "resourceName": row.resource,
            **usage_figures.money(customer, row.cost, False),
            "lastModifiedDate": usage_figures.modified(call.world),
            "attributes": {"objectType": "ResourceUsageRecord"},
        }
        for row in merged
    ]
    return ok(collection(call, found))


@routes(
    "GET",
    ONE + "/meterusagerecords",
    page="get-a-customer-subscription-meter-usage-records.md",
    takes=Takes.USER,
)
def by_meter(call: Call) -> Answer:
    """One record for each meter, on a plan and on legacy Azure alike."""
    customer = call.customer()
    owner = _subscription(call, customer)
    rows = usage_figures.used_by(customer, owner, call.world.clock.now())
    found = [
        {
            "subscriptionId": owner.id,
            "meterId": "-".join(filter(None, (owner.product_id, owner.sku_id, row.meter))),
            "meterName": row.meter,
            "category": row.category,
            "subcategory": row.subcategory,
            "quantityUsed": row.quantity,
            "unit": row.unit,
            **usage_figures.money(customer, row.cost, owner.legacy),
            "lastModifiedDate": usage_figures.modified(call.world),
            "attributes": {"objectType": "MeterUsageRecord"},
        }
        for row in usage_figures.merged(rows, lambda row: row.meter)
    ]
    return ok(collection(call, found))
