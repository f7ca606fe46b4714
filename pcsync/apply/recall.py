"""What the journal and a look up front spare a run: steps that are done are not done again.

Owns which results of an earlier run stand, and what is written down of a new one. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from pcsync.apply.journal import Journal, Known
from pcsync.apply.settle import REMEMBERED
from pcsync.errors import PcsyncError
from pcsync.model import Call, Edit, Outcome, Step, StepResult


def recalled(step: Step, known: Known) -> StepResult | None:
    """The result of an earlier run that stands: done, or failed although the service took the call,
    for then its effect is there and is planned anew, never repeated unseen (rule PU1)."""
    result = known.result
    if result is None:
        return None
    failed = isinstance(step, Call) and known.accepted and result.outcome is Outcome.FAILED
    return replace(result, sent=0) if failed or result.outcome is Outcome.DONE else None


def gave_once(step: Step, result: StepResult, known: Known, age: timedelta) -> bool:
    """Whether a step that a look up front found done gave a secret that nobody wrote down: asked
    again with the same id, as long as the service knows it, it gives its first answer (PU7)."""
    secret = isinstance(step, Call) and any(keep.secret for keep in step.keep)
    unknown = known.result is None and result.outcome is Outcome.DONE
    return secret and unknown and age <= REMEMBERED


def written(
    step: Step, result: StepResult, known: Mapping[str, str], journal: Journal
) -> StepResult:
    """Writes down how a step ended and the ids that it gave. Where that can't be written the
    result says so: the next request will not leave then."""
    try:
        journal.done(result, ids_of(step, known))
    except PcsyncError as error:
        return replace(result, warnings=(*result.warnings, error.what))
    return result


def ids_of(step: Step, known: Mapping[str, str]) -> dict[str, str]:
    """The ids that a step gave, without its secrets."""
    if isinstance(step, Edit):
        return {}
    settled = step.settle.keep if isinstance(step, Call) and step.settle else ()
    names = {keep.name for keep in (*step.keep, *settled) if not keep.secret}
    return {name: known[name] for name in sorted(names) if name in known}
