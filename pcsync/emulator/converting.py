"""Legacy trials that become paid, and legacy upgrades (commerce.md 6.2, 6.3).

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from pcsync.emulator import ledger, lifecycle, seats, times, wire
from pcsync.emulator.catalogue import Offer
from pcsync.emulator.contracts import LEGACY, Order, OrderLine, Subscription
from pcsync.emulator.customer import Customer
from pcsync.emulator.faults import Fault, not_understood
from pcsync.emulator.legacy import addons, offer_of
from pcsync.emulator.renewal import move_licenses
from pcsync.emulator.wire import Body
from pcsync.emulator.world import World

ONLY, WITH_LICENSES = "upgrade_only", "upgrade_with_license_transfer"
KINDS = ("none", ONLY, WITH_LICENSES)
Error = tuple[int, str]


def conversions(world: World, subscription: Subscription) -> list[Offer]:
    """What a trial can become: the paid offers of the same licence."""
    if subscription.kind != LEGACY or not subscription.trial or subscription.status != "active":
        return []
    own = offer_of(world, subscription)
    return [
        offer
        for offer in world.catalogue.offers.values()
        if offer.directory_sku == own.directory_sku and not offer.trial and not offer.addon
    ]


def show_conversion(subscription: Subscription, offer: Offer) -> dict[str, Any]:
    """A Conversion."""
    return {
        "offerId": subscription.offer_id,
        "targetOfferId": offer.id,
        "orderId": subscription.order_id,
        "quantity": subscription.quantity,
        "billingCycle": offer.charges[0][0],
        "attributes": {"objectType": "Conversion"},
    }


def convert(
    world: World, customer: Customer, subscription: Subscription, body: Body
) -> dict[str, Any]:
    """Make a trial paid; the subscription keeps its id. Success can hold an error inside."""
    wanted, before = body.need("targetOfferId").lower(), subscription.offer_id
    if body.need("offerId").lower() != before:
        raise Fault(400, 800002, "The trial is of another offer.")
    result = {"subscriptionId": subscription.id, "offerId": before, "targetOfferId": wanted}
    found = {offer.id: offer for offer in conversions(world, subscription)}.get(wanted)
    if found is None:
        text = "There is no conversion to this offer."
        return {**result, "error": {"code": "ConversionsNotFound", "description": text}}
    quantity = body.whole("quantity") or subscription.quantity
    cycle = (body.text("billingCycle") or found.charges[0][0]).lower()
    if not found.minimum <= quantity <= found.maximum or cycle not in dict(found.charges):
        text = "The quantity or billing cycle is not sold."
        return {**result, "error": {"code": "Other", "description": text}}
    _begin(world, subscription, found, quantity, cycle)
    ledger.begin(world, customer, subscription)
    lifecycle.provision(world, customer, subscription)
    lifecycle.watch(world, customer, subscription)
    return result


def _begin(
    world: World, subscription: Subscription, offer: Offer, quantity: int, cycle: str
) -> None:
    now = world.clock.now()
    if subscription.friendly_name == subscription.offer_name:
        subscription.friendly_name = offer.name
    subscription.product_id, subscription.offer_name = offer.id, offer.name
    subscription.license_sku = offer.directory_sku
    subscription.quantity, subscription.cycle = quantity, cycle
    subscription.trial, subscription.term = False, "P1Y"
    subscription.started_at = subscription.window_from = now
    subscription.ends = times.midnight(times.add_months(now, 12))
    subscription.version += 1


def upgrades(world: World, subscription: Subscription) -> list[Offer]:
    """The offers that a legacy subscription can be upgraded to."""
    if subscription.kind != LEGACY:
        return []
    known = world.catalogue.offers
    return [known[key] for key in offer_of(world, subscription).upgrades if key in known]


def upgrade_errors(customer: Customer, subscription: Subscription) -> list[Error]:
    """Why an upgrade is not possible now."""
    errors: list[Error] = []
    if not customer.delegation:
        errors.append((1, "Delegated administration is not possible."))
    if subscription.status != "active":
        errors.append((2, "The subscription is not active."))
    if any(True for _ in addons(customer, subscription)):
        errors.append((6, "The subscription has add-ons."))
    if not subscription.provisioned:
        errors.append((9, "The subscription is not provisioned."))
    return errors


def kind_of(body: Body) -> str:
    """The wanted type of upgrade; a number is accepted too. 400/900126 if it is neither."""
    value = body.get("upgradeType")
    text = str(ONLY if value is None else value)
    if text.isdigit() and int(text) < len(KINDS):
        text = KINDS[int(text)]
    found = {word.replace("_", ""): word for word in KINDS}.get(text.lower().replace("_", ""))
    if found is None:
        raise not_understood("upgradeType", text)
    return found


def show_errors(errors: list[Error]) -> list[dict[str, Any]]:
    """Errors inside an answer that is a success."""
    return [{"code": code, "description": text, "additionalDetails": ""} for code, text in errors]


def upgrade(
    world: World, customer: Customer, subscription: Subscription, body: Body
) -> dict[str, Any]:
    """Move all seats to another offer, under a new id; the old subscription ends."""
    part = body.part("targetOffer")
    wanted = part.need("id").lower() if part else body.need("targetOffer")
    kind, errors = kind_of(body), upgrade_errors(customer, subscription)
    found = {offer.id: offer for offer in upgrades(world, subscription)}.get(wanted)
    if found is None:
        errors.append((8, "The target offer is not found."))
    target = None
    if found is not None and not errors:
        target = _replace(world, customer, subscription, found, kind == WITH_LICENSES)
    return wire.shown(
        sourceSubscriptionId=subscription.id,
        targetSubscriptionId=target.id if target else None,
        upgradeType=kind,
        upgradeErrors=show_errors(errors),
        licenseErrors=[],
    )


def _replace(
    world: World, customer: Customer, source: Subscription, offer: Offer, licenses: bool
) -> Subscription:
    now, old_sku = world.clock.now(), seats.directory_sku(source)
    cycle = source.cycle if source.cycle in dict(offer.charges) else offer.charges[0][0]
    target = replace(
        source,
        id=world.ids.guid("subscription"),
        number=world.number(),
        order_id=world.ids.guid("order"),
        created_at=now,
        live_quantity=0,
        updates=0,
        version=0,
        price=None,
        billed_to=None,
        suspension_reasons=[],
    )
    _begin(world, target, offer, source.quantity, cycle)
    customer.subscriptions[target.id] = target
    ledger.stop(world, customer, source, "convert")
    ledger.begin(world, customer, target)
    _order(world, customer, target)
    lifecycle.provision(world, customer, target)
    lifecycle.watch(world, customer, target)
    if licenses and old_sku is not None:
        move_licenses(customer, target, old_sku, target.quantity)
    lifecycle.end(source)
    return target


def _order(world: World, customer: Customer, target: Subscription) -> None:
    line = OrderLine(
        number=0,
        offer_id=target.offer_id,
        quantity=target.quantity,
        term=None,
        friendly_name=target.friendly_name,
        subscription_id=target.id,
        transaction="convert",
        price=target.price or Decimal(0),
    )
    customer.orders[target.order_id] = Order(
        id=target.order_id,
        number=world.number(),
        cycle=target.cycle,
        currency=customer.currency,
        created_at=world.clock.now(),
        lines=[line],
        status="completed",
    )
