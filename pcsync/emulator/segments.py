"""Segments of the catalogue, and which of them a customer qualifies for (commerce.md 1.5, 1.12).

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from datetime import datetime

from pcsync.emulator.call import Call
from pcsync.emulator.customer import Customer
from pcsync.emulator.faults import Fault

SEGMENTS = ("commercial", "education", "government", "nonprofit")
QUALIFYING = {
    "education": ("Education",),
    "government": ("GovernmentCommunityCloud", "StateOwnedEntity"),
    "nonprofit": ("Nonprofit",),
}
"""The qualifications that open a segment."""


def qualified(customer: Customer, segment: str, now: datetime) -> bool:
    """Whether the customer may buy in the segment; everybody may in the commercial one."""
    kinds = QUALIFYING.get(segment)
    return kinds is None or any(
        row.kind in kinds and row.status(now) in ("Approved", None)
        for row in customer.account.qualifications
    )


def asked_for(call: Call) -> tuple[str, ...]:
    """The segments of a catalogue read: the one named, else all but nonprofit; of a customer those
    that it qualifies for. 403/400030 for one that it does not."""
    word = call.query("targetSegment")
    segment = (word or "commercial").lower()
    if segment not in SEGMENTS:
        raise Fault(403, 400030, f"The segment {segment} is not allowed.")
    if "customer" not in call.parts:
        return (segment,) if word else SEGMENTS[:3]
    customer, now = call.customer(), call.world.clock.now()
    if not qualified(customer, segment, now):
        raise Fault(403, 400030, f"The customer does not qualify for the segment {segment}.")
    if word:
        return (segment,)
    return tuple(name for name in SEGMENTS[:3] if qualified(customer, name, now))
