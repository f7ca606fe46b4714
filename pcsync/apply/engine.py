"""The engine: all steps of a plan, customers in parallel, in order inside one.

Owns outcomes: a failure skips only what needs it; every step and action has exactly one result,
whenever the run ends. Must not import a kind or know the terminal.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from typing import Protocol, assert_never

from pcsync.apply import call, edit, wait
from pcsync.apply.references import Unresolved
from pcsync.apply.session import Session
from pcsync.errors import PcsyncError
from pcsync.model import (
    Action,
    ActionResult,
    Address,
    Applied,
    Await,
    Call,
    Edit,
    Outcome,
    Plan,
    Step,
    StepResult,
    When,
)

LOOK = "run plan: it looks at what is there"

# Of several steps of one action the worst outcome is the action's.
WORST = (
    Outcome.FAILED,
    Outcome.UNKNOWN,
    Outcome.STALE,
    Outcome.PENDING,
    Outcome.SKIPPED,
    Outcome.NOT_STARTED,
    Outcome.DONE,
)


class Progress(Protocol):
    """Who is told what happens, from several threads."""

    def started(self, step: Step) -> None: ...

    def ended(self, result: StepResult) -> None: ...


class Engine:
    """One run of one plan."""

    def __init__(
        self, plan: Plan, session: Session, progress: Progress, *, parallel: int = 4
    ) -> None:
        self._plan, self._session, self._progress = plan, session, progress
        self._parallel = parallel
        self._actions = {action.id: action for action in plan.actions}
        self._steps = {step.id: step for step in plan.steps}
        self._results: dict[str, StepResult] = {}
        self._stop = threading.Event()
        self._started: datetime | None = None
        session.known.update({f"{address}#id": known for address, known in plan.ids.items()})

    def stop(self) -> None:
        """Lets calls in flight end and starts no further one."""
        self._stop.set()

    def run(self) -> None:
        """Carries out all steps. A defect of pcsync raises; `applied` still tells what was done."""
        self._started = self._session.clock.now()
        by_customer: dict[str, list[Step]] = defaultdict(list)
        for step in self._plan.steps:
            by_customer[Address.parse(step.covers[0].partition(":")[0]).root].append(step)
        with ThreadPoolExecutor(self._parallel, thread_name_prefix="apply") as pool:
            try:
                for _ in pool.map(self._customer, by_customer.values()):
                    pass
            except BaseException:
                self.stop()
                raise

    def _customer(self, steps: Iterable[Step]) -> None:
        stale = False
        for step in steps:
            if stale or self._stop.is_set():
                continue
            result = self._hindered(step) or self._perform(step)
            self._results[step.id] = result
            self._progress.ended(result)
            stale = result.outcome is Outcome.STALE

    def _hindered(self, step: Step) -> StepResult | None:
        """Why a step can't be started: what it needs is not done, or its window has closed."""
        for name in step.after:
            before = self._results.get(name)
            if before is None or self._blocks(before, step):
                return self._without(step, name, before)
        for covered in step.covers:
            limit = self._actions[covered].not_after
            if limit and self._session.clock.now() > limit:
                detail = f"could be done until {limit:%Y-%m-%d %H:%M} UTC"
                return StepResult(step.id, Outcome.STALE, detail, "run plan again")
        return None

    def _blocks(self, before: StepResult, step: Step) -> bool:
        """Whether a step's result keeps another from starting; one that failed for some of its
        actions only keeps back what covers or needs one of these."""
        if before.outcome is Outcome.DONE or not before.fails:
            return before.outcome is not Outcome.DONE
        concerned = set(step.covers).union(*(self._actions[c].needs for c in step.covers))
        return bool(concerned & set(before.fails))

    def _without(self, step: Step, name: str, before: StepResult | None) -> StepResult:
        """Skipped, or pending with what it waits for; the first cause is named, however far."""
        if before and before.outcome in {Outcome.SKIPPED, Outcome.PENDING} and before.cause:
            return replace(before, step=step.id, sent=0)
        cause = self._steps[name].covers[0].rpartition(":")[0]
        waits = before is not None and before.outcome is Outcome.PENDING
        ended = f"is {before.outcome}" if before else "was not started"
        outcome = Outcome.PENDING if waits else Outcome.SKIPPED
        return StepResult(step.id, outcome, f"needs {cause}, which {ended}", cause=cause)

    def _perform(self, step: Step) -> StepResult:
        try:
            self._progress.started(step)
            match step:
                case Call():
                    return call.perform(step, self._session)
                case Edit():
                    return edit.perform(step, self._session)
                case Await():
                    return wait.perform(step, self._session, self._stop.is_set)
                case never:
                    assert_never(never)
        except Unresolved as error:
            return StepResult(step.id, Outcome.UNKNOWN, error.what, error.advice)
        except PcsyncError as error:
            return StepResult(step.id, Outcome.FAILED, error.what, error.advice)
        except BaseException as error:
            self.stop()
            detail = f"a defect of pcsync ({type(error).__name__}) came in between"
            self._results[step.id] = StepResult(step.id, Outcome.UNKNOWN, detail, LOOK)
            raise

    def applied(self, writes: int, reads: int) -> Applied:
        """What came of it so far; what was not started says so."""
        now = self._session.clock.now()
        steps = tuple(
            self._results.get(step.id) or StepResult(step.id, Outcome.NOT_STARTED)
            for step in self._plan.steps
        )
        mine: dict[str, list[StepResult]] = defaultdict(list)
        for step, result in zip(self._plan.steps, steps, strict=True):
            for covered in step.covers:
                mine[covered].append(result)
        return Applied(
            plan=self._plan,
            started=self._started or now,
            ended=now,
            steps=steps,
            actions=tuple(self._action(action, mine) for action in self._plan.actions),
            ids=self._ids(),
            writes=writes,
            reads=reads,
        )

    def _ids(self) -> Mapping[str, str]:
        """The ids of what was acted on, as far as they are known now."""
        known = self._session.known
        names = sorted({str(action.address) for action in self._plan.actions})
        return {name: known[f"{name}#id"] for name in names if f"{name}#id" in known}

    def _action(self, action: Action, mine: Mapping[str, list[StepResult]]) -> ActionResult:
        if action.implied_by:
            other = self._action(self._actions[action.implied_by], mine)
            return replace(other, action=action.id)
        if action.when is not When.NOW:
            detail = f"{action.when.value}: nothing to do now"
            return ActionResult(action.id, Outcome.DEFERRED, detail)
        results = [r for r in mine.get(action.id, ()) if not r.fails or action.id in r.fails]
        if not results:
            return ActionResult(action.id, Outcome.DONE)
        worst = min(results, key=lambda result: WORST.index(result.outcome))
        return ActionResult(action.id, worst.outcome, worst.detail, worst.advice)
