"""The journal as a file: SQLite, for its owner alone, on disk before a request leaves.

Owns the file, its tables and the list of runs; `record.py` is what one run writes into it. It holds
plans, paths and ids, never a secret (domain rule SE7). Must not import a kind or the terminal.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pcsync.apply.folders import private
from pcsync.errors import JournalError

VERSION = 1
BUSY = 30.0
TABLES = """
CREATE TABLE plans (
    id TEXT PRIMARY KEY, text TEXT NOT NULL, cloud TEXT NOT NULL, partner TEXT NOT NULL,
    time TEXT NOT NULL);
CREATE TABLE plan_customers (plan TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (plan, name))
    WITHOUT ROWID;
CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT, plan TEXT NOT NULL REFERENCES plans (id),
    began TEXT NOT NULL, steps INTEGER NOT NULL, ended TEXT, exit INTEGER, open INTEGER);
CREATE INDEX runs_by_plan ON runs (plan);
CREATE TABLE requests (
    run INTEGER NOT NULL, plan TEXT NOT NULL, step TEXT NOT NULL, attempt INTEGER NOT NULL,
    id TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL, digest TEXT NOT NULL,
    left_at TEXT NOT NULL, status INTEGER, code TEXT);
CREATE INDEX requests_by_plan ON requests (plan, step);
CREATE TABLE results (
    run INTEGER NOT NULL, plan TEXT NOT NULL, step TEXT NOT NULL, outcome TEXT NOT NULL,
    detail TEXT NOT NULL, advice TEXT NOT NULL, cause TEXT NOT NULL, fails TEXT NOT NULL,
    sent INTEGER NOT NULL, at TEXT NOT NULL);
CREATE INDEX results_by_plan ON results (plan, step);
CREATE TABLE kept (
    run INTEGER NOT NULL, plan TEXT NOT NULL, step TEXT NOT NULL, name TEXT NOT NULL,
    value TEXT NOT NULL);
CREATE INDEX kept_by_plan ON kept (plan);
"""
RUNS = """
SELECT runs.id, plan, began, steps, ended, exit, open, cloud, partner,
    (SELECT count(DISTINCT step) FROM results
        WHERE results.plan = runs.plan AND outcome = 'done') AS done,
    (SELECT count(DISTINCT step) FROM requests AS r
        WHERE r.plan = runs.plan AND status IS NULL AND NOT EXISTS (
            SELECT 1 FROM results WHERE results.plan = r.plan AND results.step = r.step
            AND outcome = 'done')) AS doubt
FROM runs JOIN plans ON plans.id = runs.plan
"""
# A run that was continued by another of the same plan, or whose customers were all applied clean
# by a later one, is nobody's business any more.
OPEN = """
WHERE (ended IS NULL OR open > 0) AND cloud = ? AND partner = ?
AND NOT EXISTS (SELECT 1 FROM runs AS later WHERE later.plan = runs.plan AND later.id > runs.id)
AND EXISTS (
    SELECT 1 FROM plan_customers AS mine WHERE mine.plan = runs.plan AND NOT EXISTS (
        SELECT 1 FROM runs AS later JOIN plan_customers AS theirs ON theirs.plan = later.plan
        WHERE later.id > runs.id AND later.exit = 0 AND theirs.name = mine.name))
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a plan. `ended` and `exit` are None while it runs, and for one that was killed.

    `steps` are those of its plan, `done` of these the ones that are done by now, `doubt` those
    with a request of which nobody knows whether it took effect; `open` counts what is left and
    could go on. Times are aware UTC, of the service's clock.
    """

    id: int
    plan: str
    began: datetime
    steps: int
    done: int
    doubt: int
    ended: datetime | None = None
    exit: int | None = None
    open: int | None = None
    cloud: str = ""
    partner: str = ""


class Ledger:
    """The journal's file. One connection behind a lock serves all threads; several processes may
    use the file at the same time."""

    def __init__(self, path: Path) -> None:
        """Opens or makes the file. Raises JournalError where it can't be had."""
        self.path = path
        self.lock = threading.RLock()
        with self._speaking("can't be opened"):
            _make(path)
            self._file = sqlite3.connect(path, timeout=BUSY, check_same_thread=False)
            self._file.row_factory = sqlite3.Row
            self._prepare()

    def _prepare(self) -> None:
        """WAL with full sync: what is committed outlives the process and the machine."""
        self._file.execute("PRAGMA journal_mode = WAL")
        self._file.execute("PRAGMA synchronous = FULL")
        self._file.execute("PRAGMA wal_autocheckpoint = 4000")
        found = self._file.execute("PRAGMA user_version").fetchone()[0]
        if found == 0:
            script = f"BEGIN IMMEDIATE; {TABLES} PRAGMA user_version = {VERSION}; COMMIT;"
            with suppress(sqlite3.OperationalError):  # another process was faster
                self._file.executescript(script)
            self._file.rollback()
            found = self._file.execute("PRAGMA user_version").fetchone()[0]
        if found != VERSION:
            raise JournalError(
                f"the journal {self.path} has format {found}, and this pcsync reads {VERSION}",
                "use the version of pcsync that wrote it, or another --journal",
            )

    def close(self) -> None:
        """Closes the file."""
        with self.lock:
            self._file.close()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction: on disk when the block has ended, or not at all. Raises JournalError."""
        with self.lock, self._speaking("can't be written"), self._file:
            yield self._file

    def rows(self, question: str, *given: Any) -> list[sqlite3.Row]:
        """The answer to a question in SQL. Raises JournalError."""
        with self.lock, self._speaking("can't be read"):
            return self._file.execute(question, given).fetchall()

    @contextmanager
    def _speaking(self, what: str) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            raise JournalError(
                f"the journal {self.path} {what}: {error}",
                "make it writable, or say another place with --journal; without it nothing is sent",
            ) from error

    # --- runs -----------------------------------------------------------------------------------

    def runs(self) -> list[Run]:
        """All runs, the newest first."""
        return [_run(row) for row in self.rows(f"{RUNS} ORDER BY runs.id DESC")]

    def run(self, number: int) -> Run | None:
        """One run by its number."""
        return next(map(_run, self.rows(f"{RUNS} WHERE runs.id = ?", number)), None)

    def open_runs(self, cloud: str, partner: str) -> list[Run]:
        """Runs for a partner that were killed or left something open, the newest first; not what
        was continued, nor what a later clean run of the same customers has overtaken."""
        return list(map(_run, self.rows(f"{RUNS} {OPEN} ORDER BY runs.id DESC", cloud, partner)))

    def finished(self, plan: str) -> Run | None:
        """The run that applied all of a plan, if there is one."""
        question = f"{RUNS} WHERE plan = ? AND exit = 0 AND open = 0"
        return next(map(_run, self.rows(question, plan)), None)

    def plan_text(self, plan: str) -> str | None:
        """The file of a plan that was begun."""
        found = self.rows("SELECT text FROM plans WHERE id = ?", plan)
        return str(found[0]["text"]) if found else None

    def requests(self, run: int) -> list[sqlite3.Row]:
        """The requests of a run in their order; without a status it is not known how one ended."""
        return self.rows(
            "SELECT step, attempt, id AS requestId, method, path, digest, left_at AS leftAt, "
            "status, code FROM requests WHERE run = ? ORDER BY rowid",
            run,
        )

    def results(self, run: int) -> list[sqlite3.Row]:
        """How the steps of a run ended, in the order in which they did."""
        return self.rows(
            "SELECT step, outcome, detail, advice, sent, at FROM results WHERE run = ? "
            "ORDER BY rowid",
            run,
        )

    def kept(self, run: int) -> list[sqlite3.Row]:
        """The ids that a run got, by their names."""
        return self.rows("SELECT name, value FROM kept WHERE run = ? ORDER BY name", run)

    def known(self, cloud: str, partner: str) -> frozenset[str]:
        """The addresses whose ids runs for a partner got from the service."""
        found = self.rows(
            "SELECT DISTINCT name FROM kept JOIN plans ON plans.id = kept.plan "
            "WHERE cloud = ? AND partner = ?",
            cloud,
            partner,
        )
        return frozenset(row["name"].removesuffix("#id") for row in found)

    def prune(self, before: datetime) -> int:
        """Forgets runs that began before a moment and left nothing open, and plans that have no
        run left. Returns the number of runs."""
        with self.writing() as file:
            gone = file.execute(
                "DELETE FROM runs WHERE began < ? AND ended IS NOT NULL AND open = 0",
                (stored(before),),
            ).rowcount
            if gone:
                rest = "NOT IN (SELECT plan FROM runs)"
                file.execute(f"DELETE FROM plans WHERE id {rest}")
                for table in ("plan_customers", "requests", "results", "kept"):
                    file.execute(f"DELETE FROM {table} WHERE plan {rest}")
        return gone


def _make(path: Path) -> None:
    """The file, for its owner alone, in a folder for its owner alone where it has to be made."""
    private(path.parent)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    path.chmod(0o600)


def _run(row: sqlite3.Row) -> Run:
    return Run(
        row["id"],
        row["plan"],
        told(row["began"]),
        row["steps"],
        row["done"],
        row["doubt"],
        told(row["ended"]) if row["ended"] else None,
        row["exit"],
        row["open"],
        row["cloud"],
        row["partner"],
    )


def stored(time: datetime) -> str:
    """An aware time as text that sorts."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def told(text: str) -> datetime:
    """The time of `stored`."""
    return datetime.fromisoformat(text)
