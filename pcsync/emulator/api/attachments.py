"""Purchase order documents of an order (commerce.md 12).

Page: attaching-purchase-order-and-completing-po-details.md.
"""

from __future__ import annotations

from typing import Any

from pcsync.emulator import delivering, forms, wire
from pcsync.emulator.call import Answer, Call, created, ok
from pcsync.emulator.contracts import Attachment, Order
from pcsync.emulator.customer import Customer
from pcsync.emulator.faults import Fault
from pcsync.emulator.paging import collection
from pcsync.emulator.routing import Routes, Takes
from pcsync.emulator.wire import Body

routes = Routes()

PAGE = "attaching-purchase-order-and-completing-po-details.md"
ORDER = "/v1/customers/{customer}/orders/{order}"
KINDS = {"pofiles": "POAttachment", "tenderfiles": "TenderAttachment"}


def _order(call: Call, customer: Customer) -> Order:
    found = customer.orders.get(call.parts["order"].lower())
    if found is None:
        raise Fault(404, 20000, "The order is not found.")
    return found


@routes("POST", ORDER + "/attachment", page=PAGE, takes=Takes.USER, audit=("update_order", "order"))
def attach(call: Call) -> Answer:
    """Take the documents; an order that waits for them goes on after they were looked at."""
    customer = call.customer()
    order = _order(call, customer)
    parts = forms.read(call.headers.get("content-type", ""), call.raw)
    metadata = _metadata(parts)
    files = [part for part in parts if part.name in KINDS]
    if not any(part.name == "pofiles" for part in files):
        raise Fault(400, 900252, "A purchase order file is missing.")
    tender = any(part.name == "tenderfiles" for part in files) or metadata.text("tenderLink")
    if metadata.flag("isPartofTender") and not tender:
        raise Fault(400, 900253, "A tender needs a link or a file.")
    for part in files:
        number = call.world.ids.guid("attachment")
        order.attachments.append(Attachment(number, part.file, KINDS[part.name], part.content))
    if order.status in ("pending_po_upload", "po_review_rejected"):
        delivering.uploaded(call.world, customer, order)
    return created(_listed(order))


def _metadata(parts: list[forms.Part]) -> Body:
    """The JSON part, with price and currency. 400/900254 otherwise."""
    found = next((part.content for part in parts if part.name == "metadata"), None)
    value = wire.decode(found) if found else None
    if not isinstance(value, dict):
        raise Fault(400, 900254, "The metadata of the purchase order is missing.")
    body = Body(value)
    if body.get("customerPrice") is None or not body.text("currency"):
        raise Fault(400, 900254, "The metadata needs customerPrice and currency.")
    return body


def _listed(order: Order) -> dict[str, Any]:
    rows = [
        {
            "attachmentId": row.id,
            "fileName": row.name,
            "sizeInKB": -(-len(row.content) // 1024),
            "attachmentType": row.kind,
        }
        for row in order.attachments
    ]
    return {"totalCount": len(rows), "items": rows}


@routes("GET", ORDER + "/attachments", page=PAGE, takes=Takes.USER)
def listed(call: Call) -> Answer:
    """The documents of an order."""
    found = _listed(_order(call, call.customer()))
    return ok({**collection(call, []), **found})


@routes("GET", ORDER + "/attachment/{attachment}", page=PAGE, takes=Takes.USER)
def download(call: Call) -> Answer:
    """One document as it was uploaded, its text as a JSON string."""
    order = _order(call, call.customer())
    for row in order.attachments:
        if row.id == call.parts["attachment"].lower():
            return ok(row.content.decode("utf-8", "replace"))
    raise Fault(404, 1000, "The attachment is not found.")
