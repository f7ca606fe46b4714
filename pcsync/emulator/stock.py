"""The catalogue's stock: products, their SKUs, terms and prices, from the shipped table.

Owns which (term, billing cycle) pairs exist and what a seat costs. A world may have products of its
own, which are in stock while a call to that world is answered. Imports nothing of pcsync outside
the emulator.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files

AZURE_PLAN = "DZH318Z0BPS6:0001"
EXTENDED = "E"
"""First character of the SKU ids that stand for Extended Service Terms here."""


@dataclass(frozen=True)
class Term:
    """A sellable pair of term and billing cycle. `charge` is one seat at each charge."""

    duration: str
    cycle: str
    charge: Decimal
    minimum: int | None = None


@dataclass(frozen=True)
class Item:
    """A product with its one SKU. `directory_sku` is the licence it provides, if any.

    An add-on has `prerequisites` (product:sku), of which `base_minimum` seats must be there, and
    needs a `share` of them in percent. A reservation is for machines of a `region`; `restricted`
    are the regions without capacity. `setup` has to be completed at the publisher.
    """

    product_id: str
    sku_id: str
    title: str
    directory_sku: str
    minimum: int
    maximum: int
    terms: tuple[Term, ...]
    azure: bool = False
    kind: str = "licence"
    attestation: str = ""
    prerequisites: tuple[str, ...] = ()
    base_minimum: int = 0
    share: int = 0
    segments: tuple[str, ...] = ("commercial",)
    region: str = ""
    restricted: tuple[str, ...] = ()
    overage: bool = False
    setup: bool = False
    trial: bool = False

    @property
    def key(self) -> str:
        """product:sku."""
        return f"{self.product_id}:{self.sku_id}"

    def term(self, duration: str, cycle: str) -> Term | None:
        """The pair if it is sold."""
        wanted = (duration.upper(), cycle.lower())
        return next((t for t in self.terms if (t.duration, t.cycle) == wanted), None)

    def least(self, duration: str, cycle: str) -> int:
        """The smallest quantity for that pair; a term may raise the SKU's own minimum."""
        term = self.term(duration, cycle)
        return term.minimum if term and term.minimum else self.minimum


_OWN: ContextVar[Mapping[str, Item] | None] = ContextVar("products of one world", default=None)


@contextmanager
def extended(own: Mapping[str, Item]) -> Iterator[None]:
    """For the time of a with block, the products of a world are in stock too."""
    token = _OWN.set(own)
    try:
        yield
    finally:
        _OWN.reset(token)


def items() -> dict[str, Item]:
    """Everything in stock by product:sku, the Azure plan included."""
    own = _OWN.get()
    return {**shipped(), **own} if own else shipped()


@cache
def shipped() -> dict[str, Item]:
    """What every world has in stock."""
    text = files("pcsync.emulator").joinpath("data/catalog.json").read_text("utf-8")
    table = json.loads(text, parse_float=Decimal)
    plan = table["azurePlan"]
    azure_term = Term("", "monthly", Decimal(0))
    azure = Item(
        plan["productId"], plan["skuId"], plan["title"], "", 1, 1, (azure_term,), True, "azure"
    )
    rows = [_item(row) for row in table["products"]]
    return {item.key: item for item in [*rows, azure]}


def _item(row: dict[str, object]) -> Item:
    listed = row["terms"]
    assert isinstance(listed, list)
    terms = tuple(
        Term(
            t["termDuration"],
            t["billingCycle"],
            Decimal(t["chargePrice"]),
            t.get("minimumQuantity"),
        )
        for t in listed
    )
    return Item(
        str(row["productId"]),
        str(row["skuId"]),
        str(row["title"]),
        str(row["provisioningSkuId"]),
        int(str(row["minimumQuantity"])),
        int(str(row["maximumQuantity"])),
        terms,
    )


def find(product_id: str, sku_id: str) -> Item | None:
    """An item by its ids; an Extended Service Term's SKU finds the standard item behind it."""
    key = f"{product_id}:{sku_id}".upper()
    found = items().get(key)
    if found is None and sku_id[:1].upper() == EXTENDED:
        found = items().get(f"{product_id}:0{sku_id[1:]}".upper())
    return found


def extended_sku(sku_id: str) -> str:
    """The id that stands for the Extended Service Term of a SKU."""
    return EXTENDED + sku_id[1:]
