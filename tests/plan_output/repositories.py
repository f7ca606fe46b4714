"""The example repositories as checkouts of git: what was before as a commit, the rest on top.

Owns the golden texts, which the page about plans shows. After a wanted change `python -m
tests.plan_output.repositories` writes both anew: read the difference before you keep it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import requests

from pcsync.emulator import running
from tests.command import pcsync
from tests.docs.examples import EXAMPLES, break_down, world

GOLDEN = Path(__file__).parent / "golden"
PAGE = Path(__file__).parents[2] / "docs" / "plans.md"
NAMES = ("onboarding", "offboarding", "removed", "upgrade", "upgrade-asks", "azure", "estate")
# What a plan ends with where it is not 0, and examples without some of their lines.
CODES = {"upgrade-asks": 3, "estate": 3}
# What is known without a lock file, whose 300 customers would have to be applied first.
PLAIN = frozenset({"estate"})
WITHOUT = {"upgrade-asks": ("upgrade", "      change: ")}
BEFORE, PAGES = "before", "*.md"
# The same commits everywhere: their hashes stand in the texts.
AUTHOR = {"NAME": "f.lang", "EMAIL": "f.lang@northwind.example", "DATE": "2026-11-20T09:00:00Z"}
ID = re.compile(r"^Plan [0-9a-f]{6}", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Repository:
    """A checkout of an example, and the emulator with the world that lies beside it."""

    folder: Path
    url: str

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command of the CLI in it."""
        return pcsync(*words, folder=self.folder, environment={"PCSYNC_EMULATOR_URL": self.url})

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """A request to the emulator's own side."""
        answer = requests.request(method, f"{self.url}/_emulator/{path}", json=body, timeout=30)
        assert answer.status_code < 300, answer.text
        return answer.json(parse_float=Decimal) if answer.content else None


@contextmanager
def repository(name: str, place: Path) -> Iterator[Repository]:
    """The example of a name: `main` is what was before, applied; the work tree what is wanted."""
    example, without = WITHOUT.get(name, (name, ""))
    source, folder = EXAMPLES / example, place / name
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns(BEFORE, PAGES, "customers"))
    _git(folder, "init", "-q", "-b", "main")
    (folder / ".git" / "info" / "exclude").write_text(".pcsync/\n", "utf-8")
    with running(world(folder)) as server:
        found = Repository(folder, server.url)
        if (source / BEFORE).exists():
            shutil.copytree(source / BEFORE, folder, dirs_exist_ok=True)
            _commit(folder, "as it was")
            if name not in PLAIN:
                adopted = found.run("apply", "--yes")
                assert adopted.returncode == 0, adopted.stdout + adopted.stderr
        _commit(folder, "what is known of it")
        shutil.rmtree(folder / "customers", ignore_errors=True)
        wanted = shutil.ignore_patterns(BEFORE, PAGES)
        shutil.copytree(source, folder, ignore=wanted, dirs_exist_ok=True)
        if without:
            _leave_out(folder, without)
        break_down(folder, server.url)
        yield found


def _leave_out(folder: Path, start: str) -> None:
    """The customers' files without the lines that begin so."""
    for file in (folder / "customers").rglob("*.yaml"):
        lines = file.read_text("utf-8").splitlines(keepends=True)
        file.write_text("".join(line for line in lines if not line.startswith(start)), "utf-8")


def base(name: str) -> str:
    """What a plan is compared with: what was applied last, else `main`."""
    example, _ = WITHOUT.get(name, (name, ""))
    applied = (EXAMPLES / example / BEFORE).exists() and name not in PLAIN
    return "auto" if applied else "main"


def _commit(folder: Path, message: str) -> None:
    _git(folder, "add", "-A")
    _git(folder, "commit", "-q", "--allow-empty", "-m", message)


def _git(folder: Path, *words: str) -> None:
    who = {f"GIT_{side}_{key}": AUTHOR[key] for side in ("AUTHOR", "COMMITTER") for key in AUTHOR}
    alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(
        ["git", *words], cwd=folder, env={**os.environ, **who, **alone}, check=True, timeout=60
    )


def text(name: str, place: Path) -> str:
    """The whole plan, without its id: that covers the calls, too, which the text does not show."""
    with repository(name, place) as found:
        done = found.run("plan", "--base", base(name))
    assert done.returncode == CODES.get(name, 0), done.stdout + done.stderr
    return ID.sub("Plan 000000", done.stdout)


def golden(name: str) -> Path:
    """Where the golden text stands."""
    return GOLDEN / f"{name}.txt"


def block(name: str, told: str) -> str:
    """How the page about plans shows it."""
    return f"<!-- plan: {name} -->\n```text\n{told}```"


def _write(name: str, told: str) -> None:
    golden(name).write_text(told, "utf-8")
    shown = re.compile(rf"<!-- plan: {name} -->\n```text\n.*?```", re.DOTALL)
    PAGE.write_text(shown.sub(lambda _: block(name, told), PAGE.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    for each in NAMES:
        with tempfile.TemporaryDirectory() as empty:
            _write(each, text(each, Path(empty)))
