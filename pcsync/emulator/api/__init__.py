"""The operations of Partner Center, one file per API family, and the table of all of them."""

from __future__ import annotations

from pcsync.emulator.api import (
    agreements,
    audit,
    budgets,
    carts,
    catalog,
    create_customer,
    customers,
    domains,
    entitlements,
    licenses,
    orders,
    profiles,
    relationships,
    roles,
    security,
    selfserve,
    subscription_usage,
    subscriptions,
    transfers,
    upgrades,
    usage,
    users,
    validations,
    vetting,
)
from pcsync.emulator.routing import Table

FAMILIES = (
    agreements,
    audit,
    budgets,
    carts,
    catalog,
    create_customer,
    customers,
    domains,
    entitlements,
    licenses,
    orders,
    profiles,
    relationships,
    roles,
    security,
    selfserve,
    subscription_usage,
    subscriptions,
    transfers,
    upgrades,
    usage,
    users,
    validations,
    vetting,
)
TABLE = Table(family.routes for family in FAMILIES)
"""Every operation that the emulator knows."""
