"""The real command line in a process that dies when it is told to.

    python -m tests.chaos.entry 3 request-sent -- apply --plan plan.json --yes

kills itself (SIGKILL) after the third write was answered. With `--serve` it forks such a process
for each order that it is given.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.forking import serve


def main(words: Sequence[str]) -> int:
    """Runs one command; the exit code."""
    if list(words) == ["--serve"]:
        serve(run)
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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
