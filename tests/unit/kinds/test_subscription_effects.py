"""What the service does besides, by the table; how terms end; and what an end of term means."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from pcsync.kinds.subscription import effects, model, terms
from pcsync.kinds.subscription.effects import EFFECTS, Act, Side
from pcsync.model import Address, Change, Resource


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


CHANGES = {
    Act.RENAME: Change("friendlyName", "a", "b"),
    Act.RESELLER: Change("partnerId", None, "1"),
    Act.ADD_SEATS: Change("quantity", 1, 2),
    Act.FEWER_SEATS: Change("quantity", 2, 1),
    Act.RENEW_ON: Change("endOfTerm", "cancel", "renew"),
    Act.RENEW_OFF: Change("endOfTerm", "renew", "extend"),
    Act.LONGER_TERM: Change("termDuration", "P1M", "P1Y"),
    Act.TRANSITION: Change("product", "A:1", "B:1"),
    Act.NEXT_CHARGE: Change("billingCycle", "monthly", "annual"),
    Act.SUSPEND: Change("state", "active", "suspended"),
    Act.RESUME: Change("state", "suspended", "active"),
    Act.CANCEL: Change("state", "active", "absent"),
}


@pytest.mark.parametrize("act", CHANGES)
def test_a_change_is_one_act(act: Act) -> None:
    assert effects.acts([CHANGES[act]]) == (act,)


def test_a_cycle_beside_its_term_is_no_act_of_its_own() -> None:
    both = [CHANGES[Act.LONGER_TERM], CHANGES[Act.NEXT_CHARGE]]
    assert effects.acts(both) == (Act.LONGER_TERM,)


def test_every_act_stands_in_the_table() -> None:
    assert set(EFFECTS) == set(Act)
    assert {side for sides in EFFECTS.values() for side in sides} == set(Side)


# Typed in from commerce.md 5.9: what deletes an instruction for the next term.
DELETES = {
    Act.ADD_SEATS,
    Act.FEWER_SEATS,
    Act.RENEW_OFF,
    Act.LONGER_TERM,
    Act.TRANSITION,
    Act.SUSPEND,
    Act.CANCEL,
}


@pytest.mark.parametrize("act", Act)
def test_what_deletes_an_instruction(act: Act) -> None:
    assert effects.unschedules([act]) is (act in DELETES)


def live(**remote: Any) -> Resource:
    return Resource(Address("subscription", ("contoso", "m365")), {}, remote=remote)


def test_effects_are_said_as_far_as_they_concern_it() -> None:
    bare = effects.says([Act.LONGER_TERM], live(next=None, promotion=None))
    full = effects.says([Act.LONGER_TERM], live(next={"quantity": 1}, promotion="P:S:A"))
    assert set(full) - set(bare) == {Side.SCHEDULE_GONE.value, Side.PROMOTION_GONE.value}


@pytest.mark.parametrize("act", Act)
def test_what_can_never_be_taken_back(act: Act) -> None:
    grave = {Act.LONGER_TERM, Act.TRANSITION, Act.CONVERT, Act.CANCEL}
    assert bool(effects.forever([act, act])) is (act in grave)
    assert len(effects.forever([act, act])) <= 1


def test_what_two_acts_do_is_said_once() -> None:
    said = effects.says([Act.ADD_SEATS, Act.RENEW_OFF], live(next={"quantity": 1}, promotion=None))
    assert len(said) == len(set(said))
    assert Side.SCHEDULE_GONE.value in said


def test_nothing_promises_a_protection_of_prices() -> None:
    """Rule WI22: there is no source for one."""
    said = " ".join(Side).lower()
    assert "month" not in said
    assert "protect" not in said


@pytest.mark.parametrize(
    "start, term, last",
    [
        ("2021-01-14T16:57:14", "P1Y", "2022-01-13"),
        ("2026-11-22", "P1Y", "2027-11-21"),
        ("2026-11-22", "P1M", "2026-12-21"),
        ("2026-11-22", "P3Y", "2029-11-21"),
        ("2028-02-29", "P1Y", "2029-02-27"),
        ("2026-01-31", "P1M", "2026-02-27"),
        ("2026-12-15", "P1M", "2027-01-14"),
    ],
)
def test_last_days_are_inclusive(start: str, term: str, last: str) -> None:
    assert terms.last_day(day(start), term) == day(last)


def test_nothing_is_shorter_than_any_term() -> None:
    assert terms.longer("P1Y", "P1M")
    assert terms.longer("P1M", None)
    assert not terms.longer("P1M", "P1Y")
    assert not terms.longer("P1Y", "P1Y")


OFF = {"autoRenewEnabled": False, "productType": {"id": "OnlineServicesNCE"}, "offerId": "P:S:A"}
CANCEL = {"scheduledActions": [{"scheduleType": "TermEnd", "actionType": "Cancel"}]}
EXTEND = {
    "scheduledActions": [{"scheduleType": "TermEnd", "actionType": "RenewToExtendedServiceTerm"}]
}


# Rule WI5: bought or renewed before or since 1 Apr 2025, ending before or since 4 May 2026, with
# and without an action; and under the contract of 2023, which has none of it.
@pytest.mark.parametrize(
    "bought, ends, actions, means",
    [
        ("2025-03-31", "2026-05-03", {}, "cancel"),
        ("2025-03-31", "2028-03-30", {}, "cancel"),
        ("2025-04-01", "2026-05-03", {}, "cancel"),
        ("2025-04-01", "2026-05-04", {}, "extend"),
        ("2025-03-31", "2026-05-03", CANCEL, "cancel"),
        ("2025-03-31", "2028-03-30", CANCEL, "cancel"),
        ("2025-04-01", "2026-05-03", CANCEL, "cancel"),
        ("2025-04-01", "2026-05-04", CANCEL, "cancel"),
        ("2025-04-01", "2026-05-04", EXTEND, "extend"),
    ],
)
def test_what_auto_renew_off_means(
    bought: str, ends: str, actions: dict[str, Any], means: str
) -> None:
    item = {**OFF, **actions, "effectiveStartDate": bought, "commitmentEndDate": ends}
    assert model.end_of_term(item, "2026-05") == means
    if not actions:
        assert model.end_of_term(item, "2023-10") == "cancel"


@pytest.mark.parametrize(
    "other",
    [
        {"isTrial": True},
        {"productType": {"id": "Software"}},
        {"productType": {"id": "Azure", "subType": {"id": "SaaS"}}},
        {"offerId": "2b3b8d2d-10aa-4be4-b5fd-7f2feb0c3091", "productType": None},
    ],
)
def test_only_paid_licences_are_extended(other: dict[str, Any]) -> None:
    dates = {"effectiveStartDate": "2026-01-01", "commitmentEndDate": "2026-12-31"}
    assert model.end_of_term({**OFF, **dates}, "2026-05") == "extend"
    assert model.end_of_term({**OFF, **dates, **other}, "2026-05") == "cancel"


@pytest.mark.parametrize("contract", ["2026-05", "2023-10"])
@pytest.mark.parametrize("word", ["cancel", "extend"])
def test_an_end_is_one_patch_with_its_action(word: str, contract: str) -> None:
    """Rule WI4: never one without the other, where there are actions at all."""
    sides = model.sides([("endOfTerm", word)], actions=False, contract=contract)
    paths = {side.path: side.value for side in sides}
    assert paths["autoRenewEnabled"] is False
    assert ("scheduledActions" in paths) is (contract == "2026-05")
