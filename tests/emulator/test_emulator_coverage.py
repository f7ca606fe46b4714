"""COVERAGE.md says what there is."""

from __future__ import annotations

from . import coverage
from .cases import load


def test_file_is_as_generated() -> None:
    """Regenerate with `python -m tests.emulator.coverage > pcsync/emulator/COVERAGE.md`."""
    assert coverage.FILE.read_text("utf-8") == "\n".join(coverage.page()) + "\n"


def test_every_case_belongs_to_a_documented_operation() -> None:
    known = {operation.page for operation in coverage.operations()}
    assert [case.name for case in load() if not known.issuperset(case.pages)] == []
