"""The answers to a choice, side by side in the section NEEDS A DECISION."""

from __future__ import annotations

import pytest

from pcsync.model import Finding, Severity, Way
from pcsync.report.findings import decisions, findings

WAYS = (
    Way("now", "change: {product: now}", rows=(("done", "today"), ("can be taken back", "never"))),
    Way(
        "at renewal",
        "change: {product: atRenewal}",
        rows=(
            ("done", "2026-12-03, within 24 hours"),
            ("can be taken back", "free until 2026-12-02 23:59 UTC, then 7 days"),
        ),
    ),
)
ASKS = Finding(Severity.WARNING, "decision-needed", "product asks", "say which", ways=WAYS)


def test_both_ways_stand_side_by_side() -> None:
    assert decisions([ASKS], 80)[3:] == [
        "                              now                      at renewal",
        "           done               today                    2026-12-03, within 24",
        "                                                       hours",
        "           can be taken back  never                    free until 2026-12-02",
        "                                                       23:59 UTC, then 7 days",
    ]


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_too_long(width: int) -> None:
    assert max(map(len, decisions([ASKS], width))) <= width


def test_a_question_stands_in_a_section_of_its_own() -> None:
    assert decisions([ASKS], 80)[0] == "NEEDS A DECISION"
    assert findings([ASKS], 80) == []


def test_without_a_choice_there_is_no_table() -> None:
    plain = Finding(Severity.WARNING, "pending", "is being provisioned", "run plan again")
    assert len(findings([plain], 80)) == 3
    assert decisions([plain], 80) == []
