"""Transfers of subscriptions between partners (commerce.md 11).

Pages: get-customer-s-subscriptions-transfer-eligibility.md, get-all-of-a-customer-s-transfers.md,
get-transfer-by-id.md, create-a-transfer.md, accept-a-transfer.md, reject-a-transfer.md,
withdraw-a-transfer.md.
"""

from __future__ import annotations

from pcsync.emulator import sandbox, transferring, wire
from pcsync.emulator.account import Transfer
from pcsync.emulator.call import Answer, Call, created, empty, ok
from pcsync.emulator.customer import Customer
from pcsync.emulator.faults import Fault, not_understood
from pcsync.emulator.routing import Routes

routes = Routes()

TRANSFERS = "/v1/customers/{customer}/transfers"
TRANSFER = "/v1/customers/{customer}/transfers/{transfer}"
CHANGED = ("update_transfer", "transfer")


@routes(
    "GET",
    "/v1/customers/{customer}/transferseligibility",
    page="get-customer-s-subscriptions-transfer-eligibility.md",
    query=("transferType",),
)
def eligibility(call: Call) -> Answer:
    """Which subscriptions can move: a bare array."""
    customer = call.customer()
    if (call.query("transferType") or "").lower() != "directtoindirect":
        raise not_understood("transferType", call.query("transferType"))
    rows = []
    for subscription in customer.subscriptions.values():
        why = transferring.blocked(call, customer, subscription)
        rows.append(wire.shown(id=subscription.id, isEligible=why is None, reason=why))
    return ok(rows)


@routes("GET", TRANSFERS, page="get-all-of-a-customer-s-transfers.md")
def listed(call: Call) -> Answer:
    """All transfers of a customer: a bare array."""
    customer = call.customer()
    rows = customer.account.transfers.values()
    return ok([transferring.show(call, customer, row) for row in rows])


@routes("GET", TRANSFER, page="get-transfer-by-id.md")
def get(call: Call) -> Answer:
    """One transfer."""
    customer = call.customer()
    return ok(transferring.show(call, customer, transferring.find(call, customer)))


@routes("POST", TRANSFERS, page="create-a-transfer.md", audit=("create_transfer", "transfer"))
def create(call: Call) -> Answer:
    """Ask for a transfer: as the source with lines, or as the target without."""
    customer, body = call.customer(), call.body()
    sandbox.not_here(call.world, "A transfer")
    transfer = transferring.request(call, customer, body)
    customer.account.transfers[transfer.id] = transfer
    answer = transferring.show(call, customer, transfer)
    call.note("create_transfer", "transfer", customer, answer, TransferId=transfer.id)
    return created(answer)


@routes("POST", TRANSFER + "/accept", page="accept-a-transfer.md", audit=CHANGED)
def accept(call: Call) -> Answer:
    """Let the lines move. What could not move is told in a 200."""
    customer = call.customer()
    transfer = transferring.find(call, customer)
    transferring.only(call, transfer.acceptor)
    transferring.check_open(call, transfer)
    if not transfer.lines:
        raise Fault(400, 800078, "The transfer contains no subscription.")
    answer = transferring.accept(call, customer, transfer)
    _note(call, customer, transfer)
    return ok(answer)


@routes("PATCH", TRANSFER, page="reject-a-transfer.md", audit=CHANGED)
def change(call: Call) -> Answer:
    """Reject, by the one who would accept; or add the lines to a request of the target."""
    customer, body = call.customer(), call.body()
    transfer = transferring.find(call, customer)
    transferring.only(call, transfer.acceptor)
    transferring.check_open(call, transfer)
    rows, status = body.parts("lineItems"), (body.text("status") or "").lower()
    if status in ("reject", "rejected"):
        transfer.status = "Reject"
    elif rows and transfer.by_target and status in ("", "active"):
        transfer.lines = transferring.lines(call, customer, rows)
    else:
        raise not_understood("status", body.text("status"))
    transferring.touch(call, transfer)
    _note(call, customer, transfer)
    return ok(transferring.show(call, customer, transfer))


@routes("DELETE", TRANSFER, page="withdraw-a-transfer.md", audit=CHANGED)
def withdraw(call: Call) -> Answer:
    """Take a request back, by the one who made it; it is gone then."""
    customer = call.customer()
    transfer = transferring.find(call, customer)
    transferring.only(call, transfer.creator)
    transferring.check_open(call, transfer)
    del customer.account.transfers[transfer.id]
    _note(call, customer, transfer)
    return empty(204)


def _note(call: Call, customer: Customer, transfer: Transfer) -> None:
    shown = transferring.show(call, customer, transfer)
    call.note("update_transfer", "transfer", customer, shown, TransferId=transfer.id)
