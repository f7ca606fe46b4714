"""Ctrl-C and SIGTERM: the first lets calls in flight end, the second stops at once.

Owns the signals of a run. Both are resumable: what leaves is in the journal before it does.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from pcsync.errors import Exit

SIGNALS = (signal.SIGINT, signal.SIGTERM)
FIRST = b"interrupted: the calls in flight are brought to an end; once more stops at once\n"
SECOND = b"stopped at once: run apply again, it looks first what came of the calls in flight\n"
SHOW_CURSOR = b"\x1b[?25h"
STDERR = 2


@contextmanager
def interruptible(stop: Callable[[], None]) -> Iterator[None]:
    """While the block runs the first signal calls `stop`, which must take no lock; the second ends
    the process with 130. Other threads than the main one get no signals: there it does nothing."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    seen: list[int] = []

    def handle(number: int, frame: FrameType | None) -> None:
        seen.append(number)
        if len(seen) == 1:
            os.write(STDERR, FIRST)
            stop()
            return
        os.write(STDERR, (SHOW_CURSOR if os.isatty(STDERR) else b"") + SECOND)
        os._exit(Exit.INTERRUPTED)

    before = {number: signal.signal(number, handle) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def terminable() -> Iterator[None]:
    """While the block runs SIGTERM is what Ctrl-C is: the command ends with 130."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
