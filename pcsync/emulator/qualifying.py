"""Rules for qualifications: which can be asked for, which exclude each other (customers.md 5).

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pcsync.emulator.account import Qualification
from pcsync.emulator.customer import Customer
from pcsync.emulator.faults import Fault, invalid, not_understood
from pcsync.emulator.wire import Body, shown
from pcsync.emulator.world import World

EDUCATION, GOVERNMENT, STATE = "Education", "GovernmentCommunityCloud", "StateOwnedEntity"
KINDS = (EDUCATION, GOVERNMENT, STATE)
SEGMENTS = ("K12", "HigherEducation")
OLD = ("none", EDUCATION, "Nonprofit", GOVERNMENT)
"""The old enumeration: the place in it is the number on the wire."""


def show(row: Qualification, now: datetime) -> dict[str, Any]:
    """A qualification on the wire; a state owned entity is never vetted."""
    status = row.status(now)
    return shown(
        qualification=row.kind,
        vettingStatus=status,
        vettingReason=row.reason if status == "Denied" else None,
        vettingCreateDate=row.created_at if status else None,
    )


def wanted(world: World, body: Body, code: str | None) -> str:
    """The kind that a body asks for; its code came in the query until May 2023."""
    text = body.need("qualification")
    kind = {kind.lower(): kind for kind in KINDS}.get(text.lower().replace("_", ""))
    if kind is None:
        raise not_understood("qualification", text)
    segment = body.text("educationSegment")
    if kind == EDUCATION and (segment or "").lower() not in {word.lower() for word in SEGMENTS}:
        raise invalid(f"educationSegment must be one of {', '.join(SEGMENTS)}.")
    body.text("website")
    if kind == GOVERNMENT:
        given = body.get("validationCode")
        check_code(world, code if given is None else str(given))
    return kind


def check_code(world: World, code: str | None) -> None:
    """400/3000 unless it is one of the partner's codes with a create left."""
    for known in world.partner.codes:
        if code == str(known.id) and known.remaining != 0:
            return
    raise invalid("validationCode is not a valid code of the partner.")


def check(customer: Customer, kind: str, now: datetime) -> None:
    """400/3000 for what is there already, and for education beside government."""
    live = {
        row.kind
        for row in customer.account.qualifications
        if row.status(now) in (None, "Approved", "InReview")
    }
    if kind in live:
        raise invalid(f"The customer has the qualification {kind}, or it is in review.")
    if {kind, *live} >= {EDUCATION, GOVERNMENT}:
        raise invalid("Education and GovernmentCommunityCloud exclude each other.")


def put_in(world: World, customer: Customer, kind: str) -> Qualification:
    """Begin vetting, which takes the place of a denied request of the same kind."""
    now, vetting = world.clock.now(), customer.account.vetting
    made = Qualification(kind, now, now + world.settings.qualification_review)
    made.outcome, made.reason = vetting.outcome, vetting.reason
    if kind == STATE:
        made.outcome = made.reason = None
    kept = [row for row in customer.account.qualifications if row.kind != kind]
    customer.account.qualifications = [*kept, made]
    return made


def old_wanted(world: World, value: Any, code: str | None) -> str:
    """The kind that the old form asks for by number or word."""
    words = {word.lower(): word for word in OLD}
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(OLD):
        kind = OLD[value]
    elif isinstance(value, str) and value.lower().replace("_", "") in words:
        kind = words[value.lower().replace("_", "")]
    else:
        raise not_understood("qualification", value)
    if kind == GOVERNMENT:
        check_code(world, code)
    return kind


def replace(world: World, customer: Customer, kind: str) -> None:
    """Set the one qualification of the old form; education cannot be undone."""
    now = world.clock.now()
    if old_word(customer, now) == EDUCATION.lower() and kind != EDUCATION:
        raise Fault(400, 3000, "The qualification education cannot be undone.")
    kept = [row for row in customer.account.qualifications if row.kind == STATE]
    made = [] if kind == "none" else [Qualification(kind, now, now)]
    customer.account.qualifications = [*kept, *made]


def old_word(customer: Customer, now: datetime) -> str:
    """The approved qualification as the old form writes it."""
    rows = customer.account.qualifications
    approved = (row.kind for row in rows if row.status(now) == "Approved" and row.kind != STATE)
    return next(approved, "none").lower()
