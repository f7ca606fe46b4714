"""Every example validates, plans and applies as it stands; the plan after that is empty."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pcsync.emulator import load_world, running
from pcsync.emulator.worldfile import build

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").iterdir())


def pcsync(folder: Path, url: str, *words: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PCSYNC_EMULATOR_URL": url}
    return subprocess.run(
        [sys.executable, "-m", "pcsync", *words],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_example(example: Path, tmp_path: Path) -> None:
    folder = tmp_path / example.name
    shutil.copytree(example, folder)
    world = load_world(folder / "world.yaml") if (folder / "world.yaml").exists() else build({})
    with running(world) as server:
        valid = pcsync(folder, server.url, "validate")
        assert valid.returncode == 0, valid.stderr
        planned = pcsync(folder, server.url, "plan", "--detailed-exitcode")
        assert planned.returncode == 2, planned.stdout + planned.stderr
        assert max(map(len, planned.stdout.splitlines())) <= 80
        applied = pcsync(folder, server.url, "apply", "--yes")
        assert applied.returncode == 0, applied.stdout + applied.stderr
        again = pcsync(folder, server.url, "plan", "--detailed-exitcode")
        assert again.returncode == 0, again.stdout
        assert "No changes" in again.stdout


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
