"""The gate that every request passes: it waits for limits, and is fair between customers.

Owns the queue and its threads; what may pass is decided by the policy. Nobody spins: one waiter
sleeps until the next moment at which something may leave, the others wait to be woken. Must not
import anything of pcsync but the errors and its client.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Condition, RLock

from pcsync.client.clock import Clock
from pcsync.client.pace import HAIR
from pcsync.client.policy import Policy, Ticket
from pcsync.client.retry import NotSent

LATE = "the request limits, or the time of this run, leave no time for it"


class OutOfTime(NotSent):
    """The request was not sent, for it could not have been within its time, or, where it is `over`,
    within that of the whole run."""

    def __init__(self, method: str, path: str, *, over: bool) -> None:
        super().__init__(method, path, LATE)
        self.over = over
        if over:
            self.advice = "run the command again: it goes on from here"


@dataclass(slots=True)
class Passage:
    """A request that was let through; `seconds` is set where it was refused with 429."""

    waited: float
    answered: bool = False
    refused: bool = False
    seconds: float = 0.0

    def tell(self, status: int, retry_after: float | None) -> None:
        """How it was answered."""
        self.answered, self.refused = True, status == 429
        self.seconds = retry_after or 0.0


@dataclass(slots=True, eq=False)
class _Waiter:
    """One thread at the gate."""

    customer: str
    until: float
    woken: Condition
    ticket: Ticket | None = None


@dataclass(slots=True)
class _Queue:
    """Waiters by customer, served in turns; first come first served within a customer."""

    by_customer: dict[str, deque[_Waiter]] = field(default_factory=dict)

    def add(self, waiter: _Waiter) -> None:
        self.by_customer.setdefault(waiter.customer, deque()).append(waiter)

    def remove(self, waiter: _Waiter) -> None:
        mine = self.by_customer[waiter.customer]
        mine.remove(waiter)
        if not mine:
            del self.by_customer[waiter.customer]

    def served(self, customer: str) -> _Waiter:
        """The first waiter of a customer, who goes to the end of the round."""
        mine = self.by_customer.pop(customer)
        found = mine.popleft()
        if mine:
            self.by_customer[customer] = mine
        return found

    def all(self) -> Iterator[_Waiter]:
        for mine in self.by_customer.values():
            yield from mine


class Gate:
    """Lets requests pass as the policy says. Thread-safe.

    No request passes later than `seconds` after the gate was made: the time of a whole run.
    """

    def __init__(self, policy: Policy, clock: Clock, seconds: float | None = None) -> None:
        self._policy, self._clock = policy, clock
        self._lock = RLock()
        self._queue = _Queue()
        self._sleeping: list[float] = []
        self._end = None if seconds is None else clock.monotonic() + seconds

    @contextmanager
    def passing(self, method: str, path: str, customer: str, until: float) -> Iterator[Passage]:
        """Waits until the request may leave; it is under way while the block runs.

        Raises OutOfTime where it may not leave before the monotonic second `until`.
        """
        came = self._clock.monotonic()
        ticket = self._enter(method, path, customer, until)
        passage = Passage(self._clock.monotonic() - came)
        try:
            yield passage
        finally:
            self._leave(ticket, passage)

    def _enter(self, method: str, path: str, customer: str, until: float) -> Ticket:
        end = until if self._end is None else min(until, self._end)
        if self._clock.monotonic() > end:
            raise self._late(method, path, end)
        with self._lock:
            waiter = _Waiter(customer, end, Condition(self._lock))
            self._queue.add(waiter)
            try:
                self._serve()
                while waiter.ticket is None:
                    self._rest(waiter, method, path)
            except BaseException:
                if waiter.ticket is None:
                    self._queue.remove(waiter)
                else:
                    self._policy.lost(waiter.ticket)
                self._wake_next()
                raise
            return waiter.ticket

    def _rest(self, waiter: _Waiter, method: str, path: str) -> None:
        """Sleep for all, or wait to be woken. Raises OutOfTime."""
        now = self._clock.monotonic()
        if self._policy.ready(waiter.customer, now) > waiter.until or now > waiter.until:
            raise self._late(method, path, waiter.until)
        if not self._policy.room:
            waiter.woken.wait()
            return
        next_one = self._policy.soonest(self._queue.by_customer, now)
        if any(target <= next_one + HAIR for target in self._sleeping):
            waiter.woken.wait()
            return
        self._sleep(next_one, now)
        self._serve()

    def _late(self, method: str, path: str, until: float) -> OutOfTime:
        return OutOfTime(method, path, over=until == self._end)

    def _sleep(self, target: float, now: float) -> None:
        self._sleeping.append(target)
        self._lock.release()
        try:
            self._clock.sleep(max(HAIR, target - now))
        finally:
            self._lock.acquire()
            self._sleeping.remove(target)

    def _serve(self) -> None:
        """Lets pass who may, in turns; then somebody has to look after the rest."""
        now = self._clock.monotonic()
        while self._policy.room:
            free = (c for c in self._queue.by_customer if self._policy.ready(c, now) <= now + HAIR)
            customer = next(free, None)
            if customer is None:
                break
            waiter = self._queue.served(customer)
            waiter.ticket = self._policy.take(customer, now)
            waiter.woken.notify()
        self._wake_next()

    def _wake_next(self) -> None:
        """One of those who wait sees to it that the next moment is not missed."""
        if not self._sleeping and (waiter := next(self._queue.all(), None)):
            waiter.woken.notify()

    def _leave(self, ticket: Ticket, passage: Passage) -> None:
        with self._lock:
            if passage.refused:
                self._policy.refused(ticket, self._clock.monotonic(), passage.seconds)
                for waiter in self._queue.all():
                    waiter.woken.notify()
            elif passage.answered:
                self._policy.done(ticket)
            else:
                self._policy.lost(ticket)
            self._serve()
