"""Who works on which customer when: lanes, a few workers, and waits that hold none of them.

A lane is the work on one customer, in order. It yields the seconds that it has to wait; its worker
goes on with other customers and comes back when the time has come. Owns this order only; must not
import a kind, and knows neither steps nor outcomes.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count

from pcsync.apply.session import Clock

Lane = Iterator[float]
GIVE_WAY = 0.0
"""Yielded by a lane that goes on at any time, but lets all others go first."""


@dataclass(order=True, slots=True)
class _Waiting:
    due: datetime
    number: int
    lane: Lane = field(compare=False)


class Schedule:
    """Runs lanes, at most so many at once. Each starts in its turn; none is begun twice."""

    def __init__(self, lanes: Iterable[Lane], clock: Clock, workers: int) -> None:
        self._clock, self._workers = clock, workers
        self._ready = deque(lanes)
        self._waiting: list[_Waiting] = []
        self._numbers = count()
        self._running, self._resting = 0, False
        self._changed = threading.Condition()
        self._woken = threading.Event()
        self._hurry = threading.Event()

    def hurry(self) -> None:
        """Nobody waits any more: every lane that does is asked to go on at once. Takes no lock,
        so that a signal may call it."""
        self._hurry.set()
        self._woken.set()

    def run(self) -> None:
        """Returns when all lanes have ended; what one of them raises is raised, the others end
        their step and are left."""
        workers = max(1, min(self._workers, len(self._ready)))
        with ThreadPoolExecutor(workers, thread_name_prefix="apply") as pool:
            ended = [pool.submit(self._work) for _ in range(workers)]
            for each in ended:
                each.result()

    def _work(self) -> None:
        lane = self._take()
        while lane is not None:
            try:
                seconds = next(lane, None)
            except BaseException:
                self._give_up()
                raise
            self._put_back(lane, seconds)
            lane = self._take()

    def _take(self) -> Lane | None:
        """The next lane that has something to do; None when all have ended."""
        with self._changed:
            while not (lane := self._at_hand()):
                if not self._waiting and not self._running:
                    self._changed.notify_all()
                    return None
                if self._waiting and not self._resting:
                    self._rest(self._waiting[0].due)
                else:
                    self._changed.wait()
            self._running += 1
            return lane

    def _at_hand(self) -> Lane | None:
        """What waited and is due comes first: customers that were begun are brought to an end."""
        hurry, waiting = self._hurry.is_set(), self._waiting
        if waiting and (hurry or waiting[0].due <= self._clock.now()):
            return heappop(waiting).lane
        return self._ready.popleft() if self._ready else None

    def _rest(self, due: datetime) -> None:
        """One sleeps for all who wait, until the first is due or something earlier came in."""
        self._resting = True
        self._woken.clear()
        if self._hurry.is_set():
            self._woken.set()
        self._changed.release()
        try:
            self._clock.rest((due - self._clock.now()).total_seconds(), self._woken)
        finally:
            self._changed.acquire()
            self._resting = False
            self._changed.notify_all()

    def _put_back(self, lane: Lane, seconds: float | None) -> None:
        due = None if not seconds else self._clock.now() + timedelta(seconds=seconds)
        with self._changed:
            self._running -= 1
            if seconds == GIVE_WAY:
                self._ready.append(lane)
            elif due is not None:
                heappush(self._waiting, _Waiting(due, next(self._numbers), lane))
                if self._waiting[0].lane is lane:
                    self._woken.set()
            self._changed.notify_all()

    def _give_up(self) -> None:
        with self._changed:
            self._running -= 1
            self._ready.clear()
            self._waiting.clear()
            self._woken.set()
            self._changed.notify_all()
