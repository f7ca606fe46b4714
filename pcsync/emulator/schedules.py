"""Reading and checking what a PATCH schedules: next term, next charge, end-of-term actions.

commerce.md 5.8 to 5.10. Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pcsync.emulator import coterm, stock, times
from pcsync.emulator.availabilities import availability_id
from pcsync.emulator.contracts import Subscription
from pcsync.emulator.faults import Fault, invalid, not_understood
from pcsync.emulator.wire import Body
from pcsync.emulator.world import World

ACTIONS = ("Cancel", "RenewToNewTerm", "RenewToExtendedServiceTerm", "Transition")
WITH_INSTRUCTIONS = ("RenewToNewTerm", "Transition")
CYCLES = ("monthly", "annual", "triennial")
TERMS = ("P1M", "P1Y", "P3Y")


def next_term(world: World, subscription: Subscription, body: Body | None) -> dict[str, Any] | None:
    """Checked scheduledNextTermInstructions with wire names; None if there are none."""
    if body is None:
        return None
    product = body.part("product")
    if product is None:
        raise invalid("scheduledNextTermInstructions.product is required.")
    item = _item(world, product)
    term = product.text("termDuration") or ""
    cycle = (product.text("billingCycle") or "").lower()
    check_pair(item, term, cycle)
    quantity = body.whole("quantity") or 0
    if not item.least(term, cycle) <= quantity <= item.maximum:
        raise Fault(400, 900275, "The scheduled quantity is outside the offer's range.")
    _check_custom_end(world, subscription, term, body.moment("customTermEndDate"))
    return body.plain()


def _check_custom_end(
    world: World, subscription: Subscription, term: str, custom: datetime | None
) -> None:
    """The wanted last day lies inside the first term after renewal (400/900245 otherwise) and is a
    month's end or that of another subscription (900246); for licences only (900244)."""
    if custom is None:
        return
    if not subscription.licensed:
        raise Fault(400, 900244, "The product takes no custom term end date.")
    day, months = times.midnight(custom), times.months(term)
    if not coterm.inside(subscription.ends, day, months):
        raise Fault(400, 900245, "The custom term end date is outside the first term.")
    owners = world.customers.values()
    owner = next(row for row in owners if subscription.id in row.subscriptions)
    if not coterm.aligned(owner, day, months):
        raise Fault(400, 900246, "The custom term end date matches no end date.")


def check_pair(item: stock.Item, term: str, cycle: str) -> stock.Term:
    """The pair of term and cycle. 400 with 900268, 900269 or 900270 if it is not sold."""
    if term.upper() not in TERMS:
        raise Fault(400, 900268, f"The term {term!r} is not valid.")
    if cycle not in CYCLES:
        raise Fault(400, 900269, f"The billing cycle {cycle!r} is not valid.")
    if CYCLES.index(cycle) > TERMS.index(term.upper()):
        raise Fault(400, 900270, "The billing cycle is longer than the term.")
    found = item.term(term, cycle)
    if found is None:
        raise Fault(400, 900269, f"{term} billed {cycle} is not sold for {item.key}.")
    return found


def _item(world: World, product: Body) -> stock.Item:
    product_id = product.need("productId").upper()
    found = stock.items().get(f"{product_id}:{product.need('skuId').upper()}")
    if found is None:
        known = any(item.product_id == product_id for item in stock.items().values())
        raise Fault(404, 400018 if known else 400013, "The product or SKU is not found.")
    if product.need("availabilityId").upper() != availability_id(world, found):
        raise Fault(404, 400019, "The availability is not found or outdated.")
    return found


def next_charge(subscription: Subscription, body: Body | None) -> dict[str, Any] | None:
    """Checked nextChargeInstructions: only P3Y between monthly and annual."""
    if body is None:
        return None
    product = body.part("product")
    if product is None:
        raise invalid("nextChargeInstructions.product is required.")
    cycle = product.need("billingCycle").lower()
    same = product.need("productId").upper() == subscription.product_id
    allowed = {"monthly", "annual"}
    if not same or subscription.term != "P3Y" or {cycle, subscription.cycle} - allowed:
        raise Fault(400, 800097, "The billing cycle cannot be changed.")
    return body.plain()


def actions(
    world: World, subscription: Subscription, rows: list[Body] | None
) -> list[dict[str, Any]]:
    """Checked scheduledActions with the documented spelling of the words."""
    return [_action(world, subscription, row) for row in rows or []]


def _action(world: World, subscription: Subscription, row: Body) -> dict[str, Any]:
    kind = _word("actionType", row.need("actionType"), ACTIONS)
    schedule = _word("scheduleType", row.need("scheduleType"), ("TermEnd", "CustomDate"))
    if schedule == "CustomDate":
        raise Fault(400, 900141, "CustomDate is not supported for this subscription.")
    instructions = row.part("instructions")
    plain = row.plain() | {"actionType": kind, "scheduleType": schedule}
    if kind in WITH_INSTRUCTIONS and instructions is not None:
        plain["instructions"] = next_term(world, subscription, instructions)
    return plain


def _word(name: str, text: str, allowed: tuple[str, ...]) -> str:
    found = {word.lower(): word for word in allowed}.get(text.lower().replace("_", ""))
    if found is None:
        raise not_understood(name, text)
    return found
