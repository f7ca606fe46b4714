"""Moments in which a process may die, and a hook that kills it there.

Owns what is put around apply to be told of them: its own hook, and the writes of journal and sink.
Nothing of it is in the product. Told are the moments before and after every write, before and after
every entry of the journal, and after every secret that was stored.
"""

from __future__ import annotations

import json
import os
import signal
from collections import Counter
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from threading import Lock
from typing import Any
from unittest.mock import patch

from pcsync.apply import journal, sinks
from pcsync.apply.record import Record
from pcsync.client.door import Door


class Point(StrEnum):
    """Kinds of moments, in the order in which a write meets them."""

    SECRET_STORED = "secret-stored"
    BEFORE_INTENT = "before-intent"
    INTENT_WRITTEN = "intent-written"
    REQUEST_SENT = "request-sent"
    ANSWER_RECEIVED = "answer-received"
    BEFORE_ANSWER = "before-answer-written"
    ANSWER_WRITTEN = "answer-written"


Told = Callable[[str, str], None]


class Killer:
    """Ends its own process at the `number`-th moment of a kind; with 0 never. `trace` is a file
    that gets a line for every moment."""

    def __init__(self, number: int, point: str, trace: Path | None = None) -> None:
        self.number, self.point, self.trace = number, point, trace
        self.counts: Counter[str] = Counter()
        self.lock = Lock()

    def __call__(self, moment: str, step: str) -> None:
        """A moment has come."""
        with self.lock:
            self.counts[str(moment)] += 1
            count = self.counts[str(moment)]
            if self.trace is not None:
                with self.trace.open("a", encoding="utf-8") as file:
                    file.write(json.dumps([str(moment), count, step]) + "\n")
            if moment == self.point and count == self.number:
                os.kill(os.getpid(), signal.SIGKILL)
                signal.pause()


def told_of_moments(told: Told, sent: Path | None = None) -> None:
    """From here on this process says when a moment has come. `sent` is a file that gets every
    password each time before it leaves, with the id of its request: what the sink must hold."""
    _patch(journal, "nobody", told)
    _around(Record, "intent", lambda given: told(Point.BEFORE_INTENT, given[0]))
    _around(Record, "done", lambda given: told(Point.BEFORE_ANSWER, given[0].step))
    _around(sinks.FileSink, "store", None, lambda given: told(Point.SECRET_STORED, given[0]))
    if sent is not None:
        _note_passwords(sent)


def _note_passwords(sent: Path) -> None:
    def note(given: Any) -> None:
        _, path, headers, body, _ = given
        if body is not None and b"passwordProfile" in body:
            password = json.loads(body)["passwordProfile"]["password"]
            with sent.open("a", encoding="utf-8") as file:
                file.write(json.dumps([headers["MS-RequestId"], path, password]) + "\n")

    _around(Door, "send", note)


def _around(
    owner: type,
    name: str,
    before: Callable[[Any], None] | None,
    after: Callable[[Any], None] | None = None,
) -> None:
    whole = getattr(owner, name)

    def inner(self: Any, *given: Any, **named: Any) -> Any:
        if before:
            before(given)
        result = whole(self, *given, **named)
        if after:
            after(given)
        return result

    _patch(owner, name, inner)


def _patch(owner: Any, name: str, value: Any) -> None:
    patch.object(owner, name, value).start()
