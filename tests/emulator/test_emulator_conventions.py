"""Headers, idempotency, JSON, paging: conventions.md 3 to 6."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from .wire import Wire

NAMES = [f"customer{n:02d}" for n in range(7)]


@pytest.fixture
def many(pc: Wire) -> None:
    pc.seed(customers=[{"domain": f"{n}.onmicrosoft.com", "budget": 10} for n in NAMES])


def pages(pc: Wire, path: str, wanted: int = 1000) -> Iterator[dict[str, Any]]:
    """Follow links.next as the SDK does."""
    page = pc.get(path)
    for _ in range(wanted):
        yield page
        following = page["links"].get("next")
        if following is None:
            return
        headers = {row["key"]: row["value"] for row in following["headers"]}
        assert headers["MS-ContinuationToken"] == page["continuationToken"]
        assert following["uri"].startswith("/")
        page = pc.get("/v1" + following["uri"].removeprefix("/v1"), headers=headers)


def names(items: list[dict[str, Any]]) -> list[str]:
    return [row["companyProfile"]["domain"].partition(".")[0] for row in items]


def test_request_and_correlation_ids_come_back(pc: Wire) -> None:
    """conventions.md 4."""
    sent = {"MS-RequestId": str(uuid4()), "MS-CorrelationId": str(uuid4())}
    answer = pc.send("GET", "/v1/customers", headers=sent)
    assert {name: answer.headers[name] for name in sent} == sent
    assert answer.headers["MS-CV"]
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"


def test_ids_are_made_where_none_is_sent(pc: Wire) -> None:
    answer = pc.send("GET", "/v1/customers")
    assert len(answer.headers["MS-RequestId"]) == len(answer.headers["MS-CorrelationId"]) == 36


def test_date_is_the_emulators_clock(pc: Wire) -> None:
    pc.advance("P1D")
    assert pc.send("GET", "/v1/customers").headers["Date"] == "Mon, 23 Nov 2026 09:00:00 GMT"


def test_same_request_id_and_call_is_done_once(pc: Wire) -> None:
    """conventions.md 4, idempotency: the first answer comes again, the password in it."""
    body = json.loads(NEW_CUSTOMER)
    sent = {"MS-RequestId": str(uuid4())}
    first = pc.send("POST", "/v1/customers", body, headers=sent)
    again = pc.send("POST", "/v1/customers", body, headers=sent)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert first.json()["userCredentials"]["password"]
    assert [row["replayed"] for row in pc.calls()] == [False, True]
    assert pc.get("/v1/customers")["totalCount"] == 1


def test_same_request_id_for_another_call_is_a_conflict(pc: Wire) -> None:
    pc.contoso(budget=1)
    sent = {"MS-RequestId": str(uuid4())}
    assert pc.send("PATCH", f"{pc.at}/usagebudget", {"amount": 5}, headers=sent).ok
    refused = pc.refused("PATCH", f"{pc.at}/usagebudget", {"amount": 6}, headers=sent)
    assert refused == (409, "emulator-request-id-reused")
    assert pc.get(f"{pc.at}/usagebudget")["amount"] == 5


def test_a_refusal_is_replayed_too_but_a_day_later_it_is_new(pc: Wire) -> None:
    pc.contoso()
    sent = {"MS-RequestId": str(uuid4())}
    for _ in range(2):
        refused = pc.refused("PATCH", f"{pc.at}/usagebudget", {"amount": 5}, headers=sent)
        assert refused == (403, 900108)
    pc.advance("P2D")
    pc.refused("PATCH", f"{pc.at}/usagebudget", {"amount": 5}, headers=sent)
    assert [row["replayed"] for row in pc.calls()] == [False, True, False]


def test_injected_500_and_429_are_not_remembered(pc: Wire) -> None:
    pc.contoso(budget=1)
    for status in (500, 429):
        pc.control("POST", "faults", {"method": "PATCH", "status": status})
        sent = {"MS-RequestId": str(uuid4())}
        answers = [
            pc.send("PATCH", f"{pc.at}/usagebudget", {"amount": 7}, headers=sent).status_code
            for _ in range(2)
        ]
        assert answers == [status, 200]


def test_401_is_not_remembered(pc: Wire) -> None:
    pc.contoso(budget=1)
    sent = {"MS-RequestId": str(uuid4())}
    body = {"amount": 7}
    assert pc.refused("PATCH", f"{pc.at}/usagebudget", body, token=None, headers=sent)[0] == 401
    assert pc.send("PATCH", f"{pc.at}/usagebudget", body, headers=sent).status_code == 200


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("path", ["/v1/customers?size=3", "/v1/customers/usagerecords"])
def test_seek_paging_reaches_everything_once(pc: Wire, path: str) -> None:
    """conventions.md 6: totalCount counts the page; a missing links.next ends the list."""
    if "size" not in path:
        rows = [{"domain": f"{n}.onmicrosoft.com", "budget": 10} for n in NAMES]
        pc.seed(settings={"pageSize": 3}, customers=rows)
    got = list(pages(pc, path))
    assert [page["totalCount"] for page in got] == [3, 3, 1]
    assert len({row["id"] for page in got for row in page["items"]}) == 7
    assert "next" not in got[-1]["links"]
    assert "continuationToken" not in got[-1]


@pytest.mark.usefixtures("many")
def test_size_zero_means_default_and_large_ones_are_capped(pc: Wire) -> None:
    assert pc.get("/v1/customers?size=0")["totalCount"] == 7
    assert pc.get("/v1/customers?size=9999")["totalCount"] == 7
    assert pc.refused("GET", "/v1/customers?size=many") == (400, 3000)


@pytest.mark.usefixtures("many")
def test_token_holds_size_and_filter_for_clients_that_send_neither(pc: Wire) -> None:
    wanted = json.dumps({"Field": "CompanyName", "Value": "CUSTOMER0", "Operator": "starts_with"})
    first = pc.send("GET", "/v1/customers", params={"size": 2, "filter": wanted}).json()
    held = {"MS-ContinuationToken": first["continuationToken"]}
    second = pc.get("/v1/customers?seekOperation=Next", headers=held)
    assert names(first["items"]) + names(second["items"]) == NAMES[:4]


@pytest.mark.usefixtures("many")
def test_entries_may_come_between_pages(pc: Wire) -> None:
    first = pc.get("/v1/customers?size=3")
    pc.send("POST", "/v1/customers", json.loads(NEW_CUSTOMER))
    held = {"MS-ContinuationToken": first["continuationToken"]}
    rest = pc.get("/v1/customers?seekOperation=Next", headers=held)
    assert names(rest["items"]) == NAMES[3:6]


@pytest.mark.usefixtures("many")
def test_token_alone_goes_on_too(pc: Wire) -> None:
    """insight.md 1.4: token in the body, sent back as a header."""
    first = pc.get("/v1/customers?size=3")
    held = {"MS-ContinuationToken": first["continuationToken"]}
    assert names(pc.get("/v1/customers", headers=held)["items"]) == NAMES[3:6]


@pytest.mark.usefixtures("many")
def test_bad_and_foreign_tokens_are_400(pc: Wire) -> None:
    first = pc.get("/v1/customers?size=3")
    token = {"MS-ContinuationToken": first["continuationToken"]}
    records = "/v1/customers/usagerecords?seekOperation=Next"
    assert pc.refused("GET", records, headers=token) == (400, 3000)
    garbage = {"MS-ContinuationToken": "abc"}
    path = "/v1/customers?seekOperation=Next"
    assert pc.refused("GET", path, headers=garbage) == (400, 3000)
    assert pc.refused("GET", path) == (400, 3000)


def test_links_may_carry_the_version(pc: Wire) -> None:
    rows = [{"domain": f"{n}.onmicrosoft.com"} for n in NAMES]
    pc.seed(settings={"pageSize": 3, "linkPrefix": "/v1"}, customers=rows)
    got = list(pages(pc, "/v1/customers"))
    assert got[0]["links"]["next"]["uri"].startswith("/v1/customers?")
    assert sum(page["totalCount"] for page in got) == 7


@pytest.mark.parametrize(
    "given, expected",
    [
        (
            {"Field": "CompanyName", "Value": "customer03", "Operator": "starts_with"},
            ["customer03"],
        ),
        ({"Field": "Domain", "Value": "CUSTOMER04", "Operator": "StartsWith"}, ["customer04"]),
        ({"Field": "CompanyName", "Value": "nobody", "Operator": "starts_with"}, []),
    ],
)
@pytest.mark.usefixtures("many")
def test_filter_starts_with(pc: Wire, given: dict[str, str], expected: list[str]) -> None:
    """customers.md 2: only starts_with, without regard to case; nothing found is an empty page."""
    found = pc.send("GET", "/v1/customers", params={"filter": json.dumps(given)}).json()
    assert names(found["items"]) == expected
    assert found["totalCount"] == len(expected)


@pytest.mark.parametrize(
    "given",
    [
        '{"Field":"CompanyName","Value":"x","Operator":"equals"}',
        '{"Field":"DisplayName","Value":"x","Operator":"starts_with"}',
        '"text"',
        "{",
    ],
)
def test_filters_that_do_not_exist(pc: Wire, given: str) -> None:
    answer = pc.send("GET", "/v1/customers", params={"filter": given})
    assert answer.status_code == 400


@pytest.mark.parametrize("raw", [b"{", b"[]", b"", b'{"amount": NaN}', b"[" * 100_000])
def test_bodies_that_are_no_object(pc: Wire, raw: bytes) -> None:
    pc.contoso(budget=1)
    headers = {"Authorization": f"Bearer {pc.token('user')}"}
    answer = pc.session.patch(f"{pc.url}{pc.at}/usagebudget", data=raw, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, 800002)


def test_body_with_bom_is_read(pc: Wire) -> None:
    """conventions.md 5."""
    pc.contoso(budget=1)
    headers = {"Authorization": f"Bearer {pc.token('user')}"}
    raw = b'\xef\xbb\xbf{"Amount": 2}'
    answer = pc.session.patch(f"{pc.url}{pc.at}/usagebudget", data=raw, headers=headers)
    assert answer.json()["amount"] == 2


def test_same_seed_and_calls_give_the_same_bytes(pc: Wire) -> None:
    """DESIGN.md 9: the emulator owns its ids."""

    def run() -> tuple[bytes, bytes]:
        pc.seed(seed=7)
        headers = {"MS-RequestId": "1", "MS-CorrelationId": "2"}
        made = pc.send("POST", "/v1/customers", json.loads(NEW_CUSTOMER), headers=headers)
        return made.content, pc.send("GET", "/v1/auditrecords", headers=headers).content

    assert run() == run()


NEW_CUSTOMER = json.dumps(
    {
        "companyProfile": {"domain": "fabrikam.onmicrosoft.com"},
        "billingProfile": {
            "email": "kim@fabrikam.com",
            "culture": "de-DE",
            "language": "de",
            "companyName": "Fabrikam",
            "defaultAddress": {
                "country": "DE",
                "city": "Dresden",
                "addressLine1": "Hauptstrasse 1",
                "postalCode": "01067",
                "firstName": "Kim",
                "lastName": "Akers",
            },
        },
    }
)
