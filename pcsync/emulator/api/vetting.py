"""Qualifications of a customer and the vetting of its account.

Pages: get-customer-qualification-asynchronous.md, update-customer-qualification-asynchronous.md,
get-customer-qualification-synchronous.md, update-customer-qualification-synchronous.md,
get-a-partner-s-validation-codes.md, retrieve-validation-status.md (customers.md 5).
"""

from __future__ import annotations

from typing import Any

from pcsync.emulator import qualifying, times
from pcsync.emulator.call import Answer, Call, created, ok
from pcsync.emulator.customer import Customer
from pcsync.emulator.faults import Fault, not_understood
from pcsync.emulator.routing import Routes, Takes

routes = Routes()

QUALIFICATIONS = "/v1/customers/{customer}/qualifications"
OLD = "/v1/customers/{customer}/qualification"


@routes("GET", QUALIFICATIONS, page="get-customer-qualification-asynchronous.md")
def listed(call: Call) -> Answer:
    """All qualifications, decided or not: a bare array."""
    now = call.world.clock.now()
    return ok([qualifying.show(row, now) for row in call.customer().account.qualifications])


@routes(
    "POST",
    QUALIFICATIONS,
    page="update-customer-qualification-asynchronous.md",
    takes=Takes.USER,
    query=("code",),
    audit=("update_customer_qualification", "customer"),
)
def add(call: Call) -> Answer:
    """Ask for a qualification; vetting goes on by the clock and ends as the world says."""
    customer, body = call.customer(), call.body()
    now = call.world.clock.now()
    kind = qualifying.wanted(call.world, body, call.query("code"))
    qualifying.check(customer, kind, now)
    made = qualifying.put_in(call.world, customer, kind)
    answer = qualifying.show(made, now)
    call.note("update_customer_qualification", "customer", customer, answer)
    return created(answer)


@routes(
    "GET",
    OLD,
    page="get-customer-qualification-synchronous.md",
)
def old(call: Call) -> Answer:
    """The old form: one word, as a JSON text. 404/1000 under the newest contract."""
    customer = call.customer()
    _check_old(call)
    return ok(qualifying.old_word(customer, call.world.clock.now()))


@routes(
    "PUT",
    OLD,
    page="update-customer-qualification-synchronous.md",
    takes=Takes.USER,
    query=("code",),
    audit=("update_customer_qualification", "customer"),
)
def replace_old(call: Call) -> Answer:
    """The old form: the number or word of one qualification, which holds at once."""
    customer, value = call.customer(), call.json()
    _check_old(call)
    word = qualifying.old_wanted(call.world, value, call.query("code"))
    qualifying.replace(call.world, customer, word)
    answer = qualifying.old_word(customer, call.world.clock.now())
    call.note("update_customer_qualification", "customer", customer, {"qualification": answer})
    return ok(answer)


def _check_old(call: Call) -> None:
    if call.world.settings.extended_terms:
        raise Fault(404, 1000, "This form was retired; use qualifications.")


@routes("GET", "/v1/customers/all/validations", page="get-a-partner-s-validation-codes.md")
def codes(call: Call) -> Answer:
    """The partner's codes for government customers: a bare array."""
    partner = call.world.partner
    return ok(
        [
            {
                "partnerId": partner.tenant_id,
                "organizationName": code.organization,
                "validationId": code.id,
                "maxCreates": code.most,
                "remainingCreates": code.remaining,
                "eTag": f"W/\"datetime'{times.show(call.world.clock.now())[:10]}'\"",
            }
            for code in partner.codes
        ]
    )


@routes(
    "GET",
    "/v1/customers/{customer}/validationStatus",
    page="retrieve-validation-status.md",
    takes=Takes.USER,
    query=("type",),
)
def validation_status(call: Call) -> Answer:
    """Where the vetting of the account stands. 404/600074 in its own error shape if unknown."""
    customer = call.customer()
    if (call.query("type") or "").lower() != "account":
        raise not_understood("type", call.query("type"))
    if customer.validation_status is None:
        return Answer(404, _no_record(customer))
    return ok(
        {
            "type": "account",
            "status": customer.validation_status,
            "lastUpdateDateTime": times.show(customer.created_at),
        }
    )


def _no_record(customer: Customer) -> dict[str, Any]:
    text = f"There is no account status for customer {customer.id}."
    return {
        "code": 600074,
        "message": text,
        "description": text,
        "errorName": "AccountStatusNotFound",
        "isRetryable": False,
        "errorMessageExtended": "",
    }
