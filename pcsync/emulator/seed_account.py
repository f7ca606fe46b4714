"""What a world file says about a customer account beside its profile, people and purchases.

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pcsync.emulator import stock
from pcsync.emulator.account import (
    SELF_SERVE,
    Account,
    Entitlement,
    Qualification,
    SelfServePolicy,
    Transfer,
    TransferLine,
    Usage,
    Vetting,
)
from pcsync.emulator.customer import Customer
from pcsync.emulator.section import Section
from pcsync.emulator.world import World

ACCOUNT_WORDS = (
    "relationship",
    "dap",
    "associatedPartnerId",
    "qualifications",
    "vetting",
    "selfServe",
    "entitlements",
    "usage",
    "transfers",
)
KINDS = ("Education", "GovernmentCommunityCloud", "StateOwnedEntity", "Nonprofit")
OUTCOMES = ("Approved", "Denied")
QUALIFICATION_WORDS = ("qualification", "vettingStatus", "vettingReason", "vettingCreateDate")
ENTITLEMENT_WORDS = (
    "product",
    "quantity",
    "type",
    "orderId",
    "lineItemId",
    "resourceId",
    "expiryDate",
    "fulfillmentState",
    "cancelled",
)
USAGE_WORDS = (
    "resource",
    "resourceGroup",
    "resourceType",
    "meter",
    "category",
    "subcategory",
    "unit",
    "quantity",
    "cost",
)
TRANSFER_WORDS = (
    "id",
    "status",
    "sourcePartnerTenantId",
    "sourcePartnerName",
    "targetPartnerTenantId",
    "targetPartnerName",
    "createdTime",
    "createdBy",
    "lineItems",
)
LINE_WORDS = (
    "subscriptionId",
    "product",
    "quantity",
    "termDuration",
    "billingCycle",
    "friendlyName",
    "error",
)
TRANSFER_STATUSES = ("Active", "Complete", "PartiallyComplete", "Reject")


def add_account(world: World, customer: Customer, row: Section) -> None:
    """Give the customer the account that the file describes."""
    vetting = row.inside("vetting", ("outcome", "reason"))
    customer.account = Account(
        relationship=row.word("relationship", "reseller", ("reseller", "none")),
        dap=row.flag("dap", False) if row.has("dap") else None,
        reseller=_reseller(world, row),
        qualifications=[
            _qualification(world, part) for part in row.each("qualifications", QUALIFICATION_WORDS)
        ],
        vetting=Vetting(vetting.word("outcome", "Approved", OUTCOMES), vetting.text("reason")),
        policy=_policy(row),
        entitlements=[
            _entitlement(world, customer, number, part)
            for number, part in enumerate(row.each("entitlements", ENTITLEMENT_WORDS))
        ],
        usage=[_usage(part) for part in row.each("usage", USAGE_WORDS)],
    )
    for part in row.each("transfers", TRANSFER_WORDS):
        transfer = _transfer(world, customer, part)
        customer.account.transfers[transfer.id] = transfer


def _reseller(world: World, row: Section) -> str | None:
    """A reseller named by tenant or name."""
    word = row.text("associatedPartnerId")
    if word is None:
        return None
    for known in world.partner.resellers:
        if word.lower() in (known.id, known.name.lower()):
            return known.id
    row.fail("associatedPartnerId", f"the partner has no indirect reseller {word}")


def _qualification(world: World, row: Section) -> Qualification:
    kind = row.need("qualification")
    if kind not in KINDS:
        row.fail("qualification", f"must be one of {', '.join(KINDS)}")
    made = row.moment("vettingCreateDate") or world.clock.now()
    status = row.word("vettingStatus", "Approved", (*OUTCOMES, "InReview"))
    waits = status == "InReview"
    decided = made + world.settings.qualification_review if waits else made
    outcome = None if kind == "StateOwnedEntity" else "Approved" if waits else status
    return Qualification(kind, made, decided, outcome, row.text("vettingReason"))


def _policy(row: Section) -> SelfServePolicy | None:
    """Resources that the customer may buy itself."""
    words = row.texts("selfServe")
    for word in words:
        if word not in SELF_SERVE:
            row.fail("selfServe", f"must be of {', '.join(SELF_SERVE)}")
    return SelfServePolicy([(word, "Purchase") for word in words]) if words else None


def _entitlement(world: World, customer: Customer, number: int, row: Section) -> Entitlement:
    product, _, sku = row.need("product").upper().partition(":")
    name = f"{customer.id} entitlement {number}"
    return Entitlement(
        product_id=product,
        sku_id=sku,
        quantity=row.whole("quantity", 1),
        kind=row.word("type", "software", ("software", "reservedinstance")),
        order_id=row.text("orderId") or world.ids.hexes("order", 12, name),
        line_item=row.text("lineItemId") or "0",
        resource_id=row.text("resourceId") or world.ids.guid("artifact", name),
        expires=row.moment("expiryDate"),
        state=row.text("fulfillmentState"),
        cancelled=row.flag("cancelled", False),
    )


def _usage(row: Section) -> Usage:
    return Usage(
        resource=row.need("resource"),
        group=row.text("resourceGroup") or "default",
        kind=row.text("resourceType") or "Microsoft.Compute/virtualMachines",
        meter=row.text("meter") or "D2 v3",
        category=row.text("category") or "Virtual Machines",
        subcategory=row.text("subcategory") or "Dv3 Series",
        unit=row.text("unit") or "1 Hour",
        quantity=row.money("quantity") or Decimal(1),
        cost=row.money("cost") or Decimal(0),
    )


def _transfer(world: World, customer: Customer, row: Section) -> Transfer:
    """One request; who is not named is this partner, and one of the two has to be."""
    own = world.partner.tenant_id
    source = (row.text("sourcePartnerTenantId") or own).lower()
    target = (row.text("targetPartnerTenantId") or own).lower()
    if (source == own) == (target == own):
        row.fail("sourcePartnerTenantId", "either source or target must be this partner")
    made = row.moment("createdTime") or world.clock.now()
    transfer = Transfer(
        id=(row.text("id") or world.ids.guid("transfer")).lower(),
        number=world.number(),
        created_at=made,
        modified_at=made,
        modified_by="",
        source_id=source,
        target_id=target,
        source_name=row.text("sourcePartnerName"),
        target_name=row.text("targetPartnerName"),
        customer_name=customer.company_name,
        status=row.word("status", "Active", TRANSFER_STATUSES),
        by_target=row.word("createdBy", "source", ("source", "target")) == "target",
    )
    for number, part in enumerate(row.each("lineItems", LINE_WORDS)):
        transfer.lines.append(TransferLine(**_line(world, part, number)))
    return transfer


def _line(world: World, row: Section, number: int) -> dict[str, Any]:
    product = row.need("product").upper()
    if stock.items().get(product) is None:
        row.fail("product", f"the catalogue has no {product}")
    return {
        "number": number,
        "subscription_id": (row.text("subscriptionId") or world.ids.guid("elsewhere")).lower(),
        "product": product,
        "quantity": row.whole("quantity", 1),
        "cycle": row.text("billingCycle") or "monthly",
        "term": row.text("termDuration") or "P1Y",
        "name": row.text("friendlyName") or "",
        "error": row.text("error"),
    }
