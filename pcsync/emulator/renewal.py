"""A new term: by renewal with or without instructions, or as an Extended Service Term.

commerce.md 5.9, 5.10, 13.6. Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pcsync.emulator import ledger, seats, stock, system_orders, times
from pcsync.emulator.availabilities import availability_id
from pcsync.emulator.contracts import WINDOW, Batch, Subscription
from pcsync.emulator.customer import Customer
from pcsync.emulator.wire import Body
from pcsync.emulator.world import World


def renew(world: World, customer: Customer, subscription: Subscription) -> None:
    """Start the next term with what was scheduled; the id stays, the windows open anew."""
    ledger.settle(world, customer, subscription)
    wish = _instructions(subscription)
    before, old_sku = subscription.quantity, seats.directory_sku(subscription)
    if wish is not None:
        _apply(world, subscription, wish)
    custom = wish.moment("customTermEndDate") if wish is not None else None
    _begin(world, subscription, custom)
    subscription.promotion_id = None
    ledger.begin(world, customer, subscription)
    move_licenses(customer, subscription, old_sku, before)
    system_orders.leave(world, customer, subscription, subscription.quantity, "renew")


def _instructions(subscription: Subscription) -> Body | None:
    for row in subscription.actions:
        if row.get("actionType") in ("RenewToNewTerm", "Transition"):
            found = row.get("instructions")
            return Body(found) if isinstance(found, Mapping) else None
    return Body(subscription.next_term) if subscription.next_term else None


def _apply(world: World, subscription: Subscription, wish: Body) -> None:
    product = wish.part("product")
    if product is not None:
        item = stock.find(product.need("productId"), product.need("skuId"))
        if item is not None:
            switch_product(world, subscription, item)
        subscription.term = product.text("termDuration") or subscription.term
        subscription.cycle = (product.text("billingCycle") or subscription.cycle).lower()
    subscription.quantity = wish.whole("quantity") or subscription.quantity


def switch_product(world: World, subscription: Subscription, item: stock.Item) -> None:
    """Let the subscription be one to another item; its id stays."""
    named_by_default = subscription.friendly_name == subscription.offer_name
    if item.key != subscription.product and named_by_default:
        subscription.friendly_name = item.title
    subscription.product_id, subscription.sku_id = item.product_id, item.sku_id
    subscription.availability_id = availability_id(world, item)
    subscription.offer_name = item.title
    subscription.trial = item.trial


def _begin(world: World, subscription: Subscription, custom: datetime | None) -> None:
    """The new term starts at 00:00 after the last day; windows run from now, its completion."""
    now = world.clock.now()
    subscription.started_at = subscription.ends
    subscription.ends = times.add_months(subscription.ends, times.months(subscription.term))
    if custom is not None:
        subscription.ends = times.midnight(custom) + times.DAY
    subscription.custom_term_end = custom
    subscription.window_from = now
    subscription.live_quantity = subscription.quantity
    subscription.batches = [Batch(subscription.quantity, now + WINDOW)]
    subscription.actions = []
    subscription.next_term = None


def move_licenses(
    customer: Customer, subscription: Subscription, old: Any, quantity_before: int
) -> None:
    """With another SKU and the same quantity the service reassigns the licences of the people."""
    new = seats.directory_sku(subscription)
    if old is None or new is None or old.id == new.id or subscription.quantity != quantity_before:
        return
    for user in customer.users.values():
        if old.id in user.licenses:
            excluded = user.licenses.pop(old.id)
            user.licenses.setdefault(new.id, excluded & set(new.plans))


def enter_extended_term(world: World, customer: Customer, subscription: Subscription) -> None:
    """Begin or continue the paid month-to-month phase: same id, another SKU."""
    ledger.settle(world, customer, subscription)
    item = stock.find(subscription.product_id, subscription.sku_id)
    if item is not None and subscription.phase == "standard":
        subscription.sku_id = stock.extended_sku(item.sku_id)
        subscription.availability_id = availability_id(world, item, subscription.sku_id)
        subscription.offer_name = f"{item.title} (Extended Service Term)"
    subscription.phase = "extended"
    subscription.auto_renew = False
    subscription.term, subscription.cycle = "P1M", "monthly"
    _begin(world, subscription, None)
    subscription.batches = []
    ledger.begin(world, customer, subscription)
    system_orders.leave(world, customer, subscription, subscription.quantity, "renew")
