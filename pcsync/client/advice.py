"""What a refusal means and what to do about it, by HTTP status, code and operation.

Owns the one table of refusals: `refusals.json`, a row each of code, status, operation, what
happened, whether and when to try again, what to do (conventions.md section 8). Pure; must not
import pcsync.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType

MFA = "900421"
"""The code of a 401 for a user token without MFA (conventions.md section 2)."""

CONSENT_AGAIN = (
    "the stored sign-in of the user was made without MFA: consent again with MFA and store the new "
    "refresh token; trying again does not help"
)
_TOKEN = (
    "check that app and secret belong to this partner tenant, and that the app may use the Partner "
    "Center API"
)
_STALE = "it was changed by someone else meanwhile: make a new plan"
_LATER = "Partner Center has a fault: run the command again later; what was done is not repeated"

AGAIN: Mapping[str, str] = MappingProxyType(
    {
        "soon": "pcsync tries a few times by itself",
        "minutes": "it passes within minutes",
        "day": "it passes within a day",
        "days": "it takes days",
        "plan": "only after a new plan",
        "no": "trying again does not help",
    }
)
"""Whether and when to try again; ``soon`` is what the client repeats by itself."""

OPERATIONS: Mapping[str, str] = MappingProxyType(
    {"*": r".*", "subscriptions": r"(GET|PATCH) /v1/customers/[^/]+/subscriptions(/.*)?"}
)
"""Where one number has several meanings: the operations that a row is about."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the table. `on` is a name of OPERATIONS, `again` one of AGAIN."""

    code: str
    status: int
    on: str
    what: str
    again: str
    do: str

    def fits(self, method: str, path: str) -> bool:
        """Whether the row is about this operation."""
        asked = f"{method} {path.partition('?')[0]}"
        return self.on == "*" or re.fullmatch(OPERATIONS[self.on], asked, re.I) is not None

    @property
    def advice(self) -> str:
        """What happened, what to do, whether and when to try again."""
        if self.code == MFA:
            return CONSENT_AGAIN
        end = "" if self.again in self.do or AGAIN[self.again] in self.do else AGAIN[self.again]
        return "; ".join(filter(None, (f"{self.what}: {self.do}", end)))


def _read() -> Mapping[tuple[int, str], tuple[Rule, ...]]:
    rows = json.loads(files(__package__).joinpath("refusals.json").read_text("utf-8"))
    found: dict[tuple[int, str], tuple[Rule, ...]] = {}
    for rule in (Rule(*row) for row in rows):
        key = rule.status, rule.code
        found[key] = tuple(sorted((*found.get(key, ()), rule), key=lambda each: each.on == "*"))
    return MappingProxyType(found)


BY_CODE = _read()
"""The rows by status and code; one about an operation comes before one about all."""

BY_STATUS: Mapping[int, str] = MappingProxyType(
    {
        400: "correct what the description names",
        401: f"{_TOKEN}; a user's token must be made with MFA",
        403: "check the partner's agreements, the user's role, and whether the call needs a user",
        404: "check the id: it may be gone, or belong to another customer",
        408: _LATER,
        409: "something else is changing it: make a new plan in a few minutes",
        412: _STALE,
        417: _STALE,
        429: "the partner's request limit is used up: run again after the time it names",
    }
)


def rule_for(status: int, code: str, method: str = "GET", path: str = "") -> Rule | None:
    """The row about this refusal of this operation; None if the code is not known."""
    rules = BY_CODE.get((status, code), ())
    return next((rule for rule in rules if rule.fits(method, path)), None)


def advice_for(status: int, code: str, method: str = "GET", path: str = "") -> str:
    """One sentence what to do; for an unknown code what its status suggests."""
    if rule := rule_for(status, code, method, path):
        return rule.advice
    return BY_STATUS.get(status, _LATER if status >= 500 else "quote the ids to support")
