"""Partner Center's words for a customer, and ours (customers.md sections 1, 2 and 4).

Pure; imports the nouns, the values and the kinds' shared parts only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pcsync.kinds.fields import flat, nested

PROFILE = "billingProfile."
COUNTRY = "billingProfile.defaultAddress.country"
PHONE = "billingProfile.defaultAddress.phoneNumber"
REGISTRATION = "companyProfile.organizationRegistrationNumber"
GDAP = "delegation.gdapByDefault"
RESELLER = "partnerOfRecord.resellerTenantId"

# In the order in which a person reads them; the ones that PUT profiles/billing can change.
EDITABLE = tuple(
    PROFILE + name
    for name in (
        "companyName",
        "firstName",
        "lastName",
        "email",
        "culture",
        "language",
        "defaultAddress.firstName",
        "defaultAddress.lastName",
        "defaultAddress.addressLine1",
        "defaultAddress.addressLine2",
        "defaultAddress.city",
        "defaultAddress.state",
        "defaultAddress.postalCode",
        "defaultAddress.phoneNumber",
    )
)
FIXED = ("domain", COUNTRY, REGISTRATION)
CREATED = ("domain", REGISTRATION, *EDITABLE[:12], COUNTRY, *EDITABLE[12:], GDAP)
FOLDED = frozenset({PROFILE + "culture", PROFILE + "language", COUNTRY, "domain"})


def from_item(item: Mapping[str, Any]) -> dict[str, Any]:
    """A customer of a list, or by id with its billing profile, in manifest words."""
    company = item.get("companyProfile") or {}
    found: dict[str, Any] = {"domain": company.get("domain")}
    if number := company.get("organizationRegistrationNumber"):
        found[REGISTRATION] = number
    if profile := item.get("billingProfile"):
        found |= from_profile(profile)
    return found


def from_profile(profile: Mapping[str, Any]) -> dict[str, Any]:
    """`GET profiles/billing` in manifest words; links, ids and etags stay behind."""
    kept = {
        key: value for key, value in profile.items() if key not in {"id", "links", "attributes"}
    }
    return flat(kept, PROFILE)


def to_creation(spec: Mapping[str, Any]) -> dict[str, Any]:
    """The body of `POST /v1/customers` (`create-a-customer.md`)."""
    body = nested(
        {
            name: value
            for name, value in spec.items()
            if name in CREATED and name not in {GDAP, "domain"}
        }
    )
    body.setdefault("companyProfile", {})["domain"] = spec["domain"]
    profile = body["billingProfile"]
    profile.setdefault("language", str(profile.get("culture", "")).partition("-")[0])
    for name in ("firstName", "lastName"):
        if name in profile:
            profile["defaultAddress"].setdefault(name, profile[name])
    body["enableGDAPByDefault"] = spec.get(GDAP, True)
    if reseller := spec.get(RESELLER):
        body["associatedPartnerId"] = reseller
    return body
