"""What keeps a customer from being begun at all: what is stale up front, and windows that closed.

Owns the rule that such a customer stops as a whole (DESIGN section 6, domain rule WI2). Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from pcsync.model import Action, Outcome, Step, StepResult

STOPS = frozenset({Outcome.STALE, Outcome.NOT_STARTED})
Now = Callable[[], datetime]


def too_late(step: Step, actions: Mapping[str, Action], now: Now) -> StepResult | None:
    """The result of a step that has an action whose window has closed; the clock is asked only
    where there is a window."""
    for covered in step.covers:
        limit = actions[covered].not_after
        if limit and now() > limit:
            detail = f"could be done until {limit:%Y-%m-%d %H:%M} UTC"
            return StepResult(step.id, Outcome.STALE, detail, "run plan again")
    return None


def stopped(
    steps: Sequence[Step],
    given: Callable[[Step], StepResult | None],
    actions: Mapping[str, Action],
    now: Now,
) -> list[StepResult]:
    """The results known up front of a customer that is not begun; none where it can be. What is
    `given` already needs no window any more."""
    found = [result for s in steps if (result := given(s) or too_late(s, actions, now))]
    return found if any(result.outcome in STOPS for result in found) else []
