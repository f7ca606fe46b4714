"""Who buys when: the purchases of some customers come before those of all others (rule MO17).

The partner's credit is one for all: where it runs short, the order decides who gets something.
Nothing else waits for its turn. Must not import a kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pcsync.apply.gates import buys
from pcsync.model import Step

TURN = 1.0
"""Seconds of the service's time after which a customer that waits for its turn asks again."""


class Queue:
    """The purchases that are left. Threads may tell and ask at any time."""

    def __init__(self, turns: Sequence[str], steps: Mapping[str, Sequence[Step]]) -> None:
        """`turns` are the customers that come first, in this order; `steps` those of all."""
        self._last = len(turns)
        self._rank = {name: number for number, name in enumerate(turns)}
        self._open = {
            name: {step.id for step in steps.get(name, ()) if buys(step)} for name in turns
        }
        self._of = {step.id: name for name in steps for step in steps[name] if buys(step)}

    def sorted(self, customers: Iterable[str]) -> list[str]:
        """These customers, those that come first before the others, which stay as they are."""
        return sorted(customers, key=lambda name: self._rank.get(name, self._last))

    def waits(self, step: Step) -> bool:
        """Whether a purchase has to wait for those of others."""
        mine = self._rank.get(self._of[step.id], self._last)
        return any(self._open[name] for name, rank in self._rank.items() if rank < mine)

    def done(self, step: str) -> None:
        """A step has ended, however."""
        if (name := self._of.get(step)) in self._open:
            self._open[name].discard(step)

    def left(self, customer: str) -> None:
        """Nothing more comes of a customer."""
        if customer in self._open:
            self._open[customer].clear()
