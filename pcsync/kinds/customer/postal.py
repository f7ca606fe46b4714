"""The postal address of a new customer, as the service judges it before anything is created.

Owns the one question and what its verdicts mean (domain rule PU17; customers.md 14): every answer
is a 200, and only two verdicts are passes. Pure; imports the nouns and the customer's words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pcsync.kinds.customer.model import PROFILE
from pcsync.model import Address, Finding, Read, ReadState, Resource, Severity, View
from pcsync.values import word

PATH = "/v1/validations/address"
ADDRESS = PROFILE + "defaultAddress"
FIELDS = ("addressLine1", "addressLine2", "city", "state", "postalCode", "country")
PASSES = frozenset({"verifiedshippable", "verified"})
UNCHECKED = "notvalidated"
SAYS = {
    "interactionrequired": "the address that is known differs a lot: a person has to decide",
    "streetpartial": "the street is not complete",
    "premisespartial": "the number of the house or unit is missing",
    "multiple": "several of its fields are not complete",
    "none": "nothing is known at this address",
}


def question(want: Resource) -> Read:
    """One POST that stores nothing. That it fails makes nothing unknown: it is a finding."""
    given = {name: want.spec.get(f"{ADDRESS}.{name}") for name in FIELDS}
    body = {name: value for name, value in given.items() if value}
    return Read(PATH, (), owner=want.address, method="POST", body=body)


def live(page: Mapping[str, Any], owner: Address) -> Resource:
    """The verdict, as a thing that no manifest can name."""
    return Resource(Address("verdict", (owner.root, "#address")), {}, remote=dict(page))


def doubts(want: Resource, view: View) -> Iterable[Finding]:
    """What stands against the address: wrong data costs weeks of vetting."""
    asked = view.reads.get(PATH)
    found = view.haves.get(Address("verdict", (want.address.root, "#address")))
    status = word(str(found.remote.get("status"))) if found else UNCHECKED
    if asked is None or status in PASSES:
        return
    if status == UNCHECKED:
        why = f": {asked.reason}" if asked.state is ReadState.FAILED else ""
        what = f"nobody checked the address{why}"
        yield _say(want, "address-not-checked", what, "compare it with the company's own papers")
        return
    known = found.remote.get("suggestedAddresses") if found else None
    what = f"the address is doubtful: {SAYS.get(status, status)}"
    advice = "correct it; a customer tenant can't be deleted"
    yield _say(want, "address-doubtful", what, f"{_suggested(known)}{advice}")


def _suggested(rows: Any) -> str:
    for row in rows or ():
        parts = [str(row[name]) for name in FIELDS if row.get(name)]
        return f"suggested is {', '.join(parts)}; "
    return ""


def _say(want: Resource, code: str, what: str, advice: str) -> Finding:
    return Finding(Severity.WARNING, code, what, advice, want.address, want.at(ADDRESS))
