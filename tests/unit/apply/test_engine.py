"""The engine: order, failures that stop only what needs them, and a result for everything."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from apply_fakes import (
    AT,
    Clock,
    Drawer,
    Service,
    Watch,
    action,
    call,
    creations,
    engine,
    lost,
    plan,
    refused,
)

from pcsync.apply import Engine
from pcsync.errors import PcsyncError, WriteRefused
from pcsync.model import (
    Applied,
    AtLeast,
    Await,
    Call,
    Edit,
    Is,
    Keep,
    Outcome,
    Plan,
    Verb,
    When,
)

FINE: dict[str, Any] = {}


def answers(some: Plan, **others: Any) -> Service:
    """Every call of the plan is answered with nothing but these."""
    found = {f"POST {step.path}": FINE for step in some.steps}
    return Service(found | {f"POST /v1/contoso/{name}": what for name, what in others.items()})


def ran(some: Plan, service: Service | None = None, **members: Any) -> Applied:
    run = engine(some, service or answers(some), **members)
    run.run()
    return run.applied(1, 2)


def outcomes(applied: Applied) -> dict[str, str]:
    return {result.step: result.outcome.value for result in applied.steps}


# --- failures -------------------------------------------------------------------------------------

CHAIN = creations(
    call("contoso/a"),
    call("contoso/b", "contoso/a"),
    call("contoso/c", "contoso/b"),
    call("contoso/d", "contoso/c"),
    call("contoso/e"),
)


def test_all_that_can_be_done_is_done() -> None:
    applied = ran(CHAIN)
    assert set(outcomes(applied).values()) == {"done"}
    assert {result.outcome for result in applied.actions} == {Outcome.DONE}
    assert (applied.writes, applied.reads) == (1, 2)


@pytest.mark.parametrize(
    "error, outcome",
    [
        (refused(400), "failed"),
        (WriteRefused("POST", "/v1/x"), "failed"),
        (PcsyncError("what", "advice"), "failed"),
        (lost(), "unknown"),
        (refused(503), "unknown"),
    ],
)
def test_a_failure_skips_what_needs_it_and_nothing_else(error: Exception, outcome: str) -> None:
    applied = ran(CHAIN, answers(CHAIN, b=error))
    assert outcomes(applied) == {
        "contoso/a": "done",
        "contoso/b": outcome,
        "contoso/c": "skipped",
        "contoso/d": "skipped",
        "contoso/e": "done",
    }
    for result in applied.steps[2:4]:
        assert result.detail == f"needs mail/contoso/b, which is {outcome}"
        assert result.cause == "mail/contoso/b"


def test_the_words_of_a_failure_are_those_of_its_error() -> None:
    (result, *_) = ran(CHAIN, answers(CHAIN, a=PcsyncError("what", "do this"))).steps
    assert (result.detail, result.advice) == ("what", "do this")


def test_the_worst_of_its_steps_is_an_actions_outcome() -> None:
    covers = ("mail/contoso/a:create",)
    some = creations(call("contoso/a"), call("contoso/b", "contoso/a", covers=covers))
    (result,) = ran(some, answers(some, b=refused(400))).actions
    assert result.outcome is Outcome.FAILED
    assert "400" in result.detail


WAIT = Await(
    "contoso/w", ("mail/contoso/c:create",), "/v1/w", AtLeast("n", 5), deadline=60, after=()
)


def test_what_waits_is_pending_and_says_for_what() -> None:
    steps = [call("contoso/a"), replace(WAIT, after=("contoso/a",))]
    steps += [call("contoso/c", "contoso/w"), call("contoso/d", "contoso/c"), call("contoso/e")]
    some = plan([action(f"contoso/{name}") for name in "acde"], steps)
    applied = ran(some, Service(answers(some).answers | {"GET /v1/w": {"n": 1}}))
    assert outcomes(applied) == {
        "contoso/a": "done",
        "contoso/w": "pending",
        "contoso/c": "pending",
        "contoso/d": "pending",
        "contoso/e": "done",
    }
    assert applied.steps[3].cause == "mail/contoso/c"


def test_stale_stops_its_customer_only() -> None:
    stale = Edit(
        "contoso/s",
        ("mail/contoso/s:update",),
        "PATCH",
        "/v1/s",
        True,
        (Is("n", 2),),
        (Is("n", 1),),
    )
    steps = [call("contoso/a"), stale, call("contoso/c"), call("fabrikam/a")]
    actions = [action(f"contoso/{name}") for name in "ac"]
    some = plan([*actions, action("contoso/s", Verb.UPDATE), action("fabrikam/a")], steps)
    applied = ran(some, Service(answers(some).answers | {"GET /v1/s": {"n": 9}}))
    assert outcomes(applied) == {
        "contoso/a": "done",
        "contoso/s": "stale",
        "contoso/c": "not-started",
        "fabrikam/a": "done",
    }


def test_a_closed_window_is_stale_and_nothing_is_sent() -> None:
    some = creations(call("contoso/a"), call("contoso/b"))
    late = replace(some.actions[0], not_after=AT - timedelta(seconds=1))
    some = replace(some, actions=(late, some.actions[1]))
    service = answers(some)
    applied = ran(some, service)
    assert outcomes(applied) == {"contoso/a": "stale", "contoso/b": "not-started"}
    assert "2026-11-23 08:59 UTC" in applied.steps[0].detail
    assert service.sent == []


def test_a_window_that_is_open_is_used() -> None:
    some = creations(call("contoso/a"))
    some = replace(some, actions=(replace(some.actions[0], not_after=AT),))
    assert outcomes(ran(some)) == {"contoso/a": "done"}


def test_the_clock_is_asked_only_for_windows() -> None:
    clock = Clock()
    ran(CHAIN, clock=clock)
    assert clock.asked <= 2


# --- customers ------------------------------------------------------------------------------------


def test_customers_run_beside_each_other_and_each_in_order() -> None:
    """The two first calls meet at a barrier: one after the other they would never pass it."""
    names = ("contoso", "fabrikam")
    steps = [call(f"{name}/{n}") for n in range(3) for name in names]
    some = creations(*steps)
    meet = threading.Barrier(2, timeout=10)
    watch = Watch(on_start=lambda step: step.id.endswith("/0") and meet.wait())
    ran(some, watch=watch)
    for name in names:
        mine = [each for each in watch.begun if each.startswith(name)]
        assert mine == [f"{name}/{n}" for n in range(3)]


def test_what_a_step_kept_is_known_to_the_next() -> None:
    keep = (Keep("mail/contoso/a#id", "id"),)
    steps = [call("contoso/a", keep=keep), call("contoso/b", "contoso/a")]
    steps[1] = replace(steps[1], path="/v1/{mail/contoso/a#id}/{tenant/contoso#id}")
    some = creations(*steps, ids={"tenant/contoso": "42"})
    service = Service({"POST /v1/contoso/a": {"id": 7}, "POST /v1/7/42": FINE})
    applied = ran(some, service)
    assert set(outcomes(applied).values()) == {"done"}
    assert applied.ids == {"mail/contoso/a": "7"}


def test_an_id_that_went_lost_with_an_answer_leaves_the_step_out_and_nothing_is_sent() -> None:
    """The step before took effect, so nothing failed; but only a new plan can go on."""
    steps = [call("contoso/a"), call("contoso/b", "contoso/a"), call("contoso/c", "contoso/b")]
    steps[1] = replace(steps[1], path="/v1/{order/contoso#id}")
    some = creations(*steps)
    applied = ran(some, Service({"POST /v1/contoso/a": FINE}))
    assert outcomes(applied) == {
        "contoso/a": "done",
        "contoso/b": "skipped",
        "contoso/c": "skipped",
    }
    assert "order/contoso#id is not known" in applied.steps[1].detail


# --- stopping, and defects ------------------------------------------------------------------------


def test_stop_starts_nothing_more() -> None:
    service = answers(CHAIN)
    run = engine(CHAIN, service)
    service.answers["POST /v1/contoso/b"] = lambda body: run.stop()
    run.run()
    assert outcomes(run.applied(0, 0)) == {
        "contoso/a": "done",
        "contoso/b": "done",
        "contoso/c": "not-started",
        "contoso/d": "not-started",
        "contoso/e": "not-started",
    }


def test_stop_ends_a_wait() -> None:
    some = plan([action("contoso/c")], [WAIT, call("contoso/c", "contoso/w")])
    clock, service = Clock(), answers(some)
    run = engine(some, service, clock=clock)

    def look(body: Any) -> Any:
        run.stop()
        return {"n": 1}

    service.answers["GET /v1/w"] = look
    run.run()
    assert outcomes(run.applied(0, 0)) == {"contoso/w": "pending", "contoso/c": "not-started"}
    assert clock.slept == []


@pytest.mark.parametrize("defect", [RuntimeError("c4n4ry"), KeyboardInterrupt()])
def test_a_defect_raises_and_the_result_is_complete(defect: BaseException) -> None:
    """What was under way when it came may have taken effect: its fate is unknown."""
    service = answers(CHAIN, b=defect)
    run = engine(CHAIN, service)
    with pytest.raises(type(defect)):
        run.run()
    applied = run.applied(0, 0)
    assert outcomes(applied) == {
        "contoso/a": "done",
        "contoso/b": "unknown",
        "contoso/c": "not-started",
        "contoso/d": "not-started",
        "contoso/e": "not-started",
    }
    assert type(defect).__name__ in applied.steps[1].detail
    assert "c4n4ry" not in repr(applied.steps)


def test_before_the_run_all_is_not_started() -> None:
    applied = engine(CHAIN, Service()).applied(0, 0)
    assert set(outcomes(applied).values()) == {"not-started"}
    assert applied.started == applied.ended == AT


# --- results --------------------------------------------------------------------------------------


def test_every_step_and_action_has_exactly_one_result() -> None:
    gone = action("contoso/g", Verb.DELETE)
    actions = [
        gone,
        action("contoso/s", Verb.DELETE, implied_by=gone.id),
        action("contoso/later", Verb.UPDATE, when=When.BLOCKED),
        action("contoso/free", Verb.RELEASE),
        action("contoso/a"),
    ]
    steps: list[Call] = [call("contoso/g", covers=(gone.id,)), call("contoso/a")]
    some = plan(actions, steps)
    watch = Watch()
    applied = ran(some, answers(some, g=refused(403)), watch=watch)
    found = {result.action: result.outcome for result in applied.actions}
    assert found == {
        "mail/contoso/g:delete": Outcome.FAILED,
        "mail/contoso/s:delete": Outcome.FAILED,
        "mail/contoso/later:update@blocked": Outcome.DEFERRED,
        "mail/contoso/free:release": Outcome.DONE,
        "mail/contoso/a:create": Outcome.DONE,
    }
    assert [result.action for result in applied.actions] == [each.id for each in actions]
    assert Counter(result.step for result in watch.results) == {"contoso/g": 1, "contoso/a": 1}


def test_a_secret_that_has_no_place_stops_what_needs_it_only() -> None:
    made = {"password": {"$secret": {"generate": True}}}
    some = creations(call("contoso/a", body=made), call("contoso/b"))
    service = answers(some)
    applied = ran(some, service, sink=Drawer(stuck=True))
    assert outcomes(applied) == {"contoso/a": "failed", "contoso/b": "done"}
    assert [each.path for each in service.sent] == ["/v1/contoso/b"]


def test_an_empty_plan_is_done() -> None:
    applied = ran(plan([], []))
    assert (applied.steps, applied.actions) == ((), ())


def test_many_customers_and_one_failure_each() -> None:
    """Every third call is refused: what needs it is skipped, and every step has its result."""
    steps: list[Call] = []
    for n in range(30):
        name = f"c{n:02}"
        steps += [call(f"{name}/a"), call(f"{name}/b", f"{name}/a"), call(f"{name}/c")]
    some = creations(*steps)
    service = answers(some)
    for n in range(30):
        service.answers[f"POST /v1/c{n:02}/a"] = refused(400)
    applied = ran(some, service, parallel=8)
    assert Counter(outcomes(applied).values()) == {"failed": 30, "skipped": 30, "done": 30}
    assert isinstance(engine(some, service), Engine)
