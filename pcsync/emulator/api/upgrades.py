"""Moving legacy Azure subscriptions to an Azure plan (insight.md 3.13 to 3.15, commerce.md 7.6).

Pages: get-eligibility-for-product-upgrade.md, create-product-upgrade-entity.md,
get-product-upgrade-status.md.
"""

from __future__ import annotations

from typing import Any

from pcsync.emulator import upgrading, wire
from pcsync.emulator.account import Upgrade
from pcsync.emulator.call import Answer, Call, empty, ok
from pcsync.emulator.customer import Customer
from pcsync.emulator.faults import Fault, not_understood
from pcsync.emulator.routing import Routes, Takes

routes = Routes()

UPGRADES = "/v1/productUpgrades"


def _customer(call: Call) -> Customer:
    """The customer of the body, whose product family must be azure."""
    body = call.body()
    if body.need("productFamily").lower() != "azure":
        raise not_understood("productFamily", body.need("productFamily"))
    call.parts["customer"] = body.need("customerId")
    return call.customer()


@routes(
    "POST",
    UPGRADES + "/eligibility",
    page="get-eligibility-for-product-upgrade.md",
    takes=Takes.USER,
    stores=False,
)
def eligibility(call: Call) -> Answer:
    """Whether the customer can be moved, and if not, why."""
    customer = _customer(call)
    refusal = upgrading.refusal(customer, call.world.clock.now())
    running = upgrading.running(customer, call.world.clock.now())
    return ok(
        wire.shown(
            customerId=customer.id,
            isEligible=refusal is None,
            reason=None if refusal is None else refusal.description,
            productFamily="azure",
            upgradeId=running.id if running else None,
        )
    )


@routes(
    "POST",
    UPGRADES,
    page="create-product-upgrade-entity.md",
    takes=Takes.USER,
    audit=("upgrade_subscription", "subscription"),
)
def start(call: Call) -> Answer:
    """Begin the move: 202 with a place that begins without a slash."""
    customer = _customer(call)
    refusal = upgrading.refusal(customer, call.world.clock.now())
    if refusal is not None:
        raise refusal
    upgrade = upgrading.start(call.world, customer)
    details = {"UpgradeId": upgrade.id}
    wanted = {"customerId": customer.id, "productFamily": "azure"}
    call.note("upgrade_subscription", "subscription", customer, wanted, **details)
    answer = empty(202)
    answer.headers["Location"] = f"productUpgrades/{upgrade.id}"
    return answer


@routes(
    "POST",
    UPGRADES + "/{upgrade}/status",
    page="get-product-upgrade-status.md",
    takes=Takes.USER,
    stores=False,
)
def status(call: Call) -> Answer:
    """How far a move has come: a read by POST."""
    customer, key = _customer(call), call.parts["upgrade"].lower()
    for owner in call.world.related():
        for upgrade in owner.account.upgrades:
            if upgrade.id == key and owner is not customer:
                raise Fault(400, 900111, "The upgrade belongs to another customer.")
            if upgrade.id == key:
                return ok(_show(call, customer, upgrade))
    raise Fault(404, 900106, "There is no such upgrade.")


def _show(call: Call, customer: Customer, upgrade: Upgrade) -> dict[str, Any]:
    done = upgrade.done_at <= call.world.clock.now()
    word = "Completed" if done else "InProgress"
    target = {"id": upgrade.target, "name": "Microsoft Azure plan"}
    return {
        "id": upgrade.id,
        "status": word,
        "productFamily": "Azure",
        "lineItems": [
            wire.shown(
                sourceProduct={"id": source, "name": "AzureSubscription"},
                targetProduct=wire.shown(**target),
                upgradedDate=upgrade.done_at if done else None,
                status=word,
            )
            for source in upgrade.sources
        ],
    }
