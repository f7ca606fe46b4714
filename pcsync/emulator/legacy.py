"""Legacy licences: etags, add-ons, and what a PATCH does (commerce.md 5, 6.1, 20.2).

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator

from pcsync.emulator import ledger, lifecycle, sandbox
from pcsync.emulator.catalogue import Offer
from pcsync.emulator.contracts import Subscription
from pcsync.emulator.customer import Customer
from pcsync.emulator.faults import Fault
from pcsync.emulator.wire import Body
from pcsync.emulator.world import World


def offer_of(world: World, subscription: Subscription) -> Offer:
    """The offer of a legacy subscription. 400/800004 if the catalogue has it no more."""
    found = world.catalogue.offers.get(subscription.product_id.lower())
    if found is None:
        raise Fault(400, 800004, "The offer is not valid.")
    return found


def addons(customer: Customer, base: Subscription) -> Iterator[Subscription]:
    """The add-ons of a base that still exist."""
    for row in customer.subscriptions.values():
        if row.parent_id == base.id and row.status != "deleted":
            yield row


def etag(subscription: Subscription) -> str:
    """The etag: base64 of id and version (commerce.md 0.4)."""
    held = {"id": subscription.id, "version": subscription.version}
    return base64.b64encode(json.dumps(held, separators=(",", ":")).encode()).decode()


def check_etag(subscription: Subscription, given: str | None) -> None:
    """400/2055 for an etag of an earlier version; none at all is fine."""
    clean = (given or "").removeprefix("W/").strip('"')
    if clean and clean != "*" and clean != etag(subscription):
        raise Fault(400, 2055, "The etag is stale.")


def change_legacy(
    world: World, customer: Customer, subscription: Subscription, body: Body, status: str
) -> None:
    """Seats both ways, suspend (add-ons follow), resume, names; never cancel, never a cycle."""
    attributes = body.part("attributes")
    check_etag(subscription, attributes.text("etag") if attributes else None)
    cycle = (body.text("billingCycle") or "none").lower()
    if cycle not in ("none", "unknown", subscription.cycle):
        raise Fault(400, 2054, "The billing cycle is changed on the order.")
    if status == "deleted":
        raise Fault(400, 800040, "A legacy subscription cannot be cancelled, only suspended.")
    quantity = body.whole("quantity") or subscription.quantity
    _check_quantity(world, subscription, quantity, status)
    name = body.text("friendlyName") or subscription.friendly_name
    partner = body.text("partnerId") or subscription.partner_id
    if status != subscription.status:
        _move(world, customer, subscription, status)
    if quantity != subscription.quantity:
        _resize(world, customer, subscription, quantity)
    subscription.friendly_name, subscription.partner_id = name, partner
    subscription.version += 1


def _check_quantity(world: World, subscription: Subscription, quantity: int, status: str) -> None:
    if quantity == subscription.quantity:
        return
    if "suspended" in (subscription.status, status):
        raise Fault(400, 2001, "A suspended subscription takes no change of quantity.")
    offer = offer_of(world, subscription)
    if offer.trial:
        raise Fault(400, 800095, "The quantity of a trial cannot be changed.")
    if not offer.minimum <= quantity <= offer.maximum:
        text = f"The quantity must be between {offer.minimum} and {offer.maximum}."
        raise Fault(400, 2002, text)
    sandbox.room_for_seats(world, quantity)


def _resize(world: World, customer: Customer, subscription: Subscription, quantity: int) -> None:
    ledger.settle(world, customer, subscription)
    ledger.change(world, customer, subscription, quantity - subscription.quantity)
    subscription.quantity = quantity
    lifecycle.provision(world, customer, subscription)


def _move(world: World, customer: Customer, subscription: Subscription, status: str) -> None:
    if status == "suspended":
        if subscription.trial:
            raise Fault(400, 800040, "A trial cannot be suspended.")
        for row in [subscription, *addons(customer, subscription)]:
            if row.status == "active":
                suspend(world, customer, row)
    else:
        _reactivate(world, customer, subscription)


def suspend(world: World, customer: Customer, subscription: Subscription) -> None:
    """Users are locked out and billing stops; after 90 days the subscription is deleted."""
    ledger.stop(world, customer, subscription, "suspend")
    subscription.status = "suspended"
    subscription.suspended_at = world.clock.now()
    if subscription.parent_id:
        subscription.version += 1
    lifecycle.watch(world, customer, subscription)


def _reactivate(world: World, customer: Customer, subscription: Subscription) -> None:
    """Base before add-ons: 409/27009. What Microsoft suspended or what moved on stays so."""
    parent = customer.subscriptions.get(subscription.parent_id)
    if parent is not None and parent.status != "active":
        raise Fault(409, 27009, "The parent subscription is not active.")
    if subscription.migrating or subscription.suspension_reasons:
        raise Fault(400, 800040, "The subscription was suspended by Microsoft.")
    resume(world, customer, subscription)


def resume(world: World, customer: Customer, subscription: Subscription) -> None:
    """Active again; billing goes on for the rest of the running cycle."""
    subscription.status, subscription.suspended_at = "active", None
    ledger.resume(world, customer, subscription)
    lifecycle.watch(world, customer, subscription)
