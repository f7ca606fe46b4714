"""An Await: an absolute goal, a deadline by the service's clock, and nothing that fails for it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from apply_fakes import Clock, Service, finished, lost, refused, session

from pcsync.apply import Session
from pcsync.apply import wait as waits
from pcsync.errors import ApiError
from pcsync.model import AtLeast, Await, Is, Keep, Outcome, Settle, Some, StepResult

STEP = Await(
    "contoso.seats",
    ("mail/contoso/a:create",),
    "/v1/{tenant#id}/seats",
    Some("items", AtLeast("total", 5)),
    every=30.0,
    deadline=120.0,
)
GET = "GET /v1/42/seats"
SHORT: dict[str, Any] = {"items": [{"total": 4}]}
THERE: dict[str, Any] = {"items": [{"total": 5, "id": 7}]}


def looked(step: Await, state: Session, stopped: Any = lambda: False) -> StepResult:
    """Its result, when each time that it wants to wait has been slept."""
    return finished(waits.perform(step, state, stopped), state)


def perform(step: Await, *looks: Any, **members: Any) -> tuple[StepResult, Any]:
    state = session(Service({GET: list(looks)}), known={"tenant#id": "42"}, **members)
    return looked(step, state), state


def test_what_is_there_is_not_waited_for() -> None:
    result, state = perform(STEP, THERE)
    assert result.outcome is Outcome.DONE
    assert state.clock.slept == []


def test_it_looks_until_the_goal_is_met() -> None:
    result, state = perform(STEP, SHORT, SHORT, THERE)
    assert result.outcome is Outcome.DONE
    assert state.clock.slept == [30.0, 30.0]


def test_a_goal_may_stand_on_a_later_page() -> None:
    assert perform(STEP, (SHORT, THERE))[0].outcome is Outcome.DONE


def test_at_the_deadline_it_is_pending() -> None:
    result, state = perform(STEP, SHORT)
    assert result.outcome is Outcome.PENDING
    assert result.detail == "not there after 120 s"
    assert len(state.client.sent) == 5


def test_the_deadline_goes_by_the_services_clock() -> None:
    """A look may take as long as it wants: what counts is the time that has passed there."""
    clock = Clock()

    def slow(body: Any) -> Any:
        clock.sleep(100.0)
        return SHORT

    result, state = perform(STEP, slow, clock=clock)
    assert result.outcome is Outcome.PENDING
    assert len(state.client.sent) == 1


@pytest.mark.parametrize(
    "passing", [refused(404), refused(429), refused(500), refused(503), refused(408), lost()]
)
def test_what_passes_is_looked_at_again(passing: Exception) -> None:
    assert perform(STEP, passing, passing, THERE)[0].outcome is Outcome.DONE
    assert perform(STEP, passing)[0].outcome is Outcome.PENDING


@pytest.mark.parametrize("status", [400, 401, 403])
def test_what_does_not_pass_is_raised(status: int) -> None:
    with pytest.raises(ApiError):
        perform(STEP, refused(status))


def test_a_goal_that_can_not_be_met_any_more_fails() -> None:
    step = replace(STEP, fails=Is("status", "refused"))
    result, state = perform(step, SHORT, {"status": "refused"})
    assert result.outcome is Outcome.FAILED
    assert state.clock.slept == [30.0]


def test_a_goal_that_is_met_counts_more() -> None:
    step = replace(STEP, fails=Is("status", "refused"))
    assert perform(step, {**THERE, "status": "refused"})[0].outcome is Outcome.DONE


def test_ids_are_kept_and_conditions_resolved() -> None:
    mine = Is("name", {"$ref": "wanted#id"})
    step = replace(STEP, until=Some("items", mine), keep=(Keep("seat#id", "id", "items", mine),))
    looks = {GET: {"items": [{"name": "a", "id": 6}, {"name": "b", "id": 7}]}}
    state = session(Service(looks), known={"tenant#id": "42", "wanted#id": "b"})
    assert looked(step, state).outcome is Outcome.DONE
    assert state.known["seat#id"] == "7"


def test_who_is_told_to_stop_does_not_wait_on() -> None:
    state = session(Service({GET: SHORT}), known={"tenant#id": "42"})
    result = looked(STEP, state, lambda: True)
    assert result.outcome is Outcome.PENDING
    assert state.clock.slept == []


# --- gates ----------------------------------------------------------------------------------------

OTHER = "GET /v1/42/signed"
GATE = replace(
    STEP,
    until=Some("items", AtLeast("total", 5)),
    deadline=0.0,
    gate="agreement",
    either=(Settle("/v1/{tenant#id}/signed", Is("isSigned", True)),),
)


def at_gate(listed: object, signed: object = None) -> tuple[StepResult, Service]:
    service = Service({GET: listed, OTHER: signed})
    return looked(GATE, session(service, known={"tenant#id": "42"})), service


def test_a_gate_that_one_look_shows_open_is_passed() -> None:
    result, service = at_gate(THERE)
    assert result.outcome is Outcome.DONE
    assert [each.path for each in service.sent] == ["/v1/42/seats"]


def test_another_look_may_show_it_open() -> None:
    assert at_gate(SHORT, {"isSigned": True})[0].outcome is Outcome.DONE
    assert at_gate(refused(403), {"isSigned": True})[0].outcome is Outcome.DONE


@pytest.mark.parametrize("signed", [{"isSigned": False}, refused(403), refused(500), lost()])
def test_a_gate_that_is_closed_or_out_of_sight_is_not_waited_at(signed: object) -> None:
    """People open it: the run ends pending at once, and says who has to do what (rule PU5)."""
    result, _ = at_gate(SHORT, signed)
    assert result.outcome is Outcome.PENDING
    assert result.detail.startswith("waits for agreement: the customer has not accepted")
    assert result.advice.endswith("what is done is not done twice")
    assert result.cause == "mail/contoso/a"
