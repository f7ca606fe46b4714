"""What waits behind a gate that is known to be closed, and who waits there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pcsync.model import (
    Action,
    Address,
    Asked,
    Await,
    Call,
    Empty,
    Gate,
    Not,
    Read,
    ReadState,
    Verb,
    View,
    When,
)
from pcsync.plan.asking import refused_at
from pcsync.plan.draft import Draft
from pcsync.plan.gates import closed, waiting

from .fakes import AT

CONTOSO = Address("tenant", ("contoso",))


def act(text: str, verb: Verb = Verb.CREATE) -> Action:
    return Action(Address.parse(text), verb)


def call(name: str, action: Action, *after: str) -> Call:
    return Call(name, (action.id,), "POST", f"/v1/{name}", after=after)


BUY, SEAT, PAY, LATER = (
    act("cart/contoso/a"),
    act("seat/contoso/ana/a"),
    act("bill/contoso", Verb.UPDATE),
    replace(act("cart/contoso/b", Verb.UPDATE), when=When.BLOCKED),
)
GATE = Await("gate", (BUY.id,), "/v1/agreements", Not(Empty("items")), gate="agreement")
STEPS = [
    call("pay", PAY),
    GATE,
    call("find", BUY, "gate"),
    call("buy", BUY, "find"),
    call("seat", SEAT, "buy"),
]


def draft(*reads: Asked) -> Draft:
    view = View(AT, CONTOSO, reads={asked.read.path: asked for asked in reads})
    return Draft(view, {}, (), (), ())


def test_what_is_behind_a_closed_gate_waits_however_far_and_nothing_else() -> None:
    found = waiting([BUY, SEAT, PAY, LATER], STEPS)
    assert [action.when for action in found] == [
        When.WAITING,
        When.WAITING,
        When.NOW,
        When.BLOCKED,
    ]


def test_the_id_of_an_action_does_not_tell_that_it_waits() -> None:
    """A plan that is made again when the gate is open is compared with it (DESIGN 6)."""
    assert replace(BUY, when=When.WAITING).id == BUY.id


def test_what_comes_with_an_action_waits_with_it() -> None:
    implied = replace(SEAT, implied_by=BUY.id)
    (found,) = waiting([implied], STEPS[:3])
    assert found.when is When.WAITING


def test_without_a_gate_nothing_waits() -> None:
    assert list(waiting([BUY, PAY], [call("buy", BUY), call("pay", PAY)])) == [BUY, PAY]
    assert closed([draft()], [call("buy", BUY)]) == {}


def test_gates_of_steps_and_of_refused_reads_stand_by_customer_in_their_order() -> None:
    asked = Asked(Read("/v1/users"), ReadState.FAILED, "403 900308 Insufficient privileges.")
    assert closed([draft(asked)], STEPS) == {"contoso": ("agreement", "delegation")}


@pytest.mark.parametrize(
    "reason, name",
    [
        ("403 900308 no", "delegation"),
        ("403 13605", "agreement"),
        ("403 900309 Conditional Access", None),
        ("404 900308 no", None),
        ("the network is down", None),
    ],
)
def test_a_read_is_refused_at_a_gate_by_its_code(reason: str, name: str | None) -> None:
    found: Gate | None = refused_at(Asked(Read("/v1/users"), ReadState.FAILED, reason))
    assert (found.name if found else None) == name


def test_what_came_through_was_not_refused() -> None:
    assert refused_at(Asked(Read("/v1/users"), ReadState.DONE, "")) is None
