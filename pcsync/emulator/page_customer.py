"""One customer's page: people and licences, seats, subscriptions with their timelines, orders.

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pcsync.emulator import page_moments, page_timeline, skus
from pcsync.emulator.contracts import Subscription
from pcsync.emulator.customer import Customer, User
from pcsync.emulator.faults import Fault
from pcsync.emulator.page_moments import Moment
from pcsync.emulator.page_pager import cut
from pcsync.emulator.page_render import Look
from pcsync.emulator.page_timeline import Timeline
from pcsync.emulator.roles import role_name
from pcsync.emulator.seats import pools

ENDED = ("deleted",)


@dataclass(frozen=True)
class Holding:
    """A licence of a person."""

    name: str
    part_number: str
    through_group: bool
    off: list[str]
    plans: int


@dataclass(frozen=True)
class Person:
    """A person with licences and roles in words."""

    user: User
    holdings: list[Holding]
    roles: list[str]


@dataclass(frozen=True)
class Contract:
    """A subscription with its drawing and what lies ahead of it."""

    one: Subscription
    moments: list[Moment]
    timeline: Timeline | None
    ending: str
    change: str


def view(look: Look) -> tuple[str, dict[str, Any]]:
    """The page of the customer that `id` names (id or domain). 404 if there is none."""
    word = look.query.get("id", "")
    customer = look.state.world.named(word)
    if customer is None:
        raise Fault(404, "emulator-no-customer", f"This world has no customer {word!r}.")
    now = look.now
    users = [user for user in customer.users.values() if not user.purged(now)]
    people = cut(look, "people", users)
    contracts = sorted(customer.subscriptions.values(), key=lambda s: s.status in ENDED)
    shown = cut(look, "subscriptions", contracts)
    orders = sorted(customer.orders.values(), key=lambda order: -order.number)
    return "customer.html", {
        "customer": customer,
        "agreement": _agreement(look, customer),
        "moments": page_moments.of_people(look.state.world, customer),
        "pools": sorted(pools(customer).values(), key=lambda units: units.sku.name),
        "people": people,
        "persons": [_person(user) for user in people.rows],
        "shown": shown,
        "contracts": [_contract(look, one) for one in shown.rows],
        "orders": cut(look, "orders", orders),
        "spent": customer.spent(now),
        "used": _share(customer.spent(now), customer.budget),
    }


def _agreement(look: Look, customer: Customer) -> str:
    at = customer.agreement_at
    if at is None:
        return "never"
    return "accepted" if at <= look.now else "awaited"


def _share(spent: Decimal, budget: Decimal | None) -> int | None:
    return round(100 * spent / budget) if budget else None


def _person(user: User) -> Person:
    own = [_holding(sku, off, False) for sku, off in user.licenses.items()]
    group = [_holding(sku, off, True) for sku, off in user.inherited.items()]
    return Person(user, own + group, [role_name(role) for role in user.roles])


def _holding(sku_id: str, off: frozenset[str], through_group: bool) -> Holding:
    sku = skus.directory_skus()[sku_id]
    names = sorted(sku.plans[plan] for plan in off)
    return Holding(sku.name, sku.part_number, through_group, names, len(sku.plans))


def _contract(look: Look, one: Subscription) -> Contract:
    world = look.state.world
    moments = page_moments.of_subscription(world, one)
    drawn = page_timeline.draw(world, one, moments) if one.status not in ENDED else None
    runs = one.status in ("active", "pending") and not one.azure
    ending = page_moments.end_in_words(world.settings, one) if runs else ""
    return Contract(one, moments, drawn, ending, page_moments.scheduled(one))
