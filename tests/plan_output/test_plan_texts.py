"""The whole text of a plan is the golden one, fits 80 columns, and is told of in the docs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.plan_output.repositories import NAMES, PAGE, block, golden, text


@pytest.mark.parametrize("name", NAMES)
def test_the_plan_is_the_golden_one(name: str, tmp_path: Path) -> None:
    assert text(name, tmp_path) == golden(name).read_text("utf-8"), (
        "after a wanted change run `python -m tests.plan_output.repositories`"
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_plan_is_read_without_scrolling_sideways(name: str) -> None:
    lines = golden(name).read_text("utf-8").splitlines()
    assert max(map(len, lines)) <= 80
    assert not [line for line in lines if line != line.rstrip()]


@pytest.mark.parametrize("name", NAMES)
def test_the_page_about_plans_shows_it(name: str) -> None:
    assert block(name, golden(name).read_text("utf-8")) in PAGE.read_text("utf-8")
