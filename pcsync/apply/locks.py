"""Locks of customers on one machine: of two runs at once only one writes to a customer.

Owns the folder of locks. Beside each lock stand who holds it and who wrote last: a plan that is
older than the last write of another run is not applied, for what it was made from has changed. Must
not import a kind or the terminal.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from pcsync.apply.folders import private
from pcsync.apply.permit import Halted, Held, Locked, Locks, Overtaken
from pcsync.errors import PcsyncError

AGAIN = "run apply again: it plans anew"
Seen = dict[Path | int, object]
"""Marks of the notes of last writers: by the file of a folder, or by the key of a database."""


@dataclass(frozen=True, slots=True)
class Run:
    """Who locks: the plan and when it was made, this process, and what the time is. `seen` are the
    notes of last writers as they stood before the plan was made; None for a plan from elsewhere."""

    plan: str
    planned: datetime
    host: str
    pid: int
    now: Callable[[], datetime]
    seen: Seen | None = None

    def holder(self) -> dict[str, Any]:
        """What others are told of this run."""
        return {
            "plan": self.plan,
            "host": self.host,
            "pid": self.pid,
            "since": self.now().isoformat(),
        }


class FileLocks:
    """Locks in a folder that only its owner can enter."""

    def __init__(self, folder: Path, run: Run) -> None:
        self._folder, self._run = folder, run

    def take(self, customer: str) -> Held:
        """The customer for this run alone. Raises Locked, Overtaken, PcsyncError; waits for
        nobody."""
        place = self._folder / f"{customer}.lock"
        try:
            private(self._folder)
            lock = FileLock(place, mode=0o600, thread_local=False)
            lock.acquire(timeout=0)
        except Timeout:
            raise locked(customer, read(place.with_suffix(".holder"))) from None
        except OSError as error:
            raise PcsyncError(
                f"{customer} can't be locked in {self._folder}: {error.strerror}",
                "make the folder writable",
            ) from error
        try:
            not_overtaken(customer, place.with_suffix(".last"), self._run)
            write(place.with_suffix(".holder"), self._run.holder())
        except BaseException:
            lock.release()
            raise
        return _FileHeld(lock, place, self._run)


class _FileHeld:
    def __init__(self, lock: FileLock, place: Path, run: Run) -> None:
        self._lock, self._place, self._run = lock, place, run
        self._noted = False

    def check(self) -> None:
        """The system keeps it as long as this process lives; notes who writes before it does."""
        if not self._noted:
            note_writer(self._place, self._run)
            self._noted = True

    def renew(self) -> None:
        """Nothing has to be renewed."""

    def release(self, wrote: bool) -> None:
        """Notes that this run wrote, and lets others in."""
        with contextlib.suppress(OSError):
            if wrote:
                write(self._place.with_suffix(".last"), self._run.holder())
        with contextlib.suppress(OSError):
            self._place.with_suffix(".holder").unlink(missing_ok=True)
        self._lock.release()


class Both:
    """A customer is held if every one of several locks is."""

    def __init__(self, *locks: Locks) -> None:
        self._locks = locks

    def take(self, customer: str) -> Held:
        """All of them, or none. Raises as they do."""
        held: list[Held] = []
        try:
            for each in self._locks:
                held.append(each.take(customer))
        except BaseException:
            for one in reversed(held):
                one.release(wrote=False)
            raise
        return _BothHeld(held)


class _BothHeld:
    def __init__(self, held: list[Held]) -> None:
        self._held = held

    def check(self) -> None:
        """Raises Halted where one of them was taken over."""
        for each in self._held:
            each.check()

    def renew(self) -> None:
        """Renews each."""
        for each in self._held:
            each.renew()

    def release(self, wrote: bool) -> None:
        """The last one taken goes first."""
        for each in reversed(self._held):
            each.release(wrote)


def locked(customer: str, holder: Mapping[str, Any]) -> Locked:
    """The refusal, with what is known of the holder."""
    return Locked(
        f"{customer} is locked by {told(holder)}",
        "run apply again when that run has ended, or wait for it with --lock-timeout SECONDS",
    )


def writers(folder: Path) -> Seen:
    """The notes of last writers in a folder, to be compared later: a look without reading them."""
    try:
        with os.scandir(folder) as found:
            return {
                folder / each.name: _mark(each.stat())
                for each in found
                if each.name.endswith(".last")
            }
    except OSError:
        return {}


def _mark(stat: os.stat_result) -> object:
    return stat.st_ino, stat.st_mtime_ns


def not_overtaken(customer: str, place: Path, run: Run) -> None:
    """Raises Overtaken if another plan wrote after this one was made, as a note in a file says."""
    refuse_older(customer, read(place), run, place, lambda: writers(place.parent).get(place))


def refuse_older(
    customer: str, last: Mapping[str, Any], run: Run, key: Path | int, mark: Callable[[], object]
) -> None:
    """Raises Overtaken if `last` is of another plan that wrote after this one was made. Where the
    notes were looked at before, a new `mark` under the key says so; else its time, unless it is
    from the future: then a clock was set back, and it says nothing."""
    ended = _time(last.get("since"))
    if ended is None or last.get("plan") == run.plan:
        return
    if run.seen is not None:
        overtaken = mark() != run.seen.get(key)
    else:
        overtaken = run.planned < ended <= run.now()
    if overtaken:
        raise Overtaken(
            f"{told(last, begun=False)} wrote to {customer} at {_said(ended)}, after this plan was "
            "made",
            AGAIN,
        )


def _said(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def note_writer(place: Path, run: Run) -> None:
    """Says beside the lock who writes now, so that it is known however that run ends. Raises
    Halted where it can't be written."""
    try:
        write(place.with_suffix(".last"), run.holder())
    except OSError as error:
        raise Halted(
            f"{place.with_suffix('.last')} can't be written: {error.strerror}",
            "make the folder writable, then run apply again",
        ) from error


def told(holder: Mapping[str, Any], begun: bool = True) -> str:
    """``process 4711 of host 9f3a (plan 7d0f3a) since ...``, as far as it is known."""
    if not holder:
        return "another run"
    since = _time(holder.get("since"))
    when = f" since {_said(since)}" if since and begun else ""
    plan = str(holder.get("plan", ""))[:6]
    return f"process {holder.get('pid')} of host {holder.get('host')} (plan {plan}){when}"


def read(place: Path) -> Mapping[str, Any]:
    """A note; nothing where there is none, or where it is just being written."""
    try:
        found = json.loads(place.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write(place: Path, note: Mapping[str, Any]) -> None:
    """Replaces a note as a whole; only its owner may read it."""
    beside = place.with_name(f".{place.name}.{os.getpid()}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(note, file)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(place)


def _time(text: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo else None
