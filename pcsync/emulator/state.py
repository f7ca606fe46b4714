"""What one server holds beside the world: call log, scripted faults, limits, remembered answers.

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pcsync.emulator import faultwords
from pcsync.emulator.calllog import CallLog
from pcsync.emulator.faultrules import FaultRule
from pcsync.emulator.kept import Kept
from pcsync.emulator.lagging import Lags
from pcsync.emulator.limits import Buckets
from pcsync.emulator.remembered import Remembered
from pcsync.emulator.state_file import StateFile
from pcsync.emulator.strikes import Strike
from pcsync.emulator.world import World
from pcsync.emulator.worldfile import build


class State:
    """The current world and the seed that it goes back to, in memory or in a state file too.

    A new file begins with `world`; one with a state goes on with that.
    """

    def __init__(self, world: World | None, file: StateFile | None = None) -> None:
        self._file = file
        self._first = world.source if world else {}
        if file is not None and not file.new:
            self._begin(file.load())
            return
        self._begin(Kept(world or build({})))
        if file is not None:
            file.begin(self._kept, self._first)

    def _begin(self, kept: Kept) -> None:
        self._kept = kept
        self.log = CallLog()
        self.rules: list[FaultRule] = []
        self.scripted = 0
        self.lags = Lags()
        self.buckets = Buckets()
        self.expired: set[str] = set()

    @property
    def world(self) -> World:
        """The world as of now."""
        return self._kept.world

    @property
    def remembered(self) -> Remembered:
        """The answers that were given to writes."""
        return self._kept.remembered

    def moved(self) -> bool:
        """Whether time, or somebody else while a call was read, changed what a file holds."""
        return self._file is not None and self._file.differs(self._kept)

    def save(self) -> None:
        """Write what has changed to the state file, if there is one. StateError if that fails."""
        if self._file is not None:
            self._file.save(self._kept)

    def reset(self) -> None:
        """Back to the world the server was started with; logs, faults and memory are empty."""
        first = self._file.first() if self._file else self._first
        self._begin(Kept(build(first)))

    def seed(self, members: Mapping[str, Any]) -> None:
        """Replace the world; logs, faults and memory are empty. WorldError if it is not one."""
        self._begin(Kept(build(members)))

    def script(self, members: Mapping[str, Any]) -> FaultRule:
        """Add a fault; without a name it gets its number since the world began. 400 if wrong."""
        rule = faultwords.parse(members, self.scripted + 1)
        self.scripted += 1
        self.rules.append(rule)
        return rule

    def strike(self, method: str, path: str, sign_in: bool = False) -> Strike:
        """The rules that fire on this call; every matching rule counts it."""
        chance = self.world.ids.chance
        rules = (rule for rule in self.rules if rule.of_sign_in == sign_in)
        return Strike(tuple(rule for rule in rules if rule.fires(method, path, chance)))
