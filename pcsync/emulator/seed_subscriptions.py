"""Subscriptions of a world file, with dates worked out where the file leaves them open.

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from pcsync.emulator import activity, lifecycle, stock, times, trials
from pcsync.emulator.availabilities import availability_id
from pcsync.emulator.call import Note
from pcsync.emulator.contracts import (
    LEGACY,
    LEGACY_AZURE,
    SAAS,
    SAVINGS,
    SOFTWARE,
    WINDOW,
    Batch,
    Order,
    OrderLine,
    Subscription,
)
from pcsync.emulator.customer import Customer
from pcsync.emulator.schedules import ACTIONS, CYCLES, TERMS
from pcsync.emulator.section import Section
from pcsync.emulator.subscription_shapes import show_subscription
from pcsync.emulator.windows import window
from pcsync.emulator.world import World

SUBSCRIPTION_WORDS = (
    "id",
    "product",
    "friendlyName",
    "termDuration",
    "billingCycle",
    "quantity",
    "status",
    "phase",
    "autoRenewEnabled",
    "creationDate",
    "effectiveStartDate",
    "commitmentEndDate",
    "orderId",
    "partnerId",
    "promotionId",
    "scheduledActions",
    "scheduledNextTermInstructions",
    "nextChargeInstructions",
    "suspensionReasons",
    "refundable",
    "parentSubscriptionId",
    "updates",
    "activated",
    "suspendedAt",
    "suspendedBy",
    "azureSubscriptions",
)
PRODUCT_WORDS = (
    "productId",
    "skuId",
    "availabilityId",
    "billingCycle",
    "termDuration",
    "promotionId",
)
STATUSES = ("active", "suspended", "expired", "disabled", "deleted", "pending")
DEFAULT_AGE = timedelta(days=10)


def add_subscription(world: World, customer: Customer, row: Section) -> Subscription:
    """Take one subscription of the file into the customer, with the order that began it."""
    item = _item(world, row)
    subscription = (
        _azure(world, customer, row, item) if item.azure else _seats(world, customer, row, item)
    )
    if subscription.id in customer.subscriptions:
        row.fail("id", f"subscription id {subscription.id} is used twice")
    customer.subscriptions[subscription.id] = subscription
    _add_order(world, customer, subscription)
    lifecycle.watch(world, customer, subscription)
    _recall(world, customer, row, subscription)
    if subscription.next_charge is not None:
        lifecycle.charge_next(world, customer, subscription)
    return subscription


def _item(world: World, row: Section) -> stock.Item:
    offer = world.catalogue.offers.get(row.need("product").lower())
    if offer is not None:
        return offer.item
    product, _, rest = row.need("product").upper().partition(":")
    if product == LEGACY_AZURE:
        return stock.Item(product, "", "Microsoft Azure", "", 1, 1, (), azure=True)
    found = stock.find(product, rest.partition(":")[0])
    if found is None:
        row.fail("product", f"the catalogue has no {row.need('product')}")
    return found


def _shared(world: World, customer: Customer, row: Section, item: stock.Item) -> dict[str, Any]:
    number = world.number()
    name = f"{customer.id} {len(customer.subscriptions)}"
    created = row.moment("creationDate") or world.clock.now() - DEFAULT_AGE
    return {
        "id": (row.text("id") or world.ids.guid("subscription", name)).lower(),
        "number": number,
        "product_id": item.product_id,
        "sku_id": item.sku_id,
        "availability_id": availability_id(world, item),
        "offer_name": item.title,
        "friendly_name": row.text("friendlyName") or item.title,
        "created_at": created,
        "order_id": row.text("orderId") or world.ids.hexes("order", 12, name),
        "status": row.word("status", "active", STATUSES),
        "partner_id": row.text("partnerId") or "",
        "promotion_id": row.text("promotionId"),
        "suspension_reasons": row.texts("suspensionReasons"),
        "updates": row.whole("updates", 0),
    }


def _azure(world: World, customer: Customer, row: Section, item: stock.Item) -> Subscription:
    shared = _shared(world, customer, row, item)
    names = _azure_names(world, row, shared["id"])
    first = [world.ids.guid("azure subscription", shared["id"])] if item.sku_id else []
    return Subscription(
        **shared,
        quantity=1,
        term="",
        cycle="monthly",
        started_at=shared["created_at"],
        ends=times.FAR_FUTURE,
        window_from=shared["created_at"],
        live_quantity=1,
        azure=True,
        entitlements=list(names) or first,
        azure_names=names,
    )


def _azure_names(world: World, row: Section, plan: str) -> dict[str, str]:
    """The Azure subscriptions below a plan by id, where the file names them."""
    names = row.texts("azureSubscriptions")
    return {world.ids.guid("azure subscription", f"{plan} {name}"): name for name in names}


def _recall(world: World, customer: Customer, row: Section, subscription: Subscription) -> None:
    """Who suspended it, and when, stands in the activity log."""
    at, who = subscription.suspended_at, row.text("suspendedBy")
    if at is not None and who:
        shown = show_subscription(world, customer, subscription, by_id=True)
        details: dict[str, str | None] = {"SubscriptionId": subscription.id}
        note = Note("update_subscription", "subscription", customer, shown, details)
        activity.recall(world, note, at, who)


def _seats(world: World, customer: Customer, row: Section, item: stock.Item) -> Subscription:
    shared = _shared(world, customer, row, item) | _kind(world, row, item)
    free = item.trial
    term = "P1M" if free else row.word("termDuration", "P1Y", TERMS)
    cycle = "none" if free else row.word("billingCycle", "monthly", CYCLES)
    started, ends = _dates(world, row, shared["created_at"], times.months(term))
    quantity = row.whole("quantity", 1)
    suspended = shared["status"] == "suspended"
    subscription = Subscription(
        **shared,
        quantity=quantity,
        term=term,
        cycle=cycle,
        started_at=started,
        ends=ends,
        window_from=started,
        phase=row.word("phase", "standard", ("standard", "extended")),
        live_quantity=0 if shared["status"] == "pending" else quantity,
        auto_renew=row.flag("autoRenewEnabled", not suspended),
        actions=[_action(world, row, action) for action in row.listed("scheduledActions")],
        next_term=_instructions(world, row, "scheduledNextTermInstructions"),
        next_charge=_instructions(world, row, "nextChargeInstructions"),
    )
    if subscription.legacy:
        subscription.batches = []
    else:
        subscription.window = window(world.settings, subscription)
        subscription.batches = _batches(world, row, subscription)
    if item.trial and not subscription.legacy:
        trials.begin(world, subscription)
    if suspended:
        subscription.suspended_at = row.moment("suspendedAt") or world.clock.now()
    if subscription.phase == "extended":
        subscription.sku_id = stock.extended_sku(item.sku_id)
    return subscription


def _kind(world: World, row: Section, item: stock.Item) -> dict[str, Any]:
    """What sets subscriptions of other kinds apart from a licence."""
    offer = world.catalogue.offers.get(item.product_id)
    return {
        "kind": item.kind if item.kind in (LEGACY, SOFTWARE, SAAS, SAVINGS) else "",
        "trial": offer.trial if offer else item.trial,
        "license_sku": item.directory_sku if offer or item.trial else "",
        "parent_id": (row.text("parentSubscriptionId") or "").lower(),
        "activated": row.flag("activated", True),
    }


def _dates(world: World, row: Section, created: datetime, months: int) -> tuple[datetime, datetime]:
    """Start and end of the current term: as given, else the term that runs now (or ended last)."""
    last_day = row.moment("commitmentEndDate")
    started = row.moment("effectiveStartDate")
    if last_day is not None:
        ends = times.midnight(last_day) + times.DAY
        begun = max(created, times.add_months(ends, -months))
        return started or begun, ends
    started = started or created
    alive = row.word("status", "active", STATUSES) in ("active", "suspended", "pending")
    ends = times.midnight(times.add_months(started, months))
    while alive and ends <= world.clock.now():
        started, ends = ends, times.add_months(ends, months)
    return started, ends


def _batches(world: World, row: Section, subscription: Subscription) -> list[Batch]:
    """Refundable seats: a number, a list of {quantity, until}, or what the dates say."""
    given = row.raw("refundable")
    if isinstance(given, int):
        return [Batch(given, world.clock.now() + WINDOW)]
    if given is None:
        return [Batch(subscription.quantity, subscription.window_from + WINDOW)]
    parts = row.each("refundable", ("quantity", "until"))
    return [
        Batch(part.whole("quantity", 0), part.moment("until") or world.clock.now() + WINDOW)
        for part in parts
    ]


def _action(world: World, row: Section, value: Any) -> dict[str, Any]:
    words = ("scheduleType", "actionType", "effectiveDate", "instructions")
    part = Section(value, f"{row.where}.scheduledActions", words)
    action = {
        "scheduleType": part.word("scheduleType", "TermEnd", ("TermEnd",)),
        "actionType": part.word("actionType", "", ACTIONS),
    }
    instructions = _instructions(world, part, "instructions")
    return action | ({"instructions": instructions} if instructions else {})


def _instructions(world: World, row: Section, name: str) -> dict[str, Any] | None:
    """Instructions for a term or charge; the product must be in stock, its availability may be
    left out."""
    if row.raw(name) is None:
        return None
    part = row.inside(name, ("product", "quantity", "customTermEndDate"))
    product = part.inside("product", PRODUCT_WORDS)
    item = stock.items().get(f"{product.need('productId')}:{product.need('skuId')}")
    if item is None:
        part.fail("product", "the catalogue has no such product and SKU")
    product.word("termDuration", TERMS[0], TERMS)
    product.word("billingCycle", CYCLES[0], (*CYCLES, *map(str.capitalize, CYCLES)))
    part.whole("quantity", 1)
    part.moment("customTermEndDate")
    known = {word: product.text(word) for word in PRODUCT_WORDS if product.raw(word) is not None}
    plain: dict[str, Any] = {"product": {"availabilityId": availability_id(world, item), **known}}
    more = {word: part.raw(word) for word in ("quantity", "customTermEndDate")}
    if name == "nextChargeInstructions":
        product.need("billingCycle")
    return plain | {word: value for word, value in more.items() if value is not None}


def _add_order(world: World, customer: Customer, subscription: Subscription) -> None:
    line = OrderLine(
        number=0,
        offer_id=subscription.offer_id,
        quantity=subscription.quantity,
        term=subscription.term or None,
        friendly_name=subscription.friendly_name,
        subscription_id=subscription.id,
        partner_id=subscription.partner_id or None,
        kind=subscription.kind,
    )
    known = customer.orders.get(subscription.order_id)
    if known is not None:
        line.number = len(known.lines)
        known.lines.append(line)
        return
    customer.orders[subscription.order_id] = Order(
        id=subscription.order_id,
        number=world.number(),
        cycle=subscription.cycle,
        currency=customer.currency,
        created_at=subscription.created_at,
        lines=[line],
        status="pending" if subscription.status == "pending" else "completed",
        legacy=subscription.legacy,
    )
