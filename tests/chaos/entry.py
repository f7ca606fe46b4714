"""The real command line in a process that dies when it is told to.

    python -m tests.chaos.entry 3 request-sent -- apply --plan plan.json --yes

kills itself (SIGKILL) after the third write was answered. With `--serve` it is a process that has
read all of pcsync already and forks one for each line of JSON on its standard input: a run is a
process of its own then, too, without half a second of imports.
"""

from __future__ import annotations

import json
import os
import pkgutil
import signal
import sys
import traceback
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

LONGEST = 300
"""Seconds of a run; then it is ended, and fails."""


def main(words: Sequence[str]) -> int:
    """Runs one command; the exit code."""
    if list(words) == ["--serve"]:
        serve()
        return 0
    number, point, _, *command = words
    return run({"kill": [int(number), point], "words": command})


def run(order: Mapping[str, Any]) -> int:
    """The exit code of `pcsync WORDS` with a killer in it. An order has `words`, and may have
    `kill` ([number, point]), `trace` and `sent` (files)."""
    from pcsync.cli.main import run as command

    from .moments import Killer, told_of_moments

    number, point = order.get("kill") or (0, "")
    trace, sent = order.get("trace"), order.get("sent")
    killer = Killer(number, point, Path(trace) if trace else None)
    told_of_moments(killer, Path(sent) if sent else None)
    return int(command(order["words"]))


def serve() -> None:
    """Reads orders, one a line, and answers each with ``{"code": n}`` when its process has ended;
    a process that was killed has a negative one. An order also has `folder` and `environment`,
    and the files `out` and `err`."""
    _read_all()
    _say({"ready": os.getpid()})
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            _become(order)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        _say({"code": code})


def _say(answer: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def _become(order: Mapping[str, Any]) -> None:
    """The child: it does what it is told and ends."""
    code = 70
    try:
        signal.alarm(LONGEST)
        os.chdir(order["folder"])
        os.environ.update(order.get("environment") or {})
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
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


def _read_all() -> None:
    """Everything of pcsync but the emulator, so that no run has to read it."""
    import pcsync
    from pcsync.kinds import load_kinds

    for found in pkgutil.walk_packages(pcsync.__path__, "pcsync."):
        if not found.name.startswith(("pcsync.emulator", "pcsync.__main__", "pcsync.examples")):
            import_module(found.name)
    load_kinds()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
