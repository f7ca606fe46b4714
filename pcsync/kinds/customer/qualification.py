"""The special qualification of a customer: asked for once, decided by Microsoft in days.

Owns `qualification` (domain rule PU9; customers.md 5). It goes one way: nothing takes one back, and
a request is made only where there is none. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pcsync.kinds.paths import at, below
from pcsync.model import (
    Address,
    Call,
    Change,
    Finding,
    Is,
    Read,
    Resource,
    Settle,
    Severity,
    Some,
    View,
)

PREFIX = "qualification."
TYPE = PREFIX + "type"
EXCLUDES = {"Education": "GovernmentCommunityCloud", "GovernmentCommunityCloud": "Education"}
FIELDS = tuple(PREFIX + name for name in ("type", "educationSegment", "website", "validationCode"))
NEEDS = {"Education": PREFIX + "educationSegment", "GovernmentCommunityCloud": FIELDS[3]}
Row = tuple[str, str, str]


def rows(page: Any) -> tuple[Row, ...]:
    """`GET qualifications`: kind, vetting status (empty where nothing is vetted), reason."""
    found = page if isinstance(page, list) else page.get("qualifications", ())
    return tuple(
        (
            str(row.get("qualification") or ""),
            str(row.get("vettingStatus") or ""),
            str(row.get("vettingReason") or ""),
        )
        for row in found
    )


def incomplete(want: Resource) -> Iterable[Finding]:
    """A word that this type of qualification needs or does not take."""
    wanted = want.spec.get(TYPE)
    for kind, name in NEEDS.items():
        if kind == wanted and not want.spec.get(name):
            yield _error(want, TYPE, f"{wanted} needs `{name}`", f"add `{name}`")
        elif kind != wanted and want.spec.get(name):
            yield _error(want, name, f"`{name}` is for {kind} only", f"remove `{name}`")


def missing(want: Resource, have: Resource, view: View) -> Iterable[Change | Read | Finding]:
    """The change to ask for it, or why it is not asked for today."""
    wanted = want.spec.get(TYPE)
    path = at(view, want.address, "qualifications")
    if wanted is None or path is None:
        return
    if wrong := list(incomplete(want)):
        yield from wrong
        return
    if not view.done(path):
        yield Read(path, (want.address,), owner=want.address)
        return
    found = {kind: (status, reason) for kind, status, reason in have.remote["qualifications"]}
    status, reason = found.get(wanted, ("None", ""))
    other = found.get(EXCLUDES.get(wanted, ""), ("Denied", ""))[0]
    if status == "InReview":
        what = f"the qualification {wanted} is in review: Microsoft decides within days"
        yield _say(want, "qualification-in-review", what, "plan again in some days")
    elif status == "Denied":
        what = f"the qualification {wanted} was denied: {reason or 'no reason is given'}"
        advice = "correct the customer's data in the Microsoft 365 admin centre and ask again there"
        yield _error(want, TYPE, what, advice, "qualification-denied")
    elif status == "None" and other != "Denied":
        what = f"{wanted} and {EXCLUDES[wanted]}, which the customer has, exclude each other"
        yield _error(want, TYPE, what, "remove `qualification`")
    elif status == "None":
        yield Change(TYPE, None, wanted)


def effect(want: Resource) -> str:
    """What a person should know before it is asked for."""
    final = "; Education can't be taken back" if want.spec.get(TYPE) == "Education" else ""
    return f"Microsoft decides on the qualification within days{final}"


def request(want: Resource, action: str, after: tuple[str, ...] = ()) -> Call:
    """The request; it is not repeated unseen: a second one is refused (customers.md 5)."""
    address: Address = want.address
    wanted = want.spec[TYPE]
    body = {name.removeprefix(PREFIX): want.spec[name] for name in FIELDS[1:] if name in want.spec}
    path = below(address, "qualifications")
    return Call(
        f"{address}.qualification",
        (action,),
        "POST",
        path,
        body={"qualification": wanted, **body},
        after=after,
        user=True,
        settle=Settle(path, Some("", Is("qualification", wanted, fold=True))),
    )


def _say(want: Resource, code: str, what: str, advice: str) -> Finding:
    return Finding(Severity.WARNING, code, what, advice, want.address, want.at(TYPE))


def _error(
    want: Resource, field: str, what: str, advice: str, code: str = "qualification"
) -> Finding:
    return Finding(Severity.ERROR, code, what, advice, want.address, want.at(field))
