"""Pauses of a call and of an edit hold no worker, and end with the run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from apply_fakes import (
    AT,
    Answered,
    Clock,
    Service,
    Watch,
    action,
    call,
    creations,
    engine,
    plan,
    refused,
)

from pcsync.apply import edit as edits
from pcsync.apply.ledger import Ledger
from pcsync.apply.record import Record
from pcsync.apply.session import BUSY_PAUSE
from pcsync.model import Edit, Is, Outcome, Plan, Verb

BUSY = refused(409, "800064")
NOT_READY = refused(409, "800082")
EDIT = Edit(
    "adatum/e",
    ("mail/adatum/e:update",),
    "PATCH",
    "/v1/e",
    whole=True,
    sets=(Is("size", 5),),
    expect=(Is("size", 3),),
)
GET, PATCH = "GET /v1/e", "PATCH /v1/e"
OTHER = "POST /v1/contoso/o"


def edited() -> Plan:
    """An edit of the first customer, a call for the second."""
    actions = [action("adatum/e", Verb.UPDATE), action("contoso/o")]
    return plan(actions, [EDIT, call("contoso/o")])


def ran(some: Plan, answers: dict[str, Any], **members: Any) -> tuple[Watch, Clock, Service]:
    watch, clock, service = Watch(), Clock(), Service(answers)
    engine(some, service, watch=watch, clock=clock, parallel=1, **members).run()
    return watch, clock, service


def ended(watch: Watch) -> list[tuple[str, str]]:
    return [(result.step, result.outcome.value) for result in watch.results]


@pytest.mark.parametrize("busy", [BUSY, NOT_READY], ids=str)
def test_while_one_customer_is_busy_the_next_is_done(busy: Exception) -> None:
    some = creations(call("adatum/c"), call("contoso/o"))
    watch, clock, _ = ran(some, {"POST /v1/adatum/c": [busy, {}], OTHER: {}})
    assert ended(watch) == [("contoso/o", "done"), ("adatum/c", "done")]
    assert clock.slept == [BUSY_PAUSE]


@pytest.mark.parametrize("busy", [BUSY, NOT_READY], ids=str)
def test_while_an_edit_is_not_possible_the_next_customer_is_done(busy: Exception) -> None:
    watch, clock, service = ran(edited(), {GET: {"size": 3}, PATCH: [busy, {"size": 5}], OTHER: {}})
    assert ended(watch) == [("contoso/o", "done"), ("adatum/e", "done")]
    assert clock.slept == [BUSY_PAUSE]
    assert len({write.request_id for write in service.writes if write.method == "PATCH"}) == 2


def test_while_an_edit_waits_to_be_seen_the_next_customer_is_done() -> None:
    looks = [{"size": 3}, {"size": 3}, {"size": 3}, {"size": 5}]
    watch, clock, _ = ran(edited(), {GET: looks, PATCH: Answered(None, 202), OTHER: {}})
    assert ended(watch) == [("contoso/o", "done"), ("adatum/e", "done")]
    assert clock.slept == [edits.PAUSE] * 2


def test_what_was_changed_during_a_pause_is_not_overwritten() -> None:
    """After a busy answer it is read and compared anew."""
    watch, _, service = ran(edited(), {GET: [{"size": 3}, {"size": 4}], PATCH: BUSY, OTHER: {}})
    assert ended(watch) == [("contoso/o", "done"), ("adatum/e", "stale")]
    assert [write.method for write in service.writes] == ["PATCH", "POST"]


@pytest.mark.parametrize("seen, outcome", [(False, Outcome.PENDING), (True, Outcome.DONE)])
def test_a_stop_ends_the_looking_after_one_more_look(seen: bool, outcome: Outcome) -> None:
    """It was sent: it is neither failed nor unknown, and a later run looks first."""
    clock = Clock()
    service = Service({PATCH: Answered(None, 202)})
    run = engine(plan([action("adatum/e", Verb.UPDATE)], [EDIT]), service, clock=clock)

    def stop(body: Any) -> Any:
        run.stop()
        return {"size": 5 if seen else 3}

    service.answers[GET] = [{"size": 3}, {"size": 3}, stop]
    run.run()
    (result,) = run.applied(0, 0).steps
    assert (result.outcome, result.sent) == (outcome, 1)
    assert clock.slept == [edits.PAUSE]


@pytest.mark.parametrize("path", ["POST /v1/adatum/c", PATCH])
def test_a_stop_in_a_pause_leaves_what_was_refused_not_started(path: str) -> None:
    """The refusal said that nothing happened, and nothing more is sent."""
    clock, service = Clock(), Service({GET: {"size": 3}})
    steps = [EDIT] if path == PATCH else [call("adatum/c")]
    names = action("adatum/e", Verb.UPDATE), action("adatum/c")
    run = engine(plan(names, steps), service, clock=clock)

    def stop(body: Any) -> Any:
        run.stop()
        raise BUSY

    service.answers[path] = stop
    run.run()
    (result,) = run.applied(0, 0).steps
    assert result.outcome is Outcome.NOT_STARTED
    assert len(service.writes) == 1
    assert clock.slept == []


def test_an_answer_before_a_pause_is_written_whichever_worker_goes_on(tmp_path: Path) -> None:
    """Also where another thread comes back to it: what the journal has is complete."""
    steps = [call(f"c{n}/a") for n in range(6)]
    some = creations(*steps)
    ledger = Ledger(tmp_path / "journal.db")
    record = Record(ledger, some, "{}", lambda: AT)
    record.begin()
    service = Service({f"POST {step.path}": [BUSY, BUSY, {}] for step in steps})
    engine(some, service, journal=record, parallel=3).run()
    rows = [(row["step"], row["attempt"], row["status"]) for row in ledger.requests(record.run)]
    assert sorted(rows) == [
        (step.id, attempt, status)
        for step in steps
        for attempt, status in ((1, 409), (2, 409), (3, 200))
    ]
    ledger.close()
