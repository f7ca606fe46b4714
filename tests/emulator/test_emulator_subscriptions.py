"""PATCH of subscriptions: commerce.md 4.5, 5, 18 and 20.1."""

from __future__ import annotations

from typing import Any

import pytest

from .subscribed import CANCEL, OLD, code, instructions, seed
from .wire import PREMIUM, Wire


def test_fresh_subscription_has_its_windows(pc: Wire) -> None:
    """commerce.md 18: seven days, full refund for one; dates of 4.1 are inclusive."""
    pc.contoso()
    pc.buy(pc.line(quantity=5))
    row = pc.subscription()
    assert row["cancellationAllowedUntilDate"] == "2026-11-29T09:00:00Z"
    assert row["refundOptions"] == [
        {"type": "Full", "expiresAt": "2026-11-23T09:00:00Z"},
        {"type": "Partial", "expiresAt": "2026-11-29T09:00:00Z"},
    ]
    assert row["refundableQuantity"] == {
        "totalQuantity": 5,
        "details": [{"quantity": 5, "allowedUntilDateTime": "2026-11-29T09:00:00Z"}],
    }
    assert (row["commitmentEndDate"], row["commitmentEndDateTime"]) == (
        "2027-11-21T00:00:00Z",
        "2027-11-21T23:59:59Z",
    )
    assert row["billingCycleEndDate"] == "2026-12-21T00:00:00Z"
    assert "etag" not in row["attributes"]
    assert "refundableQuantity" not in pc.get(f"{pc.at}/subscriptions")["items"][0]


def test_sparse_body_loses_auto_renew_and_schedules(pc: Wire) -> None:
    """commerce.md 4.5: what is missing is switched off or deleted."""
    product = {"productId": "CFQ7TTC0LCHC", "skuId": "0002", "termDuration": "P1M"}
    seed(pc, scheduledNextTermInstructions={"product": product, "quantity": 8})
    before = pc.subscription()
    assert before["autoRenewEnabled"]
    assert "scheduledNextTermInstructions" in before
    answer = pc.patch({"friendlyName": "core"})
    assert answer.status_code == 200
    after = pc.subscription()
    assert answer.json() == after
    assert (after["friendlyName"], after["autoRenewEnabled"]) == ("core", False)
    assert "scheduledNextTermInstructions" not in after


def test_whole_body_keeps_everything(pc: Wire) -> None:
    seed(pc)
    wish = instructions(pc)
    assert pc.edit(scheduledNextTermInstructions=wish).status_code == 200
    pc.control("POST", "availabilities/rotate")
    assert pc.edit(friendlyName="core", partnerId="4847383").status_code == 200
    row = pc.subscription()
    assert (row["friendlyName"], row["partnerId"]) == ("core", "4847383")
    assert row["autoRenewEnabled"]
    assert row["scheduledNextTermInstructions"] == wish


def test_sdk_body_with_unset_values_changes_nothing(pc: Wire) -> None:
    """commerce.md 0.4: quantity 0, status none, the year 1 and nulls are "not supplied"."""
    seed(pc)
    before = pc.subscription()
    body = {
        "Quantity": 0,
        "Status": "none",
        "FriendlyName": None,
        "TermDuration": None,
        "BillingCycle": "none",
        "PartnerId": "",
        "AutoRenewEnabled": True,
        "CreationDate": "0001-01-01T00:00:00",
        "OfferName": "ignored",
        "Links": {},
        "Attributes": {"Etag": "", "ObjectType": "Subscription"},
    }
    assert pc.patch(body).status_code == 200
    assert pc.subscription() == before


def test_seats_go_up_at_any_time_with_their_own_window(pc: Wire) -> None:
    """commerce.md 5.2."""
    seed(pc)
    assert pc.edit(quantity=13).status_code == 200
    pc.advance("P1D")
    assert pc.edit(quantity=14).status_code == 200
    details = pc.subscription()["refundableQuantity"]
    assert details == {
        "totalQuantity": 4,
        "details": [
            {"quantity": 3, "allowedUntilDateTime": "2026-11-29T09:00:00Z"},
            {"quantity": 1, "allowedUntilDateTime": "2026-11-30T09:00:00Z"},
        ],
    }
    assert pc.seats()["SPB"]["totalUnits"] == 14


def test_seats_go_down_within_the_window_from_the_newest(pc: Wire) -> None:
    seed(pc)
    pc.edit(quantity=13)
    pc.advance("P1D")
    pc.edit(quantity=14)
    assert pc.edit(quantity=12).status_code == 200
    (batch,) = pc.subscription()["refundableQuantity"]["details"]
    assert batch == {"quantity": 2, "allowedUntilDateTime": "2026-11-29T09:00:00Z"}
    assert code(pc.edit(quantity=9)) == (400, 800090)
    pc.advance("P6D")
    assert code(pc.edit(quantity=11)) == (400, 800090)
    assert pc.subscription()["quantity"] == 12


@pytest.mark.parametrize(
    "quantity, expected", [(301, (400, 900275)), (300, (403, 800088)), (290, None)]
)
def test_seat_limits(pc: Wire, quantity: int, expected: tuple[int, int] | None) -> None:
    """commerce.md 13.9: the maximum is a pool over all channels."""
    row = {"product": PREMIUM, "quantity": 10, "creationDate": OLD}
    pc.contoso(seats=[{"sku": "SPB", "total": 10}], subscriptions=[row])
    answer = pc.edit(quantity=quantity)
    assert answer.status_code == 200 if expected is None else code(answer) == expected


def test_seat_change_deletes_the_schedule_even_if_it_is_sent_along(pc: Wire) -> None:
    """commerce.md 5.2 and 5.9; an end-of-term action stays."""
    seed(pc)
    pc.edit(scheduledNextTermInstructions=instructions(pc))
    pc.edit(quantity=11)
    assert "scheduledNextTermInstructions" not in pc.subscription()
    seed(pc)
    pc.edit(autoRenewEnabled=False, scheduledActions=[CANCEL])
    pc.edit(quantity=11)
    assert pc.subscription()["scheduledActions"] == [CANCEL]


def test_seat_change_takes_effect_in_the_directory_later(pc: Wire) -> None:
    seed(pc, settings={"provisioning": "PT30M"})
    pc.edit(quantity=15)
    status = f"{pc.at}/subscriptions/{pc.subscription()['id']}/provisioningstatus"
    assert pc.subscription()["quantity"] == 15
    assert pc.seats()["SPB"]["totalUnits"] == 10
    assert pc.get(status)["status"] == "pending"
    pc.edit(friendlyName="core")
    assert pc.subscription()["autoRenewEnabled"]
    pc.advance("PT30M")
    assert pc.seats()["SPB"]["totalUnits"] == 15
    assert (pc.get(status)["status"], pc.get(status)["quantity"]) == ("success", 15)


def test_suspend_has_side_effects(pc: Wire) -> None:
    """commerce.md 5.3: auto-renew off, schedules gone; refundableQuantity is not shown."""
    seed(pc)
    pc.edit(scheduledNextTermInstructions=instructions(pc))
    answer = pc.edit(status="suspended")
    assert answer.status_code == 200
    row = pc.subscription()
    assert (row["status"], row["autoRenewEnabled"], row["scheduledActions"]) == (
        "suspended",
        False,
        [],
    )
    assert "scheduledNextTermInstructions" not in row
    assert "refundableQuantity" not in row


@pytest.mark.parametrize(
    "change, expected",
    [
        ({"quantity": 11}, 2001),
        ({"autoRenewEnabled": True}, 800091),
        ({"friendlyName": "x"}, 800091),
        ({"termDuration": "P3Y", "billingCycle": "annual"}, 800091),
        ({"partnerId": "4847383"}, 800091),
        ({"scheduledActions": [CANCEL]}, 800091),
    ],
    ids=str,
)
def test_suspended_takes_only_a_status(pc: Wire, change: dict[str, Any], expected: int) -> None:
    seed(pc, status="suspended")
    assert code(pc.edit(**change)) == (400, expected)


def test_reactivate_leaves_auto_renew_off(pc: Wire) -> None:
    """commerce.md 5.4: two writes."""
    seed(pc)
    pc.edit(status="suspended")
    assert pc.edit(status="active", autoRenewEnabled=True).status_code == 200
    row = pc.subscription()
    assert (row["status"], row["autoRenewEnabled"]) == ("active", False)
    assert pc.edit(autoRenewEnabled=True).json()["autoRenewEnabled"]


def test_what_microsoft_suspended_stays_suspended(pc: Wire) -> None:
    seed(pc, status="suspended", suspensionReasons=["FraudulentUsage"])
    assert pc.subscription()["suspensionReasons"] == ["FraudulentUsage"]
    assert code(pc.edit(status="active")) == (400, 800040)


@pytest.mark.parametrize("status", ["active", "suspended"])
def test_cancel_in_its_window(pc: Wire, status: str) -> None:
    """commerce.md 5.6: terminal; afterwards everything is 2011."""
    seed(pc, status=status, creationDate="2026-11-15T09:00:01Z", refundable=10)
    answer = pc.patch({"status": "deleted"})
    assert (answer.status_code, answer.json()["status"]) == (200, "deleted")
    assert "SPB" not in pc.seats()
    assert code(pc.patch({"status": "active"})) == (400, 2011)
    assert len(pc.get(f"{pc.at}/subscriptions")["items"]) == 1


def test_cancel_after_its_window(pc: Wire) -> None:
    seed(pc, creationDate="2026-11-15T09:00:00Z")
    assert "cancellationAllowedUntilDate" not in pc.subscription()
    assert code(pc.patch({"status": "deleted"})) == (400, 900117)


@pytest.mark.parametrize(
    "status, expected",
    [("deleted", (400, 2011)), ("expired", (400, 900277)), ("disabled", (400, 900279))],
)
def test_dead_rows_take_nothing(pc: Wire, status: str, expected: tuple[int, int]) -> None:
    seed(pc, status=status, commitmentEndDate="2026-11-10")
    assert pc.subscription()["status"] == status
    assert code(pc.patch({"status": "active"})) == expected
    assert code(pc.patch({"friendlyName": "x"})) == expected


@pytest.mark.parametrize(
    "body, expected",
    [
        ({"status": "expired"}, (400, 800040)),
        ({"status": "sleeping"}, (400, 900126)),
        ({"quantity": "5"}, (400, 3000)),
        ({"autoRenewEnabled": "yes"}, (400, 3000)),
        ({"quantity": 12, "friendlyName": 5}, (400, 3000)),
    ],
)
def test_malformed_bodies(pc: Wire, body: dict[str, Any], expected: tuple[int, int]) -> None:
    seed(pc)
    before = pc.subscription()
    assert code(pc.patch(body)) == expected
    assert pc.subscription() == before


def test_unknown_subscription(pc: Wire) -> None:
    seed(pc)
    path = f"{pc.at}/subscriptions/00000000-0000-4000-8000-000000000000"
    assert pc.refused("GET", path) == (404, 20003)


@pytest.mark.parametrize(
    "term, change, expected",
    [
        ("P1Y", {"termDuration": "P1M"}, (400, 800122)),
        ("P1Y", {"billingCycle": "annual"}, (400, 800097)),
        ("P1Y", {"termDuration": "P5Y"}, (400, 800121)),
        ("P1M", {"termDuration": "P1Y", "billingCycle": "triennial"}, (400, 900270)),
        ("P1M", {"termDuration": "P3Y", "billingCycle": "annual"}, (400, 900269)),
        ("P1M", {"termDuration": "P1Y", "quantity": 301}, (400, 900275)),
        ("P1M", {"termDuration": "P1Y", "quantity": 9}, (400, 800090)),
    ],
    ids=str,
)
def test_terms_that_cannot_be_had_now(
    pc: Wire, term: str, change: dict[str, Any], expected: tuple[int, int]
) -> None:
    """commerce.md 5.7: longer only, and only pairs that are sold."""
    seed(pc, termDuration=term)
    before = pc.subscription()
    assert code(pc.edit(**change)) == expected
    assert pc.subscription() == before


def test_longer_term_now_restarts_the_term(pc: Wire) -> None:
    seed(pc, termDuration="P1M")
    pc.edit(scheduledNextTermInstructions=instructions(pc))
    answer = pc.edit(termDuration="P1Y", billingCycle="annual", quantity=12)
    assert answer.status_code == 200
    row = answer.json()
    assert (row["termDuration"], row["billingCycle"], row["quantity"]) == ("P1Y", "annual", 12)
    assert row["effectiveStartDate"] == "2026-11-22T09:00:00Z"
    assert row["commitmentEndDate"] == "2027-11-21T00:00:00Z"
    assert row["autoRenewEnabled"]
    assert "scheduledNextTermInstructions" not in row
    assert pc.seats()["SPB"]["totalUnits"] == 12


@pytest.mark.parametrize(
    "body, expected",
    [
        ({"status": "deleted"}, (400, 800040)),
        ({"status": "suspended"}, (403, 900115)),
        ({"quantity": 2}, (400, 800095)),
    ],
)
def test_azure_plan_takes_little(pc: Wire, body: dict[str, Any], expected: tuple[int, int]) -> None:
    """commerce.md 20.3."""
    pc.contoso(subscriptions=[{"product": "DZH318Z0BPS6:0001"}])
    assert code(pc.patch(body)) == expected
    assert pc.patch({"friendlyName": "azure"}).json()["friendlyName"] == "azure"


def test_changes_are_audited(pc: Wire) -> None:
    seed(pc)
    pc.edit(friendlyName="core")
    pc.patch({"status": "deleted"})
    rows = pc.get("/v1/auditrecords")["items"]
    assert [(row["operationType"], row["operationStatus"]) for row in rows] == [
        ("update_subscription", "failed"),
        ("update_subscription", "succeeded"),
    ]
