"""Rules for billing profiles, addresses and registration numbers (create-a-customer.md).

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

import re
from typing import Any

from pcsync.emulator.countries import NUMBER_PATTERNS, REGISTERED, countries
from pcsync.emulator.faults import Fault, invalid
from pcsync.emulator.wire import Body

CULTURE = re.compile(r"^([a-z]{2,3})((?:-[a-z]{4})?)-([a-z]{2})$", re.IGNORECASE)
LANGUAGE = re.compile(r"^[a-z]{2}$", re.IGNORECASE)


def billing_profile(profile: Body) -> dict[str, Any]:
    """A checked billing profile with wire names; unknown members are kept. 400/3000 if invalid."""
    kept = profile.plain()
    for name in ("id", "links", "attributes"):
        kept.pop(name, None)
    for name in ("email", "companyName"):
        profile.need(name)
    kept["culture"] = _culture(profile.need("culture"))
    if not LANGUAGE.match(profile.need("language")):
        raise invalid("language must be two letters.")
    address = profile.part("defaultAddress")
    if address is None:
        raise invalid("defaultAddress is required.")
    kept["defaultAddress"] = checked_address(address)
    return kept


def _culture(text: str) -> str:
    found = CULTURE.match(text)
    if not found:
        raise invalid(f"culture {text!r} is not of the form en-US.")
    script = found[2].title()
    return f"{found[1].lower()}{script}-{found[3].upper()}"


def checked_address(address: Body) -> dict[str, Any]:
    """A checked address with wire names (customers.md 1)."""
    country = address.need("country").upper()
    rules = countries().get(country)
    if rules is None:
        raise invalid(f"No validation rules were found for country {country}.")
    for name, most in (("addressLine1", 200), ("firstName", 50), ("lastName", 50)):
        if len(address.need(name)) > most:
            raise invalid(f"{name} is longer than {most} characters.")
    address.need("city")
    _postal_code(address, rules)
    _state(address, rules)
    return {**address.plain(), "country": country}


def _postal_code(address: Body, rules: dict[str, Any]) -> None:
    pattern = rules.get("postalCode")
    if pattern and not re.match(pattern, address.need("postalCode")):
        raise invalid(f"postalCode must match {pattern}.")


def _state(address: Body, rules: dict[str, Any]) -> None:
    states = rules.get("states")
    if states and address.need("state").upper() not in states:
        raise invalid(f"state must be one of {', '.join(states)}.")


def registration(country: str, number: str | None, phone: str | None) -> None:
    """Registration and phone number by country: 600049, 600051, 600002, 600050."""
    if country not in REGISTERED:
        if number:
            raise Fault(400, 600002, f"A registration number is not supported for {country}.")
        return
    if not number:
        raise Fault(400, 600049, f"A registration number is required for {country}.")
    pattern = NUMBER_PATTERNS.get(country)
    if pattern and not re.match(pattern, number):
        raise Fault(400, 600050, f"The registration number does not match {pattern}.")
    if not phone:
        raise Fault(400, 600051, f"A phone number is required for {country}.")
