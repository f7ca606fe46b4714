"""What a transition does: a product change of all seats, of some, or into another subscription.

commerce.md 6.5 and 20.1. Who may is in transitions.py. Imports nothing of pcsync outside the
emulator.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from pcsync.emulator import (
    ledger,
    lifecycle,
    pricing,
    seats,
    stock,
    system_orders,
    times,
    transitions,
    wire,
)
from pcsync.emulator.agenda import step
from pcsync.emulator.contracts import Subscription
from pcsync.emulator.customer import Customer
from pcsync.emulator.faults import Fault, not_understood
from pcsync.emulator.moved import Transition
from pcsync.emulator.renewal import move_licenses, switch_product
from pcsync.emulator.wire import Body
from pcsync.emulator.world import World

KINDS = (transitions.ONLY, transitions.WITH_LICENSES)
NAMES = (
    "fromCatalogItemId",
    "fromSubscriptionId",
    "toCatalogItemId",
    "toSubscriptionId",
    "quantity",
    "termDuration",
    "billingCycle",
    "transitionType",
)


def start(world: World, customer: Customer, source: Subscription, body: Body) -> Transition:
    """Check everything and begin; it is done at once unless transitionTime says otherwise."""
    transitions.check_source(source, body)
    if any(row.status == "Started" for row in running(customer, source)):
        raise Fault(409, 900278, "A transition of the subscription is pending.")
    item = transitions.check_target(world, source, body)
    kind = _kind(body.need("transitionType"))
    quantity = body.whole("quantity") or 0
    merge_id = (body.text("toSubscriptionId") or "").lower()
    transitions.check_quantity(customer, source, item, quantity, bool(merge_id))
    if merge_id:
        transitions.check_merge(customer, source, item, merge_id)
    else:
        transitions.check_pair(source, item, body)
    wanted = {name: body.get(name) for name in NAMES if body.get(name) is not None}
    now = world.clock.now()
    made = Transition(
        id=world.ids.guid("transition"),
        source_id=source.id,
        target_id=merge_id or (source.id if quantity == source.quantity else ""),
        wanted=wanted | {"transitionType": kind, "fromSubscriptionId": source.id},
        begun_at=now,
        done_at=now + world.settings.transition_time,
        moves_licenses=(quantity == source.quantity and not merge_id) or kind == KINDS[1],
    )
    made.wanted.setdefault("fromCatalogItemId", source.offer_id)
    customer.moved.transitions[made.id] = made
    if world.settings.transition_time:
        world.clock.at(made.done_at, transit, customer.id, made.id)
    else:
        _finish(world, customer, made)
    return made


def _kind(text: str) -> str:
    found = {word.replace("_", ""): word for word in KINDS}.get(text.lower().replace("_", ""))
    if found is None:
        raise not_understood("transitionType", text)
    return found


def running(customer: Customer, source: Subscription) -> list[Transition]:
    """All transitions of a subscription, the finished ones too, in order of time."""
    return [row for row in customer.moved.transitions.values() if row.source_id == source.id]


@step
def transit(world: World, now: datetime, tenant: str, key: str) -> None:
    """The time of a transition is over."""
    customer = world.customers.get(tenant)
    found = customer.moved.transitions.get(key) if customer else None
    if customer is not None and found is not None:
        _finish(world, customer, found)


def _finish(world: World, customer: Customer, made: Transition) -> None:
    """Do it, or note why it cannot be done any more."""
    source, body = customer.subscriptions[made.source_id], Body(made.wanted)
    quantity = body.whole("quantity") or 0
    try:
        transitions.check_source(source, body.without("fromCatalogItemId"))
        item = stock.find(*body.need("toCatalogItemId").upper().split(":")[:2])
        if item is None or quantity > source.quantity:
            raise Fault(400, 900275, "There are not as many seats any more.")
        _move(world, customer, made, source, item, quantity)
        made.status = "Completed"
    except Fault as fault:
        made.status, made.failed = "Failed", fault.description


def _move(
    world: World,
    customer: Customer,
    made: Transition,
    source: Subscription,
    item: stock.Item,
    quantity: int,
) -> None:
    body = Body(made.wanted)
    old_sku, before = seats.directory_sku(source), source.quantity
    ledger.settle(world, customer, source)
    merge_id = (body.text("toSubscriptionId") or "").lower()
    if merge_id:
        target = transitions.check_merge(customer, source, item, merge_id)
        _merge(world, customer, source, target, quantity)
    elif quantity == source.quantity:
        target = source
        _whole(world, customer, source, item, transitions.check_pair(source, item, body))
    else:
        term = transitions.check_pair(source, item, body)
        target = _child(world, customer, source, item, term, quantity)
    if quantity == before and old_sku is not None:
        moved = replace(target, quantity=before)
        move_licenses(customer, moved, old_sku, before)
    made.target_id = target.id
    made.order_id = system_orders.leave(world, customer, target, quantity, "convert").id
    if target is not source:
        target.order_id = target.order_id or made.order_id
    lifecycle.watch(world, customer, target)


def _whole(
    world: World,
    customer: Customer,
    source: Subscription,
    item: stock.Item,
    term: stock.Term,
) -> None:
    """All seats: the same id under another product, at the list price of today."""
    source.next_term, source.actions = None, []
    ledger.change(world, customer, source, -source.quantity, "convert")
    restarts = source.trial or term.duration != source.term
    switch_product(world, source, item)
    source.license_sku, source.promotion_id = "", None
    source.price = None
    if restarts:
        _restart(world, source, term)
        ledger.begin(world, customer, source)
    else:
        source.cycle = term.cycle
        source.price = _today(world, customer, source, item, term)
        ledger.change(world, customer, source, source.quantity, "convert")


def _restart(world: World, subscription: Subscription, term: stock.Term) -> None:
    now = world.clock.now()
    subscription.term, subscription.cycle = term.duration, term.cycle
    subscription.started_at = subscription.window_from = now
    subscription.ends = times.midnight(times.add_months(now, times.months(term.duration)))
    subscription.custom_term_end = None


def _today(
    world: World, customer: Customer, row: Subscription, item: stock.Item, term: stock.Term
) -> Any:
    return pricing.charge(world, customer, item, term, world.clock.now())


def _child(
    world: World,
    customer: Customer,
    source: Subscription,
    item: stock.Item,
    term: stock.Term,
    quantity: int,
) -> Subscription:
    """Some seats: a new coterminous subscription with the window of its source."""
    _take(world, customer, source, quantity)
    child = _copy(world, source, item, quantity)
    switch_product(world, child, item)
    longer = term.duration != source.term
    child.term, child.cycle = term.duration, term.cycle
    child.price = _today(world, customer, child, item, term)
    customer.subscriptions[child.id] = child
    if longer:
        _restart(world, child, term)
        child.window_from = source.window_from
        ledger.begin(world, customer, child)
    else:
        ledger.change(world, customer, child, quantity, "convert")
    lifecycle.provision(world, customer, child)
    return child


def _copy(world: World, source: Subscription, item: stock.Item, quantity: int) -> Subscription:
    """A subscription with the dates of another and a life of its own."""
    return replace(
        source,
        id=world.ids.guid("subscription"),
        number=world.number(),
        friendly_name=item.title,
        offer_name=item.title,
        quantity=quantity,
        created_at=world.clock.now(),
        order_id="",
        batches=[],
        actions=[],
        suspension_reasons=[],
        next_term=None,
        next_charge=None,
        updates=0,
        updated_at=None,
        version=1,
        live_quantity=0,
        promotion_id=None,
    )


def _merge(
    world: World, customer: Customer, source: Subscription, target: Subscription, quantity: int
) -> None:
    """Seats go to a subscription that keeps its term and cycle; an empty source ends."""
    _take(world, customer, source, quantity)
    if not source.quantity:
        lifecycle.end(source)
    ledger.settle(world, customer, target)
    ledger.change(world, customer, target, quantity, "convert")
    target.quantity += quantity
    target.next_term, target.actions = None, []
    lifecycle.provision(world, customer, target)


def _take(world: World, customer: Customer, source: Subscription, quantity: int) -> None:
    """Seats leave their subscription, the oldest windows staying open for those that remain."""
    source.next_term, source.actions = None, []
    ledger.change(world, customer, source, -quantity, "convert")
    source.quantity -= quantity
    left = quantity
    for batch in reversed(source.batches):
        taken = min(batch.quantity, left)
        batch.quantity -= taken
        left -= taken
    lifecycle.provision(world, customer, source)


def show(row: Transition) -> dict[str, Any]:
    """A Transition: the request with what became of it."""
    names = ["Conversion", *(["LicenseReassignment"] if row.moves_licenses else [])]
    target = {"toSubscriptionId": row.target_id} if row.target_id else {}
    return wire.shown(
        operationId=row.id, **(row.wanted | target), events=[_event(row, name) for name in names]
    )


def _event(row: Transition, name: str) -> dict[str, Any]:
    errors = [(0, row.failed)] if row.failed else []
    started = row.status == "Started"
    return {
        "name": name,
        "status": row.status,
        "timestamp": row.begun_at if started else row.done_at,
        "errors": transitions.show_errors(errors),
    }
