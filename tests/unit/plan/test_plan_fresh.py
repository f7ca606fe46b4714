"""Whether a saved plan still holds, by the values that it was planned against."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from pcsync.model import (
    Action,
    Address,
    Call,
    Change,
    Edit,
    Finding,
    Is,
    Outcome,
    Plan,
    Severity,
    Totals,
    Verb,
)
from pcsync.plan.fresh import Fresh, fresh

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
BOX = Address("mail", ("contoso", "box"))
OTHER = Address("mail", ("contoso", "other"))


def plan(*parts: Action | Call | Edit, **members: Any) -> Plan:
    return Plan(
        format=1,
        id="p",
        time=AT,
        cloud="emulator",
        partner_tenant="t",
        manifests="m",
        base=None,
        lifted={},
        ids={},
        wants={},
        actions=tuple(part for part in parts if isinstance(part, Action)),
        steps=tuple(part for part in parts if not isinstance(part, Action)),
        findings=members.pop("findings", ()),
        totals=Totals(),
        **members,
    )


def update(address: Address = BOX, old: Any = 1, new: Any = 2) -> Action:
    return Action(address, Verb.UPDATE, changes=(Change("size", old, new),))


def create(address: Address = BOX) -> Action:
    return Action(address, Verb.CREATE, changes=(Change("size", None, 2),))


def edit(action: Action, **sets: Any) -> Edit:
    values = tuple(Is(name, value) for name, value in (sets or {"size": 2}).items())
    return Edit(f"{action.address}.edit", (action.id,), "PATCH", "/v1/x", False, values)


def call(*actions: Action) -> Call:
    return Call(f"{actions[0].address}.call", tuple(a.id for a in actions), "POST", "/v1/x")


def only(found: Fresh) -> tuple[Outcome, str]:
    ((_, result),) = found.settled.items()
    return result.outcome, result.detail


def test_the_same_is_left_to_do() -> None:
    some = plan(update(), edit(update()))
    assert fresh(some, some).settled == {}


def test_another_value_is_stale_and_both_are_said() -> None:
    some = plan(update(), edit(update()))
    outcome, detail = only(fresh(some, plan(update(old=7), edit(update()))))
    assert (outcome, detail) == (
        Outcome.STALE,
        "mail/contoso/box: size: planned against 1, now 7",
    )


def test_as_it_is_wanted_is_done() -> None:
    some = plan(update(), edit(update()))
    assert only(fresh(some, plan())) == (Outcome.DONE, "is so already")


def test_what_cannot_be_read_is_not_begun() -> None:
    some = plan(update(), edit(update()))
    outcome, detail = only(fresh(some, plan(unknown=(BOX,))))
    assert (outcome, detail) == (Outcome.UNKNOWN, "mail/contoso/box: can't be read now")


def test_an_error_in_its_place_is_stale() -> None:
    some = plan(create(), call(create()))
    wrong = Finding(Severity.ERROR, "x", "is somebody else's", "ask", BOX)
    outcome, detail = only(fresh(some, plan(findings=(wrong,))))
    assert (outcome, detail) == (Outcome.STALE, "mail/contoso/box: is somebody else's")


@pytest.mark.parametrize("code", ["order-pending", "order-recent"])
def test_what_is_ordered_is_pending(code: str) -> None:
    some = plan(create(), call(create()))
    ordered = Finding(Severity.ERROR, code, "order 7 is pending", "wait", BOX)
    found = fresh(some, plan(findings=(ordered,)))
    assert only(found) == (Outcome.PENDING, "mail/contoso/box: order 7 is pending")
    assert found.stale == []


def test_what_is_listed_and_not_active_yet_is_pending_with_its_edits() -> None:
    """Else the renewal of what was bought would never be switched off, and nobody would say so."""
    some = plan(create(), edit(create()))
    listed = Finding(Severity.WARNING, "pending", "is being provisioned", "wait", BOX)
    found = fresh(some, plan(findings=(listed,), adopted={str(BOX): "id-1"}))
    assert only(found) == (Outcome.PENDING, "mail/contoso/box: is being provisioned")


@pytest.mark.parametrize(
    "finding, seats, left",
    [
        (Finding(Severity.ERROR, "order-pending", "order 7 is pending", "wait", OTHER), 3, True),
        (None, 3, True),
        (None, -3, False),
        (Finding(Severity.ERROR, "x", "is somebody else's", "ask", OTHER), 3, False),
    ],
    ids=["ordered", "there", "given back", "stale"],
)
def test_who_lacks_seats_that_the_plan_asked_for_waits_for_them(
    finding: Finding | None, seats: int, left: bool
) -> None:
    """An earlier attempt bought the seats, and they are not in the tenant yet."""
    seat = Address("seat", ("contoso", "ana"))
    takes = replace(create(seat), moves={"pool": 1})
    buys = replace(update(OTHER), moves={"pool": seats})
    missing = Finding(Severity.ERROR, "seats-missing", "1 missing", "wait", seat)
    again = plan(findings=tuple(each for each in (missing, finding) if each))
    settled = fresh(plan(buys, takes, call(buys), call(takes)), again).settled
    assert (call(takes).id not in settled) is left


def test_what_was_created_is_done_and_its_id_is_known() -> None:
    some = plan(create(), call(create()))
    found = fresh(some, plan(adopted={str(BOX): "id-1", str(OTHER): "id-2"}))
    assert only(found)[0] is Outcome.DONE
    assert found.ids == {str(BOX): "id-1"}


def test_of_what_was_created_only_the_edits_are_left() -> None:
    some = plan(create(), call(create()), edit(create(), renews=False))
    left = Action(BOX, Verb.UPDATE, changes=(Change("end", "renew", "cancel"),))
    found = fresh(some, plan(left, edit(left, renews=False)))
    assert {name: r.outcome for name, r in found.settled.items()} == {f"{BOX}.call": Outcome.DONE}


def test_what_was_created_otherwise_is_stale() -> None:
    some = plan(create(), call(create()), edit(create(), renews=False))
    left = Action(BOX, Verb.UPDATE, changes=(Change("size", 9, 2),))
    found = fresh(some, plan(left, edit(left, size=2)))
    assert {r.outcome for r in found.settled.values()} == {Outcome.STALE}
    assert "planned against nothing there, now there is something to update (size 9)" in (
        found.stale[0].detail
    )


def test_a_call_of_which_a_part_has_come_to_be_is_stale() -> None:
    """One cart for two, and one of them is there."""
    both = create(), create(OTHER)
    some = plan(*both, call(*both))
    again = plan(create(OTHER), call(create(OTHER)), adopted={str(BOX): "id-1"})
    outcome, detail = only(fresh(some, again))
    assert outcome is Outcome.STALE
    assert "only a part of it is there by now: mail/contoso/box:create" in detail


def test_a_customer_stops_as_a_whole_and_others_do_not() -> None:
    far = Address("mail", ("fabrikam", "box"))
    mine = update(), update(OTHER), update(far)
    steps = [edit(action) for action in mine]
    again = plan(update(old=7), update(OTHER), update(far), *steps)
    found = fresh(plan(*mine, *steps), again)
    assert {name: r.outcome for name, r in found.settled.items()} == {
        f"{BOX}.edit": Outcome.STALE,
        f"{OTHER}.edit": Outcome.NOT_STARTED,
    }


def test_a_later_date_is_stale() -> None:
    some = plan(replace(update(), date=AT), edit(replace(update(), date=AT)))
    later = replace(update(), date=AT.replace(year=2027))
    outcome, detail = only(fresh(some, plan(later, edit(later))))
    assert outcome is Outcome.STALE
    assert detail.endswith("planned for 2026-11-23T09:00:00Z, now for 2027-11-23T09:00:00Z")
