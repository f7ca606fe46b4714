"""Rules for transfers between partners: who may do what, and what accepting does.

In the flow of 2023 the source creates a request with its lines and the target accepts; in the one
of 2024 the target creates it, and the source adds lines and accepts (commerce.md 11). Imports
nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from typing import Any

from pcsync.emulator import lifecycle, times, wire
from pcsync.emulator.account import Transfer, TransferLine
from pcsync.emulator.call import Call
from pcsync.emulator.contracts import Order, Subscription
from pcsync.emulator.customer import Customer
from pcsync.emulator.faults import Fault, not_understood
from pcsync.emulator.order_shapes import show_order
from pcsync.emulator.section import Section
from pcsync.emulator.seed_subscriptions import SUBSCRIPTION_WORDS, add_subscription
from pcsync.emulator.wire import Body

PRODUCT_TYPES = (
    "AzureSubscription",
    "AzureReservation",
    "AzureSavingsPlan",
    "OnlineServicesNCE",
)


def find(call: Call, customer: Customer) -> Transfer:
    """The transfer of the path. 404/900100 if there is none."""
    found = customer.account.transfers.get(call.parts["transfer"].lower())
    if found is None:
        raise Fault(404, 900100, "The transfer is not found.")
    return found


def check_open(call: Call, transfer: Transfer) -> None:
    """400/900102 for a transfer that is over."""
    state = transfer.state(call.world.clock.now())
    if state != "Active":
        raise Fault(400, 900102, f"The transfer cannot be processed, it is {state}.")


def only(call: Call, partner: str) -> None:
    """403/2032 unless it is this partner's turn."""
    if partner != call.world.partner.tenant_id:
        raise Fault(403, 2032, "Access denied: it is for the other partner to do this.")


def blocked(call: Call, customer: Customer, subscription: Subscription) -> str | None:
    """Why a subscription cannot move; None if it can."""
    if subscription.status != "active":
        return "The subscription is not active."
    now = call.world.clock.now()
    for transfer in customer.account.transfers.values():
        moving = transfer.state(now) == "Active" and transfer.lines
        if any(line.subscription_id == subscription.id for line in moving or []):
            return "A transfer of the subscription is in progress."
    return None


def lines(call: Call, customer: Customer, rows: list[Body]) -> list[TransferLine]:
    """Checked lines of a request. 400/800078 for what is not the customer's or not active,
    409/900101 for what is in another transfer."""
    found: list[TransferLine] = []
    for number, row in enumerate(rows):
        subscription = customer.subscriptions.get(row.need("subscriptionId").lower())
        if subscription is None or subscription.status != "active":
            raise Fault(400, 800078, "The transfer contains an invalid subscription.")
        if subscription.legacy:
            raise Fault(400, 900131, "The customer has legacy Azure subscriptions.")
        why = blocked(call, customer, subscription)
        if why is not None:
            raise Fault(409, 900101, why)
        found.append(_line(number, subscription, row.text("partnerIdOnRecord")))
    return found


def _line(number: int, subscription: Subscription, partner: str | None) -> TransferLine:
    return TransferLine(
        number=number,
        subscription_id=subscription.id,
        product=subscription.product,
        quantity=subscription.quantity,
        cycle=subscription.cycle,
        term=subscription.term,
        name=subscription.friendly_name,
        partner_id=partner,
    )


def request(call: Call, customer: Customer, body: Body) -> Transfer:
    """A new request, by the source with lines or by the target without."""
    own, rows = call.world.partner.tenant_id, body.parts("lineItems")
    source = (body.text("sourcePartnerTenantId") or "").lower()
    if not source:
        raise Fault(400, 900136, "sourcePartnerTenantId is required.")
    target = body.need("targetPartnerTenantId") if rows else body.text("targetPartnerTenantId")
    target = (target or own).lower()
    if source == target:
        raise Fault(400, 900148, "Source and target partner are the same.")
    only(call, source if rows else target)
    if not rows:
        _check_invitation(body)
    now, who = call.world.clock.now(), call.caller.user or call.caller.app_id
    transfer = Transfer(
        call.world.ids.guid("transfer"), call.world.number(), now, now, who, source, target
    )
    transfer.source_name = body.text("sourcePartnerName")
    transfer.target_name = body.text("targetPartnerName")
    transfer.customer_name = body.text("customerName") or customer.company_name
    transfer.by_target = not rows
    transfer.lines = lines(call, customer, rows or [])
    transfer.product_types = _product_types(body)
    return transfer


def _check_invitation(body: Body) -> None:
    """What the target has to say of the source and the customer."""
    if not body.text("sourcePartnerName"):
        raise Fault(400, 900136, "sourcePartnerName is required.")
    body.need("customerEmailId")


def _product_types(body: Body) -> list[str]:
    known = {word.lower(): word for word in PRODUCT_TYPES}
    found = []
    for text in body.texts("targetProductTypes") or []:
        if text.lower() not in known:
            raise not_understood("targetProductTypes", text)
        found.append(known[text.lower()])
    return found


def accept(call: Call, customer: Customer, transfer: Transfer) -> dict[str, Any]:
    """Move all lines that can move: partial success is success, with errors inside."""
    incoming = transfer.target_id == call.world.partner.tenant_id
    orders: list[dict[str, Any]] = []
    for line in transfer.lines:
        line.status = "Failed" if line.error else "Complete"
        if line.error:
            continue
        if incoming:
            orders.append(show_order(call.world, customer, _take_in(call, customer, line)))
        else:
            lifecycle.end(customer.subscriptions[line.subscription_id])
    failed = [line for line in transfer.lines if line.error]
    transfer.status = "PartiallyComplete" if failed else "Complete"
    touch(call, transfer)
    return {
        "orders": orders,
        "transferErrors": [_error(line) for line in failed],
        "attributes": {"objectType": "AcceptTransferResult"},
    }


def _take_in(call: Call, customer: Customer, line: TransferLine) -> Order:
    """The subscription under a new id, with a term that begins now, and its order."""
    words = wire.shown(
        product=line.product,
        quantity=line.quantity,
        termDuration=line.term or None,
        billingCycle=line.cycle,
        friendlyName=line.name or None,
        partnerId=line.partner_id,
        creationDate=times.show(call.world.clock.now()),
    )
    made = add_subscription(
        call.world, customer, Section(words, f"transfer of {line.product}", SUBSCRIPTION_WORDS)
    )
    customer.azure = customer.azure or made.azure
    return customer.orders[made.order_id]


def _error(line: TransferLine) -> dict[str, Any]:
    return {
        "transferGroupId": str(line.number),
        "code": 900103,
        "description": line.error,
        "lineItems": [show_line(line)],
    }


def touch(call: Call, transfer: Transfer) -> None:
    """Note who changed the transfer, and when."""
    transfer.modified_at = call.world.clock.now()
    transfer.modified_by = call.caller.user or call.caller.app_id


def show_line(line: TransferLine) -> dict[str, Any]:
    """One line on the wire."""
    return wire.shown(
        id=line.number,
        subscriptionId=line.subscription_id,
        quantity=line.quantity,
        billingCycle=line.cycle,
        friendlyName=line.name or None,
        partnerIdOnRecord=line.partner_id,
        offerId=line.product,
        addonItems=[],
        transferError=line.error if line.status == "Failed" else None,
        status=line.status,
    )


def show(call: Call, customer: Customer, transfer: Transfer) -> dict[str, Any]:
    """A TransferEntity; one member has a name in lower case."""
    return wire.shown(
        id=transfer.id,
        status=transfer.state(call.world.clock.now()),
        createdTime=transfer.created_at,
        lastModifiedTime=transfer.modified_at,
        lastModifiedUser=transfer.modified_by or None,
        customerName=transfer.customer_name,
        customerTenantId=customer.id,
        partnertenantid=call.world.partner.tenant_id,
        sourcePartnerName=transfer.source_name,
        sourcePartnerTenantId=transfer.source_id,
        targetPartnerName=transfer.target_name,
        targetPartnerTenantId=transfer.target_id,
        targetProductTypes=transfer.product_types or None,
        lineItems=[show_line(line) for line in transfer.lines],
    )
