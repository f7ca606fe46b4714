"""The pages of the examples show what pcsync prints, and fit a terminal of 80 columns."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.examples import BLOCK, pages, written

PLAN = re.compile(r"^Plan [0-9a-f]{6}", re.MULTILINE)


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.parent.name)
def test_a_page_shows_what_is_printed(page: Path) -> None:
    assert _unnamed(page.read_text("utf-8")) == _unnamed(written(page)), (
        "run `python -m tests.docs.examples`"
    )


def _unnamed(text: str) -> str:
    """Without the ids of plans: they cover the steps, too, which a page does not show."""
    return PLAN.sub("Plan", text)


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.parent.name)
def test_what_is_printed_fits(page: Path) -> None:
    blocks = BLOCK.findall(page.read_text("utf-8"))
    assert blocks
    wide = [line for block in blocks for line in block.splitlines() if len(line) > 80]
    assert not wide
