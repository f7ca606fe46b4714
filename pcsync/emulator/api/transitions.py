"""Transitions of new-commerce subscriptions to other products (commerce.md 6.4, 6.5).

Pages: get-eligible-transitions.md, transition-a-new-commerce-subscription.md, get-transitions.md.
"""

from __future__ import annotations

from pcsync.emulator import transiting, transitions
from pcsync.emulator.api.subscriptions import ONE, find
from pcsync.emulator.call import Answer, Call, ok
from pcsync.emulator.faults import not_understood
from pcsync.emulator.paging import collection
from pcsync.emulator.routing import Routes, Takes

routes = Routes()

PAGE = "transition-a-new-commerce-subscription.md"
KINDS = ("immediate", "scheduled")


@routes(
    "GET",
    ONE + "/transitionEligibilities",
    page=PAGE,
    takes=Takes.USER,
    query=("eligibilityType",),
)
def eligibilities(call: Call) -> Answer:
    """Where a subscription may go, now or at its next term."""
    customer = call.customer()
    subscription = find(call, customer)
    kind = call.query("eligibilityType") or KINDS[0]
    if kind.lower() not in KINDS:
        raise not_understood("eligibilityType", kind)
    scheduled = kind.lower() == "scheduled"
    rows = transitions.eligibilities(call.world, customer, subscription, scheduled)
    return ok(collection(call, rows))


@routes(
    "POST",
    ONE + "/transitions",
    page=PAGE,
    takes=Takes.USER,
    audit=("upgrade_subscription", "subscription"),
)
def transition(call: Call) -> Answer:
    """Change the product of some or all seats; the answer tells how far that is."""
    customer, body = call.customer(), call.body()
    subscription = find(call, customer)
    made = transiting.start(call.world, customer, subscription, body)
    answer = transiting.show(made)
    details = {"SubscriptionId": subscription.id}
    call.note("upgrade_subscription", "subscription", customer, answer, **details)
    return ok(answer)


@routes(
    "GET",
    ONE + "/transitions",
    page="get-transitions.md",
    takes=Takes.USER,
    query=("operationId",),
)
def listed(call: Call) -> Answer:
    """The transitions of a subscription, or one of them."""
    customer = call.customer()
    subscription = find(call, customer)
    wanted = call.query("operationId")
    rows = [
        transiting.show(row)
        for row in transiting.running(customer, subscription)
        if wanted is None or row.id == wanted.lower()
    ]
    return ok(collection(call, rows))
