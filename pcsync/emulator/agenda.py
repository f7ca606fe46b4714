"""What is to happen when the clock comes to it, as data: a state file has to hold it.

Owns the table of steps by name. Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

Step = Callable[..., None]
"""Called as step(world, now, *names)."""
Made = TypeVar("Made", bound=Step)

STEPS: dict[str, Step] = {}


@dataclass(frozen=True, order=True)
class Due:
    """One thing to do: when, its place among those of the same moment, which step, with what."""

    when: datetime
    order: int
    step: str
    names: tuple[str, ...] = ()

    def happen(self, world: Any) -> None:
        """Do it."""
        STEPS[self.step](world, self.when, *self.names)


def step(function: Made) -> Made:
    """Make a function of a module one that can be put on the agenda.

    It gets the world, the moment and texts such as ids, and looks up what they stand for: by then
    that may be gone.
    """
    if function.__name__ in STEPS:
        raise ValueError(f"two steps are named {function.__name__}")
    STEPS[function.__name__] = function
    return function


def due(when: datetime, order: int, function: Step, names: tuple[str, ...]) -> Due:
    """An entry for the agenda. TypeError unless it is a @step with texts."""
    if STEPS.get(function.__name__) is not function:
        raise TypeError(f"{function!r} is no @step, a state file cannot hold it")
    if not all(isinstance(name, str) for name in names):
        raise TypeError(f"a step on the agenda takes texts, not {names!r}")
    return Due(when, order, function.__name__, names)
