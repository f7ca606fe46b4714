"""The operations of Partner Center, one file per API family, and the table of all of them."""

from __future__ import annotations

from pcsync.emulator.api import (
    budgets,
    create_customer,
    customers,
    domains,
    profiles,
    usage,
)
from pcsync.emulator.routing import Table

TABLE = Table(
    family.routes
    for family in (
        budgets,
        create_customer,
        customers,
        domains,
        profiles,
        usage,
    )
)
"""Every operation that the emulator knows."""
