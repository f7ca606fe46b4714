"""What never left is told from what left and was not answered, however often it was tried."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError

from pcsync.errors import ApiError, Unreachable

from .fakes import bench, in_turn, reply

CARTS = "/v1/customers/0d6e7f10-1f7b-4c1b-8a8a-0b7b6f7c0001/carts"
REFUSED = requests.ConnectionError(
    MaxRetryError(None, CARTS, NewConnectionError(None, "refused"))  # type: ignore[arg-type]
)
LATE = requests.ConnectionError(MaxRetryError(None, CARTS, ConnectTimeoutError()))  # type: ignore[arg-type]
BROKEN = requests.ConnectionError("reset")
THROTTLED = reply(429, headers={"Retry-After": "2000"})


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and what it came from; without an end where that leads in a circle."""
    for _ in range(9):
        if error is None:
            return
        yield error
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize(
    "failures, sent",
    [
        ([REFUSED] * 3, False),
        ([LATE] * 3, False),
        ([requests.ConnectTimeout()] * 3, False),
        ([BROKEN] * 3, True),
        ([requests.ReadTimeout()] * 3, True),
        ([BROKEN, REFUSED, REFUSED], True),
        ([REFUSED, BROKEN, REFUSED], True),
    ],
)
def test_a_write_is_in_doubt_once_it_left(failures: list[Exception], sent: bool) -> None:
    with pytest.raises(Unreachable) as caught:
        bench(in_turn(*failures)).client.send("POST", CARTS, {}, request_id="step-1")
    assert caught.value.sent is sent
    assert ("was not sent" in caught.value.what) is not sent
    assert len(list(chain(caught.value))) < 9


@pytest.mark.parametrize("status", [500, 503])
def test_a_doubt_outlives_what_comes_after_it(status: int) -> None:
    """First nobody said whether it took effect, then there was no time to ask again."""
    with pytest.raises(ApiError) as caught:
        bench(in_turn(reply(status), THROTTLED)).client.send("POST", CARTS, {}, request_id="step-1")
    assert caught.value.status == status
