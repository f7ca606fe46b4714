"""Segments: for whom a product is sold, and which qualification of the customer opens which.

Owns what stands in the way of a purchase outside the commercial segment (domain rules PU8, PU9;
commerce.md 1.12, customers.md 5). Qualifications are the customer's own. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable

from pcsync.kinds import preflight
from pcsync.kinds.paths import at
from pcsync.model import Finding, Read, Resource, Severity, View

COMMERCIAL = "commercial"
OPENS = {
    "education": ("Education",),
    "government": ("GovernmentCommunityCloud", "StateOwnedEntity"),
    "nonprofit": ("Nonprofit",),
}
"""The qualifications of which one opens a segment."""


def unqualified(want: Resource, view: View) -> Iterable[Read | Finding]:
    """Nothing where the customer may buy in this segment; else what has to be read or is wrong."""
    segment = want.spec["segment"]
    if segment == COMMERCIAL or view.owner is None or not preflight.wanted(view):
        return
    path = at(view, view.owner, "qualifications")
    if path and not view.done(path):
        yield Read(path, (want.address,), owner=view.owner)
        return
    owner = view.haves.get(view.owner)
    rows = owner.remote.get("qualifications", ()) if owner else ()
    found = {kind: status for kind, status, _ in rows if kind in OPENS[segment]}
    if any(status in {"", "Approved"} for status in found.values()):
        return
    yield _waits(want, found) if "InReview" in found.values() else _none(want, view)


def _waits(want: Resource, found: dict[str, str]) -> Finding:
    what = f"waits: the qualification {', '.join(sorted(found))} of its customer is in review"
    return _say(want, Severity.WARNING, "qualification-in-review", what, "plan again in some days")


def _none(want: Resource, view: View) -> Finding:
    segment = want.spec["segment"]
    wanted = " or ".join(OPENS[segment])
    declared = view.wants.get(view.owner) if view.owner else None
    asked = declared.spec.get("qualification.type") if declared else None
    if asked in OPENS[segment]:
        what = f"waits: its customer does not have the qualification {asked} yet"
        advice = "apply asks for it; plan again when Microsoft has decided"
        return _say(want, Severity.WARNING, "qualification-in-review", what, advice)
    what = f"is for the segment {segment}, and its customer has no qualification {wanted}"
    if segment == "nonprofit":
        advice = "the customer applies for it with Microsoft: it can't be set here"
    else:
        advice = f"say `qualification: {{type: {OPENS[segment][0]}}}` for the customer"
    return _say(want, Severity.ERROR, "not-qualified", what, advice)


def _say(want: Resource, severity: Severity, code: str, what: str, advice: str) -> Finding:
    return Finding(severity, code, what, advice, want.address, want.at("segment"))
