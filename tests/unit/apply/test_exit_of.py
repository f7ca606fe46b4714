"""The exit code of an apply, for every mixture of outcomes."""

from __future__ import annotations

from itertools import combinations

import pytest
from apply_fakes import AT, plan

from pcsync.errors import Exit
from pcsync.model import ActionResult, Applied, Outcome, StepResult, Stop
from pcsync.report.exits import exit_of

DONE, FAILED, SKIPPED = Outcome.DONE, Outcome.FAILED, Outcome.SKIPPED
PENDING, UNKNOWN, STALE = Outcome.PENDING, Outcome.UNKNOWN, Outcome.STALE
DEFERRED, NOT_STARTED = Outcome.DEFERRED, Outcome.NOT_STARTED


def code(*outcomes: Outcome, stopped: Stop | None = None) -> Exit:
    results = tuple(ActionResult(str(n), outcome) for n, outcome in enumerate(outcomes))
    return exit_of(Applied(plan([], []), AT, AT, (), results, stopped=stopped))


@pytest.mark.parametrize(
    "outcomes, expected",
    [
        ((), Exit.FINE),
        ((DONE,), Exit.FINE),
        ((DEFERRED,), Exit.FINE),
        ((DONE, DEFERRED), Exit.FINE),
        ((PENDING,), Exit.WAITING),
        ((DONE, PENDING, SKIPPED, DEFERRED), Exit.WAITING),
        ((FAILED,), Exit.FAILED),
        ((UNKNOWN,), Exit.FAILED),
        ((NOT_STARTED,), Exit.FAILED),
        ((FAILED, SKIPPED, DEFERRED), Exit.FAILED),
        ((FAILED, STALE), Exit.FAILED),
        ((STALE,), Exit.STALE),
        ((STALE, NOT_STARTED, SKIPPED, DEFERRED), Exit.STALE),
        ((STALE, DONE), Exit.PARTIAL),
        ((FAILED, DONE), Exit.PARTIAL),
        ((UNKNOWN, DONE), Exit.PARTIAL),
        ((NOT_STARTED, DONE), Exit.PARTIAL),
        ((SKIPPED, DONE), Exit.PARTIAL),
        ((FAILED, PENDING), Exit.PARTIAL),
        ((NOT_STARTED, PENDING), Exit.PARTIAL),
        ((SKIPPED,), Exit.PARTIAL),
        ((SKIPPED, DEFERRED, NOT_STARTED), Exit.PARTIAL),
        ((SKIPPED, FAILED), Exit.FAILED),
        ((SKIPPED, STALE), Exit.STALE),
    ],
)
def test_exit_of(outcomes: tuple[Outcome, ...], expected: Exit) -> None:
    assert code(*outcomes) is expected


@pytest.mark.parametrize(
    "stopped, outcomes, expected",
    [
        (Stop.INTERRUPTED, (NOT_STARTED,), Exit.INTERRUPTED),
        (Stop.INTERRUPTED, (DONE, NOT_STARTED), Exit.INTERRUPTED),
        (Stop.INTERRUPTED, (DONE, FAILED, PENDING, UNKNOWN), Exit.INTERRUPTED),
        (Stop.INTERRUPTED, (DONE, DEFERRED), Exit.FINE),
        (Stop.PAUSED, (NOT_STARTED,), Exit.REFUSED),
        (Stop.PAUSED, (NOT_STARTED, DEFERRED), Exit.REFUSED),
        (Stop.PAUSED, (DONE, NOT_STARTED), Exit.PARTIAL),
        (Stop.PAUSED, (FAILED, NOT_STARTED), Exit.FAILED),
        (Stop.PAUSED, (PENDING, NOT_STARTED), Exit.PARTIAL),
        (Stop.FREEZE, (NOT_STARTED,), Exit.REFUSED),
        (Stop.FREEZE, (DONE, NOT_STARTED), Exit.PARTIAL),
        (Stop.DEADLINE, (DONE, NOT_STARTED), Exit.PARTIAL),
        (Stop.DEADLINE, (NOT_STARTED,), Exit.FAILED),
        (Stop.DEADLINE, (DONE, PENDING), Exit.WAITING),
        (Stop.DEFECT, (DONE, UNKNOWN, NOT_STARTED), Exit.PARTIAL),
    ],
)
def test_exit_of_a_run_that_ended_early(
    stopped: Stop, outcomes: tuple[Outcome, ...], expected: Exit
) -> None:
    """An interrupt is said whatever else came; a pause is a refusal only if nothing was done."""
    assert code(*outcomes, stopped=stopped) is expected


ALL = [mixture for size in range(1, 9) for mixture in combinations(Outcome, size)]


def test_only_what_is_done_or_deferred_is_fine() -> None:
    fine = {mixture for mixture in ALL if code(*mixture) is Exit.FINE}
    assert fine == {(DONE,), (DEFERRED,), (DONE, DEFERRED)}


def test_waiting_is_no_failure_and_hides_none() -> None:
    for mixture in ALL:
        bad = set(mixture) & {FAILED, UNKNOWN, STALE, NOT_STARTED}
        assert (code(*mixture) is Exit.WAITING) == (PENDING in mixture and not bad)


def test_stale_hides_no_failure() -> None:
    for mixture in ALL:
        if code(*mixture) is Exit.STALE:
            assert not set(mixture) & {FAILED, UNKNOWN, DONE, PENDING}


def test_neither_order_nor_number_counts() -> None:
    for mixture in ALL:
        assert code(*mixture) is code(*reversed(mixture)) is code(*mixture, *mixture)


def test_what_only_a_limit_stopped_is_refused() -> None:
    """Domain rule MO8: nothing was done, and nothing of the service failed."""
    results = (ActionResult("a", FAILED), ActionResult("b", SKIPPED))
    limit, fault = (StepResult(name, FAILED, refused=name == "limit") for name in ("limit", "bad"))
    assert exit_of(Applied(plan([], []), AT, AT, (limit,), results)) is Exit.REFUSED
    assert exit_of(Applied(plan([], []), AT, AT, (limit, fault), results)) is Exit.FAILED
    done = (*results, ActionResult("c", DONE))
    assert exit_of(Applied(plan([], []), AT, AT, (limit,), done)) is Exit.PARTIAL
