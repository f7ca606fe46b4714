"""Without a journal: what was bought a moment ago, and is in no list yet, is bought once (ID9).

The list of orders and of subscriptions lag behind; the audit log knows.
"""

from __future__ import annotations

from typing import Any

import pytest
from apply_desk import Desk
from journal_desk import reloaded, run
from shell import Shell

from pcsync.apply import Moment
from pcsync.model import Outcome, Plan
from tests.killing import Kill, Killed

BUYS = """\
apiVersion: pcsync/v1
kind: Customer
metadata: {name: contoso}
spec:
  domain: contoso.onmicrosoft.com
  subscriptions:
    - name: power-bi
      product: "CFQ7TTC0LHSF:0001"
      termDuration: P1Y
      billingCycle: annual
      quantity: 2
      endOfTerm: renew
"""
EMPTY = {"domain": "contoso.onmicrosoft.com", "country": "DE"}
BOUGHT = "cart/contoso.checkout"


def begun(desk: Desk, **settings: Any) -> Plan:
    """A plan of one purchase; what is bought is listed a quarter of an hour later."""
    desk.control("POST", "seed", {"settings": settings, "customers": [EMPTY]})
    desk.declare(BUYS)
    plan = reloaded(desk.plan())
    checkout = {"method": "POST", "path": "*/checkout"}
    late = {"for": "PT13M", "paths": ["/v1/customers/*/subscriptions"]}
    desk.control("POST", "faults", {**checkout, "lag": late})
    return plan


def killed(desk: Desk, moment: Moment = Moment.REQUEST_SENT, **settings: Any) -> Plan:
    """A purchase whose run died; nothing wrote it down."""
    plan = begun(desk, **settings)
    with pytest.raises(Killed):
        run(desk, plan, Kill(moment, BOUGHT), journal=False)
    return plan


def orders(desk: Desk) -> int:
    found: int = desk.world()["contoso.onmicrosoft.com"]["orders"]
    return found


LAGS = {"ordersLag": "PT12M"}


def test_a_new_plan_refuses_the_purchase_while_the_order_hides(desk: Desk) -> None:
    killed(desk, **LAGS)
    assert orders(desk) == 1
    plan = desk.plan()
    assert plan.steps == ()
    (finding,) = (f for f in plan.findings if f.code == "order-recent")
    assert "is not listed yet" in finding.what
    assert "--wait-for-orders" in finding.advice


def test_what_is_known_of_a_young_order_is_enough_when_it_is_listed(desk: Desk) -> None:
    """The order's list shows it before its subscription is there."""
    killed(desk, auditLag="PT1H")
    assert {f.code for f in desk.plan().findings} & {"order-recent", "order-pending"}
    assert desk.plan().steps == ()


def test_a_log_that_cannot_be_read_buys_nothing(desk: Desk) -> None:
    killed(desk, **LAGS)
    desk.control("POST", "faults", {"path": "/v1/auditrecords*", "status": 503, "times": 99})
    plan = desk.plan()
    assert plan.steps == ()
    assert [str(address) for address in plan.unknown] == ["subscription/contoso/power-bi"]


def test_an_order_that_was_never_placed_hides_nothing(desk: Desk) -> None:
    killed(desk, Moment.INTENT_WRITTEN, **LAGS)
    assert orders(desk) == 0
    assert desk.plan().steps


def test_once_it_is_listed_nothing_is_left_to_do(desk: Desk) -> None:
    killed(desk, **LAGS)
    desk.control("POST", "clock", {"advance": "PT20M"})
    plan = desk.plan()
    assert (plan.steps, plan.findings) == ((), ())


def test_waiting_for_orders_waits_by_the_service_clock(shell: Shell) -> None:
    killed(shell.desk, **LAGS)
    assert shell.run("apply", "estate", "--yes") != 0
    assert orders(shell.desk) == 1
    assert shell.run("apply", "estate", "--yes", "--wait-for-orders") == 0, shell.out
    assert "waiting: an order of the last 15 minutes" in shell.err
    assert orders(shell.desk) == 1


def test_the_same_plan_again_waits_for_what_it_bought(desk: Desk) -> None:
    """By the plan's file alone: pending, not bought again; later it is there, and all is done."""
    plan = killed(desk, **LAGS)
    first = run(desk, plan, journal=False, saved=True)
    assert {r.outcome for r in first.actions} == {Outcome.PENDING}
    assert "placed at" in first.actions[0].detail
    desk.control("POST", "clock", {"advance": "PT20M"})
    second = run(desk, plan, journal=False, saved=True)
    assert {r.outcome for r in second.actions} == {Outcome.DONE}
    assert second.ids["subscription/contoso/power-bi"]
    assert orders(desk) == 1


def test_what_a_purchase_still_needs_is_done_by_the_same_plan(desk: Desk) -> None:
    """Bought by a run that died before it could say that it must not renew: that is left to do."""
    desk.control("POST", "seed", {"customers": [EMPTY]})
    desk.declare(BUYS.replace("endOfTerm: renew", "endOfTerm: cancel"))
    plan = reloaded(desk.plan())
    with pytest.raises(Killed):
        run(desk, plan, Kill(Moment.REQUEST_SENT, BOUGHT), journal=False)
    applied = run(desk, plan, journal=False, saved=True)
    assert {r.outcome for r in applied.actions} == {Outcome.DONE}
    ((name, _, status, renews),) = desk.world()["contoso.onmicrosoft.com"]["subscriptions"]
    assert (name, status, renews) == ("power-bi", "active", False)
    assert orders(desk) == 1


def test_with_the_journal_the_order_itself_is_awaited(desk: Desk) -> None:
    """The run knows its order: it asks for the same answer again and waits."""
    plan = begun(desk, **LAGS)
    with pytest.raises(Killed):
        run(desk, plan, Kill(Moment.REQUEST_SENT, BOUGHT))
    applied = run(desk, plan, saved=True)
    assert {r.outcome for r in applied.actions} == {Outcome.DONE}
    assert orders(desk) == 1


def test_another_one_of_the_same_product_may_be_bought_at_once(desk: Desk) -> None:
    """A young order whose subscription is listed hides nothing."""
    desk.control("POST", "seed", {"customers": [EMPTY]})
    desk.declare(BUYS)
    run(desk, desk.plan(), journal=False)
    two = BUYS + BUYS[BUYS.index("    - name") :].replace("power-bi", "more")
    desk.declare(two)
    plan = desk.plan()
    assert [str(action.address) for action in plan.actions] == ["subscription/contoso/more"]
