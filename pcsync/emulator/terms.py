"""Changing term and billing cycle in mid-term (commerce.md 5.7).

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from pcsync.emulator import schedules, stock, times
from pcsync.emulator.availabilities import availability_id
from pcsync.emulator.contracts import Subscription
from pcsync.emulator.faults import Fault
from pcsync.emulator.wire import Body
from pcsync.emulator.world import World


def wants_term(subscription: Subscription, body: Body) -> bool:
    """Whether the body names another term or cycle; none, empty and absent mean the present."""
    term, cycle = _pair(subscription, body)
    return (term, cycle) != (subscription.term, subscription.cycle)


def _pair(subscription: Subscription, body: Body) -> tuple[str, str]:
    term = (body.text("termDuration") or subscription.term).upper()
    cycle = (body.text("billingCycle") or "").lower().replace("_", "")
    return term, subscription.cycle if cycle in ("", "none", "unknown") else cycle


def change_term(world: World, subscription: Subscription, body: Body) -> None:
    """Start a longer term now, if wanted with another quantity. 400/800122 if it is shorter."""
    term, cycle = _pair(subscription, body)
    item = stock.find(subscription.product_id, subscription.sku_id)
    assert item is not None
    extended = subscription.phase == "extended"
    if term not in schedules.TERMS:
        raise Fault(400, 800121, f"The term {term!r} is not valid.")
    if not extended:
        _check_longer(subscription, term)
    sold = schedules.check_pair(item, term, cycle)
    quantity = body.whole("quantity") or subscription.quantity
    least = sold.minimum or item.minimum
    if quantity < least or quantity > item.maximum:
        raise Fault(400, 900275, f"The quantity must be between {least} and {item.maximum}.")
    _begin(world, subscription, item, term, cycle)
    subscription.quantity = quantity


def _check_longer(subscription: Subscription, term: str) -> None:
    if term == subscription.term:
        raise Fault(400, 800097, "The billing cycle alone cannot be changed in mid-term.")
    if times.months(term) < times.months(subscription.term):
        raise Fault(400, 800122, "The target term is shorter than the current one.")


def _begin(
    world: World, subscription: Subscription, item: stock.Item, term: str, cycle: str
) -> None:
    now = world.clock.now()
    if subscription.phase == "extended":
        subscription.phase = "standard"
        subscription.sku_id, subscription.offer_name = item.sku_id, item.title
        subscription.availability_id = availability_id(world, item)
        subscription.auto_renew = True
    subscription.term, subscription.cycle = term, cycle
    subscription.started_at = now
    subscription.ends = times.midnight(times.add_months(now, times.months(term)))
    subscription.custom_term_end = None
    subscription.promotion_id = None
