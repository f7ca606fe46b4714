"""Who wants to see every request: logs, traces, spans.

Owns what is told about one attempt. Tokens are never in it. Must not import anything of pcsync but
its client's answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from pcsync.client.answers import Reply


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request of one logical call, and how it ended; times in seconds.

    `number` counts the requests of the call from 1, `user` is the kind of token. `status` and
    `service_correlation_id` are None and empty where no answer came, `failure` then says why.
    `waited` is what the limiter held it back, `took` what the service needed. `path`, `headers`,
    `body` and `reply` are as they went over the wire, without the token: they may hold passwords
    and names of people, so whoever stores them has to redact them first. `headers`, `body` and
    `reply` are left out unless the hook `wants_bodies`.
    """

    method: str
    path: str
    number: int
    user: bool
    request_id: str
    correlation_id: str
    service_correlation_id: str = ""
    status: int | None = None
    failure: str = ""
    waited: float = 0.0
    took: float = 0.0
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    reply: Reply | None = field(default=None, repr=False)


class OnRequest(Protocol):
    """Is told of every request after it ended, in the thread that sent it. It must not raise."""

    @property
    def wants_bodies(self) -> bool:
        """Whether headers and bodies are told, too."""

    def request(self, attempt: Attempt) -> None:
        """A request ended."""

    def waiting(self, method: str, path: str, seconds: float, why: str) -> None:
        """A call failed and is asked again in so many seconds."""


class Nobody:
    """Tells nobody."""

    wants_bodies = False

    def request(self, attempt: Attempt) -> None:
        """Nothing."""

    def waiting(self, method: str, path: str, seconds: float, why: str) -> None:
        """Nothing."""
