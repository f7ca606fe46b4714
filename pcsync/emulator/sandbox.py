"""What a sandbox (an integration account) allows, and what it does not (customers.md 2).

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from pcsync.emulator.customer import Customer
from pcsync.emulator.faults import Fault
from pcsync.emulator.world import World

MOST_CUSTOMERS = 75
MOST_SUBSCRIPTIONS = 5
MOST_SEATS = 25
MOST_PLANS = 10


def room_for_customer(world: World) -> None:
    """400/800018 once the sandbox is full."""
    if world.partner.sandbox and len(world.customers) >= MOST_CUSTOMERS:
        raise Fault(400, 800018, f"A sandbox has at most {MOST_CUSTOMERS} customers.")


def not_here(world: World, what: str) -> None:
    """400/900127 for what exists in production only."""
    if world.partner.sandbox:
        raise Fault(400, 900127, f"{what} is not supported in the sandbox.")


def only_here(world: World) -> None:
    """403/600006 for what exists in the sandbox only."""
    if not world.partner.sandbox:
        raise Fault(403, 600006, "The requested action is allowed in the sandbox only.")


def room_for_seats(world: World, quantity: int) -> None:
    """400/800018 for more licences than a sandbox subscription may have."""
    if world.partner.sandbox and quantity > MOST_SEATS:
        raise Fault(400, 800018, f"A sandbox subscription has at most {MOST_SEATS} licences.")


def full(world: World, customer: Customer, quantity: int, more: int, azure: bool) -> str | None:
    """Why a sandbox has no room for a purchase beside `more` others; None if it has."""
    if not world.partner.sandbox:
        return None
    if quantity > MOST_SEATS:
        return f"A sandbox subscription has at most {MOST_SEATS} licences."
    alive = sum(row.status != "deleted" for row in customer.subscriptions.values())
    if alive + more >= MOST_SUBSCRIPTIONS:
        return f"A sandbox customer has at most {MOST_SUBSCRIPTIONS} subscriptions."
    owners = world.customers.values()
    if azure and sum(_plan(row) for row in owners) >= MOST_PLANS:
        return f"A sandbox has at most {MOST_PLANS} Azure plans."
    return None


def _plan(customer: Customer) -> bool:
    rows = customer.subscriptions.values()
    return any(row.azure and not row.legacy and row.status != "deleted" for row in rows)
