"""Refusals of every shape, their advice, and no secrets in them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from requests.structures import CaseInsensitiveDict

from pcsync.client import scrub
from pcsync.client.advice import AGAIN, BY_CODE, BY_STATUS, OPERATIONS, Rule, advice_for
from pcsync.client.answers import LONGEST, Ids, Reply, refusal, retry_after
from pcsync.client.retry import BUSY
from pcsync.errors import ApiError

from .fakes import bench, reply

RULES = [rule for rules in BY_CODE.values() for rule in rules]
SUBSCRIPTION = "/v1/customers/c/subscriptions/s"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJ1cG4iOiJhbmFAY29udG9zby5jb20ifQ.c2lnbmF0dXJl-_x"


def failed(status: int, body: Any = None, headers: dict[str, str] | None = None) -> ApiError:
    made = bench(lambda _: reply(status, body, headers), attempts=1)
    with pytest.raises(ApiError) as caught:
        made.client.send("PATCH", "/v1/customers/c", {}, request_id="step-1")
    return caught.value


@pytest.mark.parametrize(
    "status,body,code,description",
    [
        (400, {"code": "800002", "description": "bad", "source": "PartnerFD"}, "800002", "bad"),
        (400, {"code": 800002, "description": "bad", "data": []}, "800002", "bad"),
        (400, {"code": 3000, "description": "bad", "data": ["a", {"b": 1}]}, "3000", "bad [a]"),
        (400, {"Code": 3000, "Description": "bad"}, "3000", "bad"),
        (501, {"code": 0, "description": "fault"}, "0", "fault"),
        (409, {"code": "x", "message": "m", "errorName": "n", "isRetryable": True}, "x", "m"),
        (409, {"code": 1, "message": "m", "description": "d"}, "1", "d"),
        (429, {"statusCode": 429, "message": "Try again."}, "429", "Try again."),
        (404, {"error": {"code": "NotFound", "message": "gone"}}, "NotFound", "gone"),
        (401, {"error": "invalid_token", "error_description": "old"}, "invalid_token", "old"),
        (404, None, "", "Reason 404"),
        (401, b"", "", "Reason 401"),
        (500, b"<html><body>Bearer x</body></html>", "", "Reason 500"),
        (401, b"401 Unauthorized - MFA required", "", "401 Unauthorized - MFA required"),
        (400, b'\xef\xbb\xbf{"code": 2055, "description": "etag"}', "2055", "etag"),
        (500, b"{broken", "", "Reason 500"),
        (400, ["list"], "", "Reason 400"),
        (400, {"code": None, "description": None}, "", "Reason 400"),
        (400, {"code": {"a": 1}, "description": ["x"]}, "", "Reason 400"),
    ],
)
def test_shapes_of_refusals(status: int, body: Any, code: str, description: str) -> None:
    found = failed(status, body)
    assert (found.status, found.code, found.description) == (status, code, description)
    assert (found.method, found.path) == ("PATCH", "/v1/customers/c")
    assert found.advice


def test_a_refusal_carries_the_ids_that_support_asks_for() -> None:
    found = failed(400, {"code": 1}, {"MS-CorrelationId": "theirs"})
    assert (found.request_id, found.correlation_id) == ("step-1", "theirs")
    assert failed(400).correlation_id == "id-1"


def test_a_description_is_not_longer_than_documented() -> None:
    assert len(failed(400, {"code": 1, "description": "x" * 5000}).description) == LONGEST


@pytest.mark.parametrize(
    "header,seconds",
    [
        ("57", 57.0),
        (" 1.5 ", 1.5),
        ("0", 0.0),
        ("-5", None),
        ("inf", None),
        ("nan", None),
        ("soon", None),
        ("Mon, 04 May 2026 12:01:00 GMT", 60.0),
        ("Mon, 04 May 2026 11:00:00 GMT", 0.0),
        ("Mon, 99 May 2026 11:00:00 GMT", None),
        (None, None),
    ],
)
def test_retry_after(header: str | None, seconds: float | None) -> None:
    headers = {"date": "Mon, 04 May 2026 12:00:00 GMT"}
    headers |= {"retry-after": header} if header is not None else {}
    assert retry_after(Reply(429, "", CaseInsensitiveDict(headers), b"")) == seconds


NAMED = [
    *((401, code) for code in ("400", "800001", "900421")),
    *((403, c) for c in ("20002", "900308", "900309", "900329", "13605", "900121", "800023")),
    *((403, code) for code in ("800073", "800074", "800075")),
    *((400, c) for c in ("900316", "60012", "2055", "3000", "800002", "900206", "600002")),
    *((400, c) for c in ("600049", "600050", "600051", "900117", "800090", "800091", "2011")),
    (400, "900277"),
    *((404, code) for code in ("60002", "60003", "20003", "800008")),
    *((409, code) for code in ("900278", "800082", "800064")),
]


@pytest.mark.parametrize("status,code", NAMED)
def test_codes_that_calls_meet_have_advice_of_their_own(status: int, code: str) -> None:
    assert BY_CODE[status, code][0].advice == advice_for(status, code)


def test_unknown_codes_get_the_advice_of_their_status() -> None:
    assert advice_for(400, "1") == BY_STATUS[400]
    assert advice_for(429, "429") == BY_STATUS[429]
    assert "later" in advice_for(503, "")
    assert advice_for(418, "")


def test_the_same_code_means_another_thing_with_another_status() -> None:
    assert advice_for(403, "2001") == BY_STATUS[403]
    assert advice_for(400, "2001", "PATCH", SUBSCRIPTION).startswith("no quantity change while")


def test_the_same_code_means_another_thing_with_another_operation() -> None:
    assert advice_for(400, "2001", "POST", "/v1/customers/c/agreements") == BY_STATUS[400]


def test_every_code_that_the_reference_lists_is_in_the_table() -> None:
    listed = yaml.safe_load(Path(__file__).with_name("codes.yaml").read_text("utf-8"))
    wanted = {(status, str(code)) for status, codes in listed.items() for code in codes}
    assert len(wanted) > 150
    assert wanted == set(BY_CODE)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.status}-{rule.code}-{rule.on}")
def test_every_row_says_what_happened_when_to_try_again_and_what_to_do(rule: Rule) -> None:
    assert rule.again in AGAIN
    assert rule.on in OPERATIONS
    assert rule.what
    assert rule.do
    assert len(rule.advice) < 240
    assert (rule.again == "soon") == (rule.code in BUSY)


def test_unknown_codes_show_code_description_and_both_ids() -> None:
    found = failed(400, {"code": 123456, "description": "The moon is full."})
    text = "\n".join(found.lines())
    for part in ("123456", "The moon is full.", "MS-RequestId", "MS-CorrelationId"):
        assert part in text


@pytest.mark.parametrize("advice", sorted({*(r.advice for r in RULES), *BY_STATUS.values()}))
def test_advice_is_one_sentence_in_our_style(advice: str) -> None:
    assert advice[-1] not in ".!"
    assert scrub(advice) == advice


@pytest.mark.parametrize(
    "text",
    [
        f"token {JWT} refused",
        "Authorization: Bearer hunter2hunter2",
        '{"password": "hunter2hunter2"}',
        '{\\"password\\": \\"hunter2hunter2\\"}',
        '"passwordProfile": {"password":"hunter2hunter2","forceChangePassword":true}',
        "client_secret=hunter2hunter2&x=1",
        "refresh_token: hunter2hunter2",
        "'newPassword': 'hunter2hunter2'",
        "password = 'hunter2 hunter2hunter2'",
        "refused 0.AXoAhunter2hunter2hunter2.AgABAwE-hunter2hunter2",
        "access_token=hunter2hunter2",
    ],
)
def test_scrub_blanks_secrets(text: str) -> None:
    found = scrub(text)
    assert "hunter2hunter2" not in found
    assert JWT not in found
    assert "***" in found
    assert "hunter2hunter2" not in failed(400, {"code": 1, "description": text}).what


def test_scrub_blanks_what_it_is_told() -> None:
    assert scrub("wrong: s3cr3t", ["", "s3cr3t"]) == "wrong: ***"


@pytest.mark.parametrize(
    "text",
    [
        "The quantity 12 is above the maximum 10.",
        "customer 0d6e7f10-1f7b-4c1b-8a8a-0b7b6f7c0001 not found",
        "the token has expired",
        "Resets the password of ana@contoso.com",
    ],
)
def test_scrub_leaves_other_text_alone(text: str) -> None:
    assert scrub(text) == text


def test_a_refusal_can_be_read_without_a_network() -> None:
    found = refusal(Ids("GET", "/v1/x", "a", "b"), Reply(404, "Not Found", {}, b""))
    assert found.lines()[-1] == "  quote to support: MS-RequestId a, MS-CorrelationId b"


@pytest.mark.parametrize("text", ["x" * 200_000, "password" * 20_000, "secret=" * 20_000,
                                  'password="' * 20_000, "bearer " * 20_000, "eyJ" * 60_000,
                                  "0.A" * 60_000, "password: '" + "\\" * 100_000])  # fmt: skip
def test_scrub_takes_no_longer_than_its_text(text: str) -> None:
    began = time.process_time()
    scrub(text)
    assert time.process_time() - began < 1.0
