"""Whole plans: the text to the column, the exact writes, and an empty second plan."""

from __future__ import annotations

import pytest
from harness import Box
from kinds.test_cases import run
from whole import HERE, WIDTH, Whole, cases, filed, text, text_file

ALL = [pytest.param(case, id=case.name) for case in cases()]


@pytest.mark.parametrize("case", ALL)
def test_whole_plan(case: Whole, box: Box) -> None:
    case = filed(box, case)
    shown = text(box, case)
    assert shown == text_file(case).read_text("utf-8")
    assert all(len(line) <= WIDTH for line in shown.splitlines())
    run(case, box)


def test_every_text_has_its_case() -> None:
    assert {path.name for path in (HERE / "texts").glob("*.txt")} == {
        text_file(case).name for case in cases()
    }
