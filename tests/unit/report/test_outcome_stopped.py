"""What the report of an apply says where the run ended early, or others had its customers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pcsync.model import ActionResult, Applied, Outcome, Stop
from pcsync.report import render
from pcsync.report.document import apply_document
from tests.unit.report.sample import halted


def ended(stopped: Stop | None, *outcomes: Outcome) -> str:
    sample: Applied = halted()
    pairs = zip(sample.plan.actions, outcomes, strict=False)
    results = [ActionResult(action.id, outcome) for action, outcome in pairs]
    rest = [ActionResult(a.id, outcomes[-1]) for a in sample.plan.actions[len(results) :]]
    applied = replace(sample, actions=(*results, *rest), stopped=stopped)
    return " ".join(render(apply_document(applied), "human", 100, False).split())


@pytest.mark.parametrize(
    "stopped, outcomes, said",
    [
        (Stop.INTERRUPTED, (Outcome.DONE, Outcome.NOT_STARTED), "INTERRUPTED: the calls in flight"),
        (Stop.PAUSED, (Outcome.DONE, Outcome.NOT_STARTED), "It was paused meanwhile."),
        (Stop.FREEZE, (Outcome.DONE, Outcome.NOT_STARTED), "A freeze window began meanwhile."),
        (Stop.DEADLINE, (Outcome.DONE, Outcome.NOT_STARTED), "Its time was used up."),
        (Stop.PAUSED, (Outcome.NOT_STARTED,), "REFUSED: nothing is written while it is paused"),
        (None, (Outcome.DONE, Outcome.SKIPPED), "for what was skipped, when the other run"),
    ],
)
def test_why_it_ended_early_stands_in_the_verdict(
    stopped: Stop | None, outcomes: tuple[Outcome, ...], said: str
) -> None:
    assert said in ended(stopped, *outcomes)


def test_what_was_skipped_for_a_failure_is_not_blamed_on_another_run() -> None:
    assert "when the other run" not in ended(None, Outcome.FAILED, Outcome.SKIPPED)
