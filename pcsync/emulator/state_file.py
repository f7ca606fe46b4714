"""A state file: one SQLite database with a row for each customer, and so on (kept.py).

Each save is one transaction that is on the disk when it returns. The file is locked while it is
open. Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from pcsync.emulator import kept, loose
from pcsync.emulator.kept import Change, Kept

FORMAT = 1
"""Counts up whenever files written before can no longer be read."""
PROGRAM = 0x70637365
REST, FIRST, FIRST_CUSTOMERS = "rest", "first", "first.customers"
SETTINGS = """
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA journal_mode = TRUNCATE;
PRAGMA synchronous = FULL;
PRAGMA cache_size = -65536;
"""
SCHEMA = """
CREATE TABLE rows (place TEXT, key TEXT, text TEXT NOT NULL);
CREATE UNIQUE INDEX places ON rows (place, key);
"""
PUT = """
INSERT INTO rows VALUES (?, ?, ?) ON CONFLICT (place, key) DO UPDATE SET text = excluded.text
"""
REMOVE = "DELETE FROM rows WHERE place = ? AND key = ?"
READ = "SELECT key, text FROM rows WHERE place = ? ORDER BY rowid"
EMPTY = "DELETE FROM rows WHERE place NOT IN (?, ?)"


class StateError(Exception):
    """A state file that cannot be used; the message says which and why."""


class StateFile:
    """One open state file. `new` until something was saved."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._world: object = None
        self._rest = ""
        self._saved_at: datetime | None = None
        with self._told():
            self._base = sqlite3.connect(
                self.path, timeout=1, isolation_level=None, check_same_thread=False
            )
            self.new = self._opened()

    def _opened(self) -> bool:
        """Lock the file and look whether it is ours. True if there is nothing in it."""
        try:
            self._base.executescript(SETTINGS)
            self._base.execute("BEGIN EXCLUSIVE")
            self._base.execute("COMMIT")
            return self._is_new()
        except BaseException:
            self._base.close()
            raise

    def _is_new(self) -> bool:
        program, version, tables = (
            self._base.execute(question).fetchone()[0]
            for question in (
                "PRAGMA application_id",
                "PRAGMA user_version",
                "SELECT count(*) FROM sqlite_master",
            )
        )
        if tables and program != PROGRAM:
            raise StateError(f"{self.path} is a database, but no state of this emulator")
        if tables and version != FORMAT:
            text = f"{self.path} has state format {version}, this emulator reads format {FORMAT}"
            raise StateError(f"{text}; seed a new file")
        return not tables

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn the database's errors into words about the file."""
        try:
            yield
        except sqlite3.OperationalError as wrong:
            if "locked" in str(wrong):
                raise StateError(f"{self.path} is in use by another emulator") from wrong
            raise StateError(f"{self.path}: {wrong}") from wrong
        except sqlite3.DatabaseError as wrong:
            raise StateError(f"{self.path} is no state file: {wrong}") from wrong

    @contextmanager
    def _at_once(self) -> Iterator[None]:
        """All or nothing, and on the disk at the end."""
        with self._told():
            self._base.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._base.execute("COMMIT")
            except BaseException:
                self._rest = ""
                if self._base.in_transaction:
                    self._base.execute("ROLLBACK")
                raise

    def begin(self, everything: Kept, first: Mapping[str, Any]) -> None:
        """Make the file: this state, and `first`, the seed that a reset goes back to.

        The customers of `first` are gone through once, before the state is looked at.
        """
        customers = first.get("customers") or []
        head = {name: value for name, value in first.items() if name != "customers"}
        with self._at_once():
            self._base.execute(f"PRAGMA application_id = {PROGRAM}")
            self._base.execute(f"PRAGMA user_version = {FORMAT}")
            for statement in SCHEMA.split(";"):
                self._base.execute(statement)
            self._put([(FIRST, "", kept.text(loose.write(head)))])
            self._put(
                (FIRST_CUSTOMERS, str(number), kept.text(loose.write(row)))
                for number, row in enumerate(customers)
            )
            self._put(self._all(everything))
        self._saved(everything)
        self.new = False

    def first(self) -> dict[str, Any]:
        """The seed that a reset goes back to."""
        head = dict(self.rows(FIRST))
        customers = [loose.read(json.loads(text)) for _, text in self.rows(FIRST_CUSTOMERS)]
        members: dict[str, Any] = loose.read(json.loads(head[""]))
        return {**members, "customers": customers}

    def load(self) -> Kept:
        """Everything as it was saved last. StateError if it does not fit this emulator."""
        try:
            (_, rest), *_ = self.rows(REST)
            everything: Kept = kept.rest().read(json.loads(rest))
            for rows in kept.all_rows():
                rows.fill(everything, self.rows(rows.place))
        except (ValueError, KeyError, TypeError) as wrong:
            text = f"{self.path} does not fit this emulator ({wrong!r}); seed a new file"
            raise StateError(text) from wrong
        everything.world.restored()
        self._world, self._rest = everything.world, rest
        self._saved_at = everything.world.clock.base
        return everything

    def rows(self, place: str) -> Iterator[tuple[str, str]]:
        """Key and JSON text of the rows of one place, in order."""
        with self._told():
            yield from self._base.execute(READ, (place,))

    def differs(self, everything: Kept) -> bool:
        """Whether time or a customer changed since the last save; quick, as reads ask it too."""
        world = everything.world
        changed = world.clock.agenda.touched or world.customers.touched
        return bool(changed) or world.clock.base != self._saved_at

    def save(self, everything: Kept) -> None:
        """Write what a call has changed; nothing if it changed nothing."""
        if self._world is not everything.world:
            with self._at_once():
                self._base.execute(EMPTY, (FIRST, FIRST_CUSTOMERS))
                self._put(self._all(everything))
        elif changes := [*self._changes(everything)]:
            with self._at_once():
                self._put(changes)
        self._saved(everything)

    def _all(self, everything: Kept) -> Iterator[Change]:
        self._rest = ""
        for rows in kept.all_rows():
            rows.saved(everything, all_of_it=False)
        return self._changes(everything)

    def _changes(self, everything: Kept) -> Iterator[Change]:
        for rows in kept.all_rows():
            yield from rows.changes(everything)
        clock = everything.world.clock
        clock.begin_at(clock.now())
        rest = kept.text(kept.rest().write(everything))
        if rest != self._rest:
            yield REST, "", rest
            self._rest = rest

    def _put(self, changes: Iterable[Change]) -> None:
        for place, key, text in changes:
            if text is None:
                self._base.execute(REMOVE, (place, key))
            else:
                self._base.execute(PUT, (place, key, text))

    def _saved(self, everything: Kept) -> None:
        self._world, self._saved_at = everything.world, everything.world.clock.base
        for rows in kept.all_rows():
            rows.saved(everything)

    def close(self) -> None:
        """Let go of the file; from now on it can be copied."""
        with suppress(sqlite3.Error):
            self._base.execute("PRAGMA journal_mode = DELETE")
        self._base.close()
