"""Seats of a tenant by licence SKU, from all channels (customers.md 1 and 12).

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from dataclasses import dataclass

from pcsync.emulator import skus, stock
from pcsync.emulator.contracts import Subscription
from pcsync.emulator.customer import Customer


@dataclass
class Units:
    """Seats of one SKU. Suspended ones are in no total; available may be below zero."""

    sku: skus.DirectorySku
    active: int = 0
    warning: int = 0
    suspended: int = 0
    consumed: int = 0

    @property
    def total(self) -> int:
        """Active and warning units."""
        return self.active + self.warning

    @property
    def available(self) -> int:
        """What can still be assigned."""
        return self.total - self.consumed

    @property
    def status(self) -> str:
        """The capability status of the SKU."""
        if self.active:
            return "Enabled"
        if self.warning:
            return "Warning"
        return "Suspended" if self.suspended else "Deleted"


def directory_sku(subscription: Subscription) -> skus.DirectorySku | None:
    """The licence SKU that a subscription provides; None for Azure."""
    if subscription.license_sku:
        return skus.directory_skus().get(subscription.license_sku)
    item = stock.find(subscription.product_id, subscription.sku_id)
    return skus.directory_skus().get(item.directory_sku) if item else None


def pools(customer: Customer) -> dict[str, Units]:
    """Units by SKU id, for every SKU that has seats or holders."""
    found: dict[str, Units] = {}

    def pool(sku: skus.DirectorySku) -> Units:
        return found.setdefault(sku.id, Units(sku))

    for sku_id, total in customer.other_seats.items():
        pool(skus.directory_skus()[sku_id]).active += total
    for subscription in customer.subscriptions.values():
        sku = directory_sku(subscription)
        if sku is not None and subscription.live_quantity:
            _count(pool(sku), subscription)
    for user in customer.users.values():
        if user.active:
            for sku_id in user.held():
                pool(skus.directory_skus()[sku_id]).consumed += 1
    return found


def _count(units: Units, subscription: Subscription) -> None:
    seats = subscription.live_quantity
    if subscription.status == "active" or subscription.migrating:
        units.active += seats
    elif subscription.status == "expired":
        units.warning += seats
    elif subscription.status in ("suspended", "disabled"):
        units.suspended += seats


def sold(customer: Customer, item: stock.Item) -> int:
    """Seats of the item's SKU in the tenant, from all channels: the pool of commerce.md 13.9."""
    elsewhere = customer.other_seats.get(item.directory_sku, 0)
    return elsewhere + sum(
        subscription.quantity
        for subscription in customer.subscriptions.values()
        if subscription.status in ("active", "suspended", "pending")
        and (found := stock.find(subscription.product_id, subscription.sku_id)) is not None
        and (found.directory_sku or found.key) == (item.directory_sku or item.key)
    )
