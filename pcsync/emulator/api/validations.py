"""Address check and country rules.

Pages: validate-an-address.md, get-market-specific-validation-data.md (customers.md 14).
"""

from __future__ import annotations

import re
from typing import Any

from pcsync.emulator import wire
from pcsync.emulator.call import Answer, Call, ok
from pcsync.emulator.countries import REGISTERED, countries
from pcsync.emulator.faults import invalid
from pcsync.emulator.routing import Routes
from pcsync.emulator.wire import Body

routes = Routes()


@routes(
    "POST",
    "/v1/validations/address",
    page="validate-an-address.md",
    stores=False,
)
def address(call: Call) -> Answer:
    """Judge an address: always 200, the verdict is in `status`."""
    body = call.body()
    given = body.plain()
    status, suggestions = _verdict(body)
    suggested = [given] * suggestions
    return ok(
        {
            "originalAddress": given,
            "suggestedAddresses": suggested,
            "status": status,
            "validationMessage": f"Address is {status}.",
        }
    )


def _verdict(body: Body) -> tuple[str, int]:
    """The emulator's own rule: house number and street make an address, postal codes must fit."""
    rules = countries().get((body.text("country") or "").upper())
    if rules is None:
        return "NotValidated", 0
    line = body.text("addressLine1") or ""
    if not line or not body.text("city"):
        return ("None", 0) if not line and not body.text("city") else ("Multiple", 1)
    pattern = rules.get("postalCode")
    states = rules.get("states")
    if pattern and not re.match(pattern, body.text("postalCode") or ""):
        return "InteractionRequired", 1
    if states and (body.text("state") or "").upper() not in states:
        return "InteractionRequired", 1
    return ("VerifiedShippable", 1) if re.search(r"\d", line) else ("PremisesPartial", 1)


@routes(
    "GET",
    "/v1/countryvalidationrules/{country}",
    page="get-market-specific-validation-data.md",
)
def country_rules(call: Call) -> Answer:
    """The rules of one country in the flat, recorded form. 400/3000 for an unknown code."""
    code = call.parts["country"].upper()
    row = countries().get(code)
    if row is None:
        raise invalid(f"No validation rules were found for country {code}.")
    return ok(_show(code, row))


def _show(code: str, row: dict[str, Any]) -> dict[str, Any]:
    cultures = row["cultures"]
    registered = code in REGISTERED
    return wire.shown(
        iso2Code=code,
        defaultCulture=cultures[0],
        isStateRequired="states" in row,
        supportedStatesList=row.get("states", []),
        supportedLanguagesList=list(dict.fromkeys(culture[:2] for culture in cultures)),
        supportedCulturesList=cultures,
        isPostalCodeRequired="postalCode" in row,
        postalCodeRegex=row.get("postalCode"),
        isCityRequired=True,
        isVatIdSupported=False,
        isTaxIdSupported=False,
        isTaxIdOptional=True,
        countryCallingCodesList=[row["callingCode"]],
        customerOrganizationRegistrationNumberRequired=registered,
        customerOrganizationPhoneNumberRequired=registered,
        attributes={"objectType": "CountryValidationRules"},
    )
