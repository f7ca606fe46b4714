"""What a sandbox (an integration account) allows, and what it does not (customers.md 2).

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from pcsync.emulator.faults import Fault
from pcsync.emulator.world import World

MOST_CUSTOMERS = 75
MOST_SUBSCRIPTIONS = 5
MOST_SEATS = 25


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
