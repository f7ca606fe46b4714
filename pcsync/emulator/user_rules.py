"""Rules for accounts: names, domains, passwords, what a synced account allows (customers.md 10).

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

import re

from pcsync.emulator.customer import Customer, User
from pcsync.emulator.faults import invalid
from pcsync.emulator.wire import Body

UPN = re.compile(r"^[^@\s]+@([^@\s]+)$")
COUNTRY = re.compile(r"^[A-Za-z]{2}$")
FIELDS = {
    "displayName": "display_name",
    "firstName": "first_name",
    "lastName": "last_name",
    "usageLocation": "usage_location",
    "phoneNumber": "phone_number",
    "immutableId": "immutable_id",
    "userPrincipalName": "upn",
}
"""Members of a user that can be written, and where they are kept."""


def check_upn(customer: Customer, upn: str, own: User | None = None) -> None:
    """400/3000 unless the domain is one of the tenant's and no active user has the name."""
    found = UPN.match(upn)
    if not found or found[1].lower() not in customer.domains:
        raise invalid(f"The domain of {upn} is not a verified domain of the tenant.")
    for user in customer.users.values():
        if user is not own and user.active and user.upn.lower() == upn.lower():
            raise invalid("Another object with this userPrincipalName already exists.")


def check_password(body: Body) -> str:
    """The password of a passwordProfile; 400/3000 if it is missing or weak."""
    profile = body.part("passwordProfile")
    password = profile.need("password") if profile else body.need("passwordProfile")
    kinds = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^A-Za-z0-9]")
    if len(password) < 8 or sum(bool(re.search(kind, password)) for kind in kinds) < 3:
        raise invalid("The password does not comply with the complexity requirements.")
    return password


def fields(body: Body) -> dict[str, str]:
    """The written members by where they are kept; null and absent are left out."""
    found = {kept: text for name, kept in FIELDS.items() if (text := body.text(name)) is not None}
    location = found.get("usage_location")
    if location is not None:
        if not COUNTRY.match(location):
            raise invalid("usageLocation must be a country of two letters.")
        found["usage_location"] = location.upper()
    if found.get("display_name") == "":
        raise invalid("displayName must not be empty.")
    return found


def check_synced(user: User, changes: dict[str, str]) -> None:
    """400/3000 for a change of what is mastered on premises; only usageLocation is not."""
    if user.last_directory_sync is None:
        return
    for name, value in changes.items():
        if name != "usage_location" and getattr(user, name) != value:
            raise invalid("The user is synchronised from on premises; change it there.")
