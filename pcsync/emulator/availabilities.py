"""Availability ids: reissued from time to time, never identity (commerce.md 0.5).

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from pcsync.emulator import stock
from pcsync.emulator.world import World


def availability_id(
    world: World, item: stock.Item, sku_id: str | None = None, segment: str = "commercial"
) -> str:
    """The id under which the item is sold in a segment since the latest reissue."""
    key = f"{item.product_id}:{sku_id or item.sku_id} {world.rotation}"
    if segment != "commercial":
        key += f" {segment}"
    return item.product_id[:8] + world.ids.letters("availability", 4, key)
