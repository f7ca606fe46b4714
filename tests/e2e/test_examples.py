"""Every example validates, plans and applies as it stands; the plan after that is as expected."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from pcsync.emulator import running
from tests.command import pcsync as command
from tests.docs.examples import break_down, world

EXAMPLES = sorted(path for path in (Path(__file__).parents[2] / "examples").iterdir())
EMPTY = "No changes. The estate is as declared."
STORED = "No changes to make. What is declared is stored already"


@dataclass(frozen=True)
class Expected:
    """Exit codes of plan and apply, the words they need besides, and what the last plan says.

    Where people have to decide (`waits`), the clock moves on by so much after the first apply,
    which ends with 6, and the same is applied again. Where something of it is unknown or undecided,
    `plan`, `applied` and `then` say what each command ends with.
    """

    said: str = EMPTY
    words: tuple[str, ...] = ()
    lifts: tuple[str, ...] = ()
    plan: int = 2
    waits: str = ""
    applied: int = 0
    then: int = 0


BEFORE = ("--base", "before")
EXPECTED = {
    "azure": Expected(words=BEFORE),
    "estate": Expected(
        "189 stored already",
        BEFORE,
        ("--allow", "customers=189", "--allow", "upfront=unknown"),
        plan=3,
        applied=5,
        then=3,
    ),
    "offboarding": Expected(STORED, BEFORE),
    "onboarding": Expected(waits="P2D"),
    "removed": Expected(words=BEFORE),
    "upgrade": Expected(STORED, BEFORE),
}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_example(example: Path, tmp_path: Path) -> None:
    expected = EXPECTED.get(example.name, Expected())
    folder = tmp_path / example.name
    shutil.copytree(example, folder)
    with running(world(folder)) as server:
        break_down(folder, server.url)

        def pcsync(*words: str) -> subprocess.CompletedProcess[str]:
            return run(folder, server.url, *words)

        valid = pcsync("validate")
        assert valid.returncode == 0, valid.stderr
        planned = pcsync("plan", "--detailed-exitcode", *expected.words)
        assert planned.returncode == expected.plan, planned.stdout + planned.stderr
        assert max(map(len, planned.stdout.splitlines())) <= 80
        if expected.plan == 3:
            refused = pcsync("apply", "--yes", *expected.words)
            assert refused.returncode == 3, refused.stdout + refused.stderr
        if expected.waits:
            waiting = pcsync("apply", "--yes", *expected.words)
            assert waiting.returncode == 6, waiting.stdout + waiting.stderr
            clock = {"advance": expected.waits}
            requests.post(f"{server.url}/_emulator/clock", json=clock, timeout=30)
        applied = pcsync("apply", "--yes", *expected.words, *expected.lifts)
        assert applied.returncode == expected.applied, applied.stdout + applied.stderr
        assert max(map(len, applied.stdout.splitlines())) <= 80
        again = pcsync("plan", "--detailed-exitcode", *expected.words)
        assert again.returncode == expected.then, again.stdout
        assert expected.said in again.stdout


def run(folder: Path, url: str, *words: str) -> subprocess.CompletedProcess[str]:
    return command(*words, folder=folder, environment={"PCSYNC_EMULATOR_URL": url})


def test_demo_ends_well() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "pcsync", "demo"],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert told.returncode == 0, told.stdout[-2000:] + told.stderr
    assert "21 writes, each announced by the plan" in told.stdout
    assert told.stdout.rstrip().endswith("everything is as declared.")
