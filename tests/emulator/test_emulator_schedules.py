"""What a PATCH schedules: commerce.md 5.5 and 5.8 to 5.10."""

from __future__ import annotations

from typing import Any

import pytest

from .subscribed import CANCEL, EXTEND, code, instructions, seed
from .wire import E3, Wire


def test_schedule_needs_auto_renew(pc: Wire) -> None:
    """commerce.md 20.1: off and staying off is refused; both in one body works."""
    seed(pc, autoRenewEnabled=False)
    wish = instructions(pc)
    assert code(pc.edit(scheduledNextTermInstructions=wish)) == (400, 800002)
    both = pc.edit(scheduledNextTermInstructions=wish, autoRenewEnabled=True)
    assert both.json()["scheduledNextTermInstructions"] == wish


def test_auto_renew_off_deletes_the_schedule(pc: Wire) -> None:
    seed(pc)
    pc.edit(scheduledNextTermInstructions=instructions(pc))
    row = pc.edit(autoRenewEnabled=False).json()
    assert "scheduledNextTermInstructions" not in row
    assert pc.edit(autoRenewEnabled=True).json()["autoRenewEnabled"]


def test_null_removes_a_schedule(pc: Wire) -> None:
    seed(pc)
    pc.edit(scheduledNextTermInstructions=instructions(pc))
    row = pc.edit(scheduledNextTermInstructions=None).json()
    assert "scheduledNextTermInstructions" not in row
    assert row["autoRenewEnabled"]


@pytest.mark.parametrize(
    "change, expected",
    [
        ({"availabilityId": "OLD"}, (404, 400019)),
        ({"productId": "NONE"}, (404, 400013)),
        ({"skuId": "0009"}, (404, 400018)),
        ({"termDuration": "P2Y"}, (400, 900268)),
        ({"billingCycle": "weekly"}, (400, 900269)),
        ({"termDuration": "P1M", "billingCycle": "annual"}, (400, 900270)),
        ({"quantity": 0}, (400, 900275)),
        ({"quantity": 301}, (400, 900275)),
    ],
    ids=str,
)
def test_schedules_are_checked(pc: Wire, change: dict[str, Any], expected: tuple[int, int]) -> None:
    """commerce.md 5.9."""
    seed(pc)
    wish = instructions(pc, **change)
    assert code(pc.edit(scheduledNextTermInstructions=wish)) == expected


@pytest.mark.parametrize("date", ["2027-05-31", "2028-06-01", "someday"])
def test_scheduled_custom_end_lies_in_the_next_term(pc: Wire, date: str) -> None:
    """commerce.md 5.11: the term of this subscription ends on 31 May 2027."""
    seed(pc)
    wish = instructions(pc) | {"customTermEndDate": date}
    expected = 3000 if date == "someday" else 900245
    assert code(pc.edit(scheduledNextTermInstructions=wish)) == (400, expected)


def test_cancel_at_the_end_is_one_patch(pc: Wire) -> None:
    """commerce.md 5.10: off with the action; on again takes the action back."""
    seed(pc)
    row = pc.edit(autoRenewEnabled=False, scheduledActions=[CANCEL]).json()
    assert (row["autoRenewEnabled"], row["scheduledActions"]) == (False, [CANCEL])
    row = pc.edit(friendlyName="core").json()
    assert row["scheduledActions"] == [CANCEL]
    row = pc.edit(autoRenewEnabled=True).json()
    assert (row["autoRenewEnabled"], row["scheduledActions"]) == (True, [])


def test_action_to_renew_survives_only_where_it_is_new(pc: Wire) -> None:
    """Switching auto-renew off deletes what was saved, not what comes with it."""
    seed(pc)
    action = {"scheduleType": "TermEnd", "actionType": "RenewToNewTerm"}
    assert pc.edit(scheduledActions=[action]).json()["scheduledActions"] == [action]
    assert pc.edit(autoRenewEnabled=False).json()["scheduledActions"] == []
    seed(pc)
    row = pc.edit(autoRenewEnabled=False, scheduledActions=[action]).json()
    assert row["scheduledActions"] == [action]


@pytest.mark.parametrize(
    "action, expected",
    [
        ({"scheduleType": "TermEnd", "actionType": "Explode"}, (400, 900126)),
        ({"scheduleType": "Never", "actionType": "Cancel"}, (400, 900126)),
        ({"scheduleType": "CustomDate", "actionType": "Cancel"}, (400, 900141)),
        ({"actionType": "Cancel"}, (400, 3000)),
    ],
    ids=str,
)
def test_actions_are_checked(pc: Wire, action: dict[str, Any], expected: tuple[int, int]) -> None:
    seed(pc)
    assert code(pc.edit(autoRenewEnabled=False, scheduledActions=[action])) == expected


def test_old_contract_knows_no_actions(pc: Wire) -> None:
    seed(pc, settings={"contract": "2023-10"})
    row = pc.edit(autoRenewEnabled=False, scheduledActions=[CANCEL]).json()
    assert "scheduledActions" not in row


def test_service_writes_the_action_itself_within_a_day(pc: Wire) -> None:
    """commerce.md 5.10: auto-renew off alone leads into a paid term; no person set it."""
    seed(pc)
    pc.edit(autoRenewEnabled=False)
    assert pc.subscription()["scheduledActions"] == []
    pc.advance("P1D")
    assert pc.subscription()["scheduledActions"] == [EXTEND]
    assert len(pc.get("/v1/auditrecords")["items"]) == 1


def test_next_charge_changes_the_cycle_of_three_year_terms(pc: Wire) -> None:
    """commerce.md 5.8: read back until the next charge, then applied; the term goes on."""
    seed(pc, product=E3, termDuration="P3Y", quantity=100, creationDate="2026-11-01T00:00:00Z")
    wish = instructions(pc, E3, termDuration="P3Y", billingCycle="annual", quantity=100)
    before = pc.edit(nextChargeInstructions=wish).json()
    assert before["nextChargeInstructions"] == wish
    assert before["billingCycleEndDate"] == "2026-11-30T00:00:00Z"
    pc.edit(friendlyName="core")
    pc.advance("P9D")
    row = pc.subscription()
    assert (row["billingCycle"], row["commitmentEndDate"]) == (
        "annual",
        before["commitmentEndDate"],
    )
    assert "nextChargeInstructions" not in row


def test_next_charge_is_for_three_year_terms_only(pc: Wire) -> None:
    seed(pc)
    wish = instructions(pc, billingCycle="annual")
    assert code(pc.edit(nextChargeInstructions=wish)) == (400, 800097)


def test_lost_action_leads_into_a_paid_term_too(pc: Wire) -> None:
    """commerce.md 4.5 and 5.10: a sparse body drops the action, the service writes its own."""
    seed(pc)
    pc.edit(autoRenewEnabled=False, scheduledActions=[CANCEL])
    assert pc.patch({"friendlyName": "core"}).json()["scheduledActions"] == []
    pc.advance("P1D")
    assert pc.subscription()["scheduledActions"] == [EXTEND]


def test_actions_outrank_the_schedule(pc: Wire) -> None:
    """commerce.md 5.10: if both are sent, only scheduledActions counts."""
    seed(pc)
    wish = instructions(pc)
    action = {"scheduleType": "TermEnd", "actionType": "RenewToNewTerm", "instructions": wish}
    row = pc.edit(scheduledActions=[action], scheduledNextTermInstructions=wish).json()
    assert row["scheduledActions"] == [action]
    assert "scheduledNextTermInstructions" not in row
