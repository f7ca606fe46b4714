"""The rules of `machine.py` in a bounded number of orders; the long run is in `make soak`. And what
they are worth: a part that is broken on purpose is found by the invariants."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import closing
from typing import Any, ClassVar
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from pcsync.apply import FileSink, Moment, Session
from pcsync.apply.journal import Known
from pcsync.apply.record import Record
from tests.killing import Kill

from .machine import Applies
from .rounds import PROFILE

M365: dict[str, Any] = {
    "name": "m365",
    "product": "CFQ7TTC0LCHC:0002",
    "termDuration": "P1Y",
    "billingCycle": "monthly",
    "quantity": 3,
    "endOfTerm": "renew",
}
BEN: dict[str, Any] = {
    "userPrincipalName": "ben@contoso.onmicrosoft.com",
    "displayName": "Ben Weber",
    "usageLocation": "DE",
    "password": {"generate": True},
}

bounded = settings(
    max_examples=16,
    stateful_step_count=12,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def test_rounds_of_apply(emulator_url: str) -> None:
    """They hold; and the orders were none in which nothing happens."""

    class Here(Applies):
        url = emulator_url
        counts: ClassVar[Counter[str]] = Counter()

    run_state_machine_as_test(Here, settings=bounded)
    assert Here.counts["killed"] >= 10, Here.counts
    assert Here.counts["customer done"] >= 1, Here.counts
    for kind in ("subscription", "user", "license"):
        assert Here.counts[f"{kind} done"] >= 5, Here.counts
    assert Here.counts["calm"] >= bounded.max_examples, Here.counts


# --- parts that are broken on purpose -------------------------------------------------------------


def forget(patch: pytest.MonkeyPatch) -> None:
    """A journal that is written, and never read."""
    patch.setattr(Record, "known", lambda self, step: Known())
    patch.setattr(Record, "_earlier", lambda self: {})


def roll_the_dice(patch: pytest.MonkeyPatch) -> None:
    """Each request has an id of its own, a repeat by another process, too."""
    patch.setattr(Session, "request_id", lambda *given, **named: str(uuid4()))


def throw_away(patch: pytest.MonkeyPatch) -> None:
    """A sink that stores nothing."""
    patch.setattr(FileSink, "store", lambda self, name, value: None)


def bought_again(machine: Applies) -> None:
    """Killed when the order is placed; the same plan goes on a day later."""
    machine.begin(first={"contoso": {"subscriptions": [M365]}})
    plan = machine.rounds.plan()
    assert machine.rounds.apply(plan, Kill(Moment.REQUEST_SENT, number=2)) is None
    machine.wait(length="PT25H")
    machine.rounds.apply(plan)
    machine.wait(length="PT16M")


def asked_again(machine: Applies) -> None:
    """Killed when the customer is there; the run goes on, and is given its password again."""
    machine.begin(first={"fabrikam": {"billingProfile": PROFILE}})
    plan = machine.rounds.plan()
    assert machine.rounds.apply(plan, Kill(Moment.REQUEST_SENT)) is None
    machine.rounds.apply(plan, saved=True)


def hired(machine: Applies) -> None:
    """One person, without anything in the way."""
    machine.begin(first={"contoso": {"users": [BEN]}})
    machine.rounds.apply(machine.rounds.plan())


Part = Callable[[pytest.MonkeyPatch], None]
ORDERS: dict[str, tuple[Callable[[Applies], None], Part, str]] = {
    "a journal that forgets": (bought_again, forget, "nothing_is_there_twice"),
    "request ids by chance": (asked_again, roll_the_dice, "every_administrator_is_known"),
    "a sink that throws away": (hired, throw_away, "every_password_is_known"),
}


def failing(machine: Applies) -> set[str]:
    """The invariants that do not hold now."""
    found = set()
    for name in dir(machine):
        if name.startswith(("nothing_", "every_", "who_")):
            try:
                getattr(machine, name)()
            except AssertionError:
                found.add(name)
    return found


@pytest.mark.parametrize("name", ORDERS)
def test_a_broken_part_is_found(
    emulator_url: str, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """By the invariant that it breaks; in the same order with all parts whole all of them hold."""
    order, part, invariant = ORDERS[name]
    for broken in (False, True):
        if broken:
            part(monkeypatch)
        with closing(_Applies(emulator_url)) as machine:
            order(machine)
            assert failing(machine) == ({invariant} if broken else set())


class _Applies(Applies):
    """A machine that a test drives by itself; here all administrators are known, for nobody plans
    anew while a run is open."""

    def __init__(self, url: str) -> None:
        self.url = url
        super().__init__()

    def every_administrator_is_known(self) -> None:
        """Who makes a customer has the password of its administrator (PU7)."""
        assert self.rounds.administrators() == []

    def close(self) -> None:
        """Without coming to rest: what is broken on purpose need not."""
        self.rounds.http.close()
        self.place.cleanup()
