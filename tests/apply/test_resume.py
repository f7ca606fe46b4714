"""Killed at every moment of every write: the run goes on, and nothing is lost or done twice (PU4).

By the journal, by the plan's file alone, and by the manifests alone.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from apply_desk import Desk, outcomes
from journal_desk import ledger, reloaded, run
from test_apply_lost_answers import begin, check_nothing_twice

from pcsync.apply import Moment
from pcsync.model import Outcome, Plan
from tests.killing import Kill, Killed

STEPS = {
    "customer": "customer/fabrikam.create",
    "cart": "cart/contoso.create",
    "checkout": "cart/contoso.checkout",
    "user": "user/contoso/ana.create",
    "licences": "user/contoso/ben.licenses",
    "budget": "budget/contoso",
    "subscription": "subscription/contoso/m365",
    "profile": "customer/contoso.billing",
}
EVERY = [(moment, name) for name in STEPS for moment in Moment]
# What nobody wrote down is the same whenever it died after the request had its effect.
BLIND = [e for e in EVERY if e[0] in {Moment.INTENT_WRITTEN, Moment.REQUEST_SENT}]


@pytest.fixture(scope="module")
def whole(server: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The world after an apply that nobody killed."""
    desk = Desk(server, tmp_path_factory.mktemp("whole"))
    desk.control("POST", "reset")
    begin(desk)
    assert outcomes(run(desk, desk.plan())) == {Outcome.DONE}
    found = desk.world()
    desk.http.close()
    return found


def killed(desk: Desk, moment: Moment, step: str, *, journal: bool = True) -> Plan:
    """A plan whose run was killed."""
    begin(desk)
    plan = reloaded(desk.plan())
    assert any(step in each.id for each in plan.steps), [each.id for each in plan.steps]
    with pytest.raises(Killed):
        run(desk, plan, Kill(moment, step), journal=journal)
    return plan


def secrets(desk: Desk) -> list[dict[str, Any]]:
    lines = (desk.folder / "secrets.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize("moment, name", EVERY, ids=lambda value: str(value))
def test_resumed_by_the_journal(
    desk: Desk, whole: dict[str, Any], moment: Moment, name: str
) -> None:
    plan = killed(desk, moment, STEPS[name])
    with ledger(desk) as opened:
        (left,) = opened.open_runs(plan.cloud, plan.partner_tenant)
        assert (left.plan, left.ended) == (plan.id, None)
    done = len(desk.writes())
    applied = run(desk, plan, saved=True)
    assert outcomes(applied) == {Outcome.DONE}, applied.steps
    assert desk.world() == whole
    assert len(desk.writes()) == 10
    assert done <= 10
    assert desk.plan().steps == ()
    with ledger(desk) as opened:
        assert opened.open_runs(plan.cloud, plan.partner_tenant) == []
        assert opened.finished(plan.id) is not None


@pytest.mark.parametrize("moment, name", BLIND, ids=lambda value: str(value))
def test_again_by_the_file_of_the_plan_alone(
    desk: Desk, whole: dict[str, Any], moment: Moment, name: str
) -> None:
    plan = killed(desk, moment, STEPS[name], journal=False)
    applied = run(desk, plan, journal=False, saved=True)
    assert outcomes(applied) == {Outcome.DONE}, applied.steps
    assert desk.world() == whole
    assert len(desk.writes()) == 10


@pytest.mark.parametrize("moment, name", BLIND, ids=lambda value: str(value))
def test_planned_anew_by_the_manifests_alone(
    desk: Desk, whole: dict[str, Any], moment: Moment, name: str
) -> None:
    killed(desk, moment, STEPS[name], journal=False)
    desk.control("POST", "clock", {"advance": "PT30M"})
    assert outcomes(run(desk, desk.plan(), journal=False)) <= {Outcome.DONE}
    assert desk.world() == whole
    check_nothing_twice(desk, whole)


FORGOTTEN = ["customer", "checkout", "user", "licences"]


@pytest.mark.parametrize("name", FORGOTTEN)
def test_after_the_service_has_forgotten_the_request(
    desk: Desk, whole: dict[str, Any], name: str
) -> None:
    """Two days later it would take the same id for a new request: the run looks first."""
    plan = killed(desk, Moment.REQUEST_SENT, STEPS[name])
    desk.control("POST", "clock", {"advance": "P2D"})
    applied = run(desk, plan)
    assert outcomes(applied) == {Outcome.DONE}, applied.steps
    assert desk.world() == whole
    check_nothing_twice(desk, whole)


def test_what_is_given_once_comes_again_with_the_answer(desk: Desk) -> None:
    """PU7: killed when the customer was made and before its answer was looked at."""
    plan = killed(desk, Moment.REQUEST_SENT, STEPS["customer"])
    run(desk, plan, saved=True)
    assert [s["name"] for s in secrets(desk)].count("customer/fabrikam") == 1


def test_what_is_given_once_comes_again_by_the_plan_alone(desk: Desk) -> None:
    """PU7: nothing is known but the plan, and the service still knows its request."""
    plan = killed(desk, Moment.REQUEST_SENT, STEPS["customer"], journal=False)
    run(desk, plan, journal=False, saved=True)
    assert "customer/fabrikam" in {s["name"] for s in secrets(desk)}


def test_what_the_service_has_forgotten_is_not_asked_again(desk: Desk) -> None:
    """PE14: by the plan alone, a day later; what to reset is said."""
    plan = killed(desk, Moment.REQUEST_SENT, STEPS["customer"], journal=False)
    desk.control("POST", "clock", {"advance": "PT13H"})
    applied = run(desk, plan, journal=False, saved=True)
    (made,) = (r for r in applied.steps if r.step == STEPS["customer"])
    assert (made.outcome, made.sent) == (Outcome.DONE, 0)
    assert "reset it by hand" in made.advice


def test_seats_that_are_on_their_way_do_not_make_a_plan_stale(desk: Desk) -> None:
    """Killed after a checkout: the order is there, its seats are not."""
    begin(desk)
    plan = reloaded(desk.plan())
    lag = {"for": "PT10M", "paths": ["/v1/customers/*/subscriptions", "*/subscribedskus"]}
    desk.control("POST", "faults", {"method": "POST", "path": "*/checkout", "lag": lag})
    with pytest.raises(Killed):
        run(desk, plan, Kill(Moment.ANSWER_WRITTEN, STEPS["checkout"]))
    applied = run(desk, plan, saved=True)
    assert Outcome.STALE not in outcomes(applied), applied.steps


def test_a_run_with_something_in_doubt_stays_open_when_it_is_stale(desk: Desk) -> None:
    """Only its journal knows what may have had an effect."""
    plan = killed(desk, Moment.REQUEST_SENT, STEPS["customer"])
    _somebody_changes_the_budget(desk)
    applied = run(desk, plan, saved=True)
    assert Outcome.STALE in outcomes(applied)
    with ledger(desk) as opened:
        assert [r.plan for r in opened.open_runs(plan.cloud, plan.partner_tenant)] == [plan.id]


def _somebody_changes_the_budget(desk: Desk) -> None:
    world = desk.control("GET", "world")
    (tenant,) = (c["id"] for c in world["customers"] if c["domain"].startswith("contoso"))
    path = f"/v1/customers/{tenant}/usagebudget"
    before = {"method": "PATCH", "path": path, "body": {"amount": 777}}
    desk.control("POST", "faults", {"method": "GET", "path": "/v1/customers", "before": before})


def test_what_is_lost_for_good_is_said_with_what_to_do(desk: Desk) -> None:
    """PE14: the password of the administrator was in an answer that nobody will get again."""
    plan = killed(desk, Moment.REQUEST_SENT, STEPS["customer"])
    desk.control("POST", "clock", {"advance": "P2D"})
    applied = run(desk, plan)
    (made,) = (r for r in applied.steps if r.step == STEPS["customer"])
    assert "with it customer/fabrikam#admin" in made.detail
    assert "reset it" in made.advice
    assert "customer/fabrikam" not in {s["name"] for s in secrets(desk)}


def test_a_generated_password_is_not_made_anew_for_an_account_that_exists(desk: Desk) -> None:
    """PE14: the one in the sink is the one that was sent."""
    plan = killed(desk, Moment.REQUEST_SENT, STEPS["user"])
    before = [s for s in secrets(desk) if s["name"] == "user/contoso/ana"]
    run(desk, plan)
    assert [s for s in secrets(desk) if s["name"] == "user/contoso/ana"] == before
    assert len(before) == 1


@pytest.mark.parametrize(
    "fault",
    [{"cut": "after"}, {"cut": "before"}, {"status": 503}, {"status": 503, "effect": True}],
    ids=["answer lost", "request lost", "503", "503 with effect"],
)
@pytest.mark.parametrize("name", ["customer", "checkout", "licences", "budget"])
def test_in_doubt_at_the_end_of_a_run_and_settled_in_the_next(
    desk: Desk, whole: dict[str, Any], name: str, fault: dict[str, Any]
) -> None:
    begin(desk)
    plan = desk.plan()
    method, path = WRITES[name]
    desk.control("POST", "faults", {"method": method, "path": path, "times": 99, **fault})
    first = run(desk, plan)
    assert Outcome.FAILED not in outcomes(first)
    desk.control("DELETE", "faults")
    applied = run(desk, plan, saved=True)
    assert outcomes(applied) == {Outcome.DONE}, applied.steps
    assert desk.world() == whole
    check_nothing_twice(desk, whole)


WRITES = {
    "customer": ("POST", "/v1/customers"),
    "checkout": ("POST", "/v1/customers/*/carts/*/checkout"),
    "licences": ("POST", "/v1/customers/*/users/*/licenseupdates"),
    "budget": ("PATCH", "/v1/customers/*/usagebudget"),
}


def test_throttled_is_no_answer(desk: Desk, whole: dict[str, Any]) -> None:
    """A 429 decided nothing: killed after it, the same id goes again."""
    begin(desk)
    plan = desk.plan()
    fault = {"method": "POST", "path": "/v1/customers", "status": 429, "times": 99}
    desk.control("POST", "faults", {**fault, "headers": {"Retry-After": "1"}})
    run(desk, plan)
    with ledger(desk) as opened:
        (asked,) = (r for r in opened.requests(1) if r["path"] == "/v1/customers")
        assert asked["status"] is None
    desk.control("DELETE", "faults")
    run(desk, plan)
    with ledger(desk) as opened:
        (again,) = (r for r in opened.requests(2) if r["path"] == "/v1/customers")
    assert again["requestId"] == asked["requestId"]
    assert desk.world() == whole
