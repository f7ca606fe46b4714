"""The exit code of an apply, for every mixture of outcomes."""

from __future__ import annotations

from itertools import combinations

import pytest
from apply_fakes import AT, plan

from pcsync.errors import Exit
from pcsync.model import ActionResult, Applied, Outcome
from pcsync.report.exits import exit_of

DONE, FAILED, SKIPPED = Outcome.DONE, Outcome.FAILED, Outcome.SKIPPED
PENDING, UNKNOWN, STALE = Outcome.PENDING, Outcome.UNKNOWN, Outcome.STALE
DEFERRED, NOT_STARTED = Outcome.DEFERRED, Outcome.NOT_STARTED


def code(*outcomes: Outcome) -> Exit:
    results = tuple(ActionResult(str(n), outcome) for n, outcome in enumerate(outcomes))
    return exit_of(Applied(plan([], []), AT, AT, (), results))


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
    ],
)
def test_exit_of(outcomes: tuple[Outcome, ...], expected: Exit) -> None:
    assert code(*outcomes) is expected


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
