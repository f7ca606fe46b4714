"""What a running step may use: the client, the clock, what is known so far, and the secrets.

Owns the seams of apply, as protocols. Must not import a kind or the terminal.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event
from typing import Any, Protocol, TypeVar
from uuid import UUID, uuid5

from pcsync.apply.journal import Hook, Journal, Moment, NullJournal, Request, nobody
from pcsync.apply.references import Resolve, resolver
from pcsync.apply.secrets import Passwords
from pcsync.apply.sinks import Sink
from pcsync.errors import ApiError, PcsyncError, Unreachable

# After these nobody knows whether the call took effect.
PASSING = frozenset({408, 500, 502, 503, 504})
# Cart in process, subscription not ready yet: over within minutes (conventions.md 8.5 and 8.6).
BUSY = frozenset({(409, "800064"), (409, "800082")})
BUSY_TRIES, BUSY_PAUSE = 5, 120.0
READS = frozenset({"GET", "HEAD"})
THROTTLED = 429
PART = re.compile(r"~\d+$")
"""What the name of a part of a step ends with."""
T = TypeVar("T")
Pausing = Generator[float, None, T]
"""Work that yields the seconds for which it pauses; in these its worker is free for others."""
NAMESPACE = UUID("8a6c0c1e-5f1f-4a0e-9c3b-0d1f6c1a7b52")


class Answered(Protocol):
    """What a client answers: status, parsed body, and the ids that support asks for."""

    @property
    def status(self) -> int: ...

    @property
    def body(self) -> Any: ...


class Client(Protocol):
    """The way to Partner Center, opened for writing."""

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        user: bool = False,
        request_id: str | None = None,
        if_match: str | None = None,
    ) -> Answered: ...

    def pages(self, path: str, *, user: bool = False) -> Iterator[Any]: ...


class Clock(Protocol):
    """Time as the service has it; all sleeping goes through it."""

    def now(self) -> datetime: ...

    def sleep(self, seconds: float) -> None: ...

    def rest(self, seconds: float, woken: Event) -> None: ...


def in_doubt(error: PcsyncError) -> bool:
    """Whether a write that ended so may have taken effect all the same: it left."""
    if isinstance(error, Unreachable):
        return error.sent
    return isinstance(error, ApiError) and error.status in PASSING


def busy(error: ApiError) -> bool:
    """Whether a refusal passes by itself within minutes."""
    return (error.status, error.code) in BUSY


def fingerprint(body: Any) -> str:
    """The SHA-256 (hex) of a body, however its members are sorted."""
    text = json.dumps(body, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Session:
    """The seams of one run. `known` maps references (``customer/contoso#id``) to values; `permit`
    is asked before every write and raises where none may leave now (domain rule RO4). `journal` is
    told of every write before it leaves and after; `hook` of the moments in which a run may die.
    """

    client: Client
    clock: Clock
    sink: Sink
    passwords: Passwords
    plan_id: str
    known: dict[str, str] = field(default_factory=dict)
    permit: Callable[[], None] = lambda: None
    journal: Journal = field(default_factory=NullJournal)
    hook: Hook = nobody
    out: set[str] = field(default_factory=set)
    """The steps and parts of steps of which a write has left, and was not refused."""

    @property
    def resolve(self) -> Resolve:
        """From a reference's name to its value. Raises Unresolved."""
        return resolver(self.known)

    def request_id(self, step: str, digest: str = "", answers: int = 0) -> str:
        """The id of one logical request: the same for the same plan, step, body and answers so
        far, so that a repeat is recognised as one (DESIGN section 6)."""
        return str(uuid5(NAMESPACE, f"{self.plan_id}|{step}|{answers}|{digest}"))

    def send(
        self,
        step: str,
        method: str,
        path: str,
        body: Any = None,
        *,
        user: bool = False,
        answers: int = 0,
        mark: str = "",
    ) -> Pausing[Answered]:
        """One request of a step. A resource that is busy for a moment is asked again later under
        the next id, for the refusal was an answer (commerce.md 4.5). `mark` is what the journal
        says of its body."""
        first = self.answers(step) + answers
        for answer in range(first, first + BUSY_TRIES):
            request = Request(self.request_id(step, answers=answer), method, path, mark)
            try:
                return self.once(step, request, body, user=user)
            except ApiError as error:
                if answer + 1 == first + BUSY_TRIES or not busy(error):
                    raise
            yield BUSY_PAUSE
        raise AssertionError("the last try returns or raises")

    def answers(self, step: str) -> int:
        """How many requests of a step the service has decided, in earlier runs, too."""
        return self.journal.known(step).answers

    def left(self, step: str) -> bool:
        """Whether a write of a step, or of one of its parts, has left in this run and was not
        refused."""
        return any(PART.sub("", name) == step for name in self.out)

    def once(
        self,
        step: str,
        request: Request,
        body: Any = None,
        *,
        user: bool = False,
        if_match: str | None = None,
    ) -> Answered:
        """One request; a write is in the journal before it leaves, and so is how it ended. One that
        never left is taken out again."""

        def sent() -> Answered:
            return self.client.send(
                request.method,
                request.path,
                body,
                user=user,
                request_id=request.id,
                if_match=if_match,
            )

        if request.method in READS:
            return sent()
        self.permit()
        self.journal.intent(step, request)
        self.hook(Moment.INTENT_WRITTEN, step)
        self.out.add(step)
        try:
            answer = sent()
        except ApiError as error:
            self.hook(Moment.REQUEST_SENT, step)
            if not in_doubt(error) and error.status != THROTTLED:
                self.out.discard(step)
                self.journal.answer(step, request.id, error.status, error.code)
            raise
        except Unreachable as error:
            self.hook(Moment.REQUEST_SENT, step)
            if not error.sent:
                self.out.discard(step)
                self.journal.unsent(step, request.id)
            raise
        self.hook(Moment.REQUEST_SENT, step)
        self.journal.answer(step, request.id, answer.status)
        self.hook(Moment.ANSWER_RECEIVED, step)
        return answer

    def whole(self, path: str, user: bool) -> Mapping[str, Any]:
        """A list with the items of all its pages, or a single resource."""
        pages = list(self.client.pages(path, user=user))
        first = dict(pages[0]) if pages and isinstance(pages[0], Mapping) else {}
        if "items" in first:
            first["items"] = [item for page in pages for item in page.get("items") or ()]
        return first
