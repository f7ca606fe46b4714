"""The engine: all steps of a plan, customers in parallel, in order inside one.

Owns outcomes: a failure skips only what needs it; every step and action has exactly one result,
whenever the run ends. Must not import a kind or know the terminal.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol, assert_never

from pcsync.apply import call, edit, wait
from pcsync.apply.gates import buys, ends_purchases, gate_of, waiting
from pcsync.apply.hindered import hindered
from pcsync.apply.journal import Moment
from pcsync.apply.outcomes import outcomes
from pcsync.apply.permit import Halted, Held, Locked, Overtaken, Terms
from pcsync.apply.recall import gave_once, recalled, written
from pcsync.apply.references import NAME, Unresolved
from pcsync.apply.schedule import GIVE_WAY, Lane, Schedule
from pcsync.apply.session import Pausing, Session
from pcsync.apply.turns import TURN, Queue
from pcsync.apply.upfront import stopped, too_late
from pcsync.errors import PcsyncError, Unreachable
from pcsync.model import (
    NOTHING,
    Address,
    Applied,
    Await,
    Call,
    Edit,
    Outcome,
    Plan,
    Step,
    StepResult,
    Stop,
)

LOOK = "run plan: it looks at what is there"


class Progress(Protocol):
    """Who is told what happens, from several threads."""

    def started(self, step: Step) -> None: ...

    def ended(self, result: StepResult) -> None: ...

    def entered(self, customer: str) -> None: ...

    def left(self, customer: str) -> None: ...


class Engine:
    """One run of one plan."""

    def __init__(
        self,
        plan: Plan,
        session: Session,
        progress: Progress,
        *,
        parallel: int = 4,
        terms: Terms | None = None,
        settled: Mapping[str, StepResult] = NOTHING,
    ) -> None:
        """`settled` are the results of steps that need not be begun, by their ids."""
        self._plan, self._session, self._progress = plan, session, progress
        self._parallel, self._terms = parallel, terms or Terms()
        self._actions = {action.id: action for action in plan.actions}
        self._steps = {step.id: step for step in plan.steps}
        self._settled = settled
        self._results: dict[str, StepResult] = {}
        self._stop = threading.Event()
        self._why: Stop | None = None
        self._failed = threading.Event()
        self._no_credit = threading.Event()
        self._started: datetime | None = None
        by_customer = self._by_customer()
        self._queue = Queue(self._terms.turns, by_customer)
        lanes = (self._turn(name, by_customer[name]) for name in self._queue.sorted(by_customer))
        self._schedule = Schedule(lanes, session.clock, parallel)
        session.known.update({f"{address}#id": known for address, known in plan.ids.items()})

    def stop(self, why: Stop = Stop.INTERRUPTED) -> None:
        """Lets calls in flight end and starts no further one; a signal may call it."""
        self._why = self._why or why
        self._stop.set()
        self._schedule.hurry()

    def run(self) -> None:
        """Carries out all steps. A defect of pcsync raises; `applied` still tells what was done."""
        self._started = self._session.clock.now()
        try:
            self._schedule.run()
        except BaseException:
            self.stop(Stop.DEFECT)
            raise

    def _by_customer(self) -> Mapping[str, list[Step]]:
        found: dict[str, list[Step]] = defaultdict(list)
        for step in self._plan.steps:
            found[Address.parse(step.covers[0].partition(":")[0]).root].append(step)
        return found

    def _turn(self, customer: str, steps: Sequence[Step]) -> Lane:
        """The lane of a customer; when it has ended, nobody waits for its purchases any more."""
        try:
            yield from self._lane(customer, steps)
        finally:
            self._queue.left(customer)

    def _lane(self, customer: str, steps: Sequence[Step]) -> Lane:
        """The work on one customer: its lock, its steps in order, and waits in between."""
        if self._over() or (self._terms.fail_fast and self._failed.is_set()):
            return
        if results := stopped(steps, self._given, self._actions, self._session.clock.now):
            for result in results:
                self._end(result)
            return
        held = yield from self._hold(customer, steps)
        if held is None:
            return
        self._progress.entered(customer)
        try:
            permit = self._permit(customer, held)
            for seconds in self._customer(replace(self._session, permit=permit), steps):
                yield seconds
                held.renew()
        finally:
            held.release(any(self._sent(step) for step in steps))
            self._progress.left(customer)

    def _hold(self, customer: str, steps: Sequence[Step]) -> Generator[float, None, Held | None]:
        """The customer's lock; without it its steps are skipped, for another run has it."""
        terms = self._terms
        until = terms.seconds() + terms.lock_timeout.total_seconds()
        while True:
            try:
                return terms.locks.take(customer)
            except Overtaken as error:
                self._all(steps, Outcome.STALE, error)
                return None
            except Locked as error:
                if terms.seconds() >= until or self._over():
                    self._all(steps, Outcome.SKIPPED, error)
                    return None
            except PcsyncError as error:
                self._all(steps, Outcome.FAILED, error)
                return None
            self._stop.wait(terms.lock_every)
            yield GIVE_WAY

    def _all(self, steps: Sequence[Step], outcome: Outcome, error: PcsyncError) -> None:
        for step in steps:
            self._end(StepResult(step.id, outcome, error.what, error.advice))

    def _permit(self, customer: str, held: Held) -> Callable[[], None]:
        """What is asked before every write to the customer (domain rule RO4)."""

        def permit() -> None:
            if self._over():
                raise Halted("the run was stopped", "run apply again: it goes on from here")
            self._terms.permit(customer)
            held.check()

        return permit

    def _over(self) -> bool:
        """Whether nothing more is begun: the run was stopped, or its time is used up."""
        until = self._terms.until
        if not self._stop.is_set() and until and self._session.clock.now() > until:
            self.stop(Stop.DEADLINE)
        return self._stop.is_set()

    def _sent(self, step: Step) -> bool:
        result = self._results.get(step.id)
        doubtful = result is not None and (result.sent > 0 or result.outcome is Outcome.UNKNOWN)
        return doubtful or self._session.left(step.id)

    def _customer(self, session: Session, steps: Sequence[Step]) -> Lane:
        gates: dict[str, StepResult] = {}
        for step in steps:
            while buys(step) and self._queue.waits(step) and not self._over():
                yield TURN
            if self._over():
                return
            result = self._given(step) or self._hindered(step) or self._gated(step, gates)
            if result is None or self._gave_once(step, result):
                result = yield from self._perform(step, session, gates, result)
                result = written(step, result, session.known, session.journal)
                session.hook(Moment.ANSWER_WRITTEN, step.id)
            self._end(result)
            if result.outcome in {Outcome.STALE, Outcome.NOT_STARTED}:
                return

    def _given(self, step: Step) -> StepResult | None:
        """What is known of a step before it is begun: by a look up front, or by the journal."""
        known = self._session.journal.known(step.id)
        return self._settled.get(step.id) or recalled(step, known)

    def _gave_once(self, step: Step, result: StepResult) -> bool:
        age = self._session.clock.now() - self._plan.time
        known = self._session.journal.known(step.id)
        return step.id in self._settled and gave_once(step, result, known, age)

    def _end(self, result: StepResult) -> None:
        self._results[result.step] = result
        self._queue.done(result.step)
        if result.outcome in {Outcome.FAILED, Outcome.UNKNOWN}:
            self._failed.set()
        self._progress.ended(result)

    def _gated(self, step: Step, gates: Mapping[str, StepResult]) -> StepResult | None:
        """A gate that refused one call refuses its whole collection: it is not asked again. Without
        credit nothing more is bought, for no customer."""
        if self._no_credit.is_set() and buys(step):
            what = "the partner's credit is used up: nothing more is bought in this run"
            return StepResult(step.id, Outcome.FAILED, what, "pay open invoices, then apply again")
        before = gates.get(_collection(step))
        return replace(before, step=step.id, sent=0) if before else None

    def _hindered(self, step: Step) -> StepResult | None:
        """Why a step can't be started: what it needs is not done, or its window has closed."""
        needed = hindered(step, self._results, self._actions, self._steps)
        return needed or too_late(step, self._actions, self._session.clock.now)

    def _perform(
        self,
        step: Step,
        session: Session,
        gates: dict[str, StepResult],
        there: StepResult | None = None,
    ) -> Pausing[StepResult]:
        """Carries a step out; where it is `there` already, only asks for what it gave once."""
        try:
            self._progress.started(step)
            match step:
                case Call() if there is not None:
                    return (yield from call.given_again(step, session, there))
                case Call():
                    return (yield from call.perform(step, session))
                case Edit():
                    return (yield from edit.perform(step, session, self._over))
                case Await():
                    return (yield from wait.perform(step, session, self._over))
                case never:
                    assert_never(never)
        except Unresolved as error:
            outcome = Outcome.UNKNOWN if session.left(step.id) else Outcome.SKIPPED
            return StepResult(step.id, outcome, error.what, error.advice, cause=error.owner)
        except Halted as halt:
            if halt.stop:
                self.stop(halt.stop)
            return StepResult(step.id, Outcome.NOT_STARTED, halt.what, halt.advice)
        except PcsyncError as error:
            return self._refused(step, error, gates)
        except BaseException as error:
            self.stop(Stop.DEFECT)
            self._broken(step, error)
            raise

    def _broken(self, step: Step, error: BaseException) -> None:
        """The result of a step that a defect of pcsync ended: its own, or that of another customer,
        after which nobody comes back to a pause."""
        if self._session.left(step.id):
            detail = f"a defect of pcsync ({type(error).__name__}) came in between"
            self._results[step.id] = StepResult(step.id, Outcome.UNKNOWN, detail, LOOK)

    def _refused(self, step: Step, error: PcsyncError, gates: dict[str, StepResult]) -> StepResult:
        """Failed; or pending, where people have to do something first (rules PU5, PU6); or not
        started, for nothing left."""
        if isinstance(error, Unreachable) and not error.sent:
            if error.over:
                self.stop(Stop.DEADLINE)
            self._failed.set()
            return StepResult(step.id, Outcome.NOT_STARTED, error.what, error.advice)
        if ends_purchases(error):
            self._no_credit.set()
        gate = gate_of(error)
        if gate is None or gate.name in self._waived(step):
            return StepResult(step.id, Outcome.FAILED, error.what, error.advice)
        gates[_collection(step)] = waiting(step, gate)
        return gates[_collection(step)]

    def _waived(self, step: Step) -> Sequence[str]:
        """The gates at which the customer of a step does not wait."""
        return self._plan.waived.get(Address.parse(step.covers[0].rpartition(":")[0]).root, ())

    def applied(self, writes: int, reads: int) -> Applied:
        """What came of it so far; what was not started says so."""
        now = self._session.clock.now()
        steps, actions = outcomes(self._plan, self._results)
        return Applied(
            plan=self._plan,
            started=self._started or now,
            ended=now,
            steps=steps,
            actions=actions,
            ids=self._ids(),
            writes=writes,
            reads=reads,
            stopped=self._why,
        )

    def _ids(self) -> Mapping[str, str]:
        """The ids of what was acted on, as far as they are known now."""
        known = self._session.known
        names = sorted({str(action.address) for action in self._plan.actions})
        return {name: known[f"{name}#id"] for name in names if f"{name}#id" in known}


def _collection(step: Step) -> str:
    """``users`` of ``/v1/customers/{customer/contoso#id}/users/...``: what a gate closes."""
    parts = NAME.sub("id", step.path).split("/")
    return parts[4] if len(parts) > 4 else step.path
