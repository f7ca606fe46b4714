"""What the service wants of an address in a country, before a customer is created there.

Owns the one read of a country's rules, which all new customers of a country share, and what of a
manifest breaks them (customers.md 14). Only US, CA, CN and MX have their states checked. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pcsync.kinds import preflight
from pcsync.kinds.customer.model import COUNTRY, PROFILE
from pcsync.model import Address, Finding, Read, ReadState, Resource, Severity, View

RULES = "/v1/countryvalidationrules/"
ADDRESS = PROFILE + "defaultAddress."
CULTURE = PROFILE + "culture"
NEEDED = {
    "city": "isCityRequired",
    "state": "isStateRequired",
    "postalCode": "isPostalCodeRequired",
}
STATES = frozenset({"US", "CA", "CN", "MX"})
UNKNOWN = "400 "


def read(want: Resource, view: View) -> Read | None:
    """The rules of the country, where they are not asked yet. That they can't be read makes nothing
    unknown: the creation itself validates."""
    path = f"{RULES}{_country(want)}"
    if path in view.reads or not preflight.wanted(view):
        return None
    return Read(path, (), owner=want.address, shared=True)


def live(page: Mapping[str, Any], owner: Address) -> Resource:
    """The rules, as a thing that no manifest can name."""
    return Resource(_address(owner), {}, remote=dict(page))


def broken(want: Resource, view: View) -> Iterable[Finding]:
    """What of the address the country does not take."""
    asked = view.reads.get(f"{RULES}{_country(want)}")
    if asked and asked.state is ReadState.FAILED and asked.reason.startswith(UNKNOWN):
        what = f"Partner Center has no rules for a country {_country(want)}"
        yield _error(want, COUNTRY, what, "write its ISO code: `GB`, not `UK`")
        return
    have = view.haves.get(_address(want.address))
    rules: Mapping[str, Any] = have.remote if have else {}
    yield from _missing(want, rules)
    yield from _unfit(want, rules)


def _missing(want: Resource, rules: Mapping[str, Any]) -> Iterable[Finding]:
    for name, flag in NEEDED.items():
        checked = name != "state" or _country(want) in STATES
        if checked and rules.get(flag) and not want.spec.get(ADDRESS + name):
            what = f"an address in {_country(want)} needs {name}"
            yield _error(want, ADDRESS + name, what, f"add `{ADDRESS}{name}`")


def _unfit(want: Resource, rules: Mapping[str, Any]) -> Iterable[Finding]:
    code, pattern = want.spec.get(ADDRESS + "postalCode"), rules.get("postalCodeRegex")
    if code and pattern and not _fits(pattern, str(code)):
        what = f"postalCode {code} is none of {_country(want)}: they are like {pattern}"
        yield _error(want, ADDRESS + "postalCode", what, "correct `postalCode`")
    state = want.spec.get(ADDRESS + "state")
    states = {str(each).upper() for each in rules.get("supportedStatesList") or ()}
    if state and states and _country(want) in STATES and str(state).upper() not in states:
        what = f"{_country(want)} has no state {state}"
        yield _error(want, ADDRESS + "state", what, "write its two letters: `NY`")
    culture = want.spec.get(CULTURE)
    cultures = [str(each) for each in rules.get("supportedCulturesList") or ()]
    if culture and cultures and str(culture).lower() not in {each.lower() for each in cultures}:
        what = f"culture {culture} is not among those of {_country(want)}"
        advice = f"take one of {', '.join(cultures)}"
        place = want.at(CULTURE)
        yield Finding(Severity.WARNING, "country-rule", what, advice, want.address, place)


def _fits(pattern: str, value: str) -> bool:
    """Whether a value meets the service's pattern; one that can't be read here judges nothing."""
    try:
        return re.search(pattern, value) is not None
    except re.error:
        return True


def _country(want: Resource) -> str:
    return str(want.spec[COUNTRY]).upper()


def _address(owner: Address) -> Address:
    return Address("verdict", (owner.root, "#country"))


def _error(want: Resource, field: str, what: str, advice: str) -> Finding:
    return Finding(Severity.ERROR, "country-rule", what, advice, want.address, want.at(field))
