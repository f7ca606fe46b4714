"""Who buys first: a customer's turn holds back the purchases of others, and nothing else (MO17)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from apply_fakes import Service, Watch, call, creations, engine, plan, refused

from pcsync.apply import Terms
from pcsync.apply.permit import Held, Locked, Unlocked
from pcsync.model import AtLeast, Await, Outcome, Plan
from pcsync.plan.turns import turns

TURNS = ("fabrikam", "contoso")


def estate() -> Plan:
    """Three customers in the order of their names, each with a change and a purchase."""
    steps = []
    for name in ("adatum", "contoso", "fabrikam"):
        steps.append(call(f"{name}/change"))
        steps.append(replace(call(f"{name}/buy"), path=f"/v1/{name}/carts"))
    return creations(*steps)


def ended(some: Plan, answers: dict[str, Any] | None = None, parallel: int = 1) -> list[str]:
    """The steps in the order in which they ended; with one worker that is the order of all."""
    service = Service({f"POST {step.path}": {} for step in some.steps} | (answers or {}))
    watch = Watch()
    run = engine(some, service, watch=watch, parallel=parallel, terms=Terms(turns=TURNS))
    run.run()
    assert len({result.step for result in watch.results}) == len(some.steps)
    return [f"{result.step} {result.outcome}" for result in watch.results]


def bought(some: Plan, answers: dict[str, Any] | None = None, parallel: int = 1) -> list[str]:
    found = ended(some, answers, parallel)
    return [each.partition("/")[0] for each in found if "/buy" in each]


@pytest.mark.parametrize("parallel", [1, 2, 3])
def test_purchases_go_by_their_turns(parallel: int) -> None:
    assert bought(estate(), parallel=parallel) == ["fabrikam", "contoso", "adatum"]


def test_where_credit_ends_the_first_have_bought() -> None:
    answers = {"POST /v1/contoso/carts": refused(403, "800023")}
    assert [each for each in ended(estate(), answers, 3) if "/buy" in each] == [
        "fabrikam/buy done",
        "contoso/buy failed",
        "adatum/buy failed",
    ]


def test_changes_wait_for_nobody() -> None:
    """While the first one waits for something, all others do what is no purchase."""
    actions = estate().actions
    wait = Await("fabrikam/wait", ("mail/fabrikam/change:create",), "/v1/w", AtLeast("n", 1))
    steps = estate().steps
    some = plan(actions, [*steps[:5], wait, steps[5]])
    found = ended(some, {"GET /v1/w": [{"n": 0}, {"n": 0}, {"n": 1}]})
    assert found.index("adatum/change done") < found.index("fabrikam/buy done")
    assert [each for each in found if "/buy" in each] == [
        "fabrikam/buy done",
        "contoso/buy done",
        "adatum/buy done",
    ]


class Taken(Unlocked):
    """Another run has this customer."""

    def take(self, customer: str) -> Held:
        if customer == TURNS[0]:
            raise Locked("is locked by another run")
        return super().take(customer)


def test_nobody_waits_for_one_that_is_left_out() -> None:
    some = estate()
    service = Service({f"POST {step.path}": {} for step in some.steps})
    run = engine(some, service, parallel=1, terms=Terms(turns=TURNS, locks=Taken()))
    run.run()
    found = {result.step: result.outcome for result in run.applied(0, 0).steps}
    assert found["fabrikam/buy"] is Outcome.SKIPPED
    assert found["adatum/buy"] is found["contoso/buy"] is Outcome.DONE


def test_turns_are_the_labels_of_customers() -> None:
    def declared(**labels: str) -> dict[str, Any]:
        return {f"customer/{n}": {"spec": {}, "labels": {"priority": p}} for n, p in labels.items()}

    resources = declared(a="2", b="10", c="gold", d="1", e="2")
    resources |= {"customer/f": {"spec": {}}}
    resources |= {"mail/a/x": {"spec": {}, "owner": "customer/a", "labels": {"priority": "0"}}}
    assert turns(plan([], [], declared={"resources": resources})) == ("d", "a", "e", "b", "c")
    assert turns(plan([], [])) == ()
