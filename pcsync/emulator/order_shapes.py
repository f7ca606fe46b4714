"""What an order looks like on the wire (commerce.md 3.1).

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

import base64
import json
from decimal import Decimal
from typing import Any

from pcsync.emulator.contracts import Order, OrderLine
from pcsync.emulator.customer import Customer
from pcsync.emulator.offers import wire_cycle
from pcsync.emulator.paging import link
from pcsync.emulator.wire import shown
from pcsync.emulator.world import World


def show_order(
    world: World, customer: Customer, order: Order, prices: bool = False
) -> dict[str, Any]:
    """An Order; subscription ids appear when it is completed, prices on demand."""
    total = sum((line.price * line.quantity for line in order.lines), Decimal(0))
    path = f"/customers/{customer.id}/orders/{order.id}"
    return shown(
        id=order.id,
        alternateId=order.id,
        referenceCustomerId=customer.id,
        billingCycle=wire_cycle(order.cycle),
        currencyCode=order.currency,
        lineItems=[_line(customer, order, line, prices) for line in order.lines],
        creationDate=order.created_at,
        status=order.status,
        transactionType=order.transaction,
        totalPrice=total if prices else None,
        client={"marketplaceCountry": customer.country, "name": "Partner Center API"},
        partnerOnRecordAttestationAccepted=True,
        links={"self": link(path), "provisioningStatus": link(f"{path}/provisioningstatus")},
        attributes=_attributes(order),
    )


def _line(customer: Customer, order: Order, line: OrderLine, prices: bool) -> dict[str, Any]:
    done = order.status == "completed" and bool(line.subscription_id)
    extended = line.price * line.quantity
    return shown(
        lineItemNumber=line.number,
        offerId=line.offer_id,
        subscriptionId=line.subscription_id if done else None,
        termDuration=line.term,
        renewsTo={"termDuration": line.renews_to} if line.renews_to else None,
        promotionId=line.promotion_id,
        transactionType=line.transaction,
        customTermEndDate=line.custom_term_end,
        friendlyName=line.friendly_name,
        quantity=line.quantity,
        pricing={"price": line.price, "extendedPrice": extended} if prices else None,
        partnerIdOnRecord=line.partner_id,
        additionalPartnerIdsOnRecord=line.partners or None,
        provisioningContext=line.context or None,
        attestationAccepted=line.attested,
        purchaseCommitment=line.commitment,
        links=_links(customer, order, line) if done else {},
    )


def _links(customer: Customer, order: Order, line: OrderLine) -> dict[str, Any]:
    """The subscription, and for marketplace products where it is set up."""
    root = f"/customers/{customer.id}"
    found = {"subscription": link(f"{root}/subscriptions/{line.subscription_id}")}
    if line.kind == "saas":
        path = f"{root}/orders/{order.id}/lineitems/{line.number}/activationlinks"
        found["activationLinks"] = link(path)
    return found


def _attributes(order: Order) -> dict[str, Any]:
    """Legacy orders have an etag (commerce.md 0.4)."""
    if not order.legacy:
        return {"objectType": "Order"}
    held = {"id": order.id, "version": order.version}
    tag = base64.b64encode(json.dumps(held, separators=(",", ":")).encode()).decode()
    return {"objectType": "Order", "etag": tag}
