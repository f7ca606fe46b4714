"""What a person sees while a plan is carried out: a row per customer on a terminal, lines in CI.

Owns the look of it, on stderr. Nothing of it is part of the report.
"""

from __future__ import annotations

import os
import sys
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Protocol

import click

from pcsync.cli.events import root
from pcsync.model import Outcome, Plan, Step, StepResult

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import TaskID

FORMS = ("auto", "plain", "none")
QUIET = frozenset({Outcome.DONE, Outcome.NOT_STARTED})


class Watcher(Protocol):
    """Who is told what happens, from several threads."""

    def started(self, step: Step) -> None:
        """A step begins."""

    def ended(self, result: StepResult) -> None:
        """A step has its result."""

    def entered(self, customer: str) -> None:
        """Work on a customer begins."""

    def left(self, customer: str) -> None:
        """Nothing more is done for a customer in this run."""


class Several:
    """Tells several."""

    def __init__(self, watchers: Sequence[Watcher]) -> None:
        self._watchers = watchers

    def started(self, step: Step) -> None:
        """Tells them."""
        for each in self._watchers:
            each.started(step)

    def ended(self, result: StepResult) -> None:
        """Tells them."""
        for each in self._watchers:
            each.ended(result)

    def entered(self, customer: str) -> None:
        """Tells them."""
        for each in self._watchers:
            each.entered(customer)

    def left(self, customer: str) -> None:
        """Tells them."""
        for each in self._watchers:
            each.left(customer)


class Lines:
    """A line when a customer is begun and when it is left, and one per step that is not done."""

    def __init__(self, plan: Plan) -> None:
        self._customers = {step.id: root(step) for step in plan.steps}
        self._steps = Counter(self._customers.values())
        self._counts: dict[str, Counter[str]] = {}
        self._lock = threading.Lock()

    def started(self, step: Step) -> None:
        """Steps that go well are not told singly."""

    def ended(self, result: StepResult) -> None:
        """One that is not done is told with its reason."""
        customer = self._customers[result.step]
        with self._lock:
            self._counts.setdefault(customer, Counter())[result.outcome.value] += 1
        if result.outcome not in QUIET:
            click.echo(f"{customer}: {result.outcome}: {result.step}: {result.detail}", err=True)

    def entered(self, customer: str) -> None:
        """Its number of steps."""
        steps = self._steps[customer]
        click.echo(f"{customer}: {steps} {'step' if steps == 1 else 'steps'}", err=True)

    def left(self, customer: str) -> None:
        """What its steps came to, the rest counted as not started."""
        counts = dict(self._counts.get(customer, {}))
        rest = self._steps[customer] - sum(counts.values())
        if rest:
            counts[Outcome.NOT_STARTED] = counts.get(Outcome.NOT_STARTED, 0) + rest
        said = ", ".join(f"{number} {name}" for name, number in counts.items())
        click.echo(f"{customer}: {said}", err=True)


class Board:
    """A row for each customer in work and one for all, on a terminal; gone when the run ends."""

    def __init__(self, plan: Plan, console: Console | None = None) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        self._customers = {step.id: root(step) for step in plan.steps}
        self._steps = Counter(self._customers.values())
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
        )
        self._progress = Progress(*columns, console=console or Console(stderr=True), transient=True)
        self._all = self._progress.add_task("all steps", total=len(plan.steps))
        self._rows: dict[str, TaskID] = {}

    def __enter__(self) -> Board:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def entered(self, customer: str) -> None:
        """Its row."""
        total = self._steps[customer]
        self._rows[customer] = self._progress.add_task(f"  {customer}", total=total)

    def started(self, step: Step) -> None:
        """The step in the row of its customer."""
        customer = self._customers[step.id]
        if (row := self._rows.get(customer)) is not None:
            self._progress.update(row, description=f"  {customer}  {step.covers[0]}")

    def ended(self, result: StepResult) -> None:
        """One more, here and in all."""
        self._progress.advance(self._all)
        if (row := self._rows.get(self._customers[result.step])) is not None:
            self._progress.advance(row)

    def left(self, customer: str) -> None:
        """The row goes."""
        if (row := self._rows.pop(customer, None)) is not None:
            self._progress.remove_task(row)


def chosen(form: str, environment: Mapping[str, str] = os.environ) -> str:
    """``board``, ``plain`` or ``none``: on a terminal a board; elsewhere lines in CI only."""
    if form != "auto":
        return form
    if sys.stderr.isatty():
        return "board"
    return "plain" if environment.get("CI") else "none"
