"""`--events FILE`: a JSON line for everything that happens while a plan is carried out.

Owns the shape of the lines. Resources are named by their addresses, as in the plan; no body, no
secret and no name in the path of a request is ever among them.
"""

from __future__ import annotations

import json
import os
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pcsync.cli.trace_redact import safe_path
from pcsync.errors import UsageError
from pcsync.model import Address, Applied, Plan, Step, StepResult

if TYPE_CHECKING:
    from pcsync.client import Attempt

READS = frozenset({"GET", "HEAD"})


class Events:
    """Writes the lines; a line is on disk before the next is begun. Thread-safe."""

    wants_bodies = False

    def __init__(self, path: Path, plan: Plan, now: Callable[[], datetime]) -> None:
        self._plan, self._now, self._lock = plan, now, threading.Lock()
        self._customers = {step.id: root(step) for step in plan.steps}
        self._counts: dict[str, Counter[str]] = {}
        self._open: set[str] = set()
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        except OSError as error:
            raise UsageError(
                f"--events {path}: {error.strerror}", "name a file that can be written"
            ) from error
        self._file = os.fdopen(handle, "w", encoding="utf-8", buffering=1)

    def begin(self) -> None:
        """The run begins."""
        self._line(
            "run-started",
            plan=self._plan.id,
            customers=len(set(self._customers.values())),
            steps=len(self._plan.steps),
            writes=self._plan.totals.writes,
        )

    def entered(self, customer: str) -> None:
        """Work on a customer begins."""
        self._open.add(customer)
        self._line("customer-started", customer=customer)

    def started(self, step: Step) -> None:
        """A step begins."""
        sort = type(step).__name__.lower()
        customer = self._customers[step.id]
        self._line("step-started", step=step.id, customer=customer, do=sort, covers=step.covers)

    def ended(self, result: StepResult) -> None:
        """A step has its result."""
        customer = self._customers[result.step]
        with self._lock:
            self._counts.setdefault(customer, Counter())[result.outcome.value] += 1
        self._line(
            "step-ended",
            step=result.step,
            customer=customer,
            outcome=result.outcome.value,
            detail=result.detail,
            cause=result.cause,
            sent=result.sent,
        )

    def left(self, customer: str) -> None:
        """Nothing more is done for a customer in this run."""
        self._open.discard(customer)
        self._line("customer-ended", customer=customer, steps=self._counts.get(customer, {}))

    def request(self, attempt: Attempt) -> None:
        """A request ended: writes are told, repeats included."""
        if attempt.method not in READS:
            self._line(
                "write-sent",
                method=attempt.method,
                path=safe_path(attempt.path),
                status=attempt.status,
                requestId=attempt.request_id,
                try_=attempt.number,
            )

    def waiting(self, method: str, path: str, seconds: float, why: str) -> None:
        """A repeat is told as the request it is."""

    def end(self, applied: Applied, code: int) -> None:
        """The run ended."""
        counts = Counter(result.outcome.value for result in applied.actions)
        stopped = applied.stopped.value if applied.stopped else None
        sent = {"sent": applied.writes, "read": applied.reads}
        self._line("run-ended", exit=code, actions=counts, stopped=stopped, **sent)
        self._file.close()

    def _line(self, event: str, **members: Any) -> None:
        said = {name.rstrip("_"): _plain(value) for name, value in members.items()}
        filled = {name: value for name, value in said.items() if value not in ("", None)}
        now = self._now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        text = json.dumps({"time": now, "event": event, **filled})
        with self._lock:
            if not self._file.closed:
                self._file.write(text + "\n")


def root(step: Step) -> str:
    """The customer that a step is about."""
    return Address.parse(step.covers[0].partition(":")[0]).root


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else value
