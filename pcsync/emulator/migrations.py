"""Which legacy subscription may move to new commerce, and as what (commerce.md 10.1, 10.2).

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from pcsync.emulator import coterm, legacy, stock, times
from pcsync.emulator.contracts import LEGACY, Subscription
from pcsync.emulator.customer import Customer
from pcsync.emulator.faults import Fault
from pcsync.emulator.moved import Part
from pcsync.emulator.wire import Body
from pcsync.emulator.world import World

YOUNG = timedelta(days=30)
LAST = timedelta(hours=24)
NO_MAPPING = 5
"""The one documented code of a validation; the others are those of the refusal of a creation."""


@dataclass(frozen=True)
class Refusal:
    """Why one subscription cannot move: the fault of a creation, the code of a validation."""

    subscription_id: str
    fault: Fault
    code: int


Judged = tuple[Part, list[Part], list[Refusal]]


def judge(
    world: World, customer: Customer, body: Body, addon_names: Iterable[str], later: bool = False
) -> Judged:
    """The parts of a migration and all that speaks against it; `later` for a day to come."""
    given = [row for name in addon_names for row in body.parts(name) or []]
    base = _part(world, customer, body)
    addons = [_part(world, customer, row) for row in given]
    refusals = [*_refusals(world, customer, base, later)]
    for part in addons:
        inner = (Fault(400, 900262, "An add-on is not active."), 900215)
        for refusal in _refusals(world, customer, part, later):
            swap = refusal.code == inner[1]
            fault = inner[0] if swap else refusal.fault
            refusals.append(Refusal(part.subscription_id, fault, 900262 if swap else refusal.code))
    refusals += _bundle(customer, base, addons)
    return base, addons, refusals


def _part(world: World, customer: Customer, body: Body) -> Part:
    """What the body says, the rest as it is now. 404/20003 if there is no such subscription."""
    key = body.need("currentSubscriptionId").lower()
    found = customer.subscriptions.get(key)
    if found is None:
        raise Fault(404, 20003, "The subscription is not found.")
    item = successor(world, found)
    return Part(
        subscription_id=key,
        item=item.key if item else "",
        quantity=body.whole("quantity") or found.quantity,
        term=(body.text("termDuration") or found.term).upper(),
        cycle=(body.text("billingCycle") or found.cycle).lower().replace("_", ""),
        full_term=bool(body.flag("purchaseFullTerm")),
        custom_end=body.moment("customTermEndDate"),
    )


def successor(world: World, subscription: Subscription) -> stock.Item | None:
    """The new-commerce item that replaces a legacy offer."""
    if subscription.kind != LEGACY:
        return None
    offer = world.catalogue.offers.get(subscription.product_id)
    named = (stock.items().get(key.upper()) for key in (offer.replaced_by if offer else ()))
    return next((item for item in named if item is not None), None)


def _refusals(world: World, customer: Customer, part: Part, later: bool) -> Iterator[Refusal]:
    subscription = customer.subscriptions[part.subscription_id]
    for status, code, text in _reasons(world, customer, subscription, part, later):
        fault = Fault(status, code, text)
        yield Refusal(part.subscription_id, fault, NO_MAPPING if code == 900220 else code)


def _reasons(
    world: World, customer: Customer, subscription: Subscription, part: Part, later: bool
) -> Iterator[tuple[int, int, str]]:
    now = world.clock.now()
    if busy(customer, subscription):
        yield 400, 900216, "A migration of the subscription is under way."
    elif subscription.status != "active":
        yield 400, 900215, "The subscription is not active."
    if subscription.kind != LEGACY or subscription.trial or not part.item:
        yield 400, 900220, "There is no new-commerce product for the subscription."
        return
    if not later and not part.full_term and subscription.ends - now < LAST:
        yield 400, 900217, "Less than 24 hours are left of the term."
    if subscription.promotion_id:
        yield 400, 900218, "The subscription has a promotion."
    if not world.partner.sandbox and not later and now - subscription.created_at < YOUNG:
        yield 403, 900226, "The subscription is younger than a month."
    item = stock.items()[part.item]
    if item.term(part.term, part.cycle) is None:
        yield 400, 900222, f"{part.term} billed {part.cycle} is not supported."
    elif not item.least(part.term, part.cycle) <= part.quantity <= item.maximum:
        yield 400, 900275, "The quantity is outside the range of the product."
    if part.custom_end is not None:
        yield from _ends(now, customer, part)


def _ends(now: datetime, customer: Customer, part: Part) -> Iterator[tuple[int, int, str]]:
    months, day = times.months(part.term), times.midnight(part.custom_end or now)
    if not coterm.inside(now, day, months):
        yield 400, 900291, "The custom term end date is outside the first term."
    elif not coterm.aligned(customer, day, months):
        yield 400, 900292, "The custom term end date matches no subscription and no month end."


def busy(customer: Customer, subscription: Subscription) -> bool:
    """Whether a migration of it runs."""
    return any(
        row.status == "Processing"
        and subscription.id in [part.subscription_id for part in (row.base, *row.addons)]
        for row in customer.moved.migrations.values()
    )


def _bundle(customer: Customer, base: Part, addons: list[Part]) -> Iterator[Refusal]:
    """A base moves with all its add-ons, each named once; an add-on does not move alone."""
    owner = customer.subscriptions[base.subscription_id]
    named = [part.subscription_id for part in addons]
    if len(set(named)) < len(named):
        text = "An add-on is named twice."
        yield Refusal(owner.id, Fault(400, 900248, text), 900248)
    active = {row.id for row in legacy.addons(customer, owner) if row.status == "active"}
    strange = [key for key in named if customer.subscriptions[key].parent_id != owner.id]
    if owner.parent_id or strange or active - set(named):
        text = "A base is migrated with all its active add-ons, and an add-on with its base."
        yield Refusal(owner.id, Fault(400, 900219, text), 900219)
