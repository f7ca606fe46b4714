"""Scripted faults, slow changes and MFA refusals: conventions.md 2, 10, 16."""

from __future__ import annotations

import time
from typing import Any
from uuid import uuid4

import pytest
import requests

from .wire import CONTOSO, PREMIUM, Wire

BUDGET = f"/v1/customers/{CONTOSO}/usagebudget"


@pytest.fixture
def world(pc: Wire) -> Wire:
    pc.contoso(budget=1, subscriptions=[{"product": PREMIUM, "quantity": 5}])
    pc.token("user")
    return pc


def script(pc: Wire, **words: Any) -> dict[str, Any]:
    answer = pc.control("POST", "faults", words)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_faults_are_listed_with_name_and_count_and_named_in_the_calls(world: Wire) -> None:
    script(world, path=BUDGET, status=503, times=2)
    script(world, name="gateway", method="patch", status=504, headers={"Retry-After": "9"})
    codes = [world.send("GET", BUDGET).status_code for _ in range(3)]
    assert codes == [503, 503, 200]
    assert world.send("PATCH", BUDGET, {"amount": 2}).headers["Retry-After"] == "9"
    listed = world.control("GET", "faults").json()
    assert [(row["name"], row["seen"], row["fired"]) for row in listed] == [
        ("fault 1", 4, 2),
        ("gateway", 1, 1),
    ]
    assert [row["faults"] for row in world.calls()] == [
        ["fault 1"],
        ["fault 1"],
        [],
        ["gateway"],
    ]


def test_a_fault_can_fire_some_times_from_the_nth_call_on(world: Wire) -> None:
    script(world, path=BUDGET, nth=2, times=2, status=500)
    codes = [world.send("GET", BUDGET).status_code for _ in range(5)]
    assert codes == [200, 500, 500, 200, 200]


def test_probability_is_seeded(pc: Wire) -> None:
    def codes(seed: int) -> list[int]:
        pc.seed(seed=seed)
        script(pc, path="/v1/customers", probability=0.3, status=503)
        return [pc.send("GET", "/v1/customers").status_code for _ in range(60)]

    first = codes(1)
    assert first == codes(1)
    assert first != codes(2)
    assert 8 <= first.count(503) <= 30


def test_probability_can_be_bounded(world: Wire) -> None:
    script(world, probability=1, times=2, status=503)
    codes = [world.send("GET", BUDGET).status_code for _ in range(3)]
    assert codes == [503, 503, 200]


def test_delay_moves_the_emulators_clock(world: Wire) -> None:
    script(world, path=BUDGET, delay="PT90S")
    started = time.monotonic()
    answer = world.send("GET", BUDGET)
    assert time.monotonic() - started < 5
    assert (answer.status_code, answer.headers["Date"]) == (200, "Sun, 22 Nov 2026 09:01:30 GMT")


def test_a_delay_can_end_the_token(world: Wire) -> None:
    script(world, path=BUDGET, delay="PT1H")
    assert world.refused("GET", BUDGET) == (401, 400)


def test_real_delay_is_waited_for(world: Wire) -> None:
    script(world, path=BUDGET, realDelay=0.3)
    started = time.monotonic()
    assert world.send("GET", BUDGET).status_code == 200
    assert time.monotonic() - started >= 0.3
    script(world, path=BUDGET, realDelay=1)
    with pytest.raises(requests.ReadTimeout):
        world.send("GET", BUDGET, timeout=0.2)


def test_other_calls_are_answered_during_a_real_delay(world: Wire) -> None:
    script(world, path=BUDGET, realDelay=1)
    with pytest.raises(requests.ReadTimeout):
        world.send("PATCH", BUDGET, {"amount": 7}, timeout=0.1)
    assert world.get(BUDGET)["amount"] == 7


def test_half_an_answer_after_the_effect(world: Wire) -> None:
    script(world, method="PATCH", cut="half")
    sent = {"MS-RequestId": str(uuid4())}
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        world.send("PATCH", BUDGET, {"amount": 5}, headers=sent)
    assert world.get(BUDGET)["amount"] == 5
    row = world.calls()[0]
    assert (row["cut"], row["status"], row["faults"]) == ("half", 200, ["fault 1"])
    assert world.send("PATCH", BUDGET, {"amount": 5}, headers=sent).status_code == 200
    assert world.calls()[-1]["replayed"] is True


def test_reads_lag_by_a_number_of_reads(world: Wire) -> None:
    script(world, method="PATCH", path=BUDGET, lag={"reads": 2})
    assert world.send("PATCH", BUDGET, {"amount": 5}).json()["amount"] == 5
    assert [world.get(BUDGET)["amount"] for _ in range(3)] == [1, 1, 5]


def test_reads_lag_for_a_time_of_the_clock(world: Wire) -> None:
    script(world, method="PATCH", path="*/subscriptions/*", lag={"for": "PT1M"})
    assert world.edit(quantity=9).status_code == 200
    assert world.subscription()["quantity"] == 5
    assert world.seats()["SPB"]["totalUnits"] == 5
    assert world.get(BUDGET)["amount"] == 1
    world.advance("PT59S")
    assert world.subscription()["quantity"] == 5
    world.advance("PT1S")
    assert world.subscription()["quantity"] == 9
    assert world.seats()["SPB"]["totalUnits"] == 9


def test_a_new_user_is_not_found_yet(world: Wire) -> None:
    user = {
        "userPrincipalName": "kim@contoso.onmicrosoft.com",
        "displayName": "Kim",
        "firstName": "Kim",
        "lastName": "Sample",
        "usageLocation": "DE",
        "passwordProfile": {"password": "Pw-0123456789!", "forceChangePassword": True},
    }
    script(world, method="POST", path="*/users", lag={"reads": 2})
    made = world.send("POST", f"{world.at}/users", user).json()
    assert world.refused("GET", f"{world.at}/users/{made['id']}") == (404, 60002)
    assert world.get(f"{world.at}/users")["totalCount"] == 0
    assert world.get(f"{world.at}/users/{made['id']}")["displayName"] == "Kim"


def test_a_new_customer_is_not_listed_yet(world: Wire) -> None:
    body = {
        "companyProfile": {"domain": "tailspin.onmicrosoft.com"},
        "billingProfile": {
            "email": "ap@tailspin.example",
            "culture": "en-US",
            "language": "en",
            "companyName": "Tailspin",
            "defaultAddress": {
                "country": "US",
                "city": "Redmond",
                "state": "WA",
                "addressLine1": "One Way 1",
                "postalCode": "98052",
                "firstName": "Kim",
                "lastName": "Sample",
            },
        },
    }
    script(world, method="POST", path="/v1/customers", lag={"reads": 1})
    made = world.send("POST", "/v1/customers", body)
    assert made.status_code == 201, made.text
    assert world.get("/v1/customers")["totalCount"] == 1
    assert world.get("/v1/customers")["totalCount"] == 2


def test_the_reads_that_lag_can_be_chosen(world: Wire) -> None:
    lag = {"for": "PT1M", "paths": ["*/subscribedskus"]}
    script(world, method="PATCH", path="*/subscriptions/*", lag=lag)
    world.edit(quantity=9)
    assert world.subscription()["quantity"] == 9
    assert world.seats()["SPB"]["totalUnits"] == 5


def test_a_failed_write_makes_no_lag_and_others_see_the_present(world: Wire) -> None:
    script(world, method="PATCH", path=BUDGET, lag={"for": "PT1H"}, times=2)
    assert world.send("PATCH", BUDGET, {"amount": "x"}).status_code == 400
    world.send("PATCH", BUDGET, {"amount": 5})
    assert world.get(BUDGET)["amount"] == 1
    assert world.get(BUDGET, headers={"X-Emulator-Unseen": "true"})["amount"] == 5


def test_another_writer_comes_between_read_and_write(world: Wire) -> None:
    read = world.get(f"{world.at}/profiles/billing")
    changed = {**read, "companyName": "Colleague's Choice"}
    path = f"{world.at}/profiles/billing"
    script(world, method="PUT", path=path, before={"method": "PUT", "body": changed})
    sent = {"If-Match": f'"{read["attributes"]["etag"]}"'}
    mine = {**read, "companyName": "My Choice"}
    assert world.refused("PUT", path, mine, headers=sent) == (400, 2055)
    assert world.get(path)["companyName"] == "Colleague's Choice"
    assert [row["method"] for row in world.calls()] == ["GET", "PUT", "GET"]
    assert world.calls()[1]["faults"] == ["fault 1"]


def test_another_writer_may_change_something_else(world: Wire) -> None:
    change = {"method": "PATCH", "path": BUDGET, "body": {"amount": 77}}
    script(world, method="GET", path="/v1/customers", before=change)
    world.get("/v1/customers")
    assert world.get(BUDGET)["amount"] == 77
    assert world.get("/v1/auditrecords")["items"] == []


def test_a_token_ends_until_a_new_one_is_used(world: Wire) -> None:
    script(world, path=BUDGET, expireToken=True)
    assert world.refused("GET", BUDGET) == (401, 400)
    assert world.refused("GET", "/v1/customers") == (401, 400)
    assert world.send("GET", "/v1/customers", token="app").status_code == 200
    world.tokens.clear()
    assert world.send("GET", BUDGET).status_code == 200


def test_mfa_is_refused_to_users_and_not_to_apps(world: Wire) -> None:
    script(world, path=BUDGET, refuseMfa=True, times=2)
    answer = world.send("GET", BUDGET)
    assert (answer.status_code, answer.json()["code"]) == (401, 900421)
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    assert world.send("GET", BUDGET, token="app").status_code == 200
    assert world.send("GET", BUDGET).status_code == 200


def test_several_faults_act_together(world: Wire) -> None:
    script(world, name="slow", path=BUDGET, delay=30)
    script(world, name="lost", path=BUDGET, status=500, effect=True, body="<h1>oops</h1>")
    answer = world.send("PATCH", BUDGET, {"amount": 3})
    assert (answer.status_code, answer.text) == (500, "<h1>oops</h1>")
    assert answer.headers["Date"] == "Sun, 22 Nov 2026 09:00:30 GMT"
    assert world.get(BUDGET)["amount"] == 3
    assert world.calls()[0]["faults"] == ["slow", "lost"]


def test_sign_in_is_struck_by_faults_that_name_its_path(pc: Wire) -> None:
    pc.contoso()
    script(pc, status=500, times=9)
    script(pc, name="down", path="*/oauth2/*token", status=503, times=2)
    form = {"grant_type": "client_credentials", "client_secret": "emulator"}
    assert [pc.sign_in(form).status_code for _ in range(3)] == [503, 503, 200]
    listed = pc.control("GET", "faults").json()
    assert [(row["name"], row["seen"]) for row in listed] == [("fault 1", 0), ("down", 3)]
    script(pc, path="*/oauth2/*token", cut="before")
    with pytest.raises(requests.ConnectionError):
        pc.sign_in(form)


def test_cleared_faults_are_gone(world: Wire) -> None:
    script(world, path=BUDGET, status=500, times=9)
    world.control("DELETE", "faults")
    assert world.control("GET", "faults").json() == []
    assert world.send("GET", BUDGET).status_code == 200


@pytest.mark.parametrize(
    "words",
    [
        {"probability": 2, "status": 500},
        {"probability": "x", "status": 500},
        {"name": "nothing"},
        {"status": 500, "times": 0},
        {"delay": "soon"},
        {"delay": -5},
        {"realDelay": 60},
        {"lag": {}},
        {"lag": {"reads": 1, "for": "PT1M"}},
        {"lag": {"reads": 0}},
        {"lag": "PT1M"},
        {"lag": {"reads": 1, "paths": "x"}},
        {"before": "PATCH"},
        {"before": {"verb": "PATCH"}},
        {"expireToken": 1},
        {"headers": "x", "status": 500},
        {"path": 7, "status": 500},
    ],
)
def test_nonsense_is_refused(pc: Wire, words: dict[str, Any]) -> None:
    assert pc.control("POST", "faults", words).status_code == 400
    assert pc.control("GET", "faults").json() == []


def test_slow_changes_of_subscriptions(pc: Wire) -> None:
    """conventions.md 10: 202 with a relative Location, empty, and the effect shows later."""
    pc.contoso({"slowPatch": "PT1M"}, subscriptions=[{"product": PREMIUM, "quantity": 5}])
    before = pc.subscription()
    answer = pc.edit(quantity=9)
    assert (answer.status_code, answer.content) == (202, b"")
    assert answer.headers["Location"] == f"/customers/{CONTOSO}/subscriptions/{before['id']}"
    assert pc.subscription() == before
    busy = pc.edit(quantity=10)
    assert (busy.status_code, busy.json()["code"]) == (409, 800082)
    pc.advance("PT1M")
    assert pc.subscription()["quantity"] == 9
    assert pc.edit(quantity=10).status_code == 202


def test_slow_changes_that_are_wrong_are_refused_at_once(pc: Wire) -> None:
    pc.contoso({"slowPatch": "PT1M"}, subscriptions=[{"product": PREMIUM, "quantity": 5}])
    assert pc.edit(quantity=100_000).status_code == 400
    assert pc.edit(friendlyName="Mine").status_code == 202


def test_a_repeated_slow_change_gets_the_first_answer(pc: Wire) -> None:
    pc.contoso({"slowPatch": "PT1M"}, subscriptions=[{"product": PREMIUM, "quantity": 5}])
    body = {**pc.subscription(), "quantity": 9}
    path = f"{pc.at}/subscriptions/{body['id']}"
    sent = {"MS-RequestId": str(uuid4())}
    answers = [pc.send("PATCH", path, body, headers=sent) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert pc.calls()[-1]["replayed"] is True
