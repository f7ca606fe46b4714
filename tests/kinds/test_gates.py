"""Gates of customers who exist: told in the plan, waited at, and gone by itself once open."""

from __future__ import annotations

from typing import Any

import pytest
from harness import Box, lines

from pcsync.cli.output import unread
from pcsync.errors import Exit
from pcsync.model import Await, Outcome, Plan
from pcsync.report import render
from pcsync.report.document import plan_document
from pcsync.report.exits import exit_of

OFFICE = {"product": "CFQ7TTC0LCHC:0002", "termDuration": "P1Y", "billingCycle": "monthly"}
M365 = {"name": "m365", **OFFICE, "quantity": 5}
ANA = {"userPrincipalName": "ana@contoso.onmicrosoft.com", "displayName": "Ana Weber"}
BUYS: dict[str, Any] = {"contoso": {"subscriptions": [M365]}}
HIRES: dict[str, Any] = {
    "contoso": {"subscriptions": [M365], "users": [{**ANA, "licenses": ["m365"]}]}
}
SEEN = {"displayName": "Ana Weber", "usageLocation": "DE"}
MINE = {
    "primaryContact": {"firstName": "Kim", "lastName": "Akers", "email": "kim@contoso.example"},
    "templateId": "117a77b0-9360-443b-8795-c6dedc750cf9",
    "dateAgreed": "2026-11-21T00:00:00Z",
    "type": "MicrosoftCustomerAgreement",
}
CARTS = ["POST /v1/customers/contoso/carts", "POST /v1/customers/contoso/carts/CART/checkout"]


def text(plan: Plan) -> str:
    return render(plan_document(plan), "human", 80)


def test_the_same_plan_goes_on_once_the_customer_has_accepted(box: Box) -> None:
    """Rule PU5: closed when planned, closed at the first apply, open at the second."""
    box.seed({"settings": {"contract": "2023-10"}, "contoso": {"agreement": False}})
    plan = box.plan(BUYS)
    first = box.apply(plan)
    assert exit_of(first) is Exit.WAITING
    (gate,) = [step for step in plan.steps if isinstance(step, Await) and step.gate]
    (told,) = [result for result in first.steps if result.step == gate.id]
    assert told.detail == (
        "waits for agreement: the customer has not accepted the Microsoft Customer Agreement"
    )
    assert "then run apply again" in told.advice
    assert box.writes() == []

    box.colleague.send("POST", box.path("contoso/agreements"), MINE)
    second = box.apply(plan)
    assert exit_of(second) is Exit.FINE
    assert box.writes() == CARTS
    assert lines(box.plan(BUYS)) == []


def test_a_direct_signature_opens_the_gate_though_no_record_is_listed(box: Box) -> None:
    """Both reads are asked, when planned and by apply: one of them is enough."""
    box.seed({"contoso": {}})
    nothing = {"totalCount": 0, "items": []}
    box.fault(method="GET", path="*/agreements", status=200, body=nothing, times=99)
    plan = box.plan(BUYS)
    assert lines(plan) == ["create subscription/contoso/m365"]
    box.fault(method="GET", path="*/directSigned*", status=200, body={"isSigned": False}, times=1)
    waits = box.plan(BUYS)
    assert lines(waits) == ["waiting subscription/contoso/m365"]
    assert exit_of(box.apply(waits)) is Exit.FINE
    assert box.writes() == CARTS


def test_a_plan_says_who_has_to_do_what_and_what_comes_after(box: Box) -> None:
    box.seed(
        {"contoso": {"agreement": False, "validationStatus": "UnderReview", "users": {"ana": SEEN}}}
    )
    plan = box.plan(HIRES)
    assert {action.id: action.when.value for action in plan.actions} == {
        "license/contoso/ana/SPB:create": "waiting",
        "subscription/contoso/m365:create": "waiting",
    }
    assert plan.closed == {"contoso": ("agreement", "vetting")}
    assert plan.totals.when == {"waiting": 2}
    shown = " ".join(text(plan).split())
    assert "WAITS FOR PEOPLE looked at again by every apply; nothing goes twice" in shown
    assert "# 1 agreement The customer has not accepted the Microsoft Customer Agreement:" in shown
    assert "# 2 vetting Microsoft is reviewing the customer's account: wait for the review" in shown
    assert "delegation" not in shown
    assert shown.index("AFTER 1 AND 2") > shown.index("# 2 vetting")
    assert "(exit 6, waiting)" in shown


def test_a_gate_that_is_open_is_not_shown(box: Box) -> None:
    box.seed({"contoso": {}})
    plan = box.plan(BUYS)
    assert plan.closed == {}
    assert "WAITS FOR PEOPLE" not in text(plan)
    assert not [step for step in plan.steps if isinstance(step, Await) and step.gate]


def test_people_whom_nobody_may_see_wait_and_commerce_goes_on(box: Box) -> None:
    """Rules DE1, DE2: the read of users says that a role is missing."""
    box.seed({"contoso": {"delegation": False, "users": {}}})
    plan = box.plan(HIRES)
    assert lines(plan) == ["create subscription/contoso/m365"]
    assert plan.closed == {"contoso": ("delegation",)}
    assert "# 1 delegation" in text(plan)
    assert unread(plan) is Exit.WAITING
    (finding,) = {f.advice for f in plan.findings if f.code == "not-read"}
    assert "one of your security groups gets User Administrator" in finding
    assert {result.outcome for result in box.apply(plan).actions} == {Outcome.DONE}


def test_delegation_that_is_ignored_is_no_gate(box: Box) -> None:
    box.seed({"contoso": {"delegation": False, "users": {}}})
    gates = {"gates": {"delegation": "ignore"}, **HIRES["contoso"]}
    plan = box.plan({"contoso": gates})
    assert plan.closed == {}
    assert unread(plan) is Exit.FAILED


@pytest.mark.parametrize("code", ["800073", "800074"])
def test_both_codes_of_a_review_wait(box: Box, code: str) -> None:
    """The account came under review after the plan was made (rule PU5)."""
    box.seed({"contoso": {}})
    plan = box.plan(BUYS)
    body = {"code": code, "description": "no"}
    box.fault(method="POST", path="*/carts", status=403, body=body, times=1)
    applied = box.apply(plan)
    assert exit_of(applied) is Exit.WAITING
    assert "waits for vetting" in applied.actions[0].detail


def test_another_read_that_failed_is_a_failure_beside_the_gate(box: Box) -> None:
    box.seed({"contoso": {"delegation": False, "users": {}}})
    box.fault(method="GET", path="*/subscriptions", status=500, times=99)
    plan = box.plan(HIRES)
    assert plan.closed == {"contoso": ("delegation",)}
    assert unread(plan) is Exit.FAILED
