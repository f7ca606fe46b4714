"""Progress on stderr while something takes time; it vanishes where stderr is no terminal.

Owns what a person sees meanwhile. Nothing of it is part of the report.
"""

from __future__ import annotations

import sys
import threading
from types import TracebackType

from pcsync.model import Outcome, Step, StepResult


class Bar:
    """A counter of customers or steps. Silent where stderr is not a terminal. Thread-safe."""

    def __init__(self, what: str, total: int) -> None:
        self._what, self._total = what, total
        self._lock = threading.Lock()
        self._progress = None
        if sys.stderr.isatty() and total:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
            console = Console(stderr=True)
            self._progress = Progress(*columns, console=console, transient=True)
            self._task = self._progress.add_task(what, total=total)

    def __enter__(self) -> Bar:
        if self._progress:
            self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._progress:
            self._progress.stop()

    def advance(self, name: str) -> None:
        """One more is done; `name` is the customer or step."""
        if self._progress:
            with self._lock:
                self._progress.update(self._task, advance=1, description=f"{self._what} {name}")

    def started(self, step: Step) -> None:
        """A step begins."""
        if self._progress:
            with self._lock:
                self._progress.update(self._task, description=f"{self._what} {step.id}")

    def ended(self, result: StepResult) -> None:
        """A step has its result."""
        noted = "" if result.outcome is Outcome.DONE else f" ({result.outcome.value})"
        self.advance(f"{result.step}{noted}")

    def entered(self, customer: str) -> None:
        """Work on a customer begins."""

    def left(self, customer: str) -> None:
        """Nothing more is done for a customer in this run."""
