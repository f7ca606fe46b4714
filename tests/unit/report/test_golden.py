"""The texts people read, to the column."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

import pytest

from pcsync.report import RENDER, render
from pcsync.report.layout import columns
from pcsync.report.shown import CONTROL

from . import golden

ANSI = re.compile(r"\x1b\[\d+m")


def backwards(value: Any) -> Any:
    """The same document with its members in the opposite order."""
    if isinstance(value, dict):
        return {key: backwards(value[key]) for key in reversed(value)}
    return [backwards(member) for member in value] if isinstance(value, list) else value


@pytest.mark.parametrize("name,width", golden.CASES)
def test_text_is_the_golden_one(name: str, width: int) -> None:
    assert golden.text(name, width) == golden.path(name, width).read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [40, 57, 80, 140])
@pytest.mark.parametrize("name", golden.DOCUMENTS)
def test_no_line_is_too_wide_and_none_ends_in_space(name: str, width: int) -> None:
    lines = golden.text(name, width).split("\n")
    assert max(map(columns, lines)) <= width
    assert [line for line in lines if line != line.rstrip()] == []


@pytest.mark.parametrize("name", golden.DOCUMENTS)
def test_no_control_character_and_no_secret_gets_through(name: str) -> None:
    for line in golden.text(name, 80).split("\n"):
        assert not CONTROL.search(line)
        assert "$secret" not in line
        assert "keyvault" not in line


@pytest.mark.parametrize("name", golden.DOCUMENTS)
def test_colour_changes_no_word(name: str) -> None:
    painted = golden.text(name, 80, colour=True)
    assert painted != golden.text(name, 80)
    assert ANSI.sub("", painted) == golden.text(name, 80)


@pytest.mark.parametrize("how", RENDER)
@pytest.mark.parametrize("name", golden.DOCUMENTS)
def test_order_of_members_changes_no_byte(name: str, how: str) -> None:
    document = golden.DOCUMENTS[name]()
    assert render(backwards(document), how) == render(document, how)


def test_hash_seed_changes_no_byte() -> None:
    code = (
        "import hashlib; from pcsync.report import render; from tests.unit.report import golden;"
        "texts = [render(golden.DOCUMENTS[n](), how) for n in golden.DOCUMENTS"
        " for how in ('human', 'json')];"
        "import sys; sys.stdout.write(hashlib.sha256(''.join(texts).encode()).hexdigest())"
    )
    root = golden.FOLDER.parents[3]
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            cwd=root,
            env={"PYTHONHASHSEED": seed},
            stdout=subprocess.PIPE,
        )
        for seed in ("1", "77")
    ]
    first, second = (process.communicate()[0] for process in running)
    assert len(first) == 64
    assert first == second
