"""What is known before a customer is begun: it stops as a whole, or its steps are spared."""

from __future__ import annotations

from datetime import timedelta

import pytest
from apply_fakes import AT, Service, Watch, action, call, creations, plan, session

from pcsync.apply import Engine
from pcsync.model import Outcome, StepResult

OK = {
    "POST /v1/contoso/a": {"id": "1"},
    "POST /v1/contoso/b": {"id": "2"},
    "POST /v1/fabrikam/c": {"id": "3"},
}


def test_a_window_that_has_closed_stops_what_comes_before_it_as_well() -> None:
    """WI2: nothing of that customer is written, and others are."""
    steps = [call("contoso/a"), call("contoso/b", "contoso/a"), call("fabrikam/c")]
    actions = [
        action("contoso/a"),
        action("contoso/b", not_after=AT - timedelta(seconds=1)),
        action("fabrikam/c"),
    ]
    service = Service(dict(OK))
    engine = Engine(plan(actions, steps), session(service), Watch())
    engine.run()
    found = {r.step: r.outcome for r in engine.applied(0, 0).steps}
    assert found == {
        "contoso/a": Outcome.NOT_STARTED,
        "contoso/b": Outcome.STALE,
        "fabrikam/c": Outcome.DONE,
    }
    assert [sent.path for sent in service.writes] == ["/v1/fabrikam/c"]


def test_a_window_that_closes_meanwhile_stops_that_step() -> None:
    """Asked again right before the step."""
    service = Service(dict(OK))
    state = session(service)
    service.answers["POST /v1/contoso/a"] = lambda body: state.clock.sleep(60.0)
    actions = [action("contoso/a"), action("contoso/b", not_after=AT + timedelta(seconds=30))]
    steps = [call("contoso/a"), call("contoso/b", "contoso/a")]
    engine = Engine(plan(actions, steps), state, Watch())
    engine.run()
    assert [r.outcome for r in engine.applied(0, 0).steps] == [Outcome.DONE, Outcome.STALE]


@pytest.mark.parametrize(
    "outcome, sent",
    [(Outcome.DONE, ["/v1/contoso/b", "/v1/fabrikam/c"]), (Outcome.STALE, ["/v1/fabrikam/c"])],
)
def test_what_is_settled_up_front_is_not_begun(outcome: Outcome, sent: list[str]) -> None:
    some = creations(call("contoso/a"), call("contoso/b", "contoso/a"), call("fabrikam/c"))
    service = Service(dict(OK))
    given = {"contoso/a": StepResult("contoso/a", outcome, "was seen")}
    engine = Engine(some, session(service), Watch(), settled=given)
    engine.run()
    assert sorted(each.path for each in service.writes) == sent
    assert engine.applied(0, 0).steps[0] == given["contoso/a"]
