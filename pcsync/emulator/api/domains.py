"""Domains: whether one is taken, and adding a verified one to a tenant.

Pages: verify-domain-availability.md, add-a-verified-domain-for-a-customer.md (customers.md 4, 14).
"""

from __future__ import annotations

import re

from pcsync.emulator.call import Answer, Call, created, empty
from pcsync.emulator.faults import Fault, invalid, not_understood
from pcsync.emulator.routing import Routes
from pcsync.emulator.wire import Body

routes = Routes()

LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
NAME = re.compile(rf"^({LABEL}\.)+[a-z]{{2,63}}$", re.IGNORECASE)
WORDS = {
    "authenticationType": {"managed": "managed", "federated": "federated"},
    "status": {
        "unverified": "unverified",
        "verified": "verified",
        "pendingdeletion": "pending_deletion",
    },
    "verificationMethod": {"none": "none", "dnsrecord": "dns_record", "email": "email"},
}
"""Members that are words of a list, and how the service writes those words."""
FEDERATION = ("issuerUri", "logOffUri", "passiveLogOnUri", "signingCertificate")
PROTOCOLS = ("wsfed", "samlp")
PROMPTS = ("translatetofreshpasswordauth", "nativesupport", "disabled")


@routes("HEAD", "/v1/domains/{domain}", page="verify-domain-availability.md")
def taken(call: Call) -> Answer:
    """200 if the domain is taken, 404 if it is free; no body."""
    return empty(200 if call.world.taken(call.parts["domain"]) else 404)


@routes(
    "POST",
    "/v1/customers/{customer}/verifieddomain",
    page="add-a-verified-domain-for-a-customer.md",
)
def add_verified(call: Call) -> Answer:
    """Add a domain; the partner must be a registrar. No list, change or removal exists."""
    customer, body = call.customer(), call.body()
    if not call.world.partner.registrar:
        raise Fault(403, 600006, "The requested action is allowed for domain registrars only.")
    name, domain = body.need("verifiedDomainName"), body.part("domain")
    if domain is None:
        raise invalid("domain is required.")
    if not NAME.match(name) or domain.need("name").lower() != name.lower():
        raise invalid(f"{name!r} is not a domain name, or domain.name differs.")
    words = {member: _word(domain, member) for member in WORDS}
    capability = domain.need("capability")
    if words["authenticationType"] == "federated":
        _check_federation(body.part("domainFederationSettings"))
    if call.world.taken(name):
        raise invalid(f"The domain {name} is already taken.")
    call.world.claim(customer, name)
    return created(
        {
            **words,
            "capability": capability.lower(),
            "isDefault": bool(domain.flag("isDefault")),
            "isInitial": bool(domain.flag("isInitial")),
            "name": name,
            "verificationMethod": "dns_record",
            "attributes": {"objectType": "Domain"},
        }
    )


def _word(domain: Body, member: str) -> str:
    text = domain.need(member)
    found = WORDS[member].get(text.lower().replace("_", ""))
    if found is None:
        raise not_understood(member, text)
    return found


def _check_federation(settings: Body | None) -> None:
    """400/3000 for a federated domain without what its sign-in needs."""
    if settings is None:
        raise invalid("domainFederationSettings is required for a federated domain.")
    for member in FEDERATION:
        settings.need(member)
    words = (("preferredAuthenticationProtocol", PROTOCOLS), ("promptLoginBehavior", PROMPTS))
    for member, allowed in words:
        text = settings.need(member)
        if text.lower().replace("_", "") not in allowed:
            raise not_understood(member, text)
