"""One line of an order, and the subscription that it begins, if it begins one.

commerce.md 3.1, 7.7, 8, 9. Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from decimal import Decimal

from pcsync.emulator import times, trials
from pcsync.emulator.availabilities import availability_id
from pcsync.emulator.cart_rules import Purchase
from pcsync.emulator.contracts import WINDOW, Batch, Order, OrderLine, Subscription
from pcsync.emulator.customer import Customer
from pcsync.emulator.windows import window
from pcsync.emulator.wire import Body
from pcsync.emulator.world import World

WITHOUT_SUBSCRIPTION = ("perpetual", "reservation")
KINDS = {"licence": "", "azure": ""}
"""How kinds of items are called on subscriptions where the names differ."""


def add_line(
    world: World,
    customer: Customer,
    order: Order,
    line: Body,
    purchase: Purchase,
    parent: str = "",
) -> OrderLine:
    """Put a bought line into the order, with its subscription and its legacy add-ons."""
    kind = purchase.item.kind
    context = line.part("provisioningContext") or Body({})
    parent = parent or (context.text("parentSubscriptionId") or "").lower()
    found = ""
    if kind not in WITHOUT_SUBSCRIPTION:
        found = _subscribe(world, customer, order, line, purchase, parent).id
    added = _line(world, order, line, purchase, found)
    order.lines.append(added)
    for row, addon in zip(line.parts("addonItems") or [], purchase.addons, strict=True):
        add_line(world, customer, order, row, addon, found)
    return added


def _subscribe(
    world: World,
    customer: Customer,
    order: Order,
    line: Body,
    purchase: Purchase,
    parent: str,
) -> Subscription:
    item, now = purchase.item, world.clock.now()
    legacy = item.kind == "legacy"
    subscription = Subscription(
        id=world.ids.guid("subscription"),
        number=world.number(),
        product_id=item.product_id,
        sku_id=item.sku_id,
        availability_id="" if legacy else _availability(world, purchase),
        offer_name=item.title,
        friendly_name=line.text("friendlyName") or item.title,
        quantity=purchase.quantity,
        term=purchase.term.duration,
        cycle=purchase.term.cycle,
        created_at=now,
        started_at=now,
        ends=times.FAR_FUTURE,
        window_from=now,
        order_id=order.id,
        status="pending",
        azure=item.azure,
        kind=KINDS.get(item.kind, item.kind),
        trial=item.trial,
        license_sku=item.directory_sku if legacy or item.trial else "",
        parent_id=parent if legacy else "",
        partner_id=reseller(line),
        promotion_id=purchase.promotion,
        custom_term_end=purchase.custom_end,
        activated=not item.setup,
    )
    _complete(world, customer, subscription, purchase)
    customer.subscriptions[subscription.id] = subscription
    return subscription


def _complete(
    world: World, customer: Customer, subscription: Subscription, purchase: Purchase
) -> None:
    """Dates, windows, the Azure subscription below a plan, and the price of a promotion."""
    item = purchase.item
    if item.azure:
        customer.azure = True
        subscription.entitlements = [world.ids.guid("azure subscription", subscription.id)]
    else:
        _term(customer, subscription, purchase)
    subscription.window = window(world.settings, subscription)
    if item.trial and not subscription.legacy:
        trials.begin(world, subscription)
    if subscription.licensed and not subscription.trial:
        subscription.price = purchase.price


def _availability(world: World, purchase: Purchase) -> str:
    return availability_id(world, purchase.item, None, purchase.segment)


def _term(customer: Customer, subscription: Subscription, purchase: Purchase) -> None:
    """The first term; a legacy add-on ends with its base."""
    started = subscription.started_at
    base = customer.subscriptions.get(subscription.parent_id)
    if purchase.custom_end is not None:
        subscription.ends = purchase.custom_end + times.DAY
    elif base is not None:
        subscription.ends = base.ends
    else:
        months = times.months(subscription.term)
        subscription.ends = times.midnight(times.add_months(started, months))
    if subscription.licensed:
        subscription.batches = [Batch(subscription.quantity, started + WINDOW)]


def reseller(line: Body) -> str:
    """The indirect reseller: a participant of a cart line, the partner on record of an order's."""
    for participant in line.parts("participants") or []:
        if participant.need("key").lower().replace("_", "") == "transactionreseller":
            return participant.need("value")
    return line.text("partnerIdOnRecord") or ""


def _partners(line: Body) -> list[str]:
    named = [
        participant.need("value")
        for participant in line.parts("participants") or []
        if participant.need("key").lower().startswith("additional")
    ]
    return named or line.texts("additionalPartnerIdsOnRecord") or []


def _line(
    world: World, order: Order, line: Body, purchase: Purchase, subscription: str
) -> OrderLine:
    item = purchase.item
    renews, context = line.part("renewsTo"), line.part("provisioningContext")
    commitment = line.part("purchaseCommitment")
    legacy = item.kind == "legacy"
    offer = item.product_id if legacy else f"{item.key}:{_availability(world, purchase)}"
    return OrderLine(
        number=len(order.lines),
        offer_id=offer,
        quantity=purchase.quantity,
        term=None if legacy else purchase.term.duration or None,
        friendly_name=line.text("friendlyName") or item.title,
        subscription_id=subscription,
        price=purchase.price or Decimal(0),
        partner_id=reseller(line) or None,
        custom_term_end=purchase.custom_end,
        promotion_id=purchase.promotion,
        kind=item.kind,
        renews_to=renews.text("termDuration") if renews else None,
        attested=line.flag("attestationAccepted"),
        context={k: str(v) for k, v in context.plain().items()} if context else {},
        partners=_partners(line),
        commitment=commitment.plain() if commitment else None,
    )
