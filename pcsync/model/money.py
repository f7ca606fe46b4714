"""Money: what price sheets say, what an action costs, what a plan costs.

Amounts are Decimal, in one currency, without tax (domain rule MO15). An amount of None is unknown,
which is a word and never 0 (MO10). Must not import anything of pcsync outside the nouns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from pcsync.model.names import NOTHING, Address


@dataclass(frozen=True, slots=True)
class Sheet:
    """One price sheet: its file, the month (``2026-11``) that its path names (empty: none), and
    when the latest of its rows begins."""

    name: str
    month: str = ""
    latest: datetime | None = None


@dataclass(frozen=True, slots=True)
class PriceRow:
    """A row of a licence price sheet (insight.md 5.1).

    `product` is ``productId:skuId``, `cycle` the billing plan in lower case, `unit` the price of a
    seat for the whole term, whatever the billing plan (MO2). `ends` is the last moment that it
    holds; `least` and `most` are the seats that it is for, None where it does not say.
    """

    product: str
    market: str
    currency: str
    term: str
    cycle: str
    unit: Decimal
    begins: datetime
    ends: datetime
    sheet: Sheet
    title: str = ""
    tags: str = ""
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Prices:
    """The rows of all price sheets for the products that matter, by product; and the sheets."""

    rows: Mapping[str, tuple[PriceRow, ...]] = field(default_factory=lambda: NOTHING)
    sheets: tuple[Sheet, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A sum of money. `source` says where it comes from, or why it is unknown; `sheet` is the month
    or the file of its price sheet. `assumed`: today's price in place of one that nobody knows yet.
    """

    amount: Decimal | None
    source: str = ""
    sheet: str = ""
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class Rate:
    """What is billed again and again: seats, the price of one at each charge, and how often
    (``monthly``, ``annual``, ``triennial``)."""

    seats: int
    each: Figure
    cycle: str

    @property
    def amount(self) -> Decimal | None:
        """All seats at each charge; None where the price is unknown."""
        return None if self.each.amount is None else self.each.amount * self.seats


@dataclass(frozen=True, slots=True)
class Due:
    """Cash: what is charged on a day that is not one of every month (MO12)."""

    day: datetime
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class Hint:
    """A cheaper way that the file could take, in words, and what it saves by the end of it."""

    way: str
    saves: Decimal


@dataclass(frozen=True, slots=True)
class Money:
    """What one action costs.

    `now` is billed (credited, where it is less than 0) at once; from `begins` on (None: at once)
    `before` is billed no more and `after` is. `owed` is still billed of the term that runs,
    whatever happens, `due` the charges that it is the sum of; `committed` is what the action
    commits to, up to and with the day `until`; it can be taken back before `back_until`, before
    `whole_until` all of it. `upfront` is what is charged in one sum.
    """

    currency: str
    market: str
    now: Figure
    before: Rate | None = None
    after: Rate | None = None
    begins: datetime | None = None
    owed: Figure | None = None
    committed: Figure | None = None
    until: datetime | None = None
    back_until: datetime | None = None
    upfront: tuple[Due, ...] = ()
    hints: tuple[Hint, ...] = ()
    notes: tuple[str, ...] = ()
    due: tuple[Due, ...] = ()
    whole_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sum:
    """What is known of a sum of `parts`; with some `unknown` it is "at least" so much, with all of
    them it is unknown."""

    known: Decimal = Decimal(0)
    unknown: int = 0
    parts: int = 0


@dataclass(frozen=True, slots=True)
class Rates:
    """What is billed at each charge of one cycle, before a plan and after it; `begins` is the day
    of the change where all of it has the same one that is not today."""

    cycle: str
    before: Sum
    after: Sum
    begins: datetime | None = None


@dataclass(frozen=True, slots=True)
class Month:
    """Cash in one calendar month, ``2026-12``: of how many customers, for how many seats."""

    month: str
    amount: Sum
    customers: int = 0
    seats: int = 0


@dataclass(frozen=True, slots=True)
class Saving:
    """A cheaper way, of which resources, and what it saves in all."""

    way: str
    names: tuple[str, ...]
    saves: Decimal


@dataclass(frozen=True, slots=True)
class Bill:
    """What a whole plan costs: the rows of its section MONEY.

    `until` is the last day of all that is committed, `back_until` the earliest end of what can be
    taken back, `whole_until` that of what comes back in full. `first` are the first charges of what
    people have to decide about before it is bought: they are not due now. `yearly` is what a year
    costs, where all of it begins later, on several days. `assumed`: some figures use today's
    prices. `unknown` are the reasons of what is unknown, `sheets` and `markets` where the
    prices are from.
    """

    currency: str
    now: Sum = Sum()
    rates: tuple[Rates, ...] = ()
    owed: Sum | None = None
    committed: Sum | None = None
    until: datetime | None = None
    back_until: datetime | None = None
    upfront: tuple[Month, ...] = ()
    savings: tuple[Saving, ...] = ()
    assumed: bool = False
    unknown: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()
    markets: tuple[str, ...] = ()
    first: Sum | None = None
    whole_until: datetime | None = None
    yearly: Rates | None = None


@dataclass(frozen=True, slots=True)
class Costing:
    """What is known of the price of one resource: of a seat at each charge today, and in the term
    that begins at its renewal; None where none is known to come."""

    address: Address
    today: Figure
    cycle: str
    renews: datetime | None = None
    then: Figure | None = None
    then_cycle: str = ""
