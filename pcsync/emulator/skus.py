"""Directory SKUs and their service plans (the licence table of the directory). Read only.

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

GROUP2 = frozenset({"MEE_FACULTY", "MEE_STUDENT"})
"""Part numbers of licence group 2 (Minecraft); everything else is group 1."""


@dataclass(frozen=True)
class DirectorySku:
    """A licence as the directory knows it; `plans` maps plan ids to names."""

    id: str
    part_number: str
    name: str
    plans: Mapping[str, str]

    @property
    def group(self) -> str:
        """The licence group, `group1` or `group2`."""
        return "group2" if self.part_number in GROUP2 else "group1"


@cache
def directory_skus() -> dict[str, DirectorySku]:
    """All directory SKUs by id."""
    text = files("pcsync.emulator").joinpath("data/license-skus.json").read_text("utf-8")
    rows = (
        DirectorySku(row["skuId"].lower(), row["partNumber"], row["name"], row["servicePlans"])
        for row in json.loads(text)
    )
    return {sku.id: sku for sku in rows}


@cache
def by_part_number() -> dict[str, DirectorySku]:
    """All directory SKUs by part number in upper case; the first where a number is used twice."""
    table: dict[str, DirectorySku] = {}
    for sku in directory_skus().values():
        table.setdefault(sku.part_number.upper(), sku)
    return table


def find(word: str) -> DirectorySku | None:
    """A SKU by id or part number, without regard to case."""
    return directory_skus().get(word.lower()) or by_part_number().get(word.upper())
