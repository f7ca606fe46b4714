"""The two clocks."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import Any

import pytest
import requests

from pcsync.client import EmulatorClock, SystemClock
from pcsync.errors import SettingsError, Unreachable

from .fakes import Stub, in_turn, reply

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


def clock_with(handler: Any) -> tuple[EmulatorClock, Stub]:
    session, stub = requests.Session(), Stub(handler)
    session.mount("http://", stub)
    return EmulatorClock("http://127.0.0.1:8080/", session), stub


def test_the_system_clock_is_aware_and_sleeps() -> None:
    clock = SystemClock()
    assert clock.now().utcoffset() is not None
    assert abs((clock.now() - datetime.now(UTC)).total_seconds()) < 5
    before = clock.monotonic()
    clock.sleep(0.01)
    clock.sleep(-1)
    assert clock.monotonic() - before >= 0.01


@pytest.mark.parametrize(
    "text", ["2026-05-04T12:00:00Z", "2026-05-04T12:00:00.0000000+00:00", "2026-05-04T12:00:00"]
)
def test_the_emulators_time(text: str) -> None:
    clock, stub = clock_with(in_turn(reply(200, {"now": text})))
    assert clock.now() == NOW
    assert (stub.sent[0].method, stub.sent[0].url) == (
        "GET",
        "http://127.0.0.1:8080/_emulator/clock",
    )


def test_sleeping_moves_the_emulators_clock_instead() -> None:
    clock, stub = clock_with(lambda _: reply(200, {"now": "2026-05-04T12:00:00Z"}))
    began, before = time.monotonic(), clock.monotonic()
    clock.sleep(3600.0)
    clock.sleep(0)
    assert time.monotonic() - began < 5
    assert clock.monotonic() - before >= 3600.0
    assert [(request.method, json.loads(request.body or b"")) for request in stub.sent] == [
        ("POST", {"sleep": 3600.0})
    ]


def test_who_sleeps_at_the_same_time_sleeps_together() -> None:
    together = Barrier(8)

    def slowly(_: requests.PreparedRequest) -> requests.Response:
        time.sleep(0.05)  # long enough for the others to come and sleep
        return reply(200, {"now": "2026-05-04T12:00:00Z"})

    def sleep(seconds: float) -> None:
        together.wait()
        clock.sleep(seconds)

    clock, stub = clock_with(slowly)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(sleep, [10.0] * 8))
    assert sum(json.loads(request.body or b"")["sleep"] for request in stub.sent) < 80.0
    assert clock.monotonic() >= 10.0


def test_sleeping_one_after_the_other_adds_up() -> None:
    clock, stub = clock_with(lambda _: reply(200, {"now": "2026-05-04T12:00:00Z"}))
    for _ in range(4):
        clock.sleep(10.0)
    assert (clock.monotonic(), len(stub.sent)) == (40.0, 4)


@pytest.mark.parametrize(
    "answer", [requests.ConnectionError(), reply(400, {"code": 3000}), reply(200, b"<html>")]
)
def test_an_emulator_that_is_gone(answer: Any) -> None:
    clock, _ = clock_with(in_turn(answer))
    with pytest.raises(Unreachable):
        clock.now()


def test_no_other_machine_is_told_to_move_its_clock() -> None:
    with pytest.raises(SettingsError):
        EmulatorClock("https://api.partnercenter.microsoft.com", requests.Session())
