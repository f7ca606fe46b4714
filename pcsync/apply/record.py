"""What one run writes into the journal, and what it finds there of earlier runs of its plan.

Owns the order of writing: an intent is on disk before its request leaves; the answer, the ids that
it gave and how the step ended are written together after it. Killed in between, the request is in
doubt, and is repeated with the same id. Must not import a kind or the terminal.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from pcsync.apply.journal import Known, Request
from pcsync.apply.ledger import Ledger, stored, told
from pcsync.apply.session import PART
from pcsync.model import NOTHING, Applied, Outcome, Plan, StepResult

OPEN = frozenset({Outcome.UNKNOWN, Outcome.PENDING})
UNBEGUN = frozenset({Outcome.STALE, Outcome.NOT_STARTED, Outcome.SKIPPED})
NOTHING_KNOWN = Known()
Row = tuple[str, Sequence[object]]


class Record:
    """One run of one plan in a ledger. `kept` are the ids that earlier runs of it got."""

    def __init__(self, ledger: Ledger, plan: Plan, text: str, now: Callable[[], datetime]) -> None:
        """`text` is the file of the plan. Nothing is written before `begin`."""
        self._ledger, self._plan, self._now = ledger, plan.id, now
        self._whole, self._text = plan, text
        self._known: dict[str, Known] = {}
        self._before: dict[str, Known] = {}
        self._unsent: set[str] = set()
        self._waiting: dict[str, list[Row]] = defaultdict(list)
        self.run = 0
        self.kept: Mapping[str, str] = self._earlier()

    def begin(self) -> None:
        """The run is in the ledger from here on, with its plan. Raises JournalError."""
        plan = self._whole
        with self._ledger.writing() as file:
            file.execute(
                "INSERT OR IGNORE INTO plans VALUES (?, ?, ?, ?, ?)",
                (plan.id, self._text, plan.cloud, plan.partner_tenant, stored(plan.time)),
            )
            file.executemany(
                "INSERT OR IGNORE INTO plan_customers VALUES (?, ?)",
                [(plan.id, name) for name in plan.customers],
            )
            made = file.execute(
                "INSERT INTO runs (plan, began, steps) VALUES (?, ?, ?)",
                (plan.id, stored(self._now()), len(plan.steps)),
            )
        self.run = made.lastrowid or 0

    def _earlier(self) -> dict[str, str]:
        """Takes up what earlier runs wrote; a plan that was never begun costs three questions."""
        mine = "WHERE plan = ? ORDER BY rowid"
        for row in self._ledger.rows(f"SELECT * FROM requests {mine}", self._plan):
            self._known[row["step"]] = _asked(self.known(row["step"]), row)
        for row in self._ledger.rows(f"SELECT * FROM results {mine}", self._plan):
            known = self.known(row["step"])
            self._known[row["step"]] = replace(known, result=_result(row))
        kept = self._ledger.rows(f"SELECT name, value FROM kept {mine}", self._plan)
        return {row["name"]: row["value"] for row in kept}

    def known(self, step: str) -> Known:
        """What is written down about a step, by this run, too."""
        return self._known.get(step, NOTHING_KNOWN)

    def intent(self, step: str, request: Request) -> None:
        """A request is about to leave; on return this is safe on disk. Raises JournalError."""
        now, known = self._now(), self.known(step)
        self._before[step] = known
        known = replace(known, attempts=known.attempts + 1, doubt=known.doubt or now)
        asked = (request.id, request.method, request.path, request.digest)
        columns = "run, plan, step, attempt, id, method, path, digest, left_at"
        self._write(
            step,
            (
                f"INSERT INTO requests ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (self.run, self._plan, step, known.attempts, *asked, stored(now)),
            ),
        )
        self._known[step] = known

    def answer(self, step: str, request: str, status: int, code: str = "") -> None:
        """The service decided a request. It is written with what is written next of its step:
        killed before that, the request is in doubt, and its repeat brings the same answer."""
        self._waiting[PART.sub("", step)].append(
            (
                "UPDATE requests SET status = ?, code = ? WHERE plan = ? AND step = ? AND id = ?",
                (status, code, self._plan, step, request),
            )
        )
        self._known[step] = _answered(self.known(step), status)

    def unsent(self, step: str, request: str) -> None:
        """The request never left; one of an earlier attempt with the same id may have. Raises
        JournalError."""
        mine = (self.run, self._plan, step, request, self.known(step).attempts)
        which = "run = ? AND plan = ? AND step = ? AND id = ? AND attempt = ?"
        self._write(step, (f"DELETE FROM requests WHERE {which}", mine))
        self._known[step] = self._before[step]
        self._unsent.add(PART.sub("", step))

    def done(self, result: StepResult, kept: Mapping[str, str] = NOTHING) -> None:
        """A step ended; `kept` are the ids that it gave. Raises JournalError."""
        columns = (self.run, self._plan, result.step)
        how = (result.outcome.value, result.detail, result.advice, result.cause)
        ended = (json.dumps(result.fails), result.sent, stored(self._now()))
        self._write(
            result.step,
            ("INSERT INTO results VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (*columns, *how, *ended)),
            *(
                ("INSERT INTO kept VALUES (?, ?, ?, ?, ?)", (*columns, name, value))
                for name, value in sorted(kept.items())
            ),
        )
        self._known[result.step] = replace(self.known(result.step), result=result)

    def _write(self, step: str, *rows: Row) -> None:
        """A step and its parts are in one hand at a time."""
        waiting = self._waiting[PART.sub("", step)]
        with self._ledger.writing() as file:
            for statement, values in (*waiting, *rows):
                file.execute(statement, values)
        waiting.clear()

    def end(self, applied: Applied, code: int) -> None:
        """The run ended by itself, with this exit code. What was not started is left open only
        where the run was stopped, where a request for it could not leave, or where an earlier one
        is still in doubt: else something is in its way. Raises JournalError."""
        open_ = OPEN | {Outcome.NOT_STARTED} if applied.stopped else OPEN
        left = sum(
            result.outcome in open_ or (result.outcome in UNBEGUN and self._could(result.step))
            for result in applied.steps
        )
        with self._ledger.writing() as file:
            file.execute(
                "UPDATE runs SET ended = ?, exit = ?, open = ? WHERE id = ?",
                (stored(self._now()), int(code), left, self.run),
            )

    def _could(self, step: str) -> bool:
        """Whether a step that was not begun can go on by this journal alone."""
        return self.known(step).doubt is not None or step in self._unsent


def _asked(known: Known, row: sqlite3.Row) -> Known:
    known = replace(known, attempts=row["attempt"], doubt=known.doubt or told(row["left_at"]))
    return known if row["status"] is None else _answered(known, row["status"])


def _answered(known: Known, status: int) -> Known:
    accepted = known.accepted or status < 400
    return replace(known, answers=known.answers + 1, doubt=None, accepted=accepted)


def _result(row: sqlite3.Row) -> StepResult:
    return StepResult(
        row["step"],
        Outcome(row["outcome"]),
        row["detail"],
        row["advice"],
        sent=row["sent"],
        cause=row["cause"],
        fails=tuple(json.loads(row["fails"])),
    )
