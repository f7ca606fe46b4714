"""What a plan tells beside its actions: what is left alone, what was used, which lines changed.

Must not import anything of pcsync outside the nouns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as member
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from pcsync.model.names import NOTHING, Address, Place


@dataclass(frozen=True, slots=True)
class Kept:
    """A declared resource that nothing is done to, and that is worth a line: how it stands, in a
    few words; `notes` are sentences of what somebody could do."""

    address: Address
    stands: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Usage:
    """What a budget was used for this month: `spent` from the first to the day `measured`, that day
    included. `before` and `after` are the budget now and after the plan, None where there is none;
    `currency` is empty where nobody could ask."""

    address: Address
    spent: Decimal
    measured: datetime
    currency: str = ""
    before: Decimal | None = None
    after: Decimal | None = None


class Fate(StrEnum):
    """What becomes of a changed line at one customer that inherits it."""

    CHANGED = "changed"
    SCHEDULED = "scheduled"
    STORED = "stored"
    AS_IT_IS = "as it is"
    OWN = "own"
    BLOCKED = "blocked"
    DECISION = "decision"
    CANNOT = "cannot"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Edited:
    """A line that several customers share and that is not what it was in the base: `field` of the
    resource `name` (``subscription/*/m365``); `customers` says what becomes of it (a `Fate`) at
    each customer that inherits the resource from there."""

    place: Place
    name: str
    field: str
    old: Any
    new: Any
    customers: Mapping[str, str] = member(default_factory=lambda: NOTHING)
