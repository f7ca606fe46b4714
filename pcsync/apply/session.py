"""What a running step may use: the client, the clock, what is known so far, and the secrets.

Owns the seams of apply, as protocols. Must not import a kind or the terminal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID, uuid5

from pcsync.apply.references import Resolve, resolver
from pcsync.apply.secrets import Passwords, Sink
from pcsync.errors import ApiError, PcsyncError, Unreachable

# After these nobody knows whether the call took effect.
PASSING = frozenset({408, 500, 502, 503, 504})
# Cart in process, subscription not ready yet: over within minutes (conventions.md 8.5 and 8.6).
BUSY = frozenset({(409, "800064"), (409, "800082")})
BUSY_TRIES, BUSY_PAUSE = 5, 120.0
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


def in_doubt(error: PcsyncError) -> bool:
    """Whether a write that ended so may have taken effect all the same."""
    return isinstance(error, Unreachable) or (
        isinstance(error, ApiError) and error.status in PASSING
    )


@dataclass(frozen=True, slots=True)
class Session:
    """The seams of one run. `known` maps references (``customer/contoso#id``) to values."""

    client: Client
    clock: Clock
    sink: Sink
    passwords: Passwords
    plan_id: str
    known: dict[str, str] = field(default_factory=dict)

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
        digest: str = "",
        if_match: str | None = None,
        answers: int = 0,
    ) -> Answered:
        """One request of a step. A resource that is busy for a moment is asked again later under
        the next id, for the refusal was an answer (commerce.md 4.5)."""
        for answer in range(answers, answers + BUSY_TRIES):
            try:
                return self.client.send(
                    method,
                    path,
                    body,
                    user=user,
                    request_id=self.request_id(step, digest, answer),
                    if_match=if_match,
                )
            except ApiError as error:
                last = answer + 1 == answers + BUSY_TRIES
                if last or (error.status, error.code) not in BUSY:
                    raise
                self.clock.sleep(BUSY_PAUSE)
        raise AssertionError("the last try returns or raises")

    def whole(self, path: str, user: bool) -> Mapping[str, Any]:
        """A list with the items of all its pages, or a single resource."""
        pages = list(self.client.pages(path, user=user))
        first = dict(pages[0]) if pages and isinstance(pages[0], Mapping) else {}
        if "items" in first:
            first["items"] = [item for page in pages for item in page.get("items") or ()]
        return first
