"""What is the same for all customers is asked once in a run, however many want it at one time.

Owns the answers that customers share: catalogue items of a market, the agreement of a reseller.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock

from pcsync.live.reading import Outcome
from pcsync.model import Read


class Once:
    """A function from a read to its outcome that asks no shared read twice."""

    def __init__(self, fetch: Callable[[Read], Outcome]) -> None:
        self._fetch = fetch
        self._lock = Lock()
        self._known: dict[tuple[str, str], Future[Outcome]] = {}

    def __call__(self, question: Read) -> Outcome:
        """The outcome; who comes while it is on its way waits for it. What it raises, all get."""
        if not question.shared:
            return self._fetch(question)
        key = (question.method, question.path)
        with self._lock:
            known = self._known.get(key)
            if known is None:
                mine = self._known[key] = Future()
        if known is not None:
            return known.result()
        try:
            mine.set_result(self._fetch(question))
        except BaseException as error:
            mine.set_exception(error)
        return mine.result()
