"""The page under /_emulator/ as bytes: what it shows and escapes, who may press its buttons."""

from __future__ import annotations

import re
import time
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from pcsync.emulator import load_world, running

from .wire import CONTOSO, PREMIUM, Wire

HOSTILE = "<script>alert('x')</script> & \"Söhne\""
KIM = {
    "userPrincipalName": "kim@contoso.onmicrosoft.com",
    "displayName": "Kim Akers",
    "usageLocation": "DE",
    "licenses": [{"sku": "SPB", "excludedPlans": ["TEAMS1"]}],
}
FRESH = {"product": PREMIUM, "quantity": 4, "creationDate": "2026-11-20T12:00:00Z"}
CUSTOMER = f"page/customer?id={CONTOSO}"


def html(pc: Wire, path: str = "") -> str:
    answer = pc.control("GET", path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    return answer.text


def text(pc: Wire, path: str = "") -> str:
    """What a person reads, in one line."""
    body = re.sub(r"<style>.*?</style>", "", html(pc, path), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def press(
    pc: Wire, form: dict[str, str], action: str = "clock", **headers: str
) -> requests.Response:
    """Send a form as the page would, with its token unless the form brings one."""
    found = re.search(r'name="token" value="([^"]+)"', html(pc))
    assert found
    address = f"{pc.url}/_emulator/page/{action}"
    sent = {"token": found[1], **form}
    return pc.session.post(address, data=sent, headers=headers, allow_redirects=False)


def now(pc: Wire) -> str:
    return str(pc.control("GET", "clock").json()["now"])


def many(count: int) -> list[dict[str, Any]]:
    return [{"domain": f"c{n:05}.onmicrosoft.com"} for n in range(count)]


def test_the_list_shows_customers_with_what_they_have(pc: Wire) -> None:
    pc.contoso(companyName="Contoso GmbH", budget=5000, users=[KIM], subscriptions=[FRESH])
    shown = text(pc)
    assert "1 customer in this world" in shown
    assert "Contoso GmbH contoso.onmicrosoft.com DE accepted 1 1 1 of 4 5,000 EUR" in shown
    assert "22 Nov 2026 09:00 UTC" in shown


def test_without_a_slash_it_leads_to_the_page(pc: Wire) -> None:
    answer = pc.session.get(f"{pc.url}/_emulator", allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (307, "/_emulator/")


def test_an_empty_world_says_what_to_do(pc: Wire) -> None:
    assert "This world is empty" in text(pc)


def test_search_and_pages(pc: Wire) -> None:
    pc.seed(customers=many(120))
    first = html(pc)
    assert "1 to 50 of 120 customers" in first
    assert 'href="/_emulator/?page=2" rel="next"' in first
    assert "101 to 120 of 120" in html(pc, "?page=3")
    assert "101 to 120 of 120" in html(pc, "?page=999999")
    assert "1 to 50 of 120" in html(pc, "?page=-1")
    found = html(pc, "?q=C0011")
    assert "1 to 10 of 10 customers" in found
    assert "holds “nobody”" in html(pc, "?q=nobody")


@pytest.mark.parametrize("path", ["", "?q=" + HOSTILE.replace("&", "%26"), CUSTOMER])
def test_names_are_escaped(pc: Wire, path: str) -> None:
    user = {**KIM, "displayName": HOSTILE}
    row = {**FRESH, "friendlyName": HOSTILE}
    pc.contoso(companyName=HOSTILE, users=[user], subscriptions=[row])
    page = html(pc, path)
    assert "<script" not in page.lower()
    assert "alert('" not in page
    assert HOSTILE in unescape(page)


def test_what_a_call_brings_along_is_escaped(pc: Wire) -> None:
    pc.send("GET", "/v1/customers?filter=<script>1</script>")
    pc.control("POST", "faults", {"status": 500, "body": "<script>2</script>"})
    for path in ("", "page/calls", "page/faults", "page/customer?id=<script>"):
        assert "<script" not in pc.control("GET", path).text


def test_the_browser_may_load_and_run_nothing(pc: Wire) -> None:
    answer = pc.control("GET", "")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "frame-ancestors 'none'" in policy
    assert not re.search(
        r"""(?:src|href)=["']?(?:https?:)?//|style="|@import|\son\w+=""", answer.text
    )


def test_a_customer_with_people_seats_subscriptions_and_orders(pc: Wire) -> None:
    pc.contoso(users=[KIM], subscriptions=[FRESH], budget=1000, spend=1250)
    shown = text(pc, CUSTOMER)
    assert "Kim Akers kim@contoso.onmicrosoft.com DE Microsoft 365 Business Premium SPB" in shown
    assert re.search(r"1 of \d+ plans off: TEAMS1", shown)
    assert "Microsoft 365 Business Premium SPB 4 1 3 Enabled" in shown
    assert "1 year, billed monthly" in shown
    assert "20 Nov 2026 to 19 Nov 2027" in shown
    assert "At the end Renews for 1 year, unchanged" in shown
    assert "1,250 of 1,000 EUR spent" in shown
    assert "125 %, over budget" in shown
    assert "4 \u00d7 Microsoft 365 Business Premium" in shown


def test_what_lies_ahead_of_a_subscription(pc: Wire) -> None:
    pc.contoso(subscriptions=[FRESH])
    shown = text(pc, CUSTOMER)
    ahead = "1 27 Nov 2026 12:00 Until then it can be cancelled, and 4 seats can go back in 5 days"
    assert ahead in shown
    assert "2 20 Nov 2027 00:00 Renews for 1 year, unchanged in 12 months" in shown


@pytest.mark.parametrize(
    "words, says",
    [
        ({"autoRenewEnabled": False}, "goes on month by month as Extended Service Term"),
        (
            {"autoRenewEnabled": False, "scheduledActions": [{"actionType": "Cancel"}]},
            "Ends: its cancellation is scheduled",
        ),
        ({"status": "suspended"}, "20 Nov 2027 00:00 The term is over: disabled"),
        (
            {"status": "expired", "creationDate": "2025-11-10T10:00:00Z"},
            "10 Dec 2026 00:00 Days of grace are over: disabled",
        ),
        ({"phase": "extended", "termDuration": "P1M"}, "one more month of Extended Service Term"),
        ({"status": "deleted"}, "deleted"),
        (
            {
                "scheduledNextTermInstructions": {
                    "product": {
                        "productId": "CFQ7TTC0LCHC",
                        "skuId": "0002",
                        "termDuration": "P1M",
                        "billingCycle": "monthly",
                    },
                    "quantity": 2,
                }
            },
            "Renews, changed: Microsoft 365 Business Premium, 1 month, billed monthly, 2 seats",
        ),
    ],
)
def test_how_a_term_ends(pc: Wire, words: dict[str, Any], says: str) -> None:
    pc.contoso(subscriptions=[{**FRESH, **words}])
    assert says in text(pc, CUSTOMER)


def test_the_old_contract_has_no_extended_terms(pc: Wire) -> None:
    row = {**FRESH, "autoRenewEnabled": False}
    pc.contoso(settings={"contract": "2023-10"}, subscriptions=[row])
    shown = text(pc, CUSTOMER)
    assert "Expires, not renewed" in shown
    assert "20 Dec 2027 00:00 Days of grace are over: disabled" in shown


def test_what_the_page_foretells_comes_true(pc: Wire) -> None:
    """Going from event to event: at each one the page has something new to say."""
    rows = [FRESH, {**FRESH, "autoRenewEnabled": False, "termDuration": "P1M"}]
    pc.contoso(settings={"contract": "2023-10"}, subscriptions=rows)
    seen = set()
    while "To the next event" in html(pc) and now(pc) < "2028":
        press(pc, {"to": "next"})
        subscriptions = pc.control("GET", "world").json()["customers"][0]["subscriptions"]
        seen.add((now(pc)[:10], *(row["status"] for row in subscriptions)))
    assert ("2026-12-20", "active", "expired") in seen
    assert ("2027-01-19", "active", "disabled") in seen
    assert ("2027-04-19", "active", "deleted") in seen
    assert ("2027-11-20", "active", "deleted") in seen


def test_timeline_stays_inside_its_drawing(pc: Wire) -> None:
    rows = [
        {**FRESH, "termDuration": term, "status": status, "creationDate": created}
        for term in ("P1M", "P1Y", "P3Y")
        for status in ("active", "suspended", "expired")
        for created in ("2023-03-31T00:00:00Z", "2026-11-22T09:00:00Z")
    ]
    pc.contoso(subscriptions=[*rows, {"product": "DZH318Z0BPS6:0001"}])
    page = html(pc, CUSTOMER)
    assert page.count('role="img"') == len(rows) - 3, "three ended long ago and are deleted"
    spans = re.findall(r'x="([\d.-]+)%" y="\d+" width="([\d.-]+)%"', page)
    assert len(spans) > 3 * len(rows)
    assert all(float(x) >= 0 and float(x) + float(width) <= 100.1 for x, width in spans)
    assert "Pay as you go" in page


def test_a_customer_by_domain_and_an_unknown_one(pc: Wire) -> None:
    pc.contoso()
    assert "Nothing was bought" in html(pc, "page/customer?id=CONTOSO.onmicrosoft.com")
    answer = pc.control("GET", "page/customer?id=nobody")
    assert answer.status_code == 404
    assert "no customer &#39;nobody&#39;" in answer.text
    assert pc.control("GET", "page/nothing").status_code == 404
    assert pc.session.post(f"{pc.url}/_emulator/page/calls").status_code == 405
    assert pc.session.post(f"{pc.url}/_emulator/").status_code == 405


def test_calls_with_their_faults(pc: Wire) -> None:
    pc.token("app")
    pc.control("POST", "faults", {"path": "/v1/customers", "status": 503, "times": 1})
    pc.send("GET", "/v1/customers?size=2", token="app")
    pc.send("GET", "/v1/customers", token="app")
    shown = text(pc, "page/calls")
    assert "2 GET /v1/customers 200 none app token" in shown
    assert re.search(r"1 GET /v1/customers\?size=2 503 failed fault 1", shown)
    assert "Latest calls" in text(pc)


def test_faults_are_listed_and_cleared(pc: Wire) -> None:
    pc.control("POST", "faults", {"method": "patch", "cut": "after", "times": 2})
    shown = text(pc, "page/faults")
    assert "PATCH * 2 times cuts the connection after the call took effect 0 0" in shown
    answer = press(pc, {"back": "/_emulator/page/faults"}, "faults")
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        "/_emulator/page/faults?cleared=1",
    )
    assert "The faults are cleared. " in text(pc, "page/faults?cleared=1")
    assert pc.control("GET", "faults").json() == []


@pytest.mark.parametrize(
    "form, expected",
    [
        ({"advance": "PT1H"}, "2026-11-22T10:00:00Z"),
        ({"advance": "P7D"}, "2026-11-29T09:00:00Z"),
        ({"to": "next"}, "2026-11-27T12:00:00Z"),
        ({"to": "2027-01-01T00:00:00Z"}, "2027-01-01T00:00:00Z"),
    ],
)
def test_clock_buttons(pc: Wire, form: dict[str, str], expected: str) -> None:
    pc.contoso(subscriptions=[FRESH])
    back = f"/_emulator/{CUSTOMER}&people=2&was=2020-01-01"
    answer = press(pc, {**form, "back": back})
    assert answer.status_code == 303
    assert now(pc) == expected
    landed = urlsplit(answer.headers["Location"])
    assert landed.query == f"id={CONTOSO}&people=2&was=2026-11-22T09%3A00%3A00Z"
    assert (
        "The clock moved from 22 Nov 2026 09:00 to"
        in pc.session.get(pc.url + answer.headers["Location"]).text
    )


@pytest.mark.parametrize(
    "form",
    [
        {"to": "2020-01-01"},
        {"to": "tomorrow"},
        {"advance": "P1Y"},
        {"advance": "P99999999D"},
        {"to": "next"},
        {},
    ],
)
def test_the_clock_can_not_go_everywhere(pc: Wire, form: dict[str, str]) -> None:
    answer = press(pc, form)
    assert answer.status_code == 400
    assert "That does not work" in answer.text
    assert now(pc) == "2026-11-22T09:00:00Z"


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example", "/_emulator", "/_emulator/\r\nX-A: b", ""]
)
def test_a_button_never_leads_elsewhere(pc: Wire, back: str) -> None:
    answer = press(pc, {"advance": "PT1H", "back": back})
    assert answer.headers["Location"].startswith("/_emulator/")
    assert "X-A" not in answer.headers


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Referer": "https://evil.example/page"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://rebound.example:80", "Host": "rebound.example:80"},
    ],
)
@pytest.mark.parametrize("path", ["page/clock", "clock", "reset", "faults"])
def test_foreign_pages_change_nothing(pc: Wire, headers: dict[str, str], path: str) -> None:
    """Neither by the page's forms nor by the control plane, which takes JSON sent as text."""
    found = re.search(r'name="token" value="([^"]+)"', html(pc))
    assert found
    sent = {"token": found[1], "advance": "PT1H"} if "page" in path else '{"advance": "PT1H"}'
    answer = pc.session.post(f"{pc.url}/_emulator/{path}", data=sent, headers=headers)
    assert answer.status_code == 403
    assert answer.json()["code"] == "emulator-foreign-origin"
    assert now(pc) == "2026-11-22T09:00:00Z"


def test_its_own_pages_and_programs_may(pc: Wire) -> None:
    host = urlsplit(pc.url).netloc
    own = {"Origin": pc.url, "Referer": pc.url + "/_emulator/", "Sec-Fetch-Site": "same-origin"}
    assert press(pc, {"advance": "PT1H"}, **own).status_code == 303
    near = {"Host": "localhost:1", "Origin": "http://localhost:1"}
    assert press(pc, {"advance": "PT1H"}, **near).status_code == 303
    assert press(pc, {"advance": "PT1H"}, Host=host).status_code == 303
    assert now(pc) == "2026-11-22T12:00:00Z"


def test_a_form_without_the_token_of_this_start_is_refused(pc: Wire) -> None:
    answer = press(pc, {"advance": "PT1H", "token": "from before ü"})
    assert answer.status_code == 403
    assert "from before the emulator" in answer.text
    assert now(pc) == "2026-11-22T09:00:00Z"


def test_looking_leaves_no_call(pc: Wire) -> None:
    html(pc)
    assert pc.control("HEAD", "").status_code == 200
    assert pc.calls() == []


def test_ten_thousand_customers_are_shown_at_once() -> None:
    rows = [{**row, "subscriptions": [FRESH], "users": [KIM]} for row in many(10_000)]
    with running(load_world({"customers": rows})) as emulator:
        pc = Wire(emulator.url)
        html(pc)
        spent = []
        for path in ("", "?page=200", "?q=c09999", "page/customer?id=c09999.onmicrosoft.com"):
            began = time.process_time()
            assert "c09999" in html(pc, path) or not path
            spent.append(time.process_time() - began)
        pc.session.close()
    assert max(spent) < 1, spent
