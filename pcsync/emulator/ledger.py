"""What each subscription is billed for each period (commerce.md 13.5, 20; domain-rules MO2, MO9).

A charge opens each cycle; seats that come or go within one are charged or credited by its days. In
credits the day of the change counts as used, in charges it is paid for. Cycle charges are worked
out when somebody looks or something changes. Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from pcsync.emulator import pricing, times
from pcsync.emulator.contracts import FULL_REFUND, SAVINGS, Subscription
from pcsync.emulator.customer import Customer
from pcsync.emulator.moved import Charge
from pcsync.emulator.world import World


@dataclass(frozen=True)
class Period:
    """A charge cycle, from its first day to the day after its last; `days` if it were whole."""

    start: datetime
    end: datetime
    days: int


def prorate(price: Decimal, quantity: int, days: int, of: int) -> Decimal:
    """The published rounding: to cents per day for all seats, then to cents per seat."""
    if not quantity or days >= of:
        return price * quantity
    daily = pricing.cents(price * quantity / of)
    return pricing.cents(daily * days / quantity) * quantity


def period(subscription: Subscription, day: datetime) -> Period:
    """The charge cycle in which a day lies; the term's end may cut it short."""
    first, step = times.midnight(subscription.started_at), pricing.MONTHS.get(subscription.cycle, 1)
    count = max(0, (day.year - first.year) * 12 + day.month - first.month) // step
    while count and times.add_months(first, step * count) > day:
        count -= 1
    while times.add_months(first, step * (count + 1)) <= day:
        count += 1
    start = times.add_months(first, step * count)
    whole = times.add_months(first, step * (count + 1))
    return Period(start, min(whole, subscription.ends), (whole - start).days)


def due(
    world: World, customer: Customer, subscription: Subscription, until: datetime | None = None
) -> Iterator[Charge]:
    """The cycle charges up to a moment, now, that are not yet in the ledger."""
    until = until or world.clock.now()
    price = pricing.seat(world, customer, subscription)
    if not price or not subscription.activated or _rests(subscription):
        return
    start = subscription.billed_to or times.midnight(subscription.started_at)
    while start <= until and start < subscription.ends:
        whole = period(subscription, start)
        span = Period(start, whole.end, whole.days)
        kind = "cycleCharge"
        if subscription.billed_to is None and span.start == times.midnight(subscription.started_at):
            new = subscription.started_at == subscription.created_at
            kind = "new" if new else "renew"
        yield _whole(customer, subscription, span, kind, price)
        start = span.end


def _rests(subscription: Subscription) -> bool:
    """A suspended legacy subscription is not billed; a dead one is no more."""
    stopped = subscription.legacy and subscription.status == "suspended"
    return stopped or subscription.kind == SAVINGS or subscription.status == "deleted"


def _whole(
    customer: Customer, subscription: Subscription, span: Period, kind: str, price: Decimal
) -> Charge:
    days, quantity = (span.end - span.start).days, subscription.quantity
    cut = days < span.days
    amount = prorate(price, quantity, days, span.days) if cut else price * quantity
    at = max(span.start, subscription.started_at)
    return _line(customer, subscription, kind, at, span, quantity, price, amount)


def _line(
    customer: Customer,
    subscription: Subscription,
    kind: str,
    at: datetime,
    span: Period,
    quantity: int,
    price: Decimal,
    amount: Decimal,
) -> Charge:
    return Charge(
        subscription_id=subscription.id,
        kind=kind,
        at=at,
        start=span.start,
        end=span.end,
        quantity=quantity,
        price=price,
        amount=amount,
        product=subscription.offer_id if subscription.legacy else subscription.product,
        term=subscription.term,
        cycle=subscription.cycle,
        currency=customer.currency,
    )


def settle(
    world: World, customer: Customer, subscription: Subscription, until: datetime | None = None
) -> None:
    """Put into the ledger what is due, before quantity, price or cycle change."""
    subscription.price = pricing.seat(world, customer, subscription)
    for row in due(world, customer, subscription, until):
        customer.moved.charges.append(row)
        subscription.billed_to = row.end


def begin(world: World, customer: Customer, subscription: Subscription) -> None:
    """A new term: priced by the list of its first day, nothing of it billed."""
    subscription.price, subscription.billed_to = None, None
    settle(world, customer, subscription)


def change(
    world: World, customer: Customer, subscription: Subscription, count: int, kind: str = ""
) -> None:
    """Charge for seats that came, or credit those that go (a negative count), to the cycle's end.

    Call it after `settle`, while the subscription still has its old price.
    """
    now, price = world.clock.now(), pricing.seat(world, customer, subscription)
    if not count or not price or subscription.billed_to is None or _rests(subscription):
        return
    span = period(subscription, now)
    first = times.midnight(now) if count > 0 else times.midnight(now) + times.DAY
    days = max(0, (span.end - first).days)
    amount = prorate(price, abs(count), days, span.days)
    kind = kind or ("addQuantity" if count > 0 else "removeQuantity")
    rest = Period(first, span.end, days)
    row = _line(customer, subscription, kind, now, rest, count, price, _signed(amount, count))
    customer.moved.charges.append(row)


def _signed(amount: Decimal, count: int) -> Decimal:
    return amount if count > 0 else -amount


def cancel(world: World, customer: Customer, subscription: Subscription) -> None:
    """Credit what is unused; everything within the first 24 hours."""
    settle(world, customer, subscription)
    now = world.clock.now()
    if now < subscription.window_from + FULL_REFUND and subscription.phase == "standard":
        mine = [
            row
            for row in customer.moved.charges
            if row.subscription_id == subscription.id and row.at >= subscription.window_from
        ]
        paid = sum((row.amount for row in mine), Decimal(0))
        span = period(subscription, now)
        count, price = -subscription.quantity, pricing.seat(world, customer, subscription)
        row = _line(customer, subscription, "cancel", now, span, count, price, -paid)
        customer.moved.charges.append(row)
    else:
        change(world, customer, subscription, -subscription.quantity, "cancel")


def stop(world: World, customer: Customer, subscription: Subscription, kind: str) -> None:
    """Billing ends today: credit the rest of the cycle."""
    settle(world, customer, subscription)
    change(world, customer, subscription, -subscription.quantity, kind)


def resume(world: World, customer: Customer, subscription: Subscription) -> None:
    """Billing goes on today, for the rest of the cycle that runs."""
    subscription.billed_to = period(subscription, world.clock.now()).end
    change(world, customer, subscription, subscription.quantity, "new")


def rows(world: World, customer: Customer) -> list[dict[str, Any]]:
    """All lines of a customer up to now, in order of time."""
    pending = [row for s in customer.subscriptions.values() for row in due(world, customer, s)]
    lines = sorted([*customer.moved.charges, *pending], key=lambda row: row.at)
    return [_show(customer, row) for row in lines]


def _show(customer: Customer, row: Charge) -> dict[str, Any]:
    return {
        "customerId": customer.id,
        "subscriptionId": row.subscription_id,
        "productId": row.product.partition(":")[0],
        "skuId": row.product.partition(":")[2],
        "chargeType": row.kind,
        "orderDate": row.at,
        "chargeStartDate": row.start,
        "chargeEndDate": max(row.start, row.end - times.DAY),
        "termDuration": row.term,
        "billingFrequency": row.cycle,
        "quantity": row.quantity,
        "unitPrice": row.price,
        "subtotal": row.amount,
        "currency": row.currency,
    }
