"""Agreements: templates, documents, acceptances of a customer, direct signature.

Pages: get-agreement-metadata.md, get-customer-agreement-metadata.md,
download-customer-agreement-template.md, get-confirmation-of-customer-agreement.md,
get-confirmation-of-customer-consent.md, confirm-customer-consent-customer-agreement.md,
get-direct-sign-status-of-customer-agreement.md (customers.md 6).
"""

from __future__ import annotations

from typing import Any

from pcsync.emulator import times, wire
from pcsync.emulator.account import Agreement
from pcsync.emulator.call import Answer, Call, created, ok
from pcsync.emulator.countries import countries
from pcsync.emulator.customer import Customer
from pcsync.emulator.faults import Fault, invalid, not_understood
from pcsync.emulator.paging import collection
from pcsync.emulator.routing import Routes, Takes
from pcsync.emulator.wire import Body

routes = Routes()

TEMPLATES = {
    "MicrosoftCustomerAgreement": "117a77b0-9360-443b-8795-c6dedc750cf9",
    "MicrosoftCloudAgreement": "998b88de-aa99-4388-a42c-1b3517d49490",
}
DEFAULT_KIND = "MicrosoftCloudAgreement"
AGREEMENTS = "/v1/customers/{customer}/agreements"


def _kinds(call: Call) -> list[str]:
    asked = call.query("agreementType")
    if asked == "*":
        return list(TEMPLATES)
    return [_kind("agreementType", asked or DEFAULT_KIND)]


def _kind(name: str, text: str) -> str:
    named = {kind.lower(): kind for kind in TEMPLATES}
    kind = named.get(text.lower())
    if kind is None:
        raise not_understood(name, text)
    return kind


@routes(
    "GET",
    "/v1/agreements",
    page="get-customer-agreement-metadata.md",
    also=("get-agreement-metadata.md",),
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
    "/v1/agreementtemplates/{template}/document",
    page="download-customer-agreement-template.md",
    takes=Takes.USER,
    query=("language", "country"),
)
def document(call: Call) -> Answer:
    """Where the text of a template is; template id and country are compared with case."""
    template = call.parts["template"]
    language, country = call.query("language") or "en-US", call.query("country") or "US"
    if template not in TEMPLATES.values():
        raise Fault(404, 1000, f"The agreement template {template} is not found.")
    if country not in countries():
        raise invalid(f"There is no document for country {country}.")
    address = f"https://example.com/agreements/{template}/{language}/{country}"
    return ok(
        {
            "displayUri": f"{address}.html",
            "downloadUri": f"{address}.pdf",
            "language": language,
            "country": country,
        }
    )


@routes(
    "GET",
    AGREEMENTS,
    page="get-confirmation-of-customer-agreement.md",
    also=("get-confirmation-of-customer-consent.md",),
    takes=Takes.USER,
    query=("agreementType",),
)
def accepted(call: Call) -> Answer:
    """The acceptances on record of the kind asked for."""
    customer = call.customer()
    asked = call.query("agreementType")
    wanted = _kinds(call) if asked else list(TEMPLATES)
    rows = [_show(row) for row in _records(call, customer) if row.kind in wanted]
    return ok(collection(call, rows))


def _records(call: Call, customer: Customer) -> list[Agreement]:
    """What the partner confirmed; else the acceptance that the world began with."""
    known = customer.account.agreements
    if known or not customer.agreed(call.world.clock.now()):
        return known
    assert customer.agreement_at is not None
    profile, kind = customer.profile, "MicrosoftCustomerAgreement"
    first, last, email = (
        str(profile.get(name) or "") for name in ("firstName", "lastName", "email")
    )
    agreed = times.midnight(customer.agreement_at)
    return [Agreement(TEMPLATES[kind], kind, agreed, first, last, email)]


def _show(row: Agreement) -> dict[str, Any]:
    contact = wire.shown(
        firstName=row.first_name or None,
        lastName=row.last_name or None,
        email=row.email,
        phoneNumber=row.phone,
    )
    return {
        "primaryContact": contact,
        "templateId": row.template_id,
        "dateAgreed": times.show(row.agreed_at),
        "type": row.kind,
        "agreementLink": f"https://example.com/{row.kind}",
    }


@routes(
    "POST",
    AGREEMENTS,
    page="confirm-customer-consent-customer-agreement.md",
    audit=("create_agreement", "agreement"),
)
def confirm(call: Call) -> Answer:
    """Record what the customer accepted, as partners could until 5 January 2026."""
    customer, body = call.customer(), call.body()
    _check_way(call, body)
    agreement = _read(call, body)
    if any(_contact(row) == _contact(agreement) for row in customer.account.agreements):
        raise Fault(400, 600061, "PartnerConfirmedAgreementAlreadyExists")
    now = call.world.clock.now()
    customer.account.agreements.append(agreement)
    if agreement.kind == "MicrosoftCustomerAgreement" and not customer.agreed(now):
        customer.agreement_at, customer.direct_signed = now, False
    call.note("create_agreement", "agreement", customer, _show(agreement))
    return created(_show(agreement))


def _check_way(call: Call, body: Body) -> None:
    """The old contract takes the partner's word, from a user; the new one only an attestation of
    the customer's own, which an app hands in and which this emulator has no page to make."""
    if not call.world.settings.extended_terms:
        if call.caller.user is None:
            raise Fault(403, 900329, "Application-only access is not supported here.")
        return
    if not body.text("attestationId"):
        text = "Confirming by the partner ended on 5 January 2026; the customer has to accept."
        raise Fault(400, 900141, text)
    raise invalid("The attestation is not known.")


def _read(call: Call, body: Body) -> Agreement:
    contact = body.part("primaryContact")
    if contact is None:
        raise invalid("primaryContact is required.")
    kind, template = _kind("type", body.need("type")), body.need("templateId").lower()
    if TEMPLATES[kind] != template:
        raise invalid("templateId is not a template of this type.")
    agreed = body.moment("dateAgreed")
    if agreed is None or agreed > call.world.clock.now():
        raise invalid("dateAgreed is required and must not be in the future.")
    first, last, email = (contact.need(name) for name in ("firstName", "lastName", "email"))
    return Agreement(template, kind, agreed, first, last, email, contact.text("phoneNumber"))


def _contact(row: Agreement) -> tuple[str, ...]:
    """What makes two confirmations the same."""
    names = (row.kind, row.first_name, row.last_name, row.email, row.phone or "")
    return tuple(name.lower() for name in names)


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
