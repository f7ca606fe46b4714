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


def check_term(subscription: Subscription, body: Body) -> stock.Term:
    """The pair that the body wants: longer than the present one unless it converts an Extended
    Service Term. 400/800122 if shorter, 400/900275 if the seats do not fit."""
    term, cycle = _pair(subscription, body)
    item = stock.find(subscription.product_id, subscription.sku_id)
    assert item is not None
    if term not in schedules.TERMS:
        raise Fault(400, 800121, f"The term {term!r} is not valid.")
    if subscription.phase == "standard":
        _check_longer(subscription, term)
    target = schedules.check_pair(item, term, cycle)
    quantity = body.whole("quantity") or subscription.quantity
    least = target.minimum or item.minimum
    if not least <= quantity <= item.maximum:
        raise Fault(400, 900275, f"The quantity must be between {least} and {item.maximum}.")
    return target


def _check_longer(subscription: Subscription, term: str) -> None:
    if term == subscription.term:
        raise Fault(400, 800097, "The billing cycle alone cannot be changed in mid-term.")
    if times.months(term) < times.months(subscription.term):
        raise Fault(400, 800122, "The target term is shorter than the current one.")


def begin_term(world: World, subscription: Subscription, target: stock.Term) -> None:
    """Start the checked term now; an Extended Service Term becomes a standard one again."""
    item = stock.find(subscription.product_id, subscription.sku_id)
    now = world.clock.now()
    if item is not None and subscription.phase == "extended":
        subscription.phase = "standard"
        subscription.sku_id, subscription.offer_name = item.sku_id, item.title
        subscription.availability_id = availability_id(world, item)
        subscription.auto_renew = True
    subscription.term, subscription.cycle = target.duration, target.cycle
    subscription.started_at = now
    subscription.ends = times.midnight(times.add_months(now, times.months(target.duration)))
    subscription.custom_term_end = None
    subscription.promotion_id = None
