"""Every row of the state machines in commerce.md 20 has a test, or a reason why it has none."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

HERE = Path(__file__).parent
ROWS: dict[str, dict[str, Any]] = yaml.safe_load((HERE / "rows.yaml").read_text("utf-8"))
FLAT = [(section, row, by) for section, rows in ROWS.items() for row, by in rows.items()]
TYPED_IN = yaml.safe_load((HERE / "transitions.yaml").read_text("utf-8"))


@pytest.mark.parametrize("section, row, by", FLAT, ids=[row for _, row, _ in FLAT])
def test_a_row_names_a_test_that_is_there_or_its_reason(section: str, row: str, by: Any) -> None:
    if isinstance(by, dict):
        assert by["reason"]
        return
    module, _, name = by.partition(".")
    text = (HERE / f"{module}.py").read_text("utf-8")
    assert re.search(rf"^def {name or 'test_'}", text, re.M), by


def test_every_row_is_there() -> None:
    """20.2 has 10 rows, 20.3 has 10; of 20.1 most stand in transitions.yaml."""
    assert {section: len(rows) for section, rows in ROWS.items()} == {
        "20.1": 10,
        "20.2": 10,
        "20.3": 10,
    }
    assert len({entry["row"] for entry in TYPED_IN}) >= 28
