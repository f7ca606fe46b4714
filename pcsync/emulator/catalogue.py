"""What a world has for sale beside the shipped products: products, promotions, legacy offers.

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from pcsync.emulator.stock import Item, Term


@dataclass(frozen=True)
class Promotion:
    """A discount in `percent` on a product for one pair of term and cycle (commerce.md 1.9).

    `redemptions` is how often a customer may have it (None: as often as it likes), `requires` are
    products (product:sku) of which one must be owned already.
    """

    id: str
    name: str
    product: str
    term: str
    cycle: str
    percent: Decimal
    starts: datetime
    ends: datetime
    least: int = 1
    most: int = 2400
    automatic: bool = True
    first_purchase: bool = False
    redemptions: int | None = None
    requires: tuple[str, ...] = ()

    def runs(self, now: datetime) -> bool:
        """Whether it can be had today."""
        return self.starts <= now < self.ends


@dataclass(frozen=True)
class Offer:
    """A legacy offer (commerce.md 1.8). `charges` are (cycle, price of a seat at each charge),
    `replaced_by` the new-commerce items that are sold instead if it is not for sale any more."""

    id: str
    name: str
    directory_sku: str
    category: str
    charges: tuple[tuple[str, Decimal], ...]
    minimum: int = 1
    maximum: int = 10_000_000
    limit: int = 0
    unit_of_limit: str = "None"
    trial: bool = False
    on_sale: bool = True
    replaced_by: tuple[str, ...] = ()
    prerequisites: tuple[str, ...] = ()
    upgrades: tuple[str, ...] = ()
    group: str = "0"

    @property
    def addon(self) -> bool:
        """Whether it goes with another offer only."""
        return bool(self.prerequisites)

    @property
    def item(self) -> Item:
        """The offer as something in stock, without a SKU of its own."""
        duration = "P1M" if self.trial else "P1Y"
        return Item(
            product_id=self.id,
            sku_id="",
            title=self.name,
            directory_sku=self.directory_sku,
            minimum=self.minimum,
            maximum=self.maximum,
            terms=tuple(Term(duration, cycle, price) for cycle, price in self.charges),
            kind="legacy",
            prerequisites=self.prerequisites,
            trial=self.trial,
        )


@dataclass
class Catalogue:
    """By id: products as product:sku, promotions and offers in lower case."""

    products: dict[str, Item] = field(default_factory=dict)
    promotions: dict[str, Promotion] = field(default_factory=dict)
    offers: dict[str, Offer] = field(default_factory=dict)

    def stock(self) -> dict[str, Item]:
        """Everything by product:sku, an offer as its id with a colon."""
        offers = {f"{offer.id}:".upper(): offer.item for offer in self.offers.values()}
        return {**self.products, **offers}
