"""The pages of the example repositories: `python -m tests.docs.examples` writes them anew.

A block of a page that begins with ``$ pcsync …`` holds what that command prints on the world that
lies beside it; the commands of a page run in their order, against one emulator.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests

from pcsync.emulator import load_world, running
from pcsync.emulator.worldfile import build
from tests.command import pcsync

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
BLOCK = re.compile(r"^```console\n(?P<body>\$ .*?)^```$", re.MULTILINE | re.DOTALL)
WORKS = frozenset({0, 2, 3, 6})


def pages() -> list[Path]:
    """The pages of all examples that have one."""
    return sorted(EXAMPLES.glob("*/README.md"))


def written(page: Path) -> str:
    """The page with what its commands print now."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, page.parent.name)
        shutil.copytree(page.parent, folder)
        with running(world(folder)) as server:
            break_down(folder, server.url)
            return BLOCK.sub(
                lambda block: _run(block["body"], folder, server.url), page.read_text("utf-8")
            )


def world(folder: Path) -> Any:
    """The world that lies in an example's folder, `world.py` written to `world.json` first; an
    empty one where there is none."""
    if (folder / "world.py").exists():
        words = [sys.executable, "world.py"]
        made = subprocess.run(words, cwd=folder, capture_output=True, check=True, timeout=60)
        (folder / "world.json").write_bytes(made.stdout)
    found = [folder / name for name in ("world.yaml", "world.json") if (folder / name).exists()]
    return load_world(found[0]) if found else build({})


def break_down(folder: Path, url: str) -> None:
    """What goes wrong on the day of an example: a fault of the emulator a line."""
    file = folder / "faults.jsonl"
    for line in file.read_text("utf-8").splitlines() if file.exists() else ():
        requests.post(f"{url}/_emulator/faults", data=line, timeout=30).raise_for_status()


def _run(body: str, folder: Path, url: str) -> str:
    return "```console\n" + "".join(_lines(body, folder, url)) + "```"


def _lines(body: str, folder: Path, url: str) -> Iterator[str]:
    """Each command of a block with its output; what stood there is dropped."""
    for line in body.splitlines():
        if not line.startswith("$ pcsync "):
            continue
        there = {"PCSYNC_EMULATOR_URL": url}
        done = pcsync(*line.split()[2:], folder=folder, environment=there)
        assert done.returncode in WORKS, f"{folder.name}: {line}: {done.stdout}{done.stderr}"
        yield f"{line}\n{done.stdout}"


if __name__ == "__main__":
    for each in pages():
        each.write_text(written(each), "utf-8")
