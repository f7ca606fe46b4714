"""The command line as a process of its own, without half a second of imports.

Owns a process that has read all of pcsync already and forks one for each command: a run shares no
memory with the test or with another run. What a test kills or signals in the middle it starts
itself, by `python -m pcsync`.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import pkgutil
import signal
import subprocess
import sys
import traceback
from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LONGEST = 300
"""Seconds of a run; then it is ended, and fails."""


def pcsync(
    *words: str,
    folder: Path,
    environment: Mapping[str, str] | None = None,
    without: tuple[str, ...] = (),
    text: str = "",
) -> subprocess.CompletedProcess[str]:
    """`pcsync WORDS` in a folder, with `text` on its standard input. The environment is that of the
    test `without` these, and `environment` on top."""
    around = {name: value for name, value in os.environ.items() if name not in without}
    return _forker().run(words, folder, {**around, **(environment or {})}, text)


class Forker:
    """The process that forks, and how it is asked: an order is a line of JSON, so is its answer."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.command"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._lock = Lock()

    def run(
        self, words: tuple[str, ...], folder: Path, environment: Mapping[str, str], text: str
    ) -> subprocess.CompletedProcess[str]:
        """How one command ended."""
        with TemporaryDirectory() as place:
            files = {name: str(Path(place, name)) for name in ("in", "out", "err")}
            Path(files["in"]).write_text(text, "utf-8")
            order = {"words": words, "folder": str(folder), "environment": dict(environment)}
            code = self._ended(order | files)
            said = [Path(files[name]).read_bytes().decode() for name in ("out", "err")]
        assert code != -signal.SIGALRM, f"pcsync {' '.join(words)} did not end"
        return subprocess.CompletedProcess(["pcsync", *words], code, *said)

    def _ended(self, order: Mapping[str, Any]) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._lock:
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        assert line, "the process that forks has ended"
        return int(json.loads(line))

    def close(self) -> None:
        """Ends it."""
        self._process.kill()
        self._process.communicate()


@lru_cache(maxsize=1)
def _forker() -> Forker:
    """One for each process of tests, until that ends."""
    made = Forker()
    atexit.register(made.close)
    return made


# --- in the process that forks --------------------------------------------------------------------


def serve() -> None:
    """Forks a process for each order, and answers its exit code when it has ended; one that was
    killed has a negative one."""
    read_everything()
    gc.freeze()
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            _become(order)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        sys.stdout.write(f"{code}\n")
        sys.stdout.flush()


def _become(order: Mapping[str, Any]) -> None:
    """The child: it does what it is told and ends."""
    from pcsync.cli.main import run

    code = 70
    try:
        signal.alarm(LONGEST)
        os.chdir(order["folder"])
        os.environ.clear()
        os.environ.update(order["environment"])
        os.dup2(os.open(order["in"], os.O_RDONLY), 0)
        for name, number in (("out", 1), ("err", 2)):
            handle = os.open(order[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            os.dup2(handle, number)
        code = int(run(order["words"]))
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def read_everything() -> None:
    """All of pcsync, so that no run has to read it."""
    import pcsync as package
    from pcsync.kinds import load_kinds

    for found in pkgutil.walk_packages(package.__path__, "pcsync."):
        if not found.name.startswith(("pcsync.__main__", "pcsync.examples")):
            import_module(found.name)
    load_kinds()


if __name__ == "__main__":
    serve()
