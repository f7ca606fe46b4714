"""A service made of a function, a clock that only counts, tokens with numbers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import count
from threading import Lock
from typing import Any

import requests
from requests.adapters import BaseAdapter

from pcsync.client import Client, Retry
from pcsync.model import Can

BASE = "https://api.partnercenter.microsoft.com"
START = datetime(2026, 5, 4, 12, tzinfo=UTC)


def reply(
    status: int = 200, body: Any = None, headers: Mapping[str, str] | None = None
) -> requests.Response:
    """An answer as requests hands it over; bytes are sent as they are, the rest as JSON."""
    made = requests.Response()
    made.status_code, made.reason = status, f"Reason {status}"
    raw = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    made._content = raw
    made.headers.update(headers or {})
    return made


Handler = Callable[[requests.PreparedRequest], requests.Response]


class Stub(BaseAdapter):
    """A transport that asks a function; keeps what was sent."""

    def __init__(self, handler: Handler) -> None:
        super().__init__()
        self.handler, self.sent = handler, []
        self.options: list[Mapping[str, Any]] = []

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        self.sent.append(request)
        self.options.append(options)
        made = self.handler(request)
        made.request, made.url, made.raw = request, request.url or "", BytesIO()
        return made

    def close(self) -> None:
        """Nothing to close."""


def in_turn(*answers: requests.Response | Exception) -> Handler:
    """One answer after another; too many requests are an error of the test."""
    left: Iterator[requests.Response | Exception] = iter(answers)

    def handle(_: requests.PreparedRequest) -> requests.Response:
        answer = next(left)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return handle


@dataclass
class FakeClock:
    """Stands still but for sleeping."""

    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return START + timedelta(seconds=sum(self.slept))

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def monotonic(self) -> float:
        return sum(self.slept)


class FakeTokens:
    """`app-1`, after a refresh `app-2`; the same for users."""

    can = frozenset({Can.APP, Can.USER})

    def __init__(self) -> None:
        self.numbers = {False: 1, True: 1}
        self.lock = Lock()

    def token(self, user: bool) -> str:
        return f"{'user' if user else 'app'}-{self.numbers[user]}"

    def refresh(self, user: bool) -> None:
        with self.lock:
            self.numbers[user] += 1


@dataclass
class Bench:
    """A client with everything it was given."""

    client: Client
    stub: Stub
    clock: FakeClock
    tokens: FakeTokens

    @property
    def sent(self) -> list[requests.PreparedRequest]:
        return self.stub.sent

    def sent_header(self, name: str) -> list[str | None]:
        return [request.headers.get(name) for request in self.sent]


def bench(handler: Handler | None = None, *, writable: bool = True, **retry: Any) -> Bench:
    """A client whose service is `handler`; ids are id-1, id-2 ..., jitter is 0."""
    stub, clock, tokens = Stub(handler or (lambda _: reply())), FakeClock(), FakeTokens()
    session = requests.Session()
    session.mount("https://", stub)
    numbers = count(1)
    client = Client(
        BASE,
        tokens,
        session,
        writable=writable,
        clock=clock,
        retry=Retry(**{"jitter": lambda: 0.0, **retry}),
        new_id=lambda: f"id-{next(numbers)}",
    )
    return Bench(client, stub, clock, tokens)
