"""Answers that get lost, before and after each write: one more plan and apply puts all right.

Nothing is bought, created, suspended or paid twice, wherever the line was cut, and whether the
client's own repeats come through or not.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from apply_desk import Desk, outcomes

from pcsync.model import Outcome

ESTATE = Path(__file__).with_name("estate.yaml").read_text("utf-8")
BEN = {
    "userPrincipalName": "ben@contoso.onmicrosoft.com",
    "displayName": "Ben Koch",
    "usageLocation": "DE",
}
M365 = {
    "product": "CFQ7TTC0LCHC:0002",
    "friendlyName": "m365",
    "quantity": 3,
    "termDuration": "P1Y",
    "billingCycle": "monthly",
}
CONTOSO = {
    "domain": "contoso.onmicrosoft.com",
    "companyName": "Contoso",
    "country": "DE",
    "azure": True,
    "budget": 100,
    "users": [BEN],
    "subscriptions": [M365],
}
WORLD = {"customers": [CONTOSO]}
WRITES = {
    "customer": ("POST", "/v1/customers"),
    "user": ("POST", "/v1/customers/*/users"),
    "cart": ("POST", "/v1/customers/*/carts"),
    "checkout": ("POST", "/v1/customers/*/carts/*/checkout"),
    "licences": ("POST", "/v1/customers/*/users/*/licenseupdates"),
    "budget": ("PATCH", "/v1/customers/*/usagebudget"),
    "subscription": ("PATCH", "/v1/customers/*/subscriptions/*"),
    "profile": ("PUT", "/v1/customers/*/profiles/billing"),
}
ONCE, FOR_GOOD = 1, 99


def begin(desk: Desk) -> None:
    desk.control("POST", "seed", WORLD)
    desk.declare(ESTATE)


@cache
def _nothing_lost() -> list[dict[str, Any]]:
    return []


@pytest.fixture
def expected(desk: Desk) -> dict[str, Any]:
    """The world after an apply in which nothing is lost."""
    known = _nothing_lost()
    if not known:
        begin(desk)
        assert outcomes(desk.apply(desk.plan())) == {Outcome.DONE}
        known.append(desk.world())
    return known[0]


def test_nothing_lost(desk: Desk, expected: dict[str, Any]) -> None:
    """The plan announces its writes exactly, one each, and a second plan is empty."""
    begin(desk)
    plan = desk.plan()
    applied = desk.apply(plan)
    assert plan.totals.writes == applied.writes == len(desk.writes()) == 10
    assert desk.world() == expected
    again = desk.plan()
    assert (again.actions, again.steps, again.findings) == ((), (), ())


@pytest.mark.parametrize("times", [ONCE, FOR_GOOD], ids=["once", "for good"])
@pytest.mark.parametrize("cut", ["before", "after"])
@pytest.mark.parametrize("write", WRITES)
def test_a_lost_answer(
    desk: Desk, expected: dict[str, Any], write: str, cut: str, times: int
) -> None:
    begin(desk)
    plan = desk.plan()
    method, path = WRITES[write]
    desk.control("POST", "faults", {"method": method, "path": path, "cut": cut, "times": times})
    first = desk.apply(plan)
    assert Outcome.FAILED not in outcomes(first)
    if times == ONCE:
        assert outcomes(first) == {Outcome.DONE}
    check_nothing_twice(desk, expected)
    desk.control("DELETE", "faults")
    desk.control("POST", "clock", {"advance": "PT30M"})
    second = desk.apply(desk.plan())
    assert outcomes(second) <= {Outcome.DONE}
    assert desk.world() == expected
    assert desk.plan().steps == ()
    check_nothing_twice(desk, expected)


@pytest.mark.parametrize("write", WRITES)
def test_an_effect_behind_a_503(desk: Desk, expected: dict[str, Any], write: str) -> None:
    """The service did it and said that it could not: no answer either."""
    begin(desk)
    plan = desk.plan()
    method, path = WRITES[write]
    fault = {"method": method, "path": path, "status": 503, "effect": True, "times": FOR_GOOD}
    desk.control("POST", "faults", fault)
    first = desk.apply(plan)
    assert Outcome.FAILED not in outcomes(first)
    desk.control("DELETE", "faults")
    desk.control("POST", "clock", {"advance": "PT30M"})
    desk.apply(desk.plan())
    assert desk.world() == expected
    check_nothing_twice(desk, expected)


def check_nothing_twice(desk: Desk, expected: dict[str, Any]) -> None:
    """Not more orders, people, seats than there should be at the end; nothing that is not live."""
    for domain, found in desk.world().items():
        assert found["orders"] <= expected[domain]["orders"]
        assert {u[0] for u in found["users"]} <= {u[0] for u in expected[domain]["users"]}
        assert max(Counter(u[0] for u in found["users"]).values()) == 1
        assert len(found["subscriptions"]) <= len(expected[domain]["subscriptions"])
        assert all(status == "active" for _, _, status, _ in found["subscriptions"])


def test_the_same_plan_again_does_nothing_twice(desk: Desk, expected: dict[str, Any]) -> None:
    """Applied a second time, also after the service has forgotten its answers: no second order."""
    begin(desk)
    plan = desk.plan()
    desk.apply(plan)
    desk.apply(plan)
    check_nothing_twice(desk, expected)
    assert desk.world() == expected


@pytest.mark.parametrize("name", ["availability", "arrival"])
def test_reads_in_between_may_fail_for_a_while(
    desk: Desk, expected: dict[str, Any], name: str
) -> None:
    begin(desk)
    plan = desk.plan()
    path = {"availability": "*/availabilities", "arrival": "/v1/customers/*/subscriptions"}[name]
    fault = {"method": "GET", "path": path, "status": 503, "times": 3}
    desk.control("POST", "faults", fault)
    assert outcomes(desk.apply(plan)) == {Outcome.DONE}
    assert desk.world() == expected
