"""Which product may follow which, and who may go there (commerce.md 6.4, 6.5).

What a transition does is in transiting.py. Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from typing import Any

from pcsync.emulator import schedules, stock, times, trials
from pcsync.emulator.availabilities import availability_id
from pcsync.emulator.contracts import Subscription
from pcsync.emulator.customer import Customer
from pcsync.emulator.faults import Fault
from pcsync.emulator.offers import UPGRADES
from pcsync.emulator.seats import sold
from pcsync.emulator.wire import Body
from pcsync.emulator.world import World

ONLY, WITH_LICENSES = "transition_only", "transition_with_license_transfer"
Error = tuple[int, str]
NOT_ACTIVE: Error = (1, "The subscription is not active.")
IN_WINDOW: Error = (2, "The subscription is in its cancellation window.")
SHORTER: Error = (3, "The term of the subscription is shorter.")
EARLIER: Error = (4, "The subscription ends earlier.")
SOURCE_NOT_ACTIVE: Error = (2, "The source subscription is not active.")
NOT_PROVISIONED: Error = (9, "The source subscription is not provisioned.")


def item_of(subscription: Subscription) -> stock.Item | None:
    """What the subscription is one to, in stock."""
    return stock.find(subscription.product_id, subscription.sku_id)


def targets(subscription: Subscription, scheduled: bool) -> list[stock.Item]:
    """What may follow: upward at once, downward too at the next term; a trial's paid SKU first."""
    if not subscription.licensed:
        return []
    item = trials.paid(subscription) if subscription.trial else item_of(subscription)
    if item is None:
        return []
    keys = [item.key] if subscription.trial else []
    keys += UPGRADES.get(item.key, [])
    if scheduled:
        keys += [key for key, above in UPGRADES.items() if item.key in above]
    known = stock.items()
    return [known[key] for key in keys if key in known]


def eligibilities(
    world: World, customer: Customer, subscription: Subscription, scheduled: bool
) -> list[dict[str, Any]]:
    """One entry for each target."""
    return [
        {
            "operationId": world.ids.guid("eligibility", f"{subscription.id} {item.key}"),
            "catalogItemId": f"{item.key}:{availability_id(world, item)}",
            "title": item.title,
            "description": item.title,
            "quantity": subscription.quantity,
            "eligibilities": _eligibilities(subscription),
            "subscriptionEligibilities": []
            if scheduled or subscription.trial
            else [
                _show_target(world, subscription, row)
                for row in customer.subscriptions.values()
                if row.licensed and row.id != subscription.id and row.product == item.key
            ],
        }
        for item in targets(subscription, scheduled)
    ]


def _eligibilities(subscription: Subscription) -> list[dict[str, Any]]:
    errors = [] if subscription.status == "active" else [SOURCE_NOT_ACTIVE]
    more = [] if subscription.provisioned else [NOT_PROVISIONED]
    pairs = ((ONLY, errors), (WITH_LICENSES, errors + more))
    return [
        {"isEligible": not found, "transitionType": kind, "errors": show_errors(found)}
        for kind, found in pairs
    ]


def show_errors(errors: list[Error]) -> list[dict[str, Any]]:
    """Errors inside an answer that is a success."""
    return [{"code": code, "description": text} for code, text in errors]


def _show_target(world: World, source: Subscription, row: Subscription) -> dict[str, Any]:
    errors = []
    if row.status != "active":
        errors.append(NOT_ACTIVE)
    if row.cancellable_until(world.clock.now()) is not None:
        errors.append(IN_WINDOW)
    if times.months(row.term) < times.months(source.term):
        errors.append(SHORTER)
    if row.ends < source.ends:
        errors.append(EARLIER)
    return {
        "isEligible": not errors,
        "subscriptionId": row.id,
        "subscriptionFriendlyName": row.friendly_name,
        "subscriptionTermDuration": row.term,
        "subscriptionBillingCycle": row.cycle,
        "errors": show_errors(errors),
    }


def check_source(subscription: Subscription, body: Body) -> None:
    """Refuse a source that is legacy, not active, busy, or not the one that the body names."""
    if subscription.legacy:
        raise Fault(403, 900263, "A legacy subscription has no transitions.")
    if not subscription.licensed:
        raise Fault(400, 900141, "The product of this subscription has no transitions.")
    if subscription.status != "active":
        code = {"suspended": 800091, "deleted": 2011, "expired": 900277}
        found = code.get(subscription.status, 900279)
        raise Fault(400, found, "The subscription is not active.")
    if subscription.renewing:
        raise Fault(409, 800082, "The subscription is being renewed; try again in 2 minutes.")
    if subscription.phase == "extended":
        raise Fault(400, 900280, "Updates are currently not allowed in an extended term.")
    named = (body.text("fromSubscriptionId") or subscription.id).lower()
    offered = (body.text("fromCatalogItemId") or subscription.product).upper()
    if named != subscription.id or not f"{offered}:".startswith(f"{subscription.product}:"):
        raise Fault(400, 800002, "The source is another subscription or product.")


def check_target(world: World, subscription: Subscription, body: Body) -> stock.Item:
    """The item that the body asks for. 404 if it is not sold, 400/800002 if it may not follow."""
    product, _, rest = body.need("toCatalogItemId").upper().partition(":")
    sku, _, availability = rest.partition(":")
    item = stock.items().get(f"{product}:{sku}")
    if item is None:
        raise Fault(404, 400018, "The SKU is not found.")
    if availability != availability_id(world, item):
        raise Fault(404, 400019, "The availability is not found or outdated.")
    if item not in targets(subscription, scheduled=False):
        raise Fault(400, 800002, "There is no transition to this product.")
    return item


def check_merge(
    customer: Customer, source: Subscription, item: stock.Item, target_id: str
) -> Subscription:
    """The subscription to merge into, with its refusals 900236 and 900258 to 900267."""
    if target_id == source.id:
        raise Fault(400, 900259, "Source and target are the same subscription.")
    target = customer.subscriptions.get(target_id)
    if target is None:
        raise Fault(404, 20003, "The target subscription is not found.")
    if target.product != item.key:
        raise Fault(400, 900260, "The target subscription has another catalog item.")
    if target.status == "pending" or target.renewing or not target.provisioned:
        raise Fault(400, 900261, "The target subscription is not ready.")
    if target.status != "active":
        raise Fault(400, 900258, "The target subscription is not active.")
    if times.months(target.term) < times.months(source.term):
        raise Fault(400, 900267, "The term of the target is shorter.")
    if target.ends < source.ends:
        raise Fault(400, 900236, "The target subscription ends earlier.")
    return target


def check_pair(source: Subscription, item: stock.Item, body: Body) -> stock.Term:
    """Term and cycle afterwards: those of the source unless the body names longer ones."""
    own = trials.PAID if source.trial else (source.term, source.cycle)
    term = (body.text("termDuration") or own[0]).upper()
    cycle = (body.text("billingCycle") or own[1]).lower().replace("_", "")
    found = schedules.check_pair(item, term, cycle)
    if not source.trial and times.months(term) < times.months(source.term):
        raise Fault(400, 900267, "The target term is shorter than the current one.")
    return found


def check_quantity(
    customer: Customer, source: Subscription, item: stock.Item, quantity: int, merges: bool
) -> None:
    """400/900275 for more seats than there are, or fewer than either side may have."""
    before = item_of(source)
    left = source.quantity - quantity
    least = 1 if merges else item.minimum
    if source.trial:
        least = trials.LEAST_PAID
    short = 0 < left < (before.minimum if before else 1) or (source.trial and left)
    if not least <= quantity <= source.quantity or quantity > item.maximum or short:
        raise Fault(400, 900275, f"The quantity must be between {least} and {source.quantity}.")
    known = item_of(source)
    same = known is not None and known.directory_sku == item.directory_sku
    if not same and sold(customer, item) + quantity > item.maximum:
        raise Fault(403, 800088, "The seats exceed the remaining limit of the tenant.")
