"""The control plane: worlds, clock, calls, faults."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests

from pcsync.emulator import WorldError, load_world, running

from .wire import CONTOSO, PREMIUM, Wire

WORLD = """
now: 2026-11-22T09:00:00Z
settings: {agreements: {after: PT10M}, pageSize: 10}
customers:
  - domain: contoso.onmicrosoft.com
    country: NO
    customDomains: [contoso.com]
    budget: 100.50
    spend: 12.5
    billingProfile: {defaultAddress: {country: NO, city: Oslo, addressLine1: Karl Johans 1,
      postalCode: 01067, firstName: Kim, lastName: Akers}}
    users:
      - userPrincipalName: kim@contoso.com
        licenses: [SPB, {sku: SPE_E3, excludedPlans: [TEAMS1]}]
        inherited: [FLOW_FREE]
        roles: [Global Administrator]
      - {userPrincipalName: gone@contoso.com, deleted: true}
    subscriptions:
      - {product: "CFQ7TTC0LCHC:0002", quantity: 5, refundable: 2}
      - {product: "DZH318Z0BPS6:0001", friendlyName: azure}
    seats: [{sku: SPB, total: 3}]
"""


def test_world_file_in_yaml(tmp_path: Path) -> None:
    """A country is a text, a postal code keeps its zero, money is exact."""
    file = tmp_path / "world.yaml"
    file.write_text(WORLD)
    world = load_world(file)
    (customer,) = world.customers.values()
    assert customer.country == "NO"
    assert customer.profile["defaultAddress"]["postalCode"] == "01067"
    assert customer.budget == Decimal("100.50")
    assert customer.azure
    assert [user.active for user in customer.users.values()] == [True, False]
    assert world.settings.page_size == 10


@pytest.mark.parametrize(
    "world, told",
    [
        ({"customer": []}, "world: unknown words customer"),
        ({"settings": {"lag": 1}}, "world.settings: unknown words lag"),
        ({"settings": {"provisioning": "10m"}}, "world.settings.provisioning"),
        ({"settings": {"contract": "2020-01"}}, "must be one of 2026-05, 2023-10"),
        ({"customers": [{}]}, "world.customers[0].domain: is required"),
        ({"customers": [{"domain": "a.b", "users": [{"name": "x"}]}]}, "users[0]: unknown words"),
        (
            {"customers": [{"domain": "a.b", "subscriptions": [{"product": "X:1"}]}]},
            "the catalogue has no X:1",
        ),
        ({"customers": [{"domain": "a.b"}, {"domain": "A.b"}]}, "is used twice"),
        ({"customers": [{"domain": "a.b", "seats": [{"sku": "NOPE", "total": 1}]}]}, "NOPE"),
        ({"now": "tomorrow"}, "must be a date"),
    ],
)
def test_bad_worlds_are_refused_with_the_place(pc: Wire, world: dict[str, Any], told: str) -> None:
    with pytest.raises(WorldError) as caught:
        load_world(world)
    assert told in str(caught.value)
    answer = pc.control("POST", "seed", world)
    assert (answer.status_code, answer.json()["code"]) == (400, "emulator-bad-world")


def test_missing_and_broken_files(tmp_path: Path) -> None:
    broken = tmp_path / "world.yaml"
    broken.write_text("customers: [")
    for path in (tmp_path / "none.yaml", broken):
        with pytest.raises(WorldError, match=r"\.yaml"):
            load_world(path)


def test_reset_goes_back_to_the_first_world() -> None:
    world = {"customers": [{"id": CONTOSO, "domain": "contoso.onmicrosoft.com", "budget": 1}]}
    with running(load_world(world)) as emulator:
        pc = Wire(emulator.url)
        pc.send("PATCH", f"{pc.at}/usagebudget", {"amount": 9})
        pc.control("POST", "clock", {"advance": "P3D"})
        pc.control("POST", "faults", {"status": 500})
        assert pc.control("POST", "reset").json() == {"now": "2026-11-22T09:00:00Z"}
        assert pc.calls() == []
        assert pc.get(f"{pc.at}/usagebudget")["amount"] == 1
        assert emulator.world.customers[CONTOSO].domain == "contoso.onmicrosoft.com"
        pc.session.close()


@pytest.mark.parametrize(
    "move, now",
    [
        ({"now": "2026-12-01T00:00:00Z"}, "2026-12-01T00:00:00Z"),
        ({"advance": "PT1H30M"}, "2026-11-22T10:30:00Z"),
        ({"advance": 90}, "2026-11-22T09:01:30Z"),
        ({"sleep": 0.5}, "2026-11-22T09:00:00.500000Z"),
    ],
)
def test_clock_moves(pc: Wire, move: dict[str, Any], now: str) -> None:
    assert pc.control("POST", "clock", move).json() == {"now": now}
    assert pc.control("GET", "clock").json() == {"now": now}


@pytest.mark.parametrize("move", [{"now": "2020-01-01"}, {}, {"advance": "x"}, {"back": 1}])
def test_clock_refuses_the_past_and_nonsense(pc: Wire, move: dict[str, Any]) -> None:
    assert pc.control("POST", "clock", move).status_code == 400


def test_clock_with_a_speed_runs_by_itself(pc: Wire) -> None:
    pc.seed(settings={"clockSpeed": 100_000})
    first = pc.control("GET", "clock").json()["now"]
    assert pc.control("GET", "clock").json()["now"] > first


def test_calls_show_api_requests_and_nothing_else(pc: Wire) -> None:
    pc.contoso(budget=1)
    request_id = str(uuid4())
    pc.get("/v1/customers?size=2", token="app")
    pc.send("PATCH", f"{pc.at}/usagebudget", {"amount": 5}, headers={"MS-RequestId": request_id})
    pc.send("GET", "/v1/nothing", token=None)
    pc.send("POST", "/v1/validations/address", {"country": "DE"})
    rows = pc.calls()
    assert [row["n"] for row in rows] == [1, 2, 3, 4]
    assert [row["method"] for row in rows] == ["GET", "PATCH", "GET", "POST"]
    assert [row["status"] for row in rows] == [200, 200, 501, 200]
    assert [row["write"] for row in rows] == [False, True, False, False]
    assert [row["token"] for row in rows] == ["app", "user", None, "user"]
    assert rows[0]["path"] == "/v1/customers?size=2"
    assert rows[1]["requestId"] == request_id
    assert rows[0]["time"] == "2026-11-22T09:00:00Z"


@pytest.mark.parametrize("method, path", [("DELETE", "calls"), ("POST", "calls/clear")])
def test_calls_can_be_emptied(pc: Wire, method: str, path: str) -> None:
    pc.get("/v1/customers")
    assert pc.control(method, path).status_code == 204
    assert pc.calls() == []


def test_injected_status_has_no_effect_and_fires_as_often_as_told(pc: Wire) -> None:
    pc.contoso(budget=1)
    fault = {
        "method": "patch",
        "path": "/v1/customers/*/usagebudget",
        "times": 2,
        "status": 429,
        "headers": {"Retry-After": "57"},
        "body": {"statusCode": 429, "message": "Rate limit is exceeded."},
    }
    assert pc.control("POST", "faults", fault).status_code == 201
    answers = [pc.send("PATCH", f"{pc.at}/usagebudget", {"amount": 5}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [429, 429, 200]
    assert answers[0].headers["Retry-After"] == "57"
    assert answers[0].json()["statusCode"] == 429
    assert pc.control("GET", "faults").json()[0]["seen"] == 3


def test_nth_call_only(pc: Wire) -> None:
    pc.control("POST", "faults", {"path": "/v1/customers", "nth": 2, "status": 503})
    answers = [pc.send("GET", "/v1/customers").status_code for _ in range(3)]
    assert answers == [200, 503, 200]


@pytest.mark.parametrize("cut, amount", [("before", 1), ("after", 5)])
def test_cut_connections(pc: Wire, cut: str, amount: int) -> None:
    """Before: no effect. After: the effect is done, and the same request id gets the answer."""
    pc.contoso(budget=1)
    pc.token("user")
    pc.control("POST", "faults", {"method": "PATCH", "cut": cut})
    sent = {"MS-RequestId": str(uuid4())}
    with pytest.raises(requests.ConnectionError):
        pc.send("PATCH", f"{pc.at}/usagebudget", {"amount": 5}, headers=sent)
    assert pc.get(f"{pc.at}/usagebudget")["amount"] == amount
    again = pc.send("PATCH", f"{pc.at}/usagebudget", {"amount": 5}, headers=sent)
    assert again.status_code == 200
    first, last = pc.calls()[0], pc.calls()[-1]
    assert (first["cut"], first["status"]) == (cut, None if cut == "before" else 200)
    assert last["replayed"] is (cut == "after")


def test_500_after_the_work_is_done(pc: Wire) -> None:
    pc.contoso(budget=1)
    pc.control("POST", "faults", {"method": "PATCH", "status": 500, "effect": True})
    assert pc.send("PATCH", f"{pc.at}/usagebudget", {"amount": 5}).status_code == 500
    assert pc.get(f"{pc.at}/usagebudget")["amount"] == 5


def test_faults_can_be_cleared(pc: Wire) -> None:
    pc.control("POST", "faults", {"status": 500})
    assert pc.control("DELETE", "faults").status_code == 204
    assert pc.send("GET", "/v1/customers").status_code == 200


@pytest.mark.parametrize(
    "fault", [{}, {"status": "x"}, {"cut": "during"}, {"statuss": 500}, {"nth": 0, "status": 500}]
)
def test_bad_faults_are_refused(pc: Wire, fault: dict[str, Any]) -> None:
    assert pc.control("POST", "faults", fault).status_code == 400


def test_unknown_control_path(pc: Wire) -> None:
    assert pc.control("GET", "nothing").status_code == 501


def test_unseen_requests_are_neither_logged_nor_audited(pc: Wire) -> None:
    """insight.md 15: a back door for changes that somebody makes elsewhere."""
    pc.contoso(budget=1)
    unseen = {"X-Emulator-Unseen": "true"}
    assert pc.send("PATCH", f"{pc.at}/usagebudget", {"amount": 5}, headers=unseen).ok
    assert pc.calls() == []
    assert pc.get(f"{pc.at}/usagebudget")["amount"] == 5
    assert pc.get("/v1/auditrecords")["items"] == []


def test_world_shows_the_state(pc: Wire) -> None:
    user = {
        "userPrincipalName": "kim@contoso.onmicrosoft.com",
        "licenses": [{"sku": "SPB", "excludedPlans": ["TEAMS1"]}],
    }
    pc.contoso(budget=100, users=[user], subscriptions=[{"product": PREMIUM, "quantity": 4}])
    (customer,) = pc.control("GET", "world").json()["customers"]
    assert (customer["budget"], customer["orders"]) == (100, 1)
    assert customer["users"][0]["licenses"] == {"SPB": ["TEAMS1"]}
    assert customer["subscriptions"][0]["quantity"] == 4
    assert customer["seats"] == {"SPB": {"total": 4, "consumed": 1}}
