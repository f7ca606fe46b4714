"""Repeats with one id, 401 and MFA, answers that are refusals."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import requests

from pcsync.client import NotSent
from pcsync.errors import ApiError, SignInFailed, Unreachable

from .fakes import Bench, bench, in_turn, reply

CARTS = "/v1/customers/0d6e7f10-1f7b-4c1b-8a8a-0b7b6f7c0001/carts"
LIST = "/v1/customers"


def test_a_lost_answer_is_asked_for_again_with_the_same_ids() -> None:
    made = bench(in_turn(requests.ReadTimeout(), reply(503), reply(201, {"id": "cart"})))
    assert made.client.send("POST", CARTS, {"a": 1}, request_id="step-1").body == {"id": "cart"}
    assert made.sent_header("MS-RequestId") == ["step-1"] * 3
    assert len(set(made.sent_header("MS-CorrelationId"))) == 1
    assert [request.body for request in made.sent] == [b'{"a":1}'] * 3
    assert made.clock.slept == [0.5, 1.0]


def test_too_many_requests_are_obeyed_then_backed_off() -> None:
    throttled = reply(429, {"statusCode": 429, "message": "Try again."}, {"Retry-After": "57"})
    made = bench(in_turn(throttled, throttled, throttled, reply()))
    made.client.send("GET", LIST)
    assert made.clock.slept == [57.0, 57.5, 58.0]
    assert len(set(made.sent_header("MS-RequestId"))) == 1


def test_at_the_end_the_last_failure_is_raised_with_its_wait() -> None:
    made = bench(in_turn(*[reply(429, headers={"Retry-After": "5"})] * 2), attempts=2)
    with pytest.raises(ApiError) as caught:
        made.client.send("GET", LIST)
    assert (caught.value.status, caught.value.retry_after) == (429, 5.0)


def test_a_write_is_repeated_a_few_times_only() -> None:
    made = bench(in_turn(*[requests.ConnectionError()] * 3))
    with pytest.raises(Unreachable):
        made.client.send("POST", CARTS, {})
    assert len(made.sent) == 3


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 412, 417, 501, 302])
def test_other_refusals_are_not_repeated(status: int) -> None:
    made = bench(in_turn(reply(status)))
    with pytest.raises(ApiError):
        made.client.send("GET", LIST)
    assert len(made.sent) == 1


def test_a_url_that_cannot_be_sent_is_not_repeated() -> None:
    made = bench(in_turn(requests.exceptions.InvalidHeader()))
    with pytest.raises(NotSent):
        made.client.send("GET", LIST)


def test_a_busy_cart_is_waited_for_with_new_ids_unless_the_id_is_the_callers() -> None:
    busy = reply(409, {"code": 800064, "description": "busy"})
    made = bench(in_turn(busy, busy, reply(200)))
    made.client.send("PUT", f"{CARTS}/c1", {})
    assert len(set(made.sent_header("MS-RequestId"))) == 3
    assert len(set(made.sent_header("MS-CorrelationId"))) == 1
    made = bench(in_turn(busy))
    with pytest.raises(ApiError, match="800064"):
        made.client.send("PUT", f"{CARTS}/c1", {}, request_id="step-1")


def test_a_day_long_lock_is_not_waited_for() -> None:
    made = bench(in_turn(reply(409, {"code": 900278})))
    with pytest.raises(ApiError) as caught:
        made.client.send("PATCH", CARTS, {})
    assert "24 hours" in caught.value.advice


def test_a_refused_token_is_renewed_once() -> None:
    made = bench(in_turn(reply(401), reply(200)))
    made.client.send("GET", LIST)
    assert made.sent_header("Authorization") == ["Bearer app-1", "Bearer app-2"]
    assert len(set(made.sent_header("MS-RequestId"))) == 1
    assert made.clock.slept == []


def test_a_second_refusal_is_final() -> None:
    made = bench(in_turn(reply(401), reply(401, {"code": "800001", "description": "no token"})))
    with pytest.raises(ApiError) as caught:
        made.client.send("GET", LIST)
    assert (caught.value.status, caught.value.code) == (401, "800001")
    assert "app" in caught.value.advice


def test_threads_with_the_same_refused_token_renew_it_once() -> None:
    together = Barrier(8)

    def handle(request: requests.PreparedRequest) -> requests.Response:
        if request.headers["Authorization"] == "Bearer app-1":
            together.wait(timeout=5)
            return reply(401)
        return reply(200)

    made = bench(handle)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: made.client.send("GET", LIST).status, range(8)))
    assert found == [200] * 8
    assert made.tokens.numbers == {False: 2, True: 1}


def mfa_on_third_user_call() -> Bench:
    users = []

    def handle(request: requests.PreparedRequest) -> requests.Response:
        if "user" not in request.headers["Authorization"]:
            return reply(200)
        users.append(request)
        if len(users) == 3:
            return reply(401, {"code": 900421, "description": "MFA required"})
        return reply(200)

    return bench(handle)


def test_de6_after_missing_mfa_no_user_call_leaves_and_app_only_ones_go_on() -> None:
    made = mfa_on_third_user_call()
    made.client.send("GET", LIST, user=True)
    made.client.send("GET", LIST, user=True)
    with pytest.raises(ApiError) as caught:
        made.client.send("GET", LIST, user=True)
    assert "consent again with MFA" in caught.value.advice
    with pytest.raises(SignInFailed) as stopped:
        made.client.send("GET", LIST, user=True)
    assert "consent again with MFA" in stopped.value.advice
    assert len(made.sent) == 3
    assert made.client.send("GET", LIST).status == 200
    assert made.tokens.numbers[True] == 1


def test_missing_mfa_on_a_call_of_either_kind_stops_both() -> None:
    made = bench(in_turn(reply(401, {"code": "900421"})))
    with pytest.raises(ApiError):
        made.client.send("GET", LIST)
    for user in (False, True):
        with pytest.raises(SignInFailed):
            made.client.send("GET", LIST, user=user)


def test_an_answer_that_is_no_json_counts_as_none_and_is_asked_for_again() -> None:
    made = bench(in_turn(reply(201, b"<html>sign in</html>"), reply(201, {"id": "cart"})))
    assert made.client.send("POST", CARTS, {}, request_id="s").body == {"id": "cart"}
    made = bench(in_turn(*[reply(200, b"<html>sign in</html>")] * 5))
    with pytest.raises(Unreachable, match="not JSON"):
        made.client.send("GET", LIST)


def test_an_item_that_is_unavailable_is_a_refusal_in_spite_of_its_status() -> None:
    made = bench(in_turn(reply(200, {"code": 400072, "description": "not available"})))
    with pytest.raises(ApiError) as caught:
        made.client.send("GET", "/v1/products/CFQ7TTC0LH18")
    assert (caught.value.status, caught.value.code) == (200, "400072")


def test_each_repeat_is_logged_with_its_reason(caplog: pytest.LogCaptureFixture) -> None:
    made = bench(in_turn(reply(503, {"code": 800003, "description": "fault"}), reply()))
    with caplog.at_level(logging.INFO, "pcsync.client"):
        made.client.send("GET", LIST)
    assert caplog.messages == [
        "try 1 failed, next in 0.5 s: GET /v1/customers: 503 800003: fault",
    ]


def test_the_deadline_ends_repeats() -> None:
    made = bench(in_turn(*[reply(429, headers={"Retry-After": "60"})] * 3), deadline=150.0)
    with pytest.raises(ApiError):
        made.client.send("GET", LIST)
    assert made.clock.slept == [60.0, 60.5]
