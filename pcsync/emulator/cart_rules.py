"""Judging cart lines: a bad line is marked, the cart is still made (commerce.md 2.1).

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from pcsync.emulator import cart_kinds, coterm, pricing, promoting, sandbox, stock, times, trials
from pcsync.emulator.availabilities import availability_id
from pcsync.emulator.cart_kinds import LineError, Seats
from pcsync.emulator.catalogue import Promotion
from pcsync.emulator.customer import Customer
from pcsync.emulator.faults import not_understood
from pcsync.emulator.seats import sold
from pcsync.emulator.wire import Body
from pcsync.emulator.world import World

__all__ = ["LineError", "Purchase", "check", "cycle_of"]

CYCLES = ("unknown", "monthly", "annual", "none", "onetime", "triennial", "biennial")
PARTICIPANTS = ("transactionreseller", "consumptionreseller", "additionaltransactionreseller")


@dataclass(frozen=True)
class Purchase:
    """A line that can be bought; `addons` are legacy ones that come with it."""

    item: stock.Item
    term: stock.Term
    quantity: int
    price: Decimal
    custom_end: datetime | None
    segment: str = "commercial"
    list_price: Decimal = Decimal(0)
    promotion: str | None = None
    addons: tuple[Purchase, ...] = ()


def cycle_of(line: Body) -> str:
    """The billing cycle in lower case. 400/900126 if it is no such word."""
    text = line.text("billingCycle") or ""
    cycle = text.lower().replace("_", "")
    if cycle not in ("", *CYCLES):
        raise not_understood("billingCycle", text)
    return cycle


def check(
    world: World, customer: Customer, line: Body, before: list[Purchase], beside: Seats
) -> Purchase:
    """The purchase that a line stands for; `before` are the good lines above it, `beside` the seats
    of all lines by product:sku. LineError else."""
    item, segment = find(world, line.text("catalogItemId") or "")
    cart_kinds.check_sale(world, item)
    if (line.text("currencyCode") or customer.currency).upper() != customer.currency:
        raise LineError(10000, "The currency is not supported.")
    _check_promotion(world, item, line)
    line.text("friendlyName")
    _check_participants(line)
    term, quantity = _term(item, line), line.whole("quantity") or 0
    if term is None:
        raise LineError(10013, "The term and billing cycle are not sold for this item.")
    _quantity(customer, item, term, quantity, before)
    cart_kinds.check(world, customer, item, line, beside)
    full = sandbox.full(world, customer, quantity, len(before), item.azure)
    if full:
        raise LineError(10009, full)
    price = pricing.charge(world, customer, item, term, world.clock.now(), segment)
    chosen = _promotion(world, customer, item, line, (quantity, term))
    return Purchase(
        item,
        term,
        quantity,
        promoting.discounted(price, chosen),
        _custom_end(world, customer, line, item, term),
        segment,
        price,
        chosen.id if chosen else None,
        _addons(world, customer, item, line, quantity),
    )


def find(world: World, catalog_item: str) -> tuple[stock.Item, str]:
    """The item of a catalogue id and the segment; a legacy offer has an id of one part."""
    product, _, rest = catalog_item.upper().partition(":")
    sku_id, _, availability = rest.partition(":")
    item = stock.items().get(f"{product}:{sku_id}")
    if item is not None and item.kind == "legacy":
        return item, "commercial"
    for segment in item.segments if item else ():
        if item and availability == availability_id(world, item, None, segment):
            return item, segment
    raise LineError(10001, "The catalog item id is not valid.")


def _term(item: stock.Item, line: Body) -> stock.Term | None:
    """The pair of term and cycle; an Azure plan has one, a legacy offer one for each cycle."""
    cycle = cycle_of(line)
    if item.azure:
        return item.terms[0]
    if item.kind == "legacy":
        return next((term for term in item.terms if cycle in ("", term.cycle)), None)
    return item.term(line.text("termDuration") or "", cycle)


def _check_participants(line: Body) -> None:
    for participant in line.parts("participants") or []:
        participant.need("value")
        if participant.need("key").lower().replace("_", "") not in PARTICIPANTS:
            raise LineError(10004, "The participant is not supported.")


def _check_promotion(world: World, item: stock.Item, line: Body) -> None:
    named = (line.text("promotionId") or "").upper()
    known = world.catalogue.promotions.get(named)
    if named and (known is None or known.product != item.key):
        raise LineError(10014, "The promotion id is not valid.")


def _promotion(
    world: World,
    customer: Customer,
    item: stock.Item,
    line: Body,
    bought: tuple[int, stock.Term],
) -> Promotion | None:
    """The promotion that applies; one that does not fit is dropped in silence."""
    quantity, term = bought
    named = (line.text("promotionId") or "").upper()
    pair = (term.duration, term.cycle)
    return promoting.applied(world, customer, item.key, quantity, pair, named)


def _addons(
    world: World, customer: Customer, item: stock.Item, line: Body, quantity: int
) -> tuple[Purchase, ...]:
    """The add-ons of a legacy line; nothing else takes any."""
    rows = line.parts("addonItems") or []
    if rows and item.kind != "legacy":
        raise LineError(500600, "A legacy offer is not eligible for purchase.")
    beside = {item.key.upper(): quantity}
    return tuple(check(world, customer, row, [], beside) for row in rows)


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
    elif item.trial:
        owned = item.maximum if trials.used(customer, item) else 0
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
    if item.kind != "licence" or item.trial:
        raise LineError(10016, "The product takes no custom term end date.")
    day = times.midnight(wanted)
    months = times.months(term.duration)
    inside = coterm.inside(world.clock.now(), day, months)
    if not inside or not coterm.aligned(customer, day, months):
        raise LineError(10017, "The custom term end date is not valid.")
    return day
