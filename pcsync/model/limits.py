"""Limits: how much one run may do (manifest-reference.md 11.2), and how much of them a plan uses.

Must not import anything of pcsync outside the nouns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from pcsync.model.names import NOTHING

UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Limit:
    """The most of one measure: a number (money in the partner's billing currency), or a percentage
    of what is declared. `shipped` says that nobody set it."""

    most: Decimal
    percent: bool = False
    shipped: bool = False

    def of(self, declared: int) -> Decimal:
        """The most, where so much is declared; a part of one is none."""
        return self.most * declared // 100 if self.percent else self.most


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run may do by the names of measures, and what it may do to any one customer. A
    measure that is not named is not limited. `source` is where they were read."""

    run: Mapping[str, Limit] = field(default_factory=lambda: NOTHING)
    customer: Mapping[str, Limit] = field(default_factory=lambda: NOTHING)
    source: str = ""


@dataclass(frozen=True, slots=True)
class Used:
    """How much of a measure a plan uses, of one `customer` or (empty) in all.

    `number` is None where it is unknown, `limit` where there is none; `of` is how many things are
    declared that a percentage is of. `where` says who set the limit. `known` is what is known of an
    unknown number of money; `month` (``2026-12``) the one in which most is due.
    """

    measure: str
    number: Decimal | None
    limit: Decimal | None = None
    of: int = 0
    customer: str = ""
    where: str = ""
    known: Decimal | None = None
    month: str = ""

    def over(self, lifted: Mapping[str, int | str]) -> bool:
        """Whether it is more than its limit, and more than what was lifted once. What is unknown is
        over every limit until somebody says so by that word (domain rule RO1)."""
        if self.limit is None:
            return False
        once = lifted.get(self.measure)
        if self.number is None:
            return once != UNKNOWN
        most = Decimal(once) if isinstance(once, int) else self.limit
        return self.number > max(most, self.limit)

    @property
    def flag(self) -> str:
        """The flag that lifts it once. Money is rounded up to whole units."""
        value = UNKNOWN if self.number is None else str(-(-self.number // 1))
        return f"--allow {self.measure}={value}"
