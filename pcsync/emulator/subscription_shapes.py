"""What a subscription looks like on the wire (commerce.md 4.1).

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from pcsync.emulator import times
from pcsync.emulator.contracts import FULL_REFUND, LEGACY, SAVINGS, Subscription
from pcsync.emulator.customer import Customer
from pcsync.emulator.legacy import etag
from pcsync.emulator.lifecycle import cycle_ends
from pcsync.emulator.offers import product_type
from pcsync.emulator.paging import link
from pcsync.emulator.savings_shapes import of_plan
from pcsync.emulator.wire import shown
from pcsync.emulator.world import World

LAST_SECOND = timedelta(seconds=1)


def show_subscription(
    world: World, customer: Customer, subscription: Subscription, by_id: bool = False
) -> dict[str, Any]:
    """A Subscription; refundableQuantity only by id. Members without a value are left out."""
    return shown(
        **_product(subscription),
        quantity=subscription.quantity,
        creationDate=subscription.created_at,
        effectiveStartDate=subscription.started_at,
        **_dates(world, subscription),
        status=subscription.status,
        autoRenewEnabled=subscription.auto_renew,
        billingCycle=subscription.cycle,
        termDuration=subscription.term or None,
        parentSubscriptionId=subscription.parent_id or None,
        migratedFromSubscriptionId=subscription.migrated_from,
        renewalTermDuration="",
        **_refunds(world.clock.now(), subscription, by_id),
        partnerId=subscription.partner_id,
        suspensionReasons=subscription.suspension_reasons or None,
        promotionId=subscription.promotion_id,
        orderId=subscription.order_id,
        **of_plan(customer, subscription),
        customTermEndDate=subscription.custom_term_end,
        **_schedules(world, subscription),
        links=_links(customer, subscription),
        attributes=_attributes(subscription),
    )


def _product(subscription: Subscription) -> dict[str, Any]:
    """What it is a subscription to; these members never change by themselves."""
    metered = subscription.azure
    benefit = subscription.kind == SAVINGS
    return {
        "id": subscription.id,
        "offerId": subscription.offer_id,
        "offerName": subscription.offer_name,
        "friendlyName": subscription.friendly_name,
        "productType": _type(subscription),
        "unitType": "Usage-based" if metered else "Benefit" if benefit else "Licenses",
        "hasPurchasableAddons": False,
        "isTrial": subscription.trial,
        "billingType": "usage" if metered else "benefit" if benefit else "license",
        "isMicrosoftProduct": True,
        "attentionNeeded": False,
        "actionTaken": False,
        "contractType": "subscription",
        "publisherName": "Microsoft Corporation",
    }


def _type(subscription: Subscription) -> dict[str, Any] | None:
    """What kind of product it is; legacy licences have none (commerce.md 0.7)."""
    if subscription.kind == LEGACY:
        return None
    return product_type("azure" if subscription.azure else subscription.kind or "licence")


def _attributes(subscription: Subscription) -> dict[str, Any]:
    tag = {"etag": etag(subscription)} if subscription.kind == LEGACY else {}
    return {"objectType": "Subscription", **tag}


def _schedules(world: World, subscription: Subscription) -> dict[str, Any]:
    """What is to happen by itself; scheduledActions exist under the newest contract only."""
    extended = world.settings.extended_terms and subscription.licensed
    return {
        "scheduledNextTermInstructions": subscription.next_term,
        "nextChargeInstructions": subscription.next_charge,
        "scheduledActions": subscription.actions if extended else None,
    }


def _dates(world: World, subscription: Subscription) -> dict[str, Any]:
    """Ends are inclusive days at 00:00 with a twin at the last second."""
    if subscription.azure:
        far = times.FAR_FUTURE
        return {"commitmentEndDate": far, "commitmentEndDateTime": far}
    cycle = cycle_ends(subscription, world.clock.now())
    return {
        "commitmentEndDate": subscription.last_day,
        "commitmentEndDateTime": subscription.ends - LAST_SECOND,
        "billingCycleEndDate": cycle - times.DAY,
        "billingCycleEndDateTime": cycle - LAST_SECOND,
    }


def _refunds(now: datetime, subscription: Subscription, by_id: bool) -> dict[str, Any]:
    until = subscription.cancellable_until(now)
    found: dict[str, Any] = {"cancellationAllowedUntilDate": until}
    if until is not None and subscription.phase == "standard":
        full = subscription.window_from + FULL_REFUND
        ends = (("Full", full), ("Partial", subscription.window_from + subscription.window))
        found["refundOptions"] = [{"type": t, "expiresAt": e} for t, e in ends if e > now]
    seats = not (subscription.azure or subscription.legacy or subscription.trial)
    if by_id and subscription.status == "active" and seats:
        batches = subscription.refundable(now)
        found["refundableQuantity"] = {
            "totalQuantity": sum(batch.quantity for batch in batches),
            "details": [
                {"quantity": batch.quantity, "allowedUntilDateTime": batch.until}
                for batch in batches
            ],
        }
    return found


def _links(customer: Customer, subscription: Subscription) -> dict[str, Any]:
    own = link(f"/customers/{customer.id}/subscriptions/{subscription.id}")
    if subscription.legacy:
        base = f"/customers/{customer.id}/subscriptions/{subscription.parent_id}"
        parent = {"parentSubscription": link(base)} if subscription.parent_id else {}
        return {"offer": link(f"/offers/{subscription.offer_id}"), **parent, "self": own}
    product = f"/products/{subscription.product_id}"
    sku = f"{product}/skus/{subscription.sku_id}"
    query = f"?country={customer.country}"
    availability = f"{sku}/availabilities/{subscription.availability_id}{query}"
    return {
        "product": link(product + query),
        "sku": link(sku + query),
        "availability": link(availability),
        "self": own,
    }
