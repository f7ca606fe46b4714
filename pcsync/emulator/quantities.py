"""Changing the number of seats (commerce.md 5.2).

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from pcsync.emulator import ledger, sandbox, stock
from pcsync.emulator.contracts import SOFTWARE, Batch, Subscription
from pcsync.emulator.customer import Customer
from pcsync.emulator.faults import Fault
from pcsync.emulator.seats import sold
from pcsync.emulator.world import World


def change_quantity(
    world: World, customer: Customer, subscription: Subscription, quantity: int
) -> None:
    """Up at any time, each addition with its own seven days; down only what may still go back."""
    item = stock.find(subscription.product_id, subscription.sku_id)
    assert item is not None
    least = item.least(subscription.term, subscription.cycle)
    if not least <= quantity <= item.maximum:
        raise Fault(400, 900275, f"The quantity must be between {least} and {item.maximum}.")
    sandbox.room_for_seats(world, quantity)
    added = quantity - subscription.quantity
    if added > 0:
        if sold(customer, item) + added > item.maximum:
            raise Fault(403, 800088, "The seats exceed the remaining limit of the tenant.")
        now = world.clock.now()
        ledger.settle(world, customer, subscription)
        ledger.change(world, customer, subscription, added)
        subscription.batches.append(Batch(added, now + subscription.window))
    else:
        _give_back(world, subscription, -added)
        ledger.settle(world, customer, subscription)
        ledger.change(world, customer, subscription, added)
    subscription.quantity = quantity


def _give_back(world: World, subscription: Subscription, count: int) -> None:
    """Take seats from the newest batches. 400/800090 if there are not enough."""
    if subscription.kind == SOFTWARE:
        raise Fault(400, 800090, "Seats of software cannot be given back.")
    open_batches = subscription.refundable(world.clock.now())
    if count > sum(batch.quantity for batch in open_batches):
        raise Fault(400, 800090, "The quantity cannot be decreased by that many seats.")
    for batch in reversed(open_batches):
        taken = min(batch.quantity, count)
        batch.quantity -= taken
        count -= taken
