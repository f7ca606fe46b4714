"""The answers that an apply gets, each of which may be lost: which writes they belong to.

Owns how the emulator is told to lose one of them, and to be out of reach from then on. Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MOST = 99999


@dataclass(frozen=True, slots=True)
class Lost:
    """The answer to the `number`-th write of an undisturbed run, which belongs to a step.

    `write` is its method and path, of which it is the `nth` request; `calls` are all requests up
    to and with it.
    """

    number: int
    step: str
    write: str
    nth: int
    calls: int
    point: str = "answer-lost"

    @property
    def cut(self) -> dict[str, Any]:
        """The fault that loses this answer, behind its effect, and no other."""
        method, _, path = self.write.partition(" ")
        return {"method": method, "path": path, "nth": self.nth, "cut": "after"}

    @property
    def silence(self) -> dict[str, Any]:
        """The fault that lets nothing through any more behind it."""
        return {"nth": self.calls + 1, "times": MOST, "cut": "before"}

    def alone(self, calls: Sequence[Mapping[str, Any]]) -> bool:
        """Whether of these requests it is the one whose answer was lost behind its effect."""
        lost = [number for number, call in enumerate(calls, 1) if call["cut"] == "after"]
        return lost == [self.calls] and write(calls[self.calls - 1]) == self.write


def write(call: Mapping[str, Any]) -> str:
    """Method and path of a request."""
    return f"{call['method']} {call['path'].partition('?')[0]}"


def answers(calls: Sequence[Mapping[str, Any]], steps: Sequence[str]) -> tuple[Lost, ...]:
    """All answers to writes among the requests of a run; `steps` are those of the writes."""
    seen: Counter[str] = Counter()
    writes: list[tuple[str, int, int]] = []
    for number, call in enumerate(calls, 1):
        seen[write(call)] += 1
        if call["write"]:
            writes.append((write(call), seen[write(call)], number))
    found = enumerate(zip(steps, writes, strict=True), 1)
    return tuple(Lost(number, step, *each) for number, (step, each) in found)
