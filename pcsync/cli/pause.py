"""Whether a write may leave now: `paused`, and freeze windows, looked at before every write.

Owns what is looked at again: the variable, `pcsync.yaml`, the time (domain rule RO4).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pcsync.apply.permit import Halted
from pcsync.errors import ManifestProblems, Refused
from pcsync.model import Stop, frozen

if TYPE_CHECKING:
    from pcsync.cli.settings import Settings

SETTINGS = "pcsync.yaml"
VARIABLE = "PCSYNC_PAUSED"
NO = frozenset({"", "0", "false", "no", "off"})
LIFT = "wait until it is over, or run apply once with --allow freeze"


@dataclass(frozen=True)
class Rest:
    """What keeps writes back. `paused` is the base's word; `settings` the file that is looked at
    again; `freeze` the project's windows, `customers` those of single ones by name, none of which
    hold where they are `lifted`."""

    settings: Path
    environment: Mapping[str, str]
    now: Callable[[], datetime]
    paused: bool = False
    freeze: tuple[str, ...] = ()
    customers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lifted: bool = False


def halts(settings: Settings, now: datetime) -> Iterator[str]:
    """What would keep an apply of everything from writing at this moment, in words: a plan says it
    before anybody waits for its apply."""
    file = settings.directory / SETTINGS
    permit = Permit(Rest(file, os.environ, lambda: now, settings.paused, settings.freeze))
    try:
        permit("")
    except Halted as halt:
        yield halt.what


class Permit:
    """Asked with the customer before every write. Thread-safe."""

    def __init__(self, rest: Rest) -> None:
        self._rest, self._lock = rest, threading.Lock()
        self._seen: tuple[object, str] = (None, "")

    def __call__(self, customer: str) -> None:
        """Raises Halted where nothing may be written now, or nothing for this customer."""
        if why := self._paused():
            raise Halted(why, "take the pause back, then run apply again", Stop.PAUSED)
        if self._rest.lifted or not (self._rest.freeze or self._rest.customers):
            return
        now = self._rest.now()
        if window := frozen(self._rest.freeze, now):
            raise Halted(f"the freeze window {window} is on", LIFT, Stop.FREEZE)
        if window := frozen(self._rest.customers.get(customer, ()), now):
            raise Halted(f"the freeze window {window} of {customer} is on", LIFT)

    def before(self, customers: Iterable[str]) -> None:
        """The first look, before anything is sent. Raises Refused where nothing may be written
        for any of these."""
        halts = []
        for customer in customers:
            try:
                return self(customer)
            except Halted as halt:
                halts.append(halt)
        if halts:
            raise Refused(f"{halts[0].what}: nothing was written", halts[0].advice)

    def _paused(self) -> str:
        word = self._rest.environment.get(VARIABLE, "")
        if word.strip().lower() not in NO:
            return f"paused: the variable {VARIABLE} is set"
        if (here := self._in_file()) or not self._rest.paused:
            return here
        return "paused: `paused: true` in pcsync.yaml of the base"

    def _in_file(self) -> str:
        """What the file says now; it is read again only if it has changed."""
        with self._lock:
            mark = _mark(self._rest.settings)
            if mark != self._seen[0]:
                self._seen = (mark, _read(self._rest.settings) if mark else "")
            return self._seen[1]


def _mark(path: Path) -> object:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _read(path: Path) -> str:
    from pcsync.manifests import load_project

    try:
        paused = load_project(path.parent, path).paused
    except ManifestProblems as error:
        return f"paused: {path} can't be read any more: {error.problems[0]}"
    return f"paused: `paused: true` in {path}" if paused else ""
