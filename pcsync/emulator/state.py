"""What one server holds beside the world: call log, injected faults, remembered answers.

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pcsync.emulator.calllog import CallLog
from pcsync.emulator.faultrules import FaultRule
from pcsync.emulator.remembered import Remembered
from pcsync.emulator.world import World
from pcsync.emulator.worldfile import build


class State:
    """The current world and the seed that it goes back to."""

    def __init__(self, world: World) -> None:
        self._first = world.source
        self._begin(world)

    def _begin(self, world: World) -> None:
        self.world = world
        self.log = CallLog()
        self.rules: list[FaultRule] = []
        self.remembered = Remembered()

    def reset(self) -> None:
        """Back to the world the server was started with; logs, faults and memory are empty."""
        self._begin(build(self._first))

    def seed(self, members: Mapping[str, Any]) -> None:
        """Replace the world; logs, faults and memory are empty. WorldError if it is not one."""
        self._begin(build(members))

    def fault_for(self, method: str, path: str) -> FaultRule | None:
        """The first rule that fires on this call; every matching rule counts it."""
        firing = [rule for rule in self.rules if rule.fires(method, path)]
        return firing[0] if firing else None
