"""One result for every step and every action of a plan, from what the steps came to.

Owns which of several results is an action's. Pure; must not import a kind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from pcsync.model import GOING, Action, ActionResult, Outcome, Plan, StepResult

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


def outcomes(
    plan: Plan, results: Mapping[str, StepResult]
) -> tuple[tuple[StepResult, ...], tuple[ActionResult, ...]]:
    """The results of all steps and of all actions, each in the order of the plan. A step without
    one was not started."""
    steps = tuple(
        results.get(step.id) or StepResult(step.id, Outcome.NOT_STARTED) for step in plan.steps
    )
    mine: dict[str, list[StepResult]] = defaultdict(list)
    for step, result in zip(plan.steps, steps, strict=True):
        for covered in step.covers:
            mine[covered].append(result)
    actions = {action.id: action for action in plan.actions}
    return steps, tuple(_action(action, actions, mine) for action in plan.actions)


def _action(
    action: Action, actions: Mapping[str, Action], mine: Mapping[str, list[StepResult]]
) -> ActionResult:
    if action.implied_by:
        other = _action(actions[action.implied_by], actions, mine)
        return replace(other, action=action.id)
    if action.when not in GOING:
        detail = f"{action.when.value}: nothing to do now"
        return ActionResult(action.id, Outcome.DEFERRED, detail)
    results = [r for r in mine.get(action.id, ()) if not r.fails or action.id in r.fails]
    if not results:
        return ActionResult(action.id, Outcome.DONE)
    worst = min(results, key=lambda result: WORST.index(result.outcome))
    return ActionResult(action.id, worst.outcome, worst.detail, worst.advice)
