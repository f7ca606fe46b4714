"""The limiter: its policy by itself, then the gate with threads and a clock that only counts."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Lock, Thread
from typing import Any

import pytest
import requests

from pcsync.client import Attempt, Gate, OutOfTime, Policy
from pcsync.client.alone import Alone
from pcsync.client.pace import Pace
from pcsync.client.policy import customer_of
from pcsync.errors import ApiError, Unreachable

from .fakes import FakeClock, bench, in_turn, reply

A, B, C = (f"0d6e7f10-1f7b-4c1b-8a8a-0b7b6f7c000{n}" for n in (1, 2, 3))


@pytest.mark.parametrize(
    "path,customer",
    [
        (f"/v1/customers/{A}", A),
        (f"/v1/customers/{A.upper()}/orders?x=1", A),
        (f"/v1/customers/{A}?x=1", A),
        ("/v1/customers?size=500", ""),
        ("/v1/customers/usagerecords", ""),
        (f"/v1/customers/{A}x/orders", ""),
        ("/v1/auditrecords", ""),
    ],
)
def test_the_customer_stands_in_the_path(path: str, customer: str) -> None:
    assert customer_of(path) == customer


def test_concurrency_grows_by_one_and_halves_once_per_episode() -> None:
    policy = Policy(most=16, width=8.0)
    tickets = [policy.take(A, 0.0) for _ in range(8)]
    assert not policy.room
    for ticket in tickets[:4]:
        policy.refused(ticket, 0.0, 5.0)
    assert policy.width == 4.0
    for ticket in tickets[4:]:
        policy.done(ticket)
    assert 4.9 < policy.width < 5.1
    policy.refused(policy.take(A, 5.0), 5.0, 5.0)
    assert 2.4 < policy.width < 2.6


def test_concurrency_stays_between_one_and_the_most() -> None:
    policy = Policy(most=4, width=4.0)
    for _ in range(50):
        policy.done(policy.take("", 0.0))
    assert policy.width == 4.0
    for n in range(9):
        policy.refused(policy.take("", float(n)), float(n), 0.5)
    assert policy.width == 1.0
    assert policy.room


def test_a_refusal_closes_the_partner_until_it_is_known_whose_limit_it_is() -> None:
    policy = Policy()
    policy.refused(policy.take(A, 0.0), 0.0, 57.0)
    assert [policy.ready(customer, 1.0) for customer in (A, B, "")] == [57.0, 57.0, 57.0]
    assert policy.ready(B, 57.0) == 57.0


def test_always_the_same_customer_is_a_limit_of_the_pair() -> None:
    policy, now = Policy(), 0.0
    for _ in range(3):
        policy.refused(policy.take(A, now), now, 10.0)
        now += 20.0
        policy.done(policy.take(B, now))
    now -= 20.0
    assert policy.ready(A, now) == now + 10.0
    assert policy.ready(B, now) == now
    policy.refused(policy.take(C, now), now, 30.0)
    assert policy.ready(B, now) == now + 30.0


def test_the_rate_is_learned_between_refusals() -> None:
    pace, now = Pace(), 0.0
    pace.close(now, 1.0)
    pace.learn(now, 1.0)
    for _ in range(100):
        now += 0.1
        pace.take(now)
    pace.close(now, 1.0)
    pace.learn(now, 1.0)
    assert pace.rate == pytest.approx(10.0)
    assert pace.ready(now) == pytest.approx(now + 1.0)
    sent = 0
    end = now + 31.0
    while (at := pace.ready(now)) < end:
        now = max(now, at)
        pace.take(now)
        sent += 1
    assert 290 <= sent <= 330  # the rate, and a little more that is tried


def test_a_few_calls_teach_no_rate() -> None:
    pace = Pace()
    for now in (0.0, 60.0, 120.0):
        pace.take(now)
        pace.close(now, 57.0)
        pace.learn(now, 57.0)
    assert pace.rate is None


def test_without_refusals_the_rate_grows_faster_and_faster() -> None:
    pace = Pace(rate=10.0)
    for second in range(200):
        pace.take(float(second))
    assert pace.rate is not None
    assert pace.rate > 30.0


class Crowd:
    """Threads at a gate; what passed, in order."""

    def __init__(self, policy: Policy) -> None:
        self.clock, self.lock = CountingClock(), Lock()
        self.gate, self.passed = Gate(policy, self.clock), []
        self.most = self.now = 0

    def call(self, customer: str, status: int = 200, after: float | None = None) -> None:
        path = f"/v1/customers/{customer}"
        with self.gate.passing("GET", path, customer, 1e9) as passage:
            with self.lock:
                self.now += 1
                self.most = max(self.most, self.now)
                self.passed.append((customer, self.clock.monotonic()))
            time.sleep(0.002)
            with self.lock:
                self.now -= 1
            passage.tell(status, after)


class CountingClock(FakeClock):
    """Threads sleep at once, together."""

    def __init__(self) -> None:
        super().__init__()
        self.lock = Lock()

    def sleep(self, seconds: float) -> None:
        with self.lock:
            self.slept.append(seconds)


def test_no_more_calls_at_a_time_than_the_policy_says() -> None:
    crowd = Crowd(Policy(most=3, width=3.0))
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(crowd.call, [A, B, C] * 20))
    assert len(crowd.passed) == 60
    assert crowd.most == 3


def test_everybody_waits_once_and_nobody_spins() -> None:
    crowd = Crowd(Policy())
    crowd.call(A, 429, 57.0)
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(crowd.call, [A, B, C] * 10))
    assert all(at >= 57.0 for _, at in crowd.passed[1:])
    assert sum(crowd.clock.slept) == pytest.approx(57.0, abs=0.1)
    assert len(crowd.clock.slept) <= 3


def test_customers_take_turns() -> None:
    crowd = Crowd(Policy(most=1, width=1.0))
    threads = []
    with crowd.gate.passing("GET", "/v1/x", "", 1e9) as first:
        for customer in [A] * 6 + [B] * 2:
            threads.append(Thread(target=crowd.call, args=(customer,)))
            threads[-1].start()
            time.sleep(0.01)  # one after the other into the queue
        first.tell(200, None)
    for thread in threads:
        thread.join()
    assert [customer for customer, _ in crowd.passed] == [A, B, A, B, A, A, A, A]


def test_what_can_not_leave_in_time_is_not_sent() -> None:
    crowd = Crowd(Policy())
    crowd.call(A, 429, 3600.0)
    with (
        pytest.raises(OutOfTime),
        crowd.gate.passing("GET", "/v1/x", B, crowd.clock.monotonic() + 900.0),
    ):
        raise AssertionError
    assert crowd.clock.slept == []


def test_a_run_has_an_end() -> None:
    clock = FakeClock()
    gate = Gate(Policy(), clock, seconds=60.0)
    with gate.passing("GET", "/v1/x", "", 1e9) as passage:
        passage.tell(200, None)
    clock.sleep(61.0)
    with pytest.raises(OutOfTime) as caught, gate.passing("GET", "/v1/x", "", 1e9):
        raise AssertionError
    assert (caught.value.over, caught.value.sent) == (True, False)
    with pytest.raises(OutOfTime) as caught, gate.passing("GET", "/v1/x", "", 10.0):
        raise AssertionError
    assert not caught.value.over  # the time of this call alone


def test_a_lost_call_gives_its_place_back() -> None:
    crowd = Crowd(Policy(most=1, width=1.0))
    for _ in range(3):
        with (
            pytest.raises(Unreachable),
            crowd.gate.passing("GET", "/v1/x", "", 1e9),
        ):
            raise Unreachable("GET", "/v1/x", "lost")
    crowd.call(A)


def test_the_same_request_id_is_never_sent_while_the_first_may_still_run() -> None:
    inside, most, lock = 0, 0, Lock()

    def slow(_: requests.PreparedRequest) -> requests.Response:
        nonlocal inside, most
        with lock:
            inside, most = inside + 1, max(most, inside + 1)
        time.sleep(0.02)
        with lock:
            inside -= 1
        return reply(201)

    made = bench(slow)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: made.client.send("POST", "/v1/x", {}, request_id="step"), range(4)))
    assert most == 1
    assert made.sent_header("MS-RequestId") == ["step"] * 4


def test_other_ids_do_not_wait_for_each_other() -> None:
    alone, both = Alone(), threading.Barrier(2, timeout=5)

    def call(name: str) -> int:
        with alone.calling(name):
            return both.wait()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(call, ["a", "b"])) == [0, 1]


@pytest.mark.parametrize("method,seconds", [("GET", 5.0), ("HEAD", 5.0), ("PATCH", 180.0)])
def test_a_write_is_given_the_time_in_which_it_may_still_run(method: str, seconds: float) -> None:
    made = bench()
    made.client._door._timeout = 5.0
    made.client.send(method, "/v1/x", request_id="step")
    assert made.stub.options[0]["timeout"][1] == seconds


class Listener:
    """Keeps what it is told."""

    def __init__(self, wants_bodies: bool = False) -> None:
        self.wants_bodies = wants_bodies
        self.attempts: list[Attempt] = []
        self.waits: list[tuple[Any, ...]] = []

    def request(self, attempt: Attempt) -> None:
        self.attempts.append(attempt)

    def waiting(self, *said: Any) -> None:
        self.waits.append(said)


def test_the_hook_sees_every_attempt_and_no_token() -> None:
    answers = [requests.ConnectionError(), reply(429, headers={"Retry-After": "7"}), reply(401)]
    made = bench(in_turn(*answers, reply(200, {"id": 1}, {"MS-CorrelationId": "theirs"})))
    for bodies in (False, True):
        listener = Listener(bodies)
        made.client._signed._with = replace_hook(made, listener)
        made.client._hook = listener
        if bodies:
            made.stub.handler = lambda _: reply(200, {"id": 2})
        made.client.send("POST", "/v1/x", {"password": "p"}, request_id="step")
        assert "app-" not in str([(a, a.headers, a.body, a.reply) for a in listener.attempts])
        if bodies:
            assert listener.attempts[0].body == b'{"password":"p"}'
            assert "password" not in repr(listener.attempts)
            continue
        assert [a.status for a in listener.attempts] == [None, 429, 401, 200]
        assert [a.request_id for a in listener.attempts] == ["step"] * 4
        assert listener.attempts[0].failure
        assert listener.attempts[-1].service_correlation_id == "theirs"
        assert [a.body for a in listener.attempts] == [None] * 4
        assert [wait[2] for wait in listener.waits] == [0.5, 7.5]
        assert listener.attempts[1].waited == 0.0


def replace_hook(made: Any, listener: Listener) -> Any:
    from dataclasses import replace

    return replace(made.client._signed._with, hook=listener)


def test_after_too_long_a_hold_the_refusal_itself_is_raised() -> None:
    made = bench(in_turn(reply(429, headers={"Retry-After": "3600"})))
    with pytest.raises(ApiError) as caught:
        made.client.send("GET", "/v1/x")
    assert caught.value.retry_after == 3600.0
    with pytest.raises(OutOfTime):
        made.client.send("GET", "/v1/y")
    assert len(made.sent) == 1
