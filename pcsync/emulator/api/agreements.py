"""Agreements that a customer has accepted, direct signature, vetting of the account. Read only.

Pages: get-confirmation-of-customer-agreement.md, get-direct-sign-status-of-customer-agreement.md,
retrieve-validation-status.md (customers.md 5 and 6).
"""

from __future__ import annotations

from typing import Any

from pcsync.emulator import times, wire
from pcsync.emulator.call import Answer, Call, ok
from pcsync.emulator.customer import Customer
from pcsync.emulator.faults import not_understood
from pcsync.emulator.paging import collection
from pcsync.emulator.routing import Routes, Takes

routes = Routes()

TEMPLATES = {
    "MicrosoftCustomerAgreement": "117a77b0-9360-443b-8795-c6dedc750cf9",
    "MicrosoftCloudAgreement": "998b88de-aa99-4388-a42c-1b3517d49490",
}
DEFAULT_KIND = "MicrosoftCloudAgreement"


def _kinds(call: Call) -> list[str]:
    asked = call.query("agreementType")
    if asked == "*":
        return list(TEMPLATES)
    named = {kind.lower(): kind for kind in TEMPLATES}
    kind = named.get((asked or DEFAULT_KIND).lower())
    if kind is None:
        raise not_understood("agreementType", asked)
    return [kind]


@routes(
    "GET",
    "/v1/agreements",
    page="get-customer-agreement-metadata.md",
    takes=Takes.USER,
    query=("agreementType",),
)
def templates(call: Call) -> Answer:
    """The agreement templates of a kind; without one, of the retired cloud agreement."""
    rows = [
        {
            "templateId": TEMPLATES[kind],
            "agreementType": kind,
            "agreementLink": f"https://example.com/{kind}",
            "versionRank": 0,
        }
        for kind in _kinds(call)
    ]
    return ok(collection(call, rows))


@routes(
    "GET",
    "/v1/customers/{customer}/agreements",
    page="get-confirmation-of-customer-agreement.md",
    takes=Takes.USER,
    query=("agreementType",),
)
def accepted(call: Call) -> Answer:
    """The acceptance on record, if there is one and it is of the kind asked for."""
    customer, kind = call.customer(), "MicrosoftCustomerAgreement"
    wanted = [kind] if call.query("agreementType") is None else _kinds(call)
    shown = customer.agreed(call.world.clock.now()) and kind in wanted
    return ok(collection(call, [_show(customer, kind)] if shown else []))


def _show(customer: Customer, kind: str) -> dict[str, Any]:
    profile = customer.profile
    contact = wire.shown(
        firstName=profile.get("firstName"),
        lastName=profile.get("lastName"),
        email=profile["email"],
    )
    assert customer.agreement_at is not None
    return {
        "primaryContact": contact,
        "templateId": TEMPLATES[kind],
        "dateAgreed": times.show(times.midnight(customer.agreement_at)),
        "type": kind,
        "agreementLink": f"https://example.com/{kind}",
    }


@routes(
    "GET",
    "/v1/customers/{customer}/directSignedMicrosoftCustomerAgreementStatus",
    page="get-direct-sign-status-of-customer-agreement.md",
    takes=Takes.USER,
)
def directly_signed(call: Call) -> Answer:
    """Whether the customer signed the agreement itself."""
    customer = call.customer()
    return ok({"isSigned": customer.direct_signed and customer.agreed(call.world.clock.now())})


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
