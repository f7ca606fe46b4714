"""A process that has read all of pcsync, and forks one for each run.

Owns both ends: who asks, and the process that forks. A run shares no memory with the test or with
another run, and costs no half second of imports. An order is a line of JSON, its answer the exit
code.
"""

from __future__ import annotations

import gc
import json
import os
import pkgutil
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LONGEST = 300
"""Seconds of a run; then it is ended by a signal."""
Run = Callable[[Mapping[str, Any]], int]


class Forker:
    """The process of a module that serves, and how it is asked."""

    def __init__(self, module: str, *words: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *words],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._lock = Lock()

    def run(self, order: Mapping[str, Any]) -> int:
        """The exit code of one run, negative where a signal ended it. An order has the `folder`,
        the whole `environment`, the files `out` and `err`, perhaps one for `in`, and whatever the
        module's own `Run` wants."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._lock:
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        assert line, "the process that forks has ended"
        code = int(line)
        assert code != -signal.SIGALRM, f"a run did not end within {LONGEST} seconds: {order}"
        return code

    def close(self) -> None:
        """Ends it."""
        self._process.kill()
        self._process.communicate()


def serve(run: Run) -> None:
    """Forks a process for each order that stands in a line of the standard input, and says how it
    ended."""
    _read_everything()
    gc.freeze()
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            _become(order, run)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        sys.stdout.write(f"{code}\n")
        sys.stdout.flush()


def _become(order: Mapping[str, Any], run: Run) -> None:
    """The child: it does what it is told and ends."""
    code = 70
    try:
        signal.alarm(LONGEST)
        os.chdir(order["folder"])
        os.environ.clear()
        os.environ.update(order["environment"])
        os.dup2(os.open(order.get("in") or os.devnull, os.O_RDONLY), 0)
        for name, number in (("out", 1), ("err", 2)):
            handle = os.open(order[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            os.dup2(handle, number)
        code = run(order)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _read_everything() -> None:
    """All of pcsync, so that no run has to read it."""
    import pcsync
    from pcsync.kinds import load_kinds

    for found in pkgutil.walk_packages(pcsync.__path__, "pcsync."):
        if not found.name.startswith(("pcsync.__main__", "pcsync.examples")):
            import_module(found.name)
    load_kinds()
