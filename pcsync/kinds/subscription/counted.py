"""What guards count of a change to a subscription: seats that are added, three-year terms.

Owns these numbers (manifest-reference.md 11.2, domain rule WI17). Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pcsync.model import Change, Measure, Resource

THREE_YEARS = "P3Y"


def counts(want: Resource, changes: Sequence[Change]) -> dict[str, int]:
    """Of changes at once: seats that are added, and a commitment for three years."""
    added = sum(max(c.new - c.old, 0) for c in changes if c.field == "quantity")
    return _measures(added, want, changes)


def at_renewal(want: Resource, have: Resource, changes: Sequence[Change]) -> dict[str, int]:
    """Of an instruction for the next term: seats beyond those of today, and three years."""
    added = sum(
        max(c.new - max(c.old or 0, have.spec["quantity"]), 0)
        for c in changes
        if c.field == "quantity"
    )
    return _measures(added, want, changes)


def purchase(spec: Mapping[str, Any]) -> dict[str, int]:
    """Of a purchase; with what it says of its next term."""
    found = {Measure.ADD_SEATS.value: int(spec["quantity"])} if spec["quantity"] else {}
    then = spec.get("trial", {}).get("then")
    lines = (spec, spec.get("atRenewal", {}), then if isinstance(then, Mapping) else {})
    if any(each.get("termDuration") == THREE_YEARS for each in lines):
        found[Measure.P3Y.value] = 1
    return found


def _measures(added: int, want: Resource, changes: Sequence[Change]) -> dict[str, int]:
    found = {Measure.ADD_SEATS.value: added} if added else {}
    longer = any(c.field == "termDuration" and c.new == THREE_YEARS for c in changes)
    bought = added or any(c.field == "product" for c in changes)
    if longer or (bought and want.spec["termDuration"] == THREE_YEARS):
        found[Measure.P3Y.value] = 1
    return found
