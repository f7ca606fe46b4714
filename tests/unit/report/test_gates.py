"""Gates in a plan: of a new customer all, of any other those that are closed; texts stand once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pcsync.apply.gates import waiting
from pcsync.model import GATES, Action, Gate, Measure, Verb, When, gate_at, gate_called
from pcsync.report.alike import families
from pcsync.report.gates import gated, gates, stages
from pcsync.report.parts import Part, parts

from . import sample

NEW = sample.act("customer/contoso", Verb.CREATE, counts={Measure.CREATE_CUSTOMERS.value: 1})
BUY = sample.act("subscription/contoso/m365", Verb.CREATE)
HELD = replace(BUY, when=When.WAITING)
PAY = sample.act("budget/contoso", Verb.UPDATE, ("amount", 1, 2))


def said(part: Part) -> str:
    return " ".join(" ".join(gates(part, 80)).split())


def titled(part: Part) -> list[tuple[str, list[Action]]]:
    return [(title, some) for title, some in stages(part, part.actions) if some]


def test_of_a_customer_who_exists_only_closed_gates_are_told() -> None:
    part = Part("contoso", [PAY, HELD], closed=("vetting",))
    assert gated(part)
    assert "# 1 vetting Microsoft is reviewing the customer's account: wait" in said(part)
    assert "Until then orders are refused (403/800073)." in said(part)
    assert "agreement" not in said(part)
    assert titled(part) == [("NOW", [PAY]), ("AFTER 1", [HELD])]


def test_two_closed_gates_are_numbered_and_what_waits_comes_after_both() -> None:
    part = Part("contoso", [HELD], closed=("agreement", "vetting", "delegation"))
    assert titled(part) == [("AFTER 1 AND 2", [HELD])]
    assert "# 3 delegation No delegated role (GDAP)" in said(part)


def test_without_a_closed_gate_there_is_no_section() -> None:
    part = Part("contoso", [PAY, BUY])
    assert not gated(part)
    assert gates(part, 80) == []
    assert titled(part) == [("NOW", [PAY, BUY])]


def test_a_new_customer_meets_all_of_them_and_a_waived_one_is_said_to_be() -> None:
    part = Part("contoso", [NEW, BUY], waived=("vetting",))
    for name in ("# 1 agreement", "# 2 vetting Ignored by `gates`", "# 3 delegation"):
        assert name in said(part)
    assert titled(part) == [("NOW", [NEW]), ("AFTER 1 AND 2", [BUY])]


def test_customers_are_alike_only_if_the_same_gates_are_closed() -> None:
    names = [f"c{number}" for number in range(6)]
    actions = tuple(sample.act(f"subscription/{name}/m365", Verb.CREATE) for name in names)
    plan = sample.made(actions, customers=tuple(names))
    closed = dict.fromkeys(names[:3], ("agreement",))
    found = families(parts(replace(plan, closed=closed)))
    assert [(each, part.closed) for each, part in found] == [
        (("c0", "c1", "c2"), ("agreement",)),
        (("c3", "c4", "c5"), ()),
    ]


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.name)
def test_plan_and_apply_speak_of_a_gate_in_the_same_words(gate: Gate) -> None:
    found = gate_called(gate.name)
    assert all(gate_at(403, code) is found for code in found.codes)
    assert gate_at(400, found.codes[0]) is None
    step = sample.call("cart", "POST", "/v1/carts", BUY)
    result = waiting(step, found)
    told = said(Part("contoso", [HELD], closed=(found.name,)))
    assert found.do in " ".join(told.split())
    assert result.advice.startswith(found.do)
    assert found.missing in result.detail
