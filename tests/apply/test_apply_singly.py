"""A service that refuses changes together takes them one by one; and what was not planned stops."""

from __future__ import annotations

from typing import Any

import pytest
from apply_desk import Desk, outcomes

from pcsync.model import Outcome

SUBSCRIPTION = {
    "product": "CFQ7TTC0LDPB:0001",
    "friendlyName": "m365",
    "quantity": 10,
    "termDuration": "P1Y",
    "billingCycle": "monthly",
}
CONTOSO = {
    "id": "3c7a1f52-8b1e-4d0a-9f64-1d2e3f405162",
    "domain": "contoso.onmicrosoft.com",
    "country": "DE",
    "subscriptions": [{**SUBSCRIPTION, "id": "11111111-1111-1111-1111-111111111111"}],
}
PATH = f"/v1/customers/{CONTOSO['id']}/subscriptions/11111111-1111-1111-1111-111111111111"
REFUSED = {"code": 800002, "description": "One change per PATCH."}


def begin(desk: Desk, lines: str, settings: dict[str, Any] | None = None) -> None:
    """Business Standard for a year, 10 seats; `lines` are those of its manifest."""
    desk.control("POST", "seed", {"settings": settings or {}, "customers": [CONTOSO]})
    desk.declare(
        "apiVersion: pcsync/v1\nkind: Customer\nmetadata: {name: contoso}\n"
        "spec:\n  domain: contoso.onmicrosoft.com\n  subscriptions:\n"
        f"    - {{name: m365, termDuration: P1Y, billingCycle: monthly, {lines}}}\n"
    )


def live(desk: Desk) -> dict[str, Any]:
    """The one subscription, as the emulator has it."""
    world = desk.control("GET", "world")
    (found,) = world["customers"][0]["subscriptions"]
    return dict(found)


MERGED = (
    'product: "CFQ7TTC0LDPB:0001", quantity: 12, friendlyName: Microsoft 365, endOfTerm: cancel'
)


def test_one_change_at_a_time(desk: Desk) -> None:
    begin(desk, MERGED, {"oneChangePerPatch": True})
    applied = desk.apply(desk.plan())
    assert outcomes(applied) == {Outcome.DONE}
    assert [method for method, _ in desk.writes()] == ["PATCH"] * 4
    found = live(desk)
    assert (found["quantity"], found["friendlyName"]) == (12, "Microsoft 365")
    assert found["autoRenewEnabled"] is False
    assert [a["actionType"] for a in found["scheduledActions"]] == ["Cancel"]
    assert desk.plan().steps == ()


def test_a_400_to_the_merged_one(desk: Desk) -> None:
    """Only the first is refused; the same changes go singly and are done."""
    begin(desk, MERGED)
    desk.control(
        "POST", "faults", {"method": "PATCH", "path": PATH, "status": 400, "body": REFUSED}
    )
    applied = desk.apply(desk.plan())
    assert outcomes(applied) == {Outcome.DONE}
    assert applied.writes == 4
    assert desk.plan().steps == ()


def test_a_400_to_each_of_them(desk: Desk) -> None:
    """Nothing is done, and every part is named with the service's reason."""
    begin(desk, MERGED)
    fault = {"method": "PATCH", "path": PATH, "status": 400, "body": REFUSED, "times": 9}
    desk.control("POST", "faults", fault)
    applied = desk.apply(desk.plan())
    (failed,) = [result for result in applied.steps if result.outcome is Outcome.FAILED]
    assert "quantity: " in failed.detail
    assert "friendlyName: " in failed.detail
    assert live(desk)["quantity"] == 10


@pytest.mark.parametrize("change", [{"quantity": 11}, {"status": "suspended"}])
def test_an_upgrade_is_of_all_seats_or_not_made(desk: Desk, change: dict[str, Any]) -> None:
    """Seats that were added since the plan would stay behind in a subscription of their own."""
    begin(desk, 'product: "CFQ7TTC0LCHC:0002", quantity: 10, change: {product: now}')
    plan = desk.plan()
    other = {"method": "PATCH", "path": PATH, "body": {"autoRenewEnabled": True, **change}}
    desk.control("POST", "faults", {"method": "GET", "path": PATH, "before": other})
    applied = desk.apply(plan)
    assert Outcome.FAILED in outcomes(applied)
    assert live(desk)["product"] == "CFQ7TTC0LDPB:0001"
    assert not [path for method, path in desk.writes() if method == "POST"]


def test_a_lost_answer_to_an_upgrade_begins_none_twice(desk: Desk) -> None:
    begin(desk, 'product: "CFQ7TTC0LCHC:0002", quantity: 10, change: {product: now}')
    lost = {"method": "POST", "path": f"{PATH}/transitions", "cut": "after", "times": 99}
    desk.control("POST", "faults", lost)
    desk.apply(desk.plan())
    desk.control("DELETE", "faults")
    assert live(desk)["product"] == "CFQ7TTC0LCHC:0002"
    assert desk.plan().steps == ()
    assert live(desk)["quantity"] == 10
