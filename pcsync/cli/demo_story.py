"""The story of `pcsync demo`, chapter by chapter.

Owns the order of the commands and what each has to end with. Runs them as a user would: the CLI as
a process, HTTP to an emulator on this machine.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import click

from pcsync.cli.demo_calls import Calls, announced, behind_gits_back
from pcsync.errors import Exit, PcsyncError

EXAMPLE = "gitops"


class DemoFailed(PcsyncError):
    """The story did not go as it should: a defect of pcsync."""


@dataclass(frozen=True)
class Stage:
    """Where the story plays: the folder with the manifests, and the emulator."""

    folder: Path
    url: str

    def run(self, expected: Exit, *words: str) -> None:
        """One command of pcsync, shown and run. Raises DemoFailed on another exit code."""
        click.secho(f"$ pcsync {' '.join(words)}", bold=True)
        done = subprocess.run(
            [sys.executable, "-m", "pcsync", *words],
            cwd=self.folder,
            env={**os.environ, "PCSYNC_CLOUD": "emulator", "PCSYNC_EMULATOR_URL": self.url},
            check=False,
        )
        click.echo()
        if done.returncode != expected:
            raise DemoFailed(
                f"`pcsync {' '.join(words)}` ended with {done.returncode}, not {expected.value}",
                "this is a defect of pcsync: please report it with what is printed above",
            )


def example_folder() -> Path:
    """The example repository: in the package when installed, beside it in a checkout."""
    inside = Path(str(files("pcsync"))) / "examples" / EXAMPLE
    return inside if inside.exists() else inside.parents[2] / "examples" / EXAMPLE


def tell(keep: bool) -> int:
    """Tells the whole story; returns the exit code."""
    from pcsync.emulator import load_world, running

    folder = Path(tempfile.mkdtemp(prefix="pcsync-demo-"))
    try:
        shutil.copytree(example_folder(), folder, dirs_exist_ok=True)
        with running(load_world(folder / "world.yaml")) as server:
            stage = Stage(folder, server.url)
            _chapters(stage)
            if keep:
                _linger(stage)
    finally:
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)
    return Exit.FINE


def _chapters(stage: Stage) -> None:
    calls = Calls(stage.url)
    _title(
        "Three customers as YAML: one to be created, two that are live already",
        f"The manifests are a copy of examples/{EXAMPLE}; the Partner Center is the built-in",
        "emulator, over HTTP. Its agreements are `immediate`: in life a new customer's",
        "administrator has to accept the agreement before anything can be bought.",
    )
    stage.run(Exit.FINE, "validate")
    _title("What would be done? Nothing is written by this.")
    stage.run(Exit.CHANGES, "plan", "--out", "plan.json", "--detailed-exitcode")
    calls.expect([], "plan")
    _title("Do exactly that")
    stage.run(Exit.FINE, "apply", "--plan", "plan.json", "--yes")
    _counted(calls.expect(announced(stage.folder / "plan.json", calls), "apply"))
    _title("Plan again: there must be nothing to do")
    stage.run(Exit.FINE, "plan", "--detailed-exitcode")
    _title("A colleague changes three things in the portal, behind git's back")
    for line in behind_gits_back(stage.url):
        click.echo(f"  {line}")
    click.echo()
    calls.clear()
    stage.run(Exit.CHANGES, "drift")
    calls.expect([], "drift")
    _title("Put it right, and look once more")
    stage.run(Exit.FINE, "apply", "--yes")
    stage.run(Exit.FINE, "drift")
    click.echo("The demo is over: everything is as declared.")


def _title(title: str, *lines: str) -> None:
    click.secho(f"== {title}", bold=True)
    for line in lines:
        click.echo(f"   {line}")
    click.echo()


def _counted(lines: Sequence[str]) -> None:
    """The writes that the emulator counted, one by one; they are those that were announced."""
    click.secho(f"The emulator counted {len(lines)} writes, each announced by the plan:", bold=True)
    for line in lines:
        click.echo(f"  {line}")
    click.echo()


def _linger(stage: Stage) -> None:
    click.echo(f"Kept: {stage.folder}\nThe emulator runs until Ctrl-C. Elsewhere:")
    click.echo(f"  cd {stage.folder}")
    click.echo(f"  PCSYNC_CLOUD=emulator PCSYNC_EMULATOR_URL={stage.url} pcsync plan")
    threading.Event().wait()
