"""The licence SKUs that the directory knows: GUID, part number, product name, service plans.

Owns the shipped table (`skus.json`, 619 rows) and looking things up in it. Part numbers mislead
(`O365_BUSINESS_PREMIUM` is Business Standard), so they are always shown with their product name.
Pure; must not import a stage or another kind.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pcsync.values import guid


@dataclass(frozen=True, slots=True)
class Sku:
    """One licence SKU. `plans` maps the GUIDs of its service plans to their names."""

    id: str
    part_number: str
    name: str
    plans: Mapping[str, str]

    @property
    def group(self) -> str:
        """The licence group that its calls name: `Group2` is Minecraft (customers.md section 1)."""
        return "Group2" if self.part_number.startswith("MEE_") else "Group1"

    def plan(self, text: str) -> str | None:
        """The GUID of a service plan given by GUID or name; None if the SKU has no such plan."""
        wanted = text.lower()
        return next(
            (found for found, name in self.plans.items() if wanted in {found, name.lower()}), None
        )


@cache
def by_id() -> Mapping[str, Sku]:
    """All SKUs of the table by GUID in lower case."""
    rows = json.loads(files(__package__).joinpath("skus.json").read_text("utf-8"))
    return {
        guid(row["skuId"]): Sku(
            guid(row["skuId"]),
            row["partNumber"],
            row["name"],
            {guid(found): name for found, name in row["servicePlans"]},
        )
        for row in rows
    }


@cache
def _by_part_number() -> Mapping[str, tuple[Sku, ...]]:
    found: dict[str, tuple[Sku, ...]] = {}
    for sku in by_id().values():
        key = sku.part_number.lower()
        found[key] = (*found.get(key, ()), sku)
    return found


@cache
def _by_name() -> Mapping[str, tuple[Sku, ...]]:
    found: dict[str, tuple[Sku, ...]] = {}
    for sku in by_id().values():
        found[sku.name.lower()] = (*found.get(sku.name.lower(), ()), sku)
    return found


def look_up(text: str) -> tuple[Sku, ...]:
    """The SKUs of a part number or GUID: one, none, or two that share a part number."""
    if sku := by_id().get(guid(text)):
        return (sku,)
    return _by_part_number().get(text.lower(), ())


def named(text: str) -> tuple[Sku, ...]:
    """The SKUs of a product name, which is never enough to name one in a manifest."""
    return _by_name().get(text.lower(), ())


def label(sku_id: str) -> str:
    """How a SKU is called in addresses: its part number where that is its own, else its GUID."""
    sku = by_id().get(guid(sku_id))
    if sku is None or len(_by_part_number()[sku.part_number.lower()]) > 1:
        return guid(sku_id)
    return sku.part_number


def group(sku_id: str) -> str:
    """The licence group of a SKU; `Group1` where the table does not know it."""
    sku = by_id().get(guid(sku_id))
    return sku.group if sku else "Group1"


def shown(sku_id: str) -> str:
    """How a SKU is told to people: ``SPB (Microsoft 365 Business Premium)`` (rule LI12)."""
    name = title(sku_id)
    return f"{label(sku_id)} ({name})" if name else label(sku_id)


def title(sku_id: str) -> str:
    """The product name of a SKU; empty where the table does not know it."""
    sku = by_id().get(guid(sku_id))
    return sku.name if sku else ""
