"""Why a step can't be started yet, or any more: what it needs is not done.

Owns whom a failure stops: what needs it, and nothing else. Pure; must not import a kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pcsync.model import Action, Outcome, Step, StepResult

Results = Mapping[str, StepResult]
Actions = Mapping[str, Action]


def hindered(
    step: Step, results: Results, actions: Actions, steps: Mapping[str, Step]
) -> StepResult | None:
    """The result of a step that one before it keeps from starting; None where it can."""
    for name in step.after:
        before = results.get(name)
        if before is None or _blocks(before, step, actions):
            return _without(step, steps[name], before)
    return None


def _blocks(before: StepResult, step: Step, actions: Actions) -> bool:
    """Whether a step's result keeps another from starting; one that failed for some of its
    actions only keeps back what covers or needs one of these."""
    if before.outcome is Outcome.DONE or not before.fails:
        return before.outcome is not Outcome.DONE
    concerned = set(step.covers).union(*(actions[c].needs for c in step.covers))
    return bool(concerned & set(before.fails))


def _without(step: Step, needed: Step, before: StepResult | None) -> StepResult:
    """Skipped, or pending with what it waits for; the first cause is named, however far."""
    if before and before.outcome in {Outcome.SKIPPED, Outcome.PENDING} and before.cause:
        return replace(before, step=step.id, sent=0)
    cause = needed.covers[0].rpartition(":")[0]
    waits = before is not None and before.outcome is Outcome.PENDING
    ended = f"is {before.outcome}" if before else "was not started"
    outcome = Outcome.PENDING if waits else Outcome.SKIPPED
    return StepResult(step.id, outcome, f"needs {cause}, which {ended}", cause=cause)
