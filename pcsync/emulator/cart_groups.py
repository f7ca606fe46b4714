"""Judging all lines of a cart, and grouping them into orders (commerce.md 2.1, 2.4).

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from typing import Any

from pcsync.emulator import cart_rules
from pcsync.emulator.cart_rules import LineError, Purchase, cycle_of
from pcsync.emulator.customer import Customer
from pcsync.emulator.wire import Body
from pcsync.emulator.world import World

Line = tuple[dict[str, Any], Purchase | None, LineError | None]
"""A line as sent, and what it buys or why it cannot be bought."""


def judge(world: World, customer: Customer, lines: list[dict[str, Any]]) -> list[Line]:
    """Each line with its purchase or error; one bad line leaves the others alone."""
    judged: list[Line] = []
    good: list[Purchase] = []
    beside = _seats(lines)
    for line in lines:
        try:
            purchase = cart_rules.check(world, customer, Body(line), good, beside)
            good.append(purchase)
            judged.append((line, purchase, None))
        except LineError as error:
            judged.append((line, None, error))
    return judged


def _seats(lines: list[dict[str, Any]]) -> dict[str, int]:
    """The seats of all lines by product:sku."""
    found: dict[str, int] = {}
    for line in map(Body, lines):
        key = ":".join((line.text("catalogItemId") or "").upper().split(":")[:2])
        found[key] = found.get(key, 0) + (line.whole("quantity") or 0)
    return found


def group(world: World, lines: list[Line]) -> dict[str, list[Line]]:
    """The lines by order group: `OMS-0` and so on for legacy offers by their sales group, `0`, `1`
    and so on for each billing cycle of the others."""
    names: dict[tuple[str, str], str] = {}
    groups: dict[str, list[Line]] = {}
    for row in lines:
        line = Body(row[0])
        offer = world.catalogue.offers.get((line.text("catalogItemId") or "").lower())
        key = (f"OMS {offer.group}" if offer else "", cycle_of(line))
        alike = sum(bool(known[0]) == bool(offer) for known in names)
        name = names.setdefault(key, f"OMS-{alike}" if offer else str(alike))
        groups.setdefault(name, []).append(row)
    return groups
