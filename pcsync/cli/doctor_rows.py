"""What `pcsync doctor` says: rows with a state each, and what it was told to say them from.

Owns the nouns of the doctor. Pure; must not import a stage.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from pcsync.model import NOTHING, Can, Plan


class State(StrEnum):
    """How a check came out; the gravest first."""

    FAILED = "failed"
    WARNING = "warning"
    UNKNOWN = "unknown"
    OK = "ok"


@dataclass(frozen=True, slots=True)
class Row:
    """One check: whom it is about (a customer's name, or empty), how it came out, what to do."""

    check: str
    state: State
    what: str
    do: str = ""
    customer: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What one question gave: its answer, or why there is none.

    `status` and `code` are those of a refusal, 0 where nobody answered.
    """

    value: Any = None
    failure: str = ""
    advice: str = ""
    status: int = 0
    code: str = ""

    @property
    def fine(self) -> bool:
        """Whether there was an answer."""
        return not self.failure


NOT_ASKED = Told(failure="not asked, for the service could not be asked at all")
SIGN_IN = "sign-in"
"""The `code` of what failed for want of a token."""


@dataclass(frozen=True, slots=True)
class Signed:
    """One identity: `tokens` are the claims by kind, or why there is no token.

    `refreshed` is when the stored refresh token was last written, None where nobody knows;
    `stored` whether there is one at all. `mfa` is the service's own answer.
    """

    name: str
    settings: Told = Told()
    can: frozenset[Can] = frozenset()
    tokens: Mapping[Can, Told] = field(default_factory=lambda: NOTHING)
    stored: bool = False
    refreshed: datetime | None = None
    mfa: Told | None = None


@dataclass(frozen=True, slots=True)
class Client:
    """One declared customer: its item in the partner's list (None: not there), and probes.

    `people` and `buys` are whether the manifests declare users or licences, and purchases. `domain`
    tells, of one that is not there, whether its domain exists.
    """

    name: str
    pinned: bool
    people: bool
    buys: bool
    found: Told
    domain: Told | None = None
    delegation: Told | None = None
    signed: Told | None = None
    attested: Told | None = None
    vetting: Told | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that was found out. `at` is the machine's time, `service_time` the service's."""

    cloud: str
    local: bool
    tenant: str
    at: datetime
    now: datetime
    identities: tuple[Signed, ...]
    reached: Told
    service_time: datetime | None = None
    attested: bool = False
    sink: bool = False
    needs_sink: bool = False
    plan: Plan | None = None
    planned: Told = NOT_ASKED
    clients: tuple[Client, ...] = ()
    fraud: Told = NOT_ASKED
    sent: int = 0
    refused: int = 0
    longest: float = 0.0
