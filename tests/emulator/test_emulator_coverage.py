"""COVERAGE.md says what there is."""

from __future__ import annotations

import pytest

from . import coverage
from .cases import Case, load


def test_file_is_as_generated() -> None:
    """Regenerate with `python -m tests.emulator.coverage > pcsync/emulator/COVERAGE.md`."""
    assert coverage.FILE.read_text("utf-8") == "\n".join(coverage.page()) + "\n"


@pytest.mark.parametrize("case", load(), ids=lambda case: case.name)
def test_every_case_belongs_to_a_documented_operation(case: Case) -> None:
    known = {operation.page for operation in coverage.operations()}
    assert known.issuperset(case.pages)
