"""Subscriptions: list, get, change, provisioning status, Azure entitlements (commerce.md 4).

Pages: get-all-of-a-customer-s-subscriptions.md, get-a-subscription-by-id.md,
update-a-subscription-by-id.md, get-subscription-provisioning-status.md,
get-a-list-of-azure-entitlements-for-subscription.md.
"""

from __future__ import annotations

from pcsync.emulator import coterm, times
from pcsync.emulator.azure_changes import show_entitlement
from pcsync.emulator.call import Answer, Call, ok
from pcsync.emulator.changes import change
from pcsync.emulator.contracts import LEGACY, Subscription
from pcsync.emulator.customer import Customer
from pcsync.emulator.faults import Fault, invalid
from pcsync.emulator.legacy import addons, check_etag
from pcsync.emulator.paging import collection
from pcsync.emulator.routing import Routes, Takes
from pcsync.emulator.schedules import TERMS
from pcsync.emulator.seats import directory_sku
from pcsync.emulator.subscription_shapes import show_subscription

routes = Routes()

ONE = "/v1/customers/{customer}/subscriptions/{subscription}"


def find(call: Call, customer: Customer) -> Subscription:
    """The subscription of the path. 404/20003 if there is none."""
    found = customer.subscriptions.get(call.parts["subscription"].lower())
    if found is None:
        raise Fault(404, 20003, "The subscription is not found.")
    return found


@routes(
    "GET",
    "/v1/customers/{customer}/subscriptions",
    page="get-all-of-a-customer-s-subscriptions.md",
    query=("order_id", "mpn_id"),
)
def listed(call: Call) -> Answer:
    """All subscriptions of all statuses in one answer, or those of one order or reseller."""
    customer = call.customer()
    order, reseller = call.query("order_id"), call.query("mpn_id")
    rows = [
        show_subscription(call.world, customer, subscription)
        for subscription in customer.subscriptions.values()
        if order in (None, subscription.order_id) and reseller in (None, subscription.partner_id)
    ]
    return ok(collection(call, rows))


@routes("GET", ONE + "/addons", page="get-a-list-of-add-ons-for-a-subscription.md")
def added(call: Call) -> Answer:
    """The add-ons of a legacy base; those of new commerce have no link to one."""
    customer = call.customer()
    rows = addons(customer, find(call, customer))
    return ok(collection(call, [show_subscription(call.world, customer, row) for row in rows]))


SPELLED = {
    "term_duration": "TermDuration",
    "term_start_date": "TermStartDate",
    "target_coterm_subscription_id": "TargetCotermSubscriptionId",
}
"""Query parameters as the page's example and as its table spell them."""


def _either(call: Call, name: str) -> str | None:
    return call.query(name) or call.query(SPELLED[name])


@routes(
    "GET",
    "/v1/customers/{customer}/subscriptions/customTermEndDates",
    page="custom-term-end-dates.md",
    query=(*SPELLED, *SPELLED.values()),
)
def custom_term_end_dates(call: Call) -> Answer:
    """The last days that a new purchase may have."""
    customer = call.customer()
    term = (_either(call, "term_duration") or "").upper()
    if term not in TERMS:
        raise invalid("term_duration must be P1M, P1Y or P3Y.")
    start = _either(call, "term_start_date")
    try:
        begins = times.parse(start) if start else call.world.clock.now()
    except ValueError as wrong:
        raise invalid("term_start_date must be a date.") from wrong
    target = _either(call, "target_coterm_subscription_id")
    rows = coterm.allowed(customer, begins, times.months(term), target and target.lower())
    shown = [
        {
            "allowedCustomTermEndDateType": kind,
            "cotermSubscriptionIds": ids,
            "allowedCustomTermEndDate": day,
        }
        for kind, day, ids in rows
    ]
    return ok(collection(call, shown))


@routes("GET", ONE, page="get-a-subscription-by-id.md")
def get(call: Call) -> Answer:
    """One subscription with its refundable quantity."""
    customer = call.customer()
    return ok(show_subscription(call.world, customer, find(call, customer), by_id=True))


@routes(
    "PATCH",
    ONE,
    page="update-a-subscription-by-id.md",
    also=("update-the-nickname-for-a-subscription.md",),
    audit=("update_subscription", "subscription"),
)
def update(call: Call) -> Answer:
    """Change a subscription; the body counts as the whole resource."""
    customer, body = call.customer(), call.body()
    subscription = find(call, customer)
    if subscription.kind == LEGACY:
        check_etag(subscription, call.headers.get("if-match"))
    before = show_subscription(call.world, customer, subscription, by_id=True)
    change(call.world, customer, subscription, body)
    answer = show_subscription(call.world, customer, subscription, by_id=True)
    details = {"SubscriptionId": subscription.id}
    operation = "update_subscription"
    call.note(operation, "subscription", customer, answer, old_value=before, **details)
    return ok(answer)


@routes(
    "GET",
    ONE + "/provisioningstatus",
    page="get-subscription-provisioning-status.md",
    takes=Takes.USER,
)
def provisioning_status(call: Call) -> Answer:
    """Whether the directory shows the seats; `pending` while they change."""
    customer = call.tenant()
    subscription = find(call, customer)
    sku = directory_sku(subscription)
    return ok(
        {
            "skuId": sku.id if sku else "",
            "status": "success" if subscription.provisioned else "pending",
            "quantity": subscription.live_quantity,
            "endDate": subscription.last_day,
            "attributes": {"objectType": "SubscriptionProvisioningStatus"},
        }
    )


@routes(
    "GET",
    ONE + "/azureEntitlements",
    page="get-a-list-of-azure-entitlements-for-subscription.md",
)
def azure_entitlements(call: Call) -> Answer:
    """The Azure subscriptions below an Azure plan."""
    customer = call.customer()
    subscription = find(call, customer)
    now = call.world.clock.now()
    rows = [show_entitlement(customer, subscription, e, now) for e in subscription.entitlements]
    return ok(collection(call, rows))
