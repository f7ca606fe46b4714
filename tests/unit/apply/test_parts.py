"""A call for several actions that serves only some of them, and resources that are busy."""

from __future__ import annotations

from apply_fakes import Clock, Service, action, call, engine, finished, lost, plan, refused, session

from pcsync.apply import call as calls
from pcsync.model import Check, Empty, Is, Keep, Outcome, Settle

GOOD, BAD = action("contoso/good"), action("contoso/bad")
BOTH = (GOOD.id, BAD.id)
ORDERED = {"orders": [{"id": "7", "name": "good"}], "orderErrors": [{"code": 800020}]}


def _kept(name: str) -> Keep:
    return Keep(f"mail/contoso/{name}#id", "id", among="orders", where=Is("name", name))


def test_only_what_the_answer_lacks_fails() -> None:
    checkout = call(
        "checkout",
        covers=BOTH,
        keep=(_kept("good"), _kept("bad")),
        checks=(Check(Empty("orderErrors"), "refused in part"),),
    )
    later = [
        call("ends-good", "checkout", covers=(GOOD.id,)),
        call("ends-bad", "checkout", covers=(BAD.id,)),
    ]
    some = plan([GOOD, BAD], [checkout, *later])
    service = Service({"POST /v1/checkout": ORDERED, "POST /v1/ends-good": {}})
    run = engine(some, service)
    run.run()
    applied = run.applied(0, 0)
    outcomes = {result.action: result.outcome for result in applied.actions}
    assert outcomes == {GOOD.id: Outcome.DONE, BAD.id: Outcome.FAILED}
    assert [sent.path for sent in service.writes] == ["/v1/checkout", "/v1/ends-good"]
    assert "refused in part; 800020" in applied.steps[0].detail


def test_a_call_that_gives_its_first_answer_again_is_repeated_under_the_next_id() -> None:
    settle = Settle("/v1/cart", Is("status", "Ordered"), repeat=True)
    step = call("checkout", covers=(GOOD.id,), keep=(_kept("good"),), settle=settle)
    service = Service(
        {"POST /v1/checkout": [lost(), ORDERED], "GET /v1/cart": {"status": "Ordered"}}
    )
    state = session(service)
    assert finished(calls.perform(step, state), state).outcome is Outcome.DONE
    assert state.known == {"mail/contoso/good#id": "7"}
    first, second = (sent.request_id for sent in service.writes)
    assert first != second


def test_a_busy_resource_is_asked_again_later_under_the_next_id() -> None:
    clock = Clock()
    service = Service({"POST /v1/a": [refused(409, "800064"), {}]})
    state = session(service, clock=clock)
    result = finished(calls.perform(call("a"), state), state)
    assert result.outcome is Outcome.DONE
    assert clock.slept == [120.0]
    assert len({sent.request_id for sent in service.writes}) == 2


def test_a_resource_that_stays_busy_is_a_refusal() -> None:
    service = Service({"POST /v1/contoso/a": refused(409, "800082")})
    run = engine(plan([action("contoso/a")], [call("contoso/a")]), service)
    run.run()
    (result,) = run.applied(0, 0).actions
    assert result.outcome is Outcome.FAILED
    assert len(service.writes) == 5
