"""What the journal adds to each step that writes: an intent on disk, an answer, a result."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from pcsync.apply.journal import Request
from pcsync.apply.ledger import Ledger
from pcsync.apply.record import Record
from pcsync.model import Outcome, Plan, StepResult


@dataclass(frozen=True)
class Cost:
    """Seconds for all steps together, and bytes in the file for each."""

    steps: int
    cpu: float
    wall: float
    bytes_each: float


def journalled(folder: Path, plan: Plan, text: str, steps: int) -> Cost:
    """A run of so many steps, each with one request that the service took."""
    path = folder / f"journal-{steps}.db"
    ledger = Ledger(path)
    try:
        record = Record(ledger, plan, text, lambda: plan.time)
        record.begin()
        before = path.stat().st_size
        cpu, wall = time.process_time(), time.perf_counter()
        for number in range(steps):
            _step(record, f"user/contoso/u{number:06}.create")
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    finally:
        ledger.close()
    return Cost(steps, cpu, wall, (path.stat().st_size - before) / steps)


def _step(record: Record, step: str) -> None:
    sent = Request(f"id-{step}", "POST", "/v1/customers/7f0c/users", "d" * 64)
    record.intent(step, sent)
    record.answer(step, sent.id, 201)
    record.done(StepResult(step, Outcome.DONE, sent=1), {f"{step}#id": "7f0c"})
