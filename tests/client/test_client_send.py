"""Headers, ids, bodies, counts, the service's time."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from threading import Barrier

import pytest
import requests

from pcsync import __version__
from pcsync.client import Counts
from pcsync.errors import ApiError

from .fakes import bench, in_turn, reply

CUSTOMER = "/v1/customers/0d6e7f10-1f7b-4c1b-8a8a-0b7b6f7c0001"


def test_headers_of_a_read() -> None:
    made = bench()
    made.client.send("GET", CUSTOMER)
    headers = made.sent[0].headers
    assert made.sent[0].url == f"https://api.partnercenter.microsoft.com{CUSTOMER}"
    assert headers["Authorization"] == "Bearer app-1"
    assert headers["Accept"] == "application/json"
    assert headers["MS-RequestId"] == "id-1"
    assert headers["MS-CorrelationId"] == "id-2"
    assert headers["X-Locale"] == "en-US"
    assert headers["MS-PartnerCenter-Application"] == "pcsync"
    assert headers["User-Agent"] == f"pcsync/{__version__}"
    assert {"Content-Type", "If-Match", "MS-ContinuationToken"}.isdisjoint(headers)


def test_a_user_call_carries_the_users_token() -> None:
    made = bench()
    made.client.send("GET", f"{CUSTOMER}/users", user=True)
    assert made.sent[0].headers["Authorization"] == "Bearer user-1"


def test_the_callers_request_id_is_sent_and_every_call_has_its_own_correlation_id() -> None:
    made = bench()
    found = made.client.send("POST", f"{CUSTOMER}/carts", {}, request_id="step-7")
    made.client.send("GET", CUSTOMER)
    assert made.sent_header("MS-RequestId") == ["step-7", "id-2"]
    assert made.sent_header("MS-CorrelationId") == ["id-1", "id-3"]
    assert (found.request_id, found.correlation_id) == ("step-7", "id-1")


def test_the_correlation_id_of_an_answer_is_the_services() -> None:
    made = bench(in_turn(reply(headers={"ms-correlationid": "theirs", "MS-RequestId": "other"})))
    found = made.client.send("GET", CUSTOMER)
    assert (found.request_id, found.correlation_id) == ("id-1", "theirs")
    assert found.headers["MS-REQUESTID"] == "other"


@pytest.mark.parametrize(
    "etag,header", [("-6538", '"-6538"'), ('"af-1"', '"af-1"'), ("eyJpZCI6", '"eyJpZCI6"')]
)
def test_if_match_is_quoted_once(etag: str, header: str) -> None:
    made = bench()
    made.client.send("PUT", f"{CUSTOMER}/profiles/billing", {"a": 1}, if_match=etag)
    assert made.sent[0].headers["If-Match"] == header


def test_a_body_is_exact_json_with_its_type() -> None:
    made = bench()
    body = {"amount": Decimal("250.10"), "seats": Decimal("12.00"), "name": "Zoë", "none": None}
    made.client.send("PATCH", f"{CUSTOMER}/usagebudget", body)
    assert made.sent[0].body == b'{"amount":250.10,"seats":12,"name":"Zo\\u00eb","none":null}'
    assert made.sent[0].headers["Content-Type"] == "application/json"


def test_an_answer_has_decimals_and_folded_names() -> None:
    content = b'\xef\xbb\xbf{"Id": "x", "Amount": 0.1, "Items": [{"UnitPrice": 19.99}]}'
    found = bench(in_turn(reply(201, content))).client.send("GET", CUSTOMER)
    assert found.status == 201
    assert found.body == {
        "id": "x",
        "amount": Decimal("0.1"),
        "items": [{"unitPrice": Decimal("19.99")}],
    }


def test_empty_answers_and_head_have_no_body() -> None:
    made = bench(in_turn(reply(202), reply(200, b"not for HEAD")))
    assert made.client.send("PATCH", CUSTOMER, {}).body is None
    assert made.client.send("HEAD", "/v1/domains/contoso.onmicrosoft.com").body is None


def test_the_service_time_is_the_newest_date_of_any_answer() -> None:
    dates = [
        "Mon, 04 May 2026 12:00:05 GMT",
        "Mon, 04 May 2026 12:00:01 GMT",
        "Mon, 04 May 2026 12:00:09 GMT",
        "soon",
    ]
    made = bench(
        in_turn(*(reply(404 if i == 2 else 200, headers={"Date": d}) for i, d in enumerate(dates)))
    )
    assert made.client.service_time() is None
    made.client.send("GET", CUSTOMER)
    made.client.send("GET", CUSTOMER)
    assert made.client.service_time() == datetime(2026, 5, 4, 12, 0, 5, tzinfo=UTC)
    with pytest.raises(ApiError):
        made.client.send("GET", CUSTOMER)
    made.client.send("GET", CUSTOMER)
    assert made.client.service_time() == datetime(2026, 5, 4, 12, 0, 9, tzinfo=UTC)


def test_reads_and_writes_are_counted_apart_with_their_repeats() -> None:
    made = bench(in_turn(reply(503), reply(), reply(400), reply(201), reply(), requests.Timeout()))
    made.client.send("GET", CUSTOMER)
    with pytest.raises(ApiError):
        made.client.send("DELETE", CUSTOMER)
    made.client.send("POST", f"{CUSTOMER}/carts", {})
    made.client.send("POST", "/v1/validations/address", {})
    assert made.client.reads == Counts(sent=3, answered=2)
    assert made.client.writes == Counts(sent=2, answered=2)


def test_no_answer_is_not_counted_as_one() -> None:
    made = bench(in_turn(requests.Timeout()), attempts=1)
    with pytest.raises(Exception, match="no answer"):
        made.client.send("GET", CUSTOMER)
    assert made.client.reads == Counts(sent=1, answered=0)


def test_many_threads_share_a_client() -> None:
    together = Barrier(8)

    def handle(request: requests.PreparedRequest) -> requests.Response:
        together.wait(timeout=5)
        return reply(200, {"path": request.path_url, "id": request.headers["MS-RequestId"]})

    made = bench(handle)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: made.client.send("GET", f"/v1/customers/{n}"), range(64)))
    assert [answer.body["path"] for answer in found] == [f"/v1/customers/{n}" for n in range(64)]
    assert all(answer.body["id"] == answer.request_id for answer in found)
    assert len({answer.request_id for answer in found}) == 64
    assert made.client.reads == Counts(sent=64, answered=64)


def test_a_netrc_does_not_replace_the_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine api.partnercenter.microsoft.com login contoso password hunter2\n")
    monkeypatch.setenv("NETRC", str(netrc))
    made = bench()
    made.client.send("GET", CUSTOMER)
    assert made.sent[0].headers["Authorization"] == "Bearer app-1"


def test_a_post_without_body_sends_none() -> None:
    made = bench(in_turn(reply(200, {"orders": []})))
    assert made.client.send("POST", f"{CUSTOMER}/carts/c1/checkout").body == {"orders": []}
    assert made.sent[0].body is None
    assert "Content-Type" not in made.sent[0].headers


def test_a_body_that_json_cannot_hold_is_not_sent() -> None:
    made = bench()
    with pytest.raises(TypeError, match="set"):
        made.client.send("POST", f"{CUSTOMER}/carts", {"ids": {1}})
    assert made.sent == []


def test_text_as_body_is_a_json_string() -> None:
    made = bench()
    made.client.send("POST", f"{CUSTOMER}/carts/c1/checkout", "success")
    assert json.loads(made.sent[0].body or b"") == "success"
