"""A part of `make soak`: 20,000 reads through a limit of 500 a minute, with 2 % faults.

Against the emulator's clock, so that nobody waits. Everything has to succeed, no call may leave
before its `Retry-After` is over, and at least 95 % of what the limit allows has to get through.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from threading import Lock
from typing import Any
from uuid import uuid4

from pcsync.client import (
    App,
    Attempt,
    Client,
    EmulatorClock,
    Gate,
    MsalTokens,
    Policy,
    Retry,
    emulator,
    open_session,
    sign_in_http,
)
from pcsync.emulator import load_world, running

READS, CUSTOMERS, THREADS, PER_MINUTE, LEAST = 20_000, 50, 16, 500, 0.95
WORLD: dict[str, Any] = {
    "settings": {"limits": {"partnerPerMinute": PER_MINUTE}, "tokenLifetime": "P1D"},
    "customers": [{"domain": f"contoso{n}.onmicrosoft.com"} for n in range(CUSTOMERS)],
}
FAULTS: tuple[dict[str, Any], ...] = (
    {"path": "/v1/*", "status": 503, "probability": 0.01},
    {"path": "/v1/*", "status": 500, "probability": 0.005},
    {"path": "/v1/*", "cut": "before", "probability": 0.005},
)


@dataclass
class Seen:
    """What the client was told: `Retry-After` of every refusal, by the id of its request."""

    wants_bodies = True
    waits: dict[str, list[float]] = field(default_factory=dict)
    faults: int = 0
    lock: Lock = field(default_factory=Lock)

    def request(self, attempt: Attempt) -> None:
        """A request ended."""
        with self.lock:
            self.faults += attempt.status is None or attempt.status >= 500
            if attempt.status == 429 and attempt.reply:
                seconds = float(attempt.reply.headers["Retry-After"])
                self.waits.setdefault(attempt.request_id, []).append(seconds)

    def waiting(self, method: str, path: str, seconds: float, why: str) -> None:
        """A call waits."""


@dataclass
class Desk:
    """A client of the throttling emulator, its clock, and a hand on its control plane."""

    client: Client
    clock: EmulatorClock
    control: Any


@contextmanager
def desk(server: Any, seen: Seen) -> Iterator[Desk]:
    """Everything that one run needs."""
    cloud = emulator(server.url)
    with open_session(cloud) as control, open_session(cloud) as session:
        clock = EmulatorClock(server.url, control)
        http = sign_in_http(cloud, clock, Retry())
        app = App(server.world.partner.tenant_id, "pcsync", "emulator")
        client = Client(
            server.url,
            MsalTokens(cloud, app, http, clock),
            session,
            writable=False,
            clock=clock,
            retry=Retry(attempts=8),
            new_id=lambda: str(uuid4()),
            gate=Gate(Policy(), clock),
            on_request=seen,
        )
        try:
            yield Desk(client, clock, control)
        finally:
            http.close()


def early(calls: list[dict[str, Any]], waits: dict[str, list[float]]) -> tuple[int, int]:
    """Calls that came before a `Retry-After` was over: of the refused call itself, and of others
    that were not under way when it was refused."""
    own = others = 0
    moments = [datetime.fromisoformat(call["time"]).timestamp() for call in calls]
    for at, call in enumerate(calls):
        if call["status"] != 429:
            continue
        end = moments[at] + waits[call["requestId"]].pop(0)
        for later in islice(range(at + 1, len(calls)), 2_000):
            if moments[later] >= end - 1e-3:
                break
            own += calls[later]["requestId"] == call["requestId"]
            others += later > at + THREADS
    return own, others


def main() -> None:
    """Reads, then prints the figures; exits with 1 where one of them does not hold."""
    seen, start = Seen(), time.perf_counter()
    with running(load_world(WORLD)) as server, desk(server, seen) as at:
        for fault in FAULTS:
            at.control.post(f"{server.url}/_emulator/faults", json=fault).raise_for_status()
        customers = list(server.world.customers)
        paths = [f"/v1/customers/{customers[n % CUSTOMERS]}" for n in range(READS)]
        began = at.clock.now()
        with ThreadPoolExecutor(THREADS) as pool:
            fine = sum(answer.status == 200 for answer in pool.map(_asks(at.client), paths))
        seconds = (at.clock.now() - began).total_seconds()
        calls = at.control.get(f"{server.url}/_emulator/calls").json()
    refused = sum(call["status"] == 429 for call in calls)
    allowed = PER_MINUTE + seconds * PER_MINUTE / 60
    own, others = early(calls, seen.waits)
    sys.stdout.write(
        f"{fine} of {READS} reads, {seen.faults} faults, {refused} refused with 429, "
        f"{own} and {others} of others before their time\n"
        f"{seconds / 60:.1f} minutes of the emulator: {fine / allowed:.1%} of what the limit "
        f"allows ({(len(calls) - refused) / allowed:.1%} with the calls that met a fault); "
        f"{time.perf_counter() - start:.0f} s\n"
    )
    if fine < READS or own or others or fine / allowed < LEAST:
        sys.exit("the limiter does not hold what it promises")


def _asks(client: Client) -> Any:
    return lambda path: client.send("GET", path)


if __name__ == "__main__":
    main()
