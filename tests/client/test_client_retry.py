"""The retry rule by itself."""

from __future__ import annotations

import pytest

from pcsync.client import NotSent, Retry, is_answer
from pcsync.errors import ApiError, PcsyncError, SignInFailed, Unreachable, WriteRefused

RETRY = Retry(jitter=lambda: 0.0)


def refused(status: int, code: str = "", retry_after: float | None = None) -> ApiError:
    return ApiError("GET", "/v1/x", status, code, "", retry_after=retry_after)


LOST = Unreachable("GET", "/v1/x", "timeout")


@pytest.mark.parametrize(
    "failure,waits",
    [
        (LOST, [0.5, 1.0, 2.0, 4.0, None]),
        *((refused(status), [0.5, 1.0, 2.0, 4.0, None]) for status in (408, 500, 502, 503, 504)),
        (refused(503, retry_after=20.0), [20.0, 20.0, 20.0, 20.0, None]),
        (refused(429), [0.5, 1.0, 2.0, 4.0, None]),
        (refused(429, retry_after=57.0), [57.0, 57.5, 58.0, 59.0, None]),
        (refused(409, "800064"), [0.5, 1.0, None]),
        (refused(409, "800082"), [0.5, 1.0, None]),
        *((refused(409, code), [None]) for code in ("", "900278", "800060", "1003")),
        (refused(400, "2055"), [None]),
        (refused(401, "900421"), [None]),
        (refused(401), [None]),
        (refused(412), [None]),
        (refused(501, "0"), [None]),
        (NotSent("GET", "/v1/x", "bad url"), [None]),
        (SignInFailed("no"), [None]),
        (WriteRefused("POST", "/v1/x"), [None]),
    ],
)
def test_waits_of_a_read(failure: PcsyncError, waits: list[float | None]) -> None:
    found = [RETRY.delay(n, failure, "GET", 0.0) for n in range(1, len(waits) + 1)]
    assert found == waits


@pytest.mark.parametrize(
    "failure,tries", [(LOST, 3), (refused(500), 3), (refused(429), 5), (refused(409, "800064"), 3)]
)
def test_writes_are_tried_less_where_they_may_have_taken_effect(
    failure: PcsyncError, tries: int
) -> None:
    found = [RETRY.delay(n, failure, "POST", 0.0) for n in range(1, tries + 1)]
    assert found[-1] is None
    assert None not in found[:-1]


def test_backoff_is_capped_and_jitter_only_lengthens() -> None:
    retry = Retry(attempts=20, longest=30.0, jitter=lambda: 0.5)
    assert retry.delay(1, LOST, "GET", 0.0) == 0.75
    assert retry.delay(12, LOST, "GET", 0.0) == 45.0


def test_no_wait_ends_after_the_deadline() -> None:
    retry = Retry(jitter=lambda: 0.0, deadline=60.0)
    assert retry.delay(1, refused(429, retry_after=60.0), "GET", 0.0) == 60.0
    assert retry.delay(1, refused(429, retry_after=60.0), "GET", 0.1) is None
    assert retry.delay(1, refused(429, retry_after=3600.0), "GET", 0.0) is None


@pytest.mark.parametrize("failure", [LOST, refused(429), refused(500), refused(408)])
def test_what_is_no_answer(failure: PcsyncError) -> None:
    assert not is_answer(failure)


@pytest.mark.parametrize("failure", [refused(400), refused(409, "800064"), refused(404)])
def test_what_is_an_answer(failure: PcsyncError) -> None:
    assert is_answer(failure)
