"""Writing the activity log: one record for each thing a write did, or for its refusal.

insight.md 2 describes the records. Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from pcsync.emulator import times, wire
from pcsync.emulator.call import Call, Note
from pcsync.emulator.customer import Customer
from pcsync.emulator.world import AuditRecord, World

Who = tuple[str | None, str | None, str | None]
"""User, application, correlation id."""
EPOCH = datetime(1, 1, 1, tzinfo=UTC)


def write(call: Call, refused: tuple[str, str] | None) -> None:
    """Log what the handler noted; for a refusal, one failed record of the route's type."""
    if refused is None:
        for note in call.notes:
            _append(call, note, "succeeded")
        return
    tenant = call.parts.get("customer", "").lower()
    customer = call.world.customers.get(tenant)
    _append(call, Note(refused[0], refused[1], customer, None, {}), "failed")


def recall(world: World, note: Note, at: datetime, user: str) -> None:
    """Log what a person of the partner did before the world began."""
    _add(world, note, "succeeded", at, (user, None, None))


def _append(call: Call, note: Note, status: str) -> None:
    who = (call.caller.user, call.caller.app_id, call.headers.get("ms-correlationid"))
    _add(call.world, note, status, call.world.clock.now(), who)


def _add(world: World, note: Note, status: str, now: datetime, who: Who) -> None:
    customer = note.customer
    record = AuditRecord(
        number=world.number(),
        at=now,
        visible_at=now + world.settings.audit_lag,
        customer_id=customer.id if customer else None,
        customer_name=customer.company_name if customer else "",
        resource_type=note.resource,
        body=_body(world, note, status, now, who),
    )
    world.audit.append(record)


def _body(world: World, note: Note, status: str, now: datetime, who: Who) -> dict[str, Any]:
    customer = note.customer
    user, app, correlation = who
    details = [{"key": name, "value": value} for name, value in note.details.items()]
    return wire.shown(
        id=_id(world, note, now),
        partnerId=world.partner.tenant_id,
        customerId=customer.id if customer else None,
        customerName=customer.company_name if customer else None,
        userPrincipalName=user,
        applicationId=app,
        resourceType=note.resource,
        resourceOldValue=_text(note.old_value),
        resourceNewValue=_text(note.new_value),
        operationType=note.operation,
        originalCorrelationId=correlation,
        operationDate=times.show(now),
        operationStatus=status,
        customizedData=details,
        attributes={"objectType": "AuditRecord"},
    )


def _id(world: World, note: Note, now: datetime) -> str:
    """The documented form; ticks move on by one a record so that ids stay apart."""
    customer: Customer | None = note.customer
    ticks = int((now - EPOCH).total_seconds()) * 10_000_000 + len(world.audit)
    owner = customer.id if customer else "none"
    operation = note.operation.replace("_", "")
    named = f"{_named(note).lower()}_" if _named(note) else ""
    return f"{world.partner.tenant_id}_{owner}_{named}{operation}_{ticks}"


def _named(note: Note) -> str:
    """The id that a record's own id carries: order, customer that was made; licences none."""
    if note.operation == "add_customer" and note.customer:
        return note.customer.id
    return note.details.get("OrderId") or ""


def _text(value: Any) -> str | None:
    if value is None:
        return None
    exact: str = wire.encode(wire.pascal(json.loads(wire.encode(value)))).decode()
    return exact
