"""The end of a term as data: what becomes of it, what it costs, and what is to be decided.

Days are first moments in UTC; last days are inclusive (domain rule MO11). Must not import anything
of pcsync outside the nouns.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pcsync.model.actions import Change
from pcsync.model.money import Rate
from pcsync.model.names import Address, Finding, Place

DAY = timedelta(days=1)


class AtEnd(StrEnum):
    """What becomes of a term when it is over: a new one, nothing, or one month after another."""

    RENEWS = "renews"
    ENDS = "ends"
    EXTENDS = "extends"


@dataclass(frozen=True, slots=True)
class Term:
    """What runs for the length of one term, and its last day; `pays` is what is billed for it."""

    product: str
    title: str
    duration: str
    cycle: str
    quantity: int
    last_day: datetime
    pays: Rate


@dataclass(frozen=True, slots=True)
class Renewal:
    """The end of the term that runs, as the service has been told so far.

    `id` is the service's for what ends, `starts` the first day of its term, None where it is not
    known. `untold` is what the manifests say of it and the service does not know yet. A decision is
    due from `ask_from` on until the last day, never where it is None; `decided`: a line says what
    is wanted. `back_until`: until when something of the term that runs can be given back.
    `movable`: the next term can be chosen until the last day.
    """

    address: Address
    id: str
    happens: AtEnd
    now: Term
    next: Term | None = None
    starts: datetime | None = None
    currency: str = ""
    decided: bool = False
    ask_from: datetime | None = None
    back_until: datetime | None = None
    movable: bool = True
    untold: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    place: Place | None = None

    @property
    def blocked(self) -> datetime:
        """The first day after it: nothing is written then, until its renewal has run (WI15)."""
        return self.now.last_day + DAY


@dataclass(frozen=True, slots=True)
class PriceChange:
    """A price of something declared that another sheet has otherwise: from `begins` on a seat costs
    `new` at each charge, not `old`. `terms` are those that it meets: the end of the term that
    runs is before or after that day."""

    address: Address
    product: str
    title: str
    begins: datetime
    currency: str
    old: Rate
    new: Rate
    renews: datetime | None = None
    place: Place | None = None
