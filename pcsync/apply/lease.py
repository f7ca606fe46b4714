"""Leases: one writer a customer across machines, as files in a folder that all of them see.

Owns the lease file: made at once or not at all, renewed while its holder works, looked at before
every write. One whose holder has died stays until a person says `--break-lease`, for nobody else
can know that the holder sends nothing any more. Must not import a kind or the terminal.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from pcsync.apply.locks import Run, not_overtaken, note_writer, read, told, write
from pcsync.apply.permit import Halted, Held, Locked
from pcsync.errors import PcsyncError

RENEWED = timedelta(seconds=15)
"""How old a sign of life is when it is renewed."""
STALE = timedelta(minutes=10)
"""How old the last sign of life is of a holder who is taken for dead; no call takes as long."""


class FileLeases:
    """Leases in a folder. `take_over` is the word of a person that stale holders have ended."""

    def __init__(self, folder: Path, run: Run, *, take_over: bool = False) -> None:
        self._folder, self._run, self._take_over = folder, run, take_over

    def take(self, customer: str) -> Held:
        """The customer for this run alone. Raises Locked, Overtaken, PcsyncError; waits for
        nobody."""
        place = self._folder / f"{customer}.lease"
        mark = str(uuid4())
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not _made(place, self._note(mark)):
                self._break(customer, place, mark)
            lease = _Lease(customer, place, mark, self._run)
            try:
                not_overtaken(customer, place.with_suffix(".last"), self._run)
            except BaseException:
                lease.release(wrote=False)
                raise
        except OSError as error:
            raise PcsyncError(
                f"the lease of {customer} can't be written in {self._folder}: {error.strerror}",
                "make the folder of `lease.path` writable",
            ) from error
        return lease

    def _note(self, mark: str) -> dict[str, Any]:
        return _note(self._run, mark)

    def _break(self, customer: str, place: Path, mark: str) -> None:
        """Takes a stale lease over, if a person said so. Raises Locked."""
        found = read(place)
        age = _age(place, found, self._run.now())
        if age is None:
            raise Locked(f"{customer} was just released by another run", "run apply again")
        if age < STALE or not self._take_over:
            raise _leased(customer, found, age)
        write(place, self._note(mark))
        if read(place).get("mark") != mark:
            raise _leased(customer, read(place), timedelta())


class _Lease:
    def __init__(self, customer: str, place: Path, mark: str, run: Run) -> None:
        self._customer, self._place, self._mark, self._run = customer, place, mark, run
        self._renewed, self._noted = run.now(), False

    def check(self) -> None:
        """Raises Halted where somebody broke the lease; else gives a sign of life."""
        found = read(self._place)
        if found.get("mark") != self._mark:
            who = told(found) if found else "somebody"
            raise Halted(
                f"the lease of {self._customer} was broken by {who}",
                "run plan: it looks at what is there",
            )
        if not self._noted:
            note_writer(self._place, self._run)
            self._noted = True
        self.renew()

    def renew(self) -> None:
        """A sign of life, if the last one is old. The next check says if it can't be written."""
        now = self._run.now()
        if now - self._renewed < RENEWED or read(self._place).get("mark") != self._mark:
            return
        try:
            write(self._place, _note(self._run, self._mark))
        except OSError:
            return
        self._renewed = now

    def release(self, wrote: bool) -> None:
        """Notes that this run wrote, and lets others in; a lease that was broken is left. One
        that can't be reached becomes stale."""
        with contextlib.suppress(OSError):
            if wrote:
                write(self._place.with_suffix(".last"), self._run.holder())
        with contextlib.suppress(OSError):
            if read(self._place).get("mark") == self._mark:
                self._place.unlink(missing_ok=True)


def _note(run: Run, mark: str) -> dict[str, Any]:
    now = run.now().isoformat()
    return {**run.holder(), "renewed": now, "mark": mark}


def _made(place: Path, note: Mapping[str, Any]) -> bool:
    """Whether the file could be made: of several who try at once only one can."""
    try:
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(note, file)
        file.flush()
        os.fsync(file.fileno())
    return True


def _age(place: Path, found: Mapping[str, Any], now: datetime) -> timedelta | None:
    """How long ago the holder gave a sign of life; one who died before it could say who it is
    has none. None where the lease has gone meanwhile."""
    try:
        renewed = datetime.fromisoformat(str(found.get("renewed")))
        return max(now - renewed, timedelta())
    except (ValueError, TypeError):
        return STALE if place.exists() else None


def _leased(customer: str, holder: Mapping[str, Any], age: timedelta) -> Locked:
    seconds = int(age.total_seconds())
    life = f", last sign of life {seconds} s ago" if holder else ", which left no name"
    what = f"{customer} is locked by {told(holder)}{life}"
    if age < STALE:
        return Locked(what, "run apply again when that run has ended")
    return Locked(
        what, "if that run has ended for sure, run apply with --break-lease; else wait for it"
    )
