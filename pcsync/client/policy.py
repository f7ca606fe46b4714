"""Who may call now: two levels of limits, and how many calls at a time (conventions.md 9).

Owns the decisions of the limiter: pure, without threads or clocks. The partner is the first level,
partner and customer the second; a 429 does not say which of them refused. Must not import anything
of pcsync but its client's pace.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from pcsync.client.pace import Pace

SAME = 3
"""Refusals in a row of one customer, while others got through, that make it that pair's limit."""

_CUSTOMER = re.compile(r"/v1/customers/([0-9a-f-]{36})(?=[/?]|$)", re.IGNORECASE | re.ASCII)


def customer_of(path: str) -> str:
    """The customer in a path, lower case; empty text where it is about no single one."""
    found = _CUSTOMER.match(path)
    return found[1].lower() if found else ""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A call that left: whose it is, and its number."""

    customer: str
    number: int


@dataclass(slots=True)
class Policy:
    """Additive up, halved on 429; `most` is the largest number of calls at a time.

    Every call that `take` lets out must be given back by `done` or `refused`, or by `lost`.
    """

    most: int = 16
    width: float = 8.0
    _partner: Pace = field(default_factory=Pace)
    _pairs: dict[str, Pace] = field(default_factory=dict)
    _flying: int = 0
    _number: int = 0
    _episode: int = 0
    _row: int = 0
    _last: str = ""
    _others: bool = False

    @property
    def room(self) -> bool:
        """Whether one more call may fly."""
        return self._flying < max(1, int(min(self.width, self.most)))

    def ready(self, customer: str, now: float) -> float:
        """From when a call about this customer may leave, room provided."""
        pair = self._pairs.get(customer)
        partner = self._partner.ready(now)
        return max(partner, pair.ready(now)) if pair else partner

    def soonest(self, customers: Iterable[str], now: float) -> float:
        """From when a call about one of these may leave."""
        return min(self.ready(customer, now) for customer in customers)

    def take(self, customer: str, now: float) -> Ticket:
        """A call leaves."""
        self._partner.take(now)
        if pair := self._pairs.get(customer):
            pair.take(now)
        self._flying += 1
        self._number += 1
        return Ticket(customer, self._number)

    def done(self, ticket: Ticket) -> None:
        """It was let through."""
        self._flying -= 1
        self.width = min(float(self.most), self.width + 1.0 / max(1.0, self.width))
        if ticket.customer != self._last:
            self._others = True

    def lost(self, ticket: Ticket) -> None:
        """No answer came: that says nothing about limits."""
        self._flying -= 1

    def refused(self, ticket: Ticket, now: float, seconds: float) -> None:
        """It was answered with 429 and this `Retry-After`.

        Calls that were under way when the first of them was refused belong to one episode.
        """
        self._flying -= 1
        new = ticket.number > self._episode
        if new:
            self._episode = self._number
            self.width = max(1.0, min(self.width, float(self.most)) / 2)
            self._count(ticket.customer)
        pace = self._whose(ticket.customer)
        pace.close(now, seconds)
        if new:
            pace.learn(now, seconds)

    def _count(self, customer: str) -> None:
        """How often this customer was refused in a row, others getting through in between."""
        self._row = self._row + 1 if customer == self._last and self._others else 1
        self._last, self._others = customer, False

    def _whose(self, customer: str) -> Pace:
        """The limit that refused: the partner's unless it is always the same customer."""
        if not customer or customer != self._last or self._row < SAME:
            return self._partner
        if customer not in self._pairs:
            self._pairs[customer] = Pace()
            self._partner.forget()
        return self._pairs[customer]
