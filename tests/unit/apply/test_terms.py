"""How a run goes: locks, pauses, deadlines, fail-fast, gates; with waits that hold no worker."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from apply_fakes import (
    AT,
    Clock,
    Service,
    Watch,
    action,
    call,
    creations,
    plan,
    refused,
    session,
)

from pcsync.apply import Engine, Halted, Terms
from pcsync.apply.permit import Held, Locked, Overtaken
from pcsync.errors import Exit, PcsyncError
from pcsync.model import Applied, AtLeast, Await, Call, Keep, Outcome, Plan, Stop
from pcsync.report.exits import exit_of

TWO = creations(call("contoso/a"), call("contoso/b"), call("fabrikam/a"))


def fine(some: Plan, **others: Any) -> Service:
    found: dict[str, Any] = {f"POST {step.path}": {} for step in some.steps}
    return Service(found | {f"POST /v1/{name.replace('_', '/')}": o for name, o in others.items()})


def ran(
    some: Plan, service: Service | None = None, terms: Terms | None = None, **members: Any
) -> Applied:
    watch, parallel = members.pop("watch", Watch()), members.pop("parallel", 1)
    state = session(service or fine(some), **members)
    run = Engine(some, state, watch, parallel=parallel, terms=terms)
    run.run()
    return run.applied(0, 0)


def outcomes(applied: Applied) -> dict[str, str]:
    return {result.step: result.outcome.value for result in applied.steps}


# --- locks ----------------------------------------------------------------------------------------


@dataclass
class Keys:
    """Locks in memory. `busy` says how often a customer is found locked, `error` with what."""

    busy: dict[str, int] = field(default_factory=dict)
    error: PcsyncError = field(default_factory=lambda: Locked("locked by another run", "wait"))
    log: list[str] = field(default_factory=list)
    broken: bool = False

    def take(self, customer: str) -> Held:
        if self.busy.get(customer, 0) > 0:
            self.busy[customer] -= 1
            raise self.error
        self.log.append(f"take {customer}")
        return Key(self, customer)


@dataclass
class Key:
    keys: Keys
    customer: str

    def check(self) -> None:
        if self.keys.broken:
            raise Halted("the lease was broken", "plan")
        self.keys.log.append(f"check {self.customer}")

    def renew(self) -> None:
        self.keys.log.append(f"renew {self.customer}")

    def release(self, wrote: bool) -> None:
        self.keys.log.append(f"release {self.customer} {wrote}")


def test_a_lock_is_held_while_a_customer_is_worked_on_and_asked_before_every_write() -> None:
    keys = Keys()
    ran(TWO, terms=Terms(locks=keys))
    assert keys.log == [
        "take contoso",
        "check contoso",
        "check contoso",
        "release contoso True",
        "take fabrikam",
        "check fabrikam",
        "release fabrikam True",
    ]


def test_who_sent_nothing_says_so() -> None:
    keys = Keys()
    ran(TWO, Service({f"POST {s.path}": refused(400) for s in TWO.steps}), Terms(locks=keys))
    assert "release contoso False" in keys.log


def test_a_locked_customer_is_skipped_and_the_others_are_not() -> None:
    """Exit 5, and nothing was sent for it."""
    service, watch = fine(TWO), Watch()
    applied = ran(TWO, service, Terms(locks=Keys({"contoso": 9})), watch=watch)
    assert outcomes(applied) == {
        "contoso/a": "skipped",
        "contoso/b": "skipped",
        "fabrikam/a": "done",
    }
    assert applied.steps[0].detail == "locked by another run"
    assert exit_of(applied) is Exit.PARTIAL
    assert [each.path for each in service.sent] == ["/v1/fabrikam/a"]
    assert watch.customers == ["entered fabrikam", "left fabrikam"]


def test_all_locked_is_applied_in_part_too() -> None:
    applied = ran(TWO, terms=Terms(locks=Keys({"contoso": 9, "fabrikam": 9})))
    assert exit_of(applied) is Exit.PARTIAL


def test_an_overtaken_plan_is_stale_for_its_customer() -> None:
    keys = Keys({"contoso": 9}, Overtaken("another run wrote to it", "run apply again"))
    applied = ran(TWO, terms=Terms(locks=keys))
    assert outcomes(applied)["contoso/a"] == "stale"
    assert outcomes(applied)["fabrikam/a"] == "done"


def test_locks_that_do_not_work_fail_their_customer() -> None:
    keys = Keys({"contoso": 9}, PcsyncError("the folder is read only", "make it writable"))
    assert outcomes(ran(TWO, terms=Terms(locks=keys)))["contoso/a"] == "failed"


def test_a_locked_customer_is_waited_for_and_others_go_first() -> None:
    keys = Keys({"contoso": 3})
    terms = Terms(locks=keys, lock_timeout=timedelta(seconds=60), lock_every=0.001)
    applied = ran(TWO, terms=terms)
    assert set(outcomes(applied).values()) == {"done"}
    assert keys.log[0] == "take fabrikam"


def test_waiting_for_a_lock_moves_no_clock() -> None:
    """An emulator's clock stands still; other runs are of this world."""
    clock = Clock()
    seconds = iter(range(100))
    terms = Terms(
        locks=Keys({"contoso": 99}),
        lock_timeout=timedelta(seconds=5),
        lock_every=0.0001,
        seconds=lambda: float(next(seconds)),
    )
    assert outcomes(ran(TWO, terms=terms, clock=clock))["contoso/a"] == "skipped"
    assert clock.slept == []


def test_a_lease_that_was_broken_stops_its_customer_before_the_next_write() -> None:
    keys = Keys()
    service = fine(TWO)
    service.answers["POST /v1/contoso/a"] = lambda body: setattr(keys, "broken", True) or {}
    applied = ran(TWO, service, Terms(locks=keys))
    assert outcomes(applied)["contoso/a"] == "done"
    assert outcomes(applied)["contoso/b"] == "not-started"
    assert applied.steps[1].detail == "the lease was broken"
    assert "POST /v1/contoso/b" not in [f"{e.method} {e.path}" for e in service.sent]


# --- pauses, deadlines, fail fast -----------------------------------------------------------------


@dataclass
class Switch:
    """Lets the first writes pass and no more."""

    left: int
    stop: Stop | None = Stop.PAUSED
    asked: list[str] = field(default_factory=list)

    def __call__(self, customer: str) -> None:
        self.asked.append(customer)
        self.left -= 1
        if self.left < 0:
            raise Halted("paused", "take it back", self.stop)


@pytest.mark.parametrize("passes", range(4))
def test_a_pause_stops_after_the_write_in_flight(passes: int) -> None:
    """Rule RO4: nothing is left half done, and the rest is not started."""
    service = fine(TWO)
    applied = ran(TWO, service, Terms(permit=Switch(passes)))
    assert len(service.writes) == passes
    found = list(outcomes(applied).values())
    assert found == ["done"] * passes + ["not-started"] * (3 - passes)
    expected = {0: Exit.REFUSED, 3: Exit.FINE}.get(passes, Exit.PARTIAL)
    assert exit_of(applied) is expected
    assert applied.stopped is (Stop.PAUSED if passes < 3 else None)


def test_a_freeze_of_one_customer_stops_that_one() -> None:
    """Its own window: the others go on."""

    def permit(customer: str) -> None:
        if customer == "contoso":
            raise Halted("frozen", "wait")

    applied = ran(TWO, terms=Terms(permit=permit))
    assert list(outcomes(applied).values()) == ["not-started", "not-started", "done"]
    assert applied.stopped is None


def test_a_busy_resource_is_not_asked_again_in_a_pause() -> None:
    """The pause came while the call waited to be repeated."""
    some = creations(call("contoso/a"))
    service = fine(some, contoso_a=refused(409, "800064"))
    applied = ran(some, service, Terms(permit=Switch(2)))
    assert outcomes(applied) == {"contoso/a": "not-started"}
    assert len(service.writes) == 2


def test_reads_need_no_permit() -> None:
    wait = Await("contoso/w", ("mail/contoso/a:create",), "/v1/w", AtLeast("n", 1))
    switch = Switch(0)
    some = plan([action("contoso/a")], [wait])
    assert outcomes(ran(some, Service({"GET /v1/w": {"n": 1}}), Terms(permit=switch))) == {
        "contoso/w": "done"
    }
    assert switch.asked == []


def test_after_the_deadline_nothing_is_begun() -> None:
    clock = Clock()
    service = fine(TWO)
    service.answers["POST /v1/contoso/a"] = lambda body: clock.sleep(61.0) or {}
    applied = ran(TWO, service, Terms(until=AT + timedelta(seconds=60)), clock=clock)
    assert list(outcomes(applied).values()) == ["done", "not-started", "not-started"]
    assert applied.stopped is Stop.DEADLINE
    assert exit_of(applied) is Exit.PARTIAL


def test_fail_fast_begins_no_further_customer() -> None:
    names = ("adatum", "contoso", "fabrikam")
    some = creations(*(call(f"{name}/{n}") for name in names for n in "ab"))
    applied = ran(some, fine(some, contoso_a=refused(400)), Terms(fail_fast=True))
    found = outcomes(applied)
    assert [found[f"{name}/a"] for name in names] == ["done", "failed", "not-started"]
    assert found["contoso/b"] == "done"
    assert found["fabrikam/b"] == "not-started"
    assert exit_of(applied) is Exit.PARTIAL


def test_without_fail_fast_all_others_go_on() -> None:
    """Rule RO8: customers are independent."""
    applied = ran(TWO, fine(TWO, contoso_a=refused(400)))
    assert outcomes(applied)["fabrikam/a"] == "done"


# --- gates ----------------------------------------------------------------------------------------

KEEP = (Keep("mail/contoso/u#id", "id"),)


def people(*names: str) -> Plan:
    """Users of one customer, each with a licence that needs it."""
    steps: list[Call] = []
    for name in names:
        path = "/v1/customers/{tenant/contoso#id}/users"
        steps.append(replace(call(f"contoso/{name}"), path=path))
        steps.append(replace(call(f"contoso/{name}.lic", f"contoso/{name}"), path=f"{path}/x/up"))
    return creations(*steps, call("contoso/other"), ids={"tenant/contoso": "42"})


@pytest.mark.parametrize(
    "code, name",
    [
        ("13605", "agreement"),
        ("800073", "vetting"),
        ("800074", "vetting"),
        ("900308", "delegation"),
    ],
)
def test_a_gate_waits_and_its_collection_is_asked_once(code: str, name: str) -> None:
    """Later steps of the gate wait with it, without a call; other work goes on."""
    some = people("ana", "ben")
    users = "POST /v1/customers/42/users"
    service = Service({users: refused(403, code), "POST /v1/contoso/other": {}})
    applied = ran(some, service)
    assert outcomes(applied) == {
        "contoso/ana": "pending",
        "contoso/ana.lic": "pending",
        "contoso/ben": "pending",
        "contoso/ben.lic": "pending",
        "contoso/other": "done",
    }
    assert len(service.sent) == 2
    for result in applied.steps[:4]:
        assert result.detail.startswith(f"waits for {name}: ")
        assert "run apply again" in result.advice
    assert exit_of(applied) is Exit.WAITING


def test_other_refusals_are_failures() -> None:
    for error in (refused(403, "800075"), refused(400, "13605"), PcsyncError("x")):
        some = creations(call("contoso/a"))
        assert outcomes(ran(some, fine(some, contoso_a=error))) == {"contoso/a": "failed"}


def test_one_of_each_kind_in_one_run() -> None:
    """Rule RO8: who fails, waits, is unknown or locked stops nobody else; the code says it."""
    names = ("done", "failed", "waits", "unknown", "locked")
    some = creations(*(call(f"{name}/a") for name in names))
    answers = {
        "failed_a": refused(400),
        "waits_a": refused(403, "13605"),
        "unknown_a": refused(503),
    }
    applied = ran(some, fine(some, **answers), Terms(locks=Keys({"locked": 1})), parallel=3)
    assert outcomes(applied) == {
        "done/a": "done",
        "failed/a": "failed",
        "waits/a": "pending",
        "unknown/a": "unknown",
        "locked/a": "skipped",
    }
    assert exit_of(applied) is Exit.PARTIAL


# --- waits ----------------------------------------------------------------------------------------


def test_a_wait_yields_its_worker() -> None:
    """One worker: while contoso waits for seats, fabrikam is done; then contoso goes on."""
    wait = Await("contoso/w", ("mail/contoso/b:create",), "/v1/w", AtLeast("n", 1), every=30.0)
    steps = [call("contoso/a"), wait, call("contoso/b", "contoso/w"), call("fabrikam/a")]
    some = plan([action(f"{n}") for n in ("contoso/a", "contoso/b", "fabrikam/a")], steps)
    answers: dict[str, Any] = {f"POST {s.path}": {} for s in steps if isinstance(s, Call)}
    service = Service(answers | {"GET /v1/w": [{"n": 0}, {"n": 0}, {"n": 1}]})
    clock, watch, keys = Clock(), Watch(), Keys()
    applied = ran(some, service, Terms(locks=keys), clock=clock, watch=watch)
    assert set(outcomes(applied).values()) == {"done"}
    assert [each.path for each in service.writes] == [
        "/v1/contoso/a",
        "/v1/fabrikam/a",
        "/v1/contoso/b",
    ]
    assert clock.slept == [30.0, 30.0]
    assert keys.log.count("renew contoso") == 2
    assert watch.customers == [
        "entered contoso",
        "entered fabrikam",
        "left fabrikam",
        "left contoso",
    ]
    assert applied.actions[0].outcome is Outcome.DONE
