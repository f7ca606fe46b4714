"""The rules of `machine.py` for long: a part of `make soak`."""

from __future__ import annotations

import sys
import time

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from pcsync.emulator import load_world, running

from .machine import Applies
from .test_machine import bounded

EXAMPLES, STEPS = 300, 25


def main() -> int:
    """0 where everything came to rest; a failure is raised with the order that showed it."""
    began = time.monotonic()
    long = settings(bounded, max_examples=EXAMPLES, stateful_step_count=STEPS, derandomize=False)
    with running(load_world()) as emulator:
        Applies.url = emulator.url
        run_state_machine_as_test(Applies, settings=long)
    spent = time.monotonic() - began
    sys.stdout.write(f"{EXAMPLES} orders of rounds, kills and faults: all well, {spent:.0f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
