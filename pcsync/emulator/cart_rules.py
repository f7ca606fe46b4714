"""Judging cart lines: a bad line is marked, the cart is still made (commerce.md 2.1).

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from pcsync.emulator import offers, sandbox, stock, times
from pcsync.emulator.availabilities import availability_id
from pcsync.emulator.customer import Customer
from pcsync.emulator.faults import not_understood
from pcsync.emulator.seats import sold
from pcsync.emulator.wire import Body
from pcsync.emulator.world import World

CYCLES = ("unknown", "monthly", "annual", "none", "onetime", "triennial", "biennial")
PARTICIPANTS = ("transactionreseller", "consumptionreseller", "additionaltransactionreseller")


class LineError(Exception):
    """Why a line cannot be bought: the code and name of the table in commerce.md 2.1."""

    def __init__(self, code: int, description: str, **information: int) -> None:
        super().__init__(description)
        self.code = code
        self.body: dict[str, Any] = {"errorCode": code, "errorDescription": description}
        if information:
            self.body["additionalInformation"] = information


@dataclass(frozen=True)
class Purchase:
    """A line that can be bought."""

    item: stock.Item
    term: stock.Term
    quantity: int
    price: Decimal
    custom_end: datetime | None


def cycle_of(line: Body) -> str:
    """The billing cycle in lower case. 400/900126 if it is no such word."""
    text = line.text("billingCycle") or ""
    cycle = text.lower().replace("_", "")
    if cycle not in ("", *CYCLES):
        raise not_understood("billingCycle", text)
    return cycle


def check(world: World, customer: Customer, line: Body, before: list[Purchase]) -> Purchase:
    """The purchase that a line stands for; `before` are the good lines above it. LineError else."""
    item = _item(world, line)
    if line.parts("addonItems"):
        raise LineError(500600, "A legacy offer is not eligible for purchase.")
    if (line.text("currencyCode") or customer.currency).upper() != customer.currency:
        raise LineError(10000, "The currency is not supported.")
    if line.text("promotionId"):
        raise LineError(10014, "The promotion id is not valid.")
    line.text("friendlyName")
    for participant in line.parts("participants") or []:
        participant.need("value")
        if participant.need("key").lower().replace("_", "") not in PARTICIPANTS:
            raise LineError(10004, "The participant is not supported.")
    term = item.term(line.text("termDuration") or "", cycle_of(line))
    if item.azure:
        term = item.terms[0]
    if term is None:
        raise LineError(10013, "The term and billing cycle are not sold for this item.")
    quantity = line.whole("quantity") or 0
    _quantity(customer, item, term, quantity, before)
    full = sandbox.full(world, customer, quantity, len(before), item.azure)
    if full:
        raise LineError(10009, full)
    price = offers.price(world, item, term)
    return Purchase(item, term, quantity, price, _custom_end(world, customer, line, item, term))


def _item(world: World, line: Body) -> stock.Item:
    product, _, rest = (line.text("catalogItemId") or "").upper().partition(":")
    sku_id, _, availability = rest.partition(":")
    item = stock.items().get(f"{product}:{sku_id}")
    if item is None or availability != availability_id(world, item):
        raise LineError(10001, "The catalog item id is not valid.")
    return item


def _quantity(
    customer: Customer,
    item: stock.Item,
    term: stock.Term,
    quantity: int,
    before: list[Purchase],
) -> None:
    if quantity < (term.minimum or item.minimum):
        raise LineError(10010, "The quantity is below the minimum.")
    if item.azure:
        owned = sum(s.azure and s.status != "deleted" for s in customer.subscriptions.values())
    else:
        owned = sold(customer, item)
    owned += sum(p.quantity for p in before if p.item.key == item.key)
    free = item.maximum - owned
    if quantity > item.maximum:
        raise LineError(10015, "More seats than a subscription may have.")
    if quantity > free:
        raise LineError(
            10002,
            "The quota is not available.",
            availableQuantity=max(free, 0),
            purchasedQuantity=owned,
        )


def _custom_end(
    world: World, customer: Customer, line: Body, item: stock.Item, term: stock.Term
) -> datetime | None:
    """The wanted last day, if it is one that is allowed (commerce.md 13.4)."""
    wanted = line.moment("customTermEndDate")
    if wanted is None:
        return None
    if item.azure:
        raise LineError(10016, "The product takes no custom term end date.")
    day = times.midnight(wanted)
    months = times.months(term.duration)
    latest = times.add_months(times.midnight(world.clock.now()), months) - times.DAY
    partners = {
        s.last_day
        for s in customer.subscriptions.values()
        if s.status == "active" and not s.azure and (s.term != "P1M" or months == 1)
    }
    short_of_month = months == 1 and day.day >= 28 and not times.month_end(day)
    inside = times.midnight(world.clock.now()) <= day <= latest
    if not inside or short_of_month or not (day in partners or times.month_end(day)):
        raise LineError(10017, "The custom term end date is not valid.")
    return day
