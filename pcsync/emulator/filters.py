"""The filter parameter of lists: one JSON object of Field, Value, Operator (conventions.md 6).

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from pcsync.emulator.faults import invalid, not_understood
from pcsync.emulator.wire import Body


@dataclass(frozen=True)
class Filter:
    """One comparison; `field` and `operator` are in lower case, without underscores."""

    field: str
    operator: str
    value: str

    def fits(self, text: str) -> bool:
        """Compare without regard to case."""
        given, wanted = text.lower(), self.value.lower()
        if self.operator == "startswith":
            return given.startswith(wanted)
        return wanted in given if self.operator == "substring" else given == wanted


def read(text: str | None, allowed: Mapping[str, Collection[str]]) -> Filter | None:
    """Parse a filter; `allowed` maps a field to its operators. 400 for anything else."""
    if not text:
        return None
    try:
        members = json.loads(text)
    except ValueError as wrong:
        raise invalid("The filter is not JSON.") from wrong
    if not isinstance(members, dict):
        raise invalid("The filter must be a JSON object.")
    body = Body(members)
    field = body.need("Field").lower()
    operator = body.need("Operator").lower().replace("_", "")
    if field not in allowed:
        raise not_understood("Field", body.need("Field"))
    if operator not in allowed[field]:
        raise not_understood("Operator", body.need("Operator"))
    return Filter(field, operator, body.need("Value"))
