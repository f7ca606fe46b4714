"""What never left is not started; only what left without an answer is unknown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from apply_fakes import (
    AT,
    Clock,
    Service,
    action,
    call,
    creations,
    engine,
    finished,
    lost,
    plan,
    refused,
)

from pcsync.apply import Session, Terms
from pcsync.apply.ledger import Ledger
from pcsync.apply.record import Record
from pcsync.errors import Unreachable
from pcsync.model import Applied, AtLeast, Await, Call, Edit, Is, Keep, Plan, Some, Stop, Verb
from pcsync.model import Settle as Look


class Unsent(Unreachable):
    sent = False


class Over(Unsent):
    over = True


def unsent(*, over: bool = False) -> Unreachable:
    return (Over if over else Unsent)("POST", "/v1/x", "no time")


EDIT = Edit(
    "contoso/e",
    ("mail/contoso/e:update",),
    "PATCH",
    "/v1/e",
    whole=True,
    sets=(Is("size", 5),),
    expect=(Is("size", 3),),
)
GET, PATCH = "GET /v1/e", "PATCH /v1/e"
TWO = creations(
    call("adatum/a"), call("adatum/b"), call("contoso/c"), call("contoso/d", "contoso/c")
)


def ran(some: Plan, answers: dict[str, Any], **members: Any) -> tuple[Applied, Service]:
    service = Service({f"POST {step.path}": {} for step in some.steps} | answers)
    run = engine(some, service, parallel=1, **members)
    run.run()
    return run.applied(0, 0), service


def outcomes(applied: Applied) -> dict[str, str]:
    return {result.step: result.outcome.value for result in applied.steps}


def test_when_the_time_of_the_run_is_over_nothing_more_is_begun() -> None:
    applied, service = ran(TWO, {"POST /v1/adatum/b": unsent(over=True)})
    assert outcomes(applied) == {
        "adatum/a": "done",
        "adatum/b": "not-started",
        "contoso/c": "not-started",
        "contoso/d": "not-started",
    }
    assert applied.stopped is Stop.DEADLINE
    assert "was not sent" in applied.steps[1].detail
    assert len(service.writes) == 2


def test_what_could_not_leave_holds_back_its_customer_only() -> None:
    applied, _ = ran(TWO, {"POST /v1/adatum/a": unsent()})
    assert list(outcomes(applied).values()) == ["not-started", "not-started", "done", "done"]
    assert applied.stopped is None


@pytest.mark.parametrize("over", [True, False])
@pytest.mark.parametrize("answers", [{GET: "unsent"}, {GET: {"size": 3}, PATCH: "unsent"}])
def test_an_edit_that_never_left_is_not_started(answers: dict[str, Any], over: bool) -> None:
    found = {name: unsent(over=over) if a == "unsent" else a for name, a in answers.items()}
    applied, _ = ran(plan([action("contoso/e", Verb.UPDATE)], [EDIT]), found)
    assert outcomes(applied) == {"contoso/e": "not-started"}


def test_a_part_of_a_refused_edit_that_never_left_is_not_started() -> None:
    parts = replace(EDIT, sets=(Is("size", 5), Is("name", "n")))
    parts = replace(parts, singly=((parts.sets[0],), (parts.sets[1],)))
    some = plan([action("contoso/e", Verb.UPDATE)], [parts])
    applied, _ = ran(some, {GET: {"size": 3}, PATCH: [refused(400), unsent()]})
    assert outcomes(applied) == {"contoso/e": "not-started"}


@pytest.mark.parametrize("doubt", [lost(), refused(503)], ids=str)
def test_what_left_without_an_answer_is_unknown_also_where_nobody_can_look(
    doubt: Exception,
) -> None:
    settle = Look("/v1/look", Some("items", Is("id", 1)))
    steps: list[Call | Edit] = [call("adatum/a", settle=settle), EDIT]
    answers = {
        "POST /v1/adatum/a": doubt,
        "GET /v1/look": unsent(over=True),
        GET: [{"size": 3}, unsent(over=True)],
        PATCH: doubt,
    }
    applied, _ = ran(plan([action("adatum/a"), action("contoso/e", Verb.UPDATE)], steps), answers)
    assert outcomes(applied) == {"adatum/a": "unknown", "contoso/e": "unknown"}


def test_a_wait_has_no_sense_when_nothing_more_is_sent() -> None:
    wait = Await("contoso/w", ("mail/contoso/c:create",), "/v1/w", AtLeast("n", 5), deadline=600)
    clock = Clock()
    some = plan([action("contoso/c")], [wait, call("contoso/c", "contoso/w")])
    applied, _ = ran(some, {"GET /v1/w": unsent(over=True)}, clock=clock)
    assert outcomes(applied) == {"contoso/w": "pending", "contoso/c": "pending"}
    assert clock.slept == []


def test_a_step_that_lacks_an_id_is_left_and_the_others_go_on() -> None:
    steps = [call("contoso/a"), call("contoso/b", "contoso/a"), call("contoso/c", "contoso/b")]
    steps[1] = replace(steps[1], path="/v1/{order/contoso#id}")
    steps.append(call("contoso/d"))
    applied, _ = ran(creations(*steps), {})
    assert list(outcomes(applied).values()) == ["done", "skipped", "skipped", "done"]
    assert "order/contoso#id is not known" in applied.steps[1].detail
    assert applied.steps[2].cause == "order/contoso"


def test_a_defect_before_the_request_left_is_not_started() -> None:
    some = creations(call("contoso/a", keep=(Keep("mail/contoso/a#id", "id"),)))
    service = Service({"POST /v1/contoso/a": {}})
    run = engine(some, service)
    run._progress.on_start = lambda step: 1 / 0  # type: ignore[attr-defined]
    with pytest.raises(ZeroDivisionError):
        run.run()
    assert outcomes(run.applied(0, 0)) == {"contoso/a": "not-started"}
    assert service.sent == []


def test_the_journal_forgets_what_never_left(tmp_path: Path) -> None:
    """But not that an earlier request for the same step is still in doubt."""
    some = creations(call("contoso/a"))
    ledger = Ledger(tmp_path / "journal.db")

    def asked(answer: Any) -> Record:
        record = Record(ledger, some, "{}", lambda: AT)
        record.begin()
        service = Service({"POST /v1/contoso/a": answer})
        run = engine(some, service, journal=record)
        run.run()
        return record

    record = asked(unsent())
    assert (record.known("contoso/a").attempts, record.known("contoso/a").doubt) == (0, None)
    assert ledger.requests(record.run) == []
    assert asked(lost()).known("contoso/a").doubt == AT
    record = asked(unsent())
    assert (record.known("contoso/a").attempts, record.known("contoso/a").doubt) == (1, AT)
    assert Record(ledger, some, "{}", lambda: AT).known("contoso/a").doubt == AT
    ledger.close()


def test_a_session_knows_what_left() -> None:
    """Also of a part, which has a name of its own."""
    service = Service({"POST /v1/a": {}, "POST /v1/b": unsent()})
    session: Session = engine(plan([], []), service)._session
    finished(session.send("contoso/a~2", "POST", "/v1/a"), session)
    with pytest.raises(Unsent):
        finished(session.send("contoso/b", "POST", "/v1/b"), session)
    assert session.left("contoso/a")
    assert not session.left("contoso/b")


def test_a_run_whose_requests_could_not_leave_is_unfinished(tmp_path: Path) -> None:
    some = creations(call("contoso/a"))
    ledger = Ledger(tmp_path / "journal.db")
    record = Record(ledger, some, "{}", lambda: AT)
    record.begin()
    run = engine(some, Service({"POST /v1/contoso/a": unsent()}), journal=record)
    run.run()
    record.end(run.applied(0, 0), 1)
    assert [each.open for each in ledger.runs()] == [1]
    ledger.close()


def test_where_nothing_can_leave_fail_fast_begins_no_other_customer() -> None:
    terms = Terms(fail_fast=True)
    applied, service = ran(TWO, {"POST /v1/adatum/a": unsent()}, terms=terms)
    assert set(outcomes(applied).values()) == {"not-started"}
    assert len(service.writes) == 1
