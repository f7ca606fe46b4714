"""How the creation of a customer reads, and what of it is for ever (customers.md 2).

Owns these words. Pure; imports the nouns and the kind's model only.
"""

from __future__ import annotations

from collections.abc import Iterable

from pcsync.kinds.customer.model import COUNTRY, CREATED, GDAP, PHONE, PROFILE, REGISTRATION
from pcsync.model import Resource, View

ADDRESS = PROFILE + "defaultAddress."
LINES = tuple(ADDRESS + name for name in ("addressLine1", "addressLine2"))
# What the rows below hold; any other field has a row of its own.
TOLD = frozenset(
    {
        "domain",
        REGISTRATION,
        COUNTRY,
        PHONE,
        GDAP,
        *LINES,
        *(PROFILE + name for name in ("companyName", "firstName", "lastName", "email")),
        *(PROFILE + name for name in ("language", "culture")),
        *(ADDRESS + name for name in ("postalCode", "city", "state")),
    }
)


def rows(want: Resource, view: View) -> Iterable[tuple[str, str]]:
    """What is created, in the order in which a person checks it."""
    spec = want.spec

    def said(*names: str, between: str = ", ") -> str:
        return between.join(str(spec[name]) for name in names if spec.get(name))

    town = said(ADDRESS + "postalCode", ADDRESS + "city", ADDRESS + "state", between=" ")
    person = said(PROFILE + "firstName", PROFILE + "lastName", between=" ")
    contact = (person, said(PROFILE + "email"), said(PHONE))
    language = said(PROFILE + "language") or said(PROFILE + "culture").partition("-")[0]
    gdap = "default GDAP relationship" if spec.get(GDAP, True) else "no GDAP relationship"
    if "id" in want.remote:
        yield "", "its domain is free; `onMissing: create` says that another one is wanted"
    else:
        yield "", "no trace of it: domain free, not in the lock file"
    yield "company", said(PROFILE + "companyName")
    yield "address", ", ".join(each for each in (said(*LINES), town, said(COUNTRY)) if each)
    yield "contact", ", ".join(each for each in contact if each)
    yield "language", f"{language}, culture {said(PROFILE + 'culture')}"
    for name in CREATED:
        if name not in TOLD and spec.get(name):
            yield name.rpartition(".")[2], str(spec[name])
    yield "delegation", f"{gdap}, no DAP"
    sink = f" -> {view.rules.sink}" if view.rules.sink else ""
    yield "secret", f"admin password, shown once by the service{sink}"


def fixed(want: Resource, view: View) -> Iterable[tuple[str, str, str]]:
    """What can never be changed once the tenant exists, each with a remark."""
    spec = want.spec
    yield "domain", str(spec["domain"]), f"free when checked, {view.at:%H:%M} UTC"
    yield "country", str(spec[COUNTRY]), "decides market and prices"
    if number := spec.get(REGISTRATION):
        name = REGISTRATION.rpartition(".")[2]
        yield name, str(number), "can't be set or changed later"
