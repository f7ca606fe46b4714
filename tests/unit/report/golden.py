"""The golden texts: which document at which width is which file.

After a wanted change, write them anew with ``python -m tests.unit.report.golden`` and read the
difference before you keep it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pcsync.report.document import apply_document, drift_document, plan_document
from pcsync.report.human import render

from . import sample

FOLDER = Path(__file__).parent / "golden"
DOCUMENTS: dict[str, Callable[[], Mapping[str, Any]]] = {
    "plan-small": lambda: plan_document(sample.small()),
    "plan-everything": lambda: plan_document(sample.everything()),
    "plan-blueprint": lambda: plan_document(sample.blueprint()),
    "plan-nothing": lambda: plan_document(sample.nothing()),
    "plan-refused": lambda: plan_document(sample.refused()),
    "plan-hostile": lambda: plan_document(sample.hostile()),
    "apply-halted": lambda: apply_document(sample.halted()),
    "drift-everything": lambda: drift_document(sample.everything()),
    "drift-nothing": lambda: drift_document(sample.nothing()),
}
CASES = [(name, width) for name in DOCUMENTS for width in (80, 140)]


def text(name: str, width: int, colour: bool = False) -> str:
    """What is rendered now."""
    return render(DOCUMENTS[name](), width, colour)


def path(name: str, width: int) -> Path:
    """Where the golden text stands."""
    return FOLDER / f"{name}-{width}.txt"


if __name__ == "__main__":
    for case in CASES:
        path(*case).write_text(text(*case), encoding="utf-8")
