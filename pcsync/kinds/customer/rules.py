"""What a new customer needs, so that the service does not refuse it half way (customers.md 2).

Owns the rules of creation. Pure; imports the nouns only.
"""

from __future__ import annotations

from collections.abc import Iterable

from pcsync.kinds.customer.model import COUNTRY, PHONE, PROFILE, REGISTRATION
from pcsync.model import Finding, Resource, Severity, window

# `create-a-customer.md`: registration number and phone are required here, and the number refused
# everywhere else (error 600002).
REGISTERED = frozenset(
    {"AM", "AZ", "BY", "HU", "KZ", "KG", "MD", "RU", "TJ", "UZ", "UA", "IN"}
    | {"BR", "ZA", "PL", "AE", "SA", "TR", "TH", "VN", "MM", "IQ", "SS", "VE"}
)
ADDRESS = PROFILE + "defaultAddress."
CONTACT = ("firstName", "lastName")
REQUIRED = (
    "domain",
    PROFILE + "companyName",
    PROFILE + "email",
    PROFILE + "culture",
    PROFILE + "defaultAddress.addressLine1",
    COUNTRY,
)


def creation(want: Resource) -> Iterable[Finding]:
    """What is missing or too much to create this customer."""
    for name in REQUIRED:
        if not want.spec.get(name):
            yield _error(want, name, f"{name} is needed to create a customer", f"add `{name}`")
    for name in CONTACT:
        if not any(want.spec.get(each) for each in (ADDRESS + name, PROFILE + name)):
            what = f"{ADDRESS}{name} is needed to create a customer"
            yield _error(want, ADDRESS + name, what, f"add `{PROFILE}{name}`: it is the default")
    country = want.spec.get(COUNTRY)
    if country in REGISTERED:
        for name in (REGISTRATION, PHONE):
            if not want.spec.get(name):
                what = f"a customer in {country} needs {name}"
                yield _error(want, name, what, f"add `{name}`: it can't be set later")
    elif country and want.spec.get(REGISTRATION):
        what = f"a registration number is refused for a customer in {country}"
        yield _error(want, REGISTRATION, what, f"remove `{REGISTRATION}`")


def freezing(want: Resource) -> Iterable[Finding]:
    """Freeze windows that are none: nobody would know that they do not hold."""
    for text in want.words.get("freeze", ()):
        try:
            window(text)
        except ValueError as error:
            what = f"the freeze window `{text}` {error}"
            place = want.at("freeze")
            yield Finding(
                Severity.ERROR, "freeze-window", what, "correct `freeze`", want.address, place
            )


def _error(want: Resource, field: str, what: str, advice: str) -> Finding:
    return Finding(
        Severity.ERROR, "customer-incomplete", what, advice, want.address, want.at(field)
    )
