"""What a cart line needs by its kind of product: attestation, base products, Azure registration.

commerce.md 2.1, 7.7, 7.8, 13.7. Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pcsync.emulator import stock
from pcsync.emulator.contracts import Subscription
from pcsync.emulator.customer import Customer
from pcsync.emulator.offers import VARIABLES
from pcsync.emulator.wire import Body
from pcsync.emulator.world import World

Seats = Mapping[str, int]
LEAST = Decimal("0.001")
SCOPES = ("single", "shared")


class LineError(Exception):
    """Why a line cannot be bought: the code and name of the table in commerce.md 2.1."""

    def __init__(self, code: int, description: str, **information: int) -> None:
        super().__init__(description)
        self.code = code
        self.body: dict[str, Any] = {"errorCode": code, "errorDescription": description}
        if information:
            self.body["additionalInformation"] = information


def check_sale(world: World, item: stock.Item) -> None:
    """500600 for a legacy offer that is sold no more; the text names what is sold instead."""
    offer = world.catalogue.offers.get(item.product_id.lower())
    if offer is not None and not offer.on_sale:
        instead = ", ".join(offer.replaced_by) or "nothing"
        raise LineError(500600, f"The legacy offer is not eligible for purchase; use {instead}.")


def check(world: World, customer: Customer, item: stock.Item, line: Body, beside: Seats) -> None:
    """All checks that hang on the kind of product."""
    if item.attestation and line.flag("attestationAccepted") is not True:
        raise LineError(10012, "The attestation was not accepted.")
    if item.prerequisites:
        _check_base(customer, item, line, beside)
    if item.kind in VARIABLES:
        _check_azure(world, customer, item, line.part("provisioningContext") or Body({}))
    if item.kind == "savings":
        _check_commitment(customer, line.part("purchaseCommitment") or Body({}))


def _check_base(customer: Customer, item: stock.Item, line: Body, beside: Seats) -> None:
    """An add-on needs one of its base products, owned or in the same cart, and enough seats."""
    parent = (line.part("provisioningContext") or Body({})).text("parentSubscriptionId")
    owned = [
        row
        for row in customer.subscriptions.values()
        if row.status in ("active", "pending") and _base(row) in _upper(item.prerequisites)
    ]
    if parent:
        owned = [row for row in owned if row.id == parent.lower()]
        beside = {}
    wanted = {key for key in beside if key.upper().rstrip(":") in _upper(item.prerequisites)}
    if not owned and not wanted:
        raise LineError(400041, "The add-on has no compatible base product.")
    seats = sum(row.quantity for row in owned) + sum(beside[key] for key in wanted)
    if seats < item.base_minimum:
        text = f"The base products need at least {item.base_minimum} seats."
        raise LineError(10018, text)
    least = math.ceil(seats * item.share / 100)
    if (line.whole("quantity") or 0) < least:
        raise LineError(10019, f"The add-on needs at least {least} seats.")


def _upper(words: tuple[str, ...]) -> set[str]:
    return {word.upper() for word in words}


def _base(row: Subscription) -> str:
    return row.product.upper().rstrip(":")


def _check_azure(world: World, customer: Customer, item: stock.Item, context: Body) -> None:
    """Reservations and savings plans hang on an Azure subscription, reservations on one that is
    registered, and on capacity."""
    missing = [name for name in VARIABLES[item.kind] if not _named(context, name)]
    if missing:
        raise LineError(10010, f"provisioningContext needs {', '.join(missing)}.")
    if (context.text("scope") or "").lower() not in SCOPES:
        raise LineError(10010, "The scope must be single or shared.")
    name = (context.text("subscriptionId") or context.text("entitlementId") or "").lower()
    plan = azure_plan(customer, name)
    if plan is None:
        raise LineError(10007, "The Azure subscription is not valid.")
    if item.kind == "savings":
        return
    if plan.status != "active":
        raise LineError(10008, "The Azure subscription is not enabled for reservations.")
    registered = customer.account.registered.get(plan.id)
    if registered is None or registered > world.clock.now():
        raise LineError(10011, "The Azure subscription is not registered.")
    if item.region in item.restricted:
        raise LineError(10003, "There is no capacity for the item.")


def _named(context: Body, name: str) -> bool:
    single = (context.text("scope") or "").lower() == "single"
    instead = name == "SubscriptionId" and single and context.text("entitlementId")
    return bool(context.text(name) or instead)


def azure_plan(customer: Customer, name: str) -> Subscription | None:
    """The Azure plan or legacy Azure subscription with that id, or with that Azure subscription."""
    for row in customer.subscriptions.values():
        if row.azure and name in (row.id, *row.entitlements):
            return row
    return None


def _check_commitment(customer: Customer, commitment: Body) -> None:
    amount = commitment.get("amount")
    if not isinstance(amount, int | Decimal) or amount < LEAST or isinstance(amount, bool):
        raise LineError(10010, "purchaseCommitment.amount must be at least 0.001.")
    if (commitment.text("grain") or "").lower() != "hourly":
        raise LineError(10010, "purchaseCommitment.grain must be hourly.")
    if (commitment.text("currency") or customer.currency).upper() != customer.currency:
        raise LineError(10000, "The currency is not supported.")
