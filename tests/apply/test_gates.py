"""Gates: a stage that waits for people is no failure, and the next apply goes on behind it."""

from __future__ import annotations

from typing import Any

import pytest
from apply_terminal import Terminal

NEW = """\
apiVersion: pcsync/v1
kind: Customer
metadata: {name: contoso}
spec:
  domain: contoso.onmicrosoft.com
  billingProfile:
    companyName: Contoso GmbH
    firstName: Kim
    lastName: Akers
    email: kim@contoso.example
    culture: de-DE
    language: de
    defaultAddress: {addressLine1: Hauptstr. 1, city: Berlin, postalCode: "10115", country: DE}
  subscriptions:
    - {name: m365, product: "CFQ7TTC0LCHC:0002", termDuration: P1Y, billingCycle: monthly,
       quantity: 5, endOfTerm: renew}
  users:
    - {userPrincipalName: ana@contoso.onmicrosoft.com, displayName: Ana Weber, usageLocation: DE,
       password: {generate: true}, licenses: [m365]}
---
apiVersion: pcsync/v1
kind: Customer
metadata: {name: fabrikam}
spec: {domain: fabrikam.onmicrosoft.com, budget: {amount: 250}}
"""
FABRIKAM = {"domain": "fabrikam.onmicrosoft.com", "azure": True, "budget": 100}
BUY = "subscription/contoso/m365:create"


def begin(terminal: Terminal, agreements: Any = "immediate", **contoso: Any) -> None:
    known = [{"domain": "contoso.onmicrosoft.com", "country": "DE", **contoso}] if contoso else []
    settings = {"agreements": agreements}
    terminal.control("POST", "seed", {"settings": settings, "customers": [FABRIKAM, *known]})
    terminal.write("estate.yaml", NEW)


def count(terminal: Terminal, ending: str) -> int:
    return len([write for write in terminal.writes() if write.endswith(ending)])


@pytest.mark.parametrize("how", ["planned anew", "the saved plan"])
def test_the_rest_comes_when_the_agreement_is_accepted_and_nothing_twice(
    terminal: Terminal, how: str
) -> None:
    """Rules PU5 and PU6: create, wait 20 days of the clock, accept, apply."""
    begin(terminal, {"after": "P20D"})
    plan = ["--plan", "p.json", "--max-age", "30d"] if how == "the saved plan" else []
    if plan:
        assert terminal.run("plan", "--out", "p.json").code == 0
    first = terminal.apply(*plan)
    assert first.code == 6
    assert first.outcomes()["customer/contoso:create"] == "done"
    assert first.outcomes()["budget/fabrikam:update"] == "done"
    waits = first.result(BUY)
    assert waits["outcome"] == "pending"
    assert waits["detail"].startswith("waits for agreement: the customer has not accepted")
    assert "Microsoft 365 admin centre" in waits["advice"]
    assert {o for a, o in first.outcomes().items() if a.startswith("license/")} == {"pending"}
    assert count(terminal, "/checkout") == 0

    terminal.control("POST", "clock", {"advance": "P10D"})
    again = terminal.apply(*plan)
    assert again.code == 6
    assert again.result(BUY)["outcome"] == "pending"

    terminal.control("POST", "clock", {"advance": "P11D"})
    last = terminal.apply(*plan)
    assert last.code == 0, last.said + last.errors
    contoso = terminal.customers()["contoso"]
    assert (len(contoso["subscriptions"]), contoso["orders"]) == (1, 1)
    (ana,) = [u for u in contoso["users"] if u["userPrincipalName"].startswith("ana@")]
    assert len(ana["licenses"]) == 1
    assert count(terminal, "/v1/customers") == 1
    assert count(terminal, "/checkout") == 1
    assert count(terminal, "/users") == 1
    assert terminal.run("plan", "--detailed-exitcode").code == 0


def test_a_review_by_microsoft_waits(terminal: Terminal) -> None:
    begin(terminal, validationStatus="UnderReview", agreement=True)
    found = terminal.apply()
    assert found.code == 6
    assert found.result(BUY)["detail"].startswith("waits for vetting: Microsoft is reviewing")
    assert found.outcomes()["budget/fabrikam:update"] == "done"


def test_without_delegation_no_user_is_asked_for_twice(terminal: Terminal) -> None:
    """The role was taken away between plan and apply: people wait, money goes on."""
    begin(terminal, users=[])
    assert terminal.run("plan", "--out", "p.json").code == 0
    more = {"method": "POST", "path": "*/users", "status": 403, "times": 9}
    terminal.control("POST", "faults", {**more, "body": {"code": 900308, "description": "no"}})
    found = terminal.apply("--plan", "p.json")
    assert found.code == 6
    assert found.result(BUY)["outcome"] == "done"
    (name,) = [action for action in found.outcomes() if action.startswith("user/")]
    user = found.result(name)
    assert user["detail"].startswith("waits for delegation: no delegated role (GDAP)")
    assert {o for a, o in found.outcomes().items() if a.startswith("license/")} == {"pending"}
    terminal.control("DELETE", "faults")
    assert terminal.apply().code == 0
    assert count(terminal, "/checkout") == 1


def test_a_refusal_outranks_what_the_reads_say(terminal: Terminal) -> None:
    """Rule PU6: the old acceptance stands in the list, and the cart is refused all the same."""
    begin(terminal, agreement=True)
    fault = {"method": "POST", "path": "*/carts", "status": 403, "times": 1}
    terminal.control("POST", "faults", {**fault, "body": {"code": 13605, "description": "no"}})
    found = terminal.apply()
    assert found.code == 6
    assert found.result(BUY)["detail"].startswith("waits for agreement")
    assert not [write for write in terminal.writes() if "agreement" in write]


def test_a_gate_that_is_ignored_is_a_failure(terminal: Terminal) -> None:
    """`gates: {agreement: ignore}`: nobody is waited for, and the plan says so."""
    begin(terminal, {"after": "P20D"})
    named = "spec:\n  domain: contoso"
    terminal.write(
        "estate.yaml", NEW.replace(named, f"spec:\n  gates: {{agreement: ignore}}\n{named[6:]}")
    )
    shown = terminal.run("plan")
    assert "# 1 agreement   Ignored by `gates`" in shown.said
    assert "# 2 vetting     The account is not under review." in shown.said
    found = terminal.apply()
    assert found.code == 5
    assert found.result(BUY)["outcome"] == "failed"
    assert found.outcomes()["budget/fabrikam:update"] == "done"


def test_people_whom_nobody_may_see_end_in_waiting_and_commerce_is_done(terminal: Terminal) -> None:
    """Rule DE1: closed before the plan was made; what can go goes, nothing failed."""
    begin(terminal, delegation=False)
    found = terminal.apply()
    assert found.code == 6
    assert found.result(BUY)["outcome"] == "done"
    assert found.document["closed"] == {"contoso": ["delegation"]}


def test_a_plan_without_preflight_says_so_and_only_a_new_one_can_be(terminal: Terminal) -> None:
    begin(terminal, agreement=False, users=[])
    made = terminal.run("plan", "--no-preflight", "--format", "json", "--out", "p.json")
    assert made.document["lifted"] == {"no-preflight": ""}
    assert "no-preflight" in [finding["code"] for finding in made.document["findings"]]
    asked = [call["path"] for call in terminal.control("GET", "calls")]
    assert any("/orders" in path for path in asked)
    assert not any(word in path for path in asked for word in ("/products/", "greement", "Status"))
    refused = terminal.run("apply", "--plan", "p.json", "--no-preflight")
    assert refused.code == 64
    assert "--no-preflight is of no use to a saved plan" in refused.errors
