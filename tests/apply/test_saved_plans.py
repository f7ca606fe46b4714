"""Saved plans: applied as they were approved, or refused with the reason; never something else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from apply_desk import Desk, outcomes
from journal_desk import reloaded
from journal_desk import run as carried
from shell import Shell
from test_apply_lost_answers import begin

from pcsync.model import Outcome

WINDOW = """\
apiVersion: pcsync/v1
kind: Customer
metadata: {name: contoso}
spec:
  domain: contoso.onmicrosoft.com
  budget: {amount: 250}
  subscriptions:
    - name: m365
      product: "CFQ7TTC0LCHC:0002"
      termDuration: P1Y
      billingCycle: monthly
      quantity: 3
      endOfTerm: renew
"""
TEN = {
    "product": "CFQ7TTC0LCHC:0002",
    "friendlyName": "m365",
    "quantity": 10,
    "creationDate": "2026-11-20T09:00:00Z",
    "termDuration": "P1Y",
    "billingCycle": "monthly",
}


def test_a_saved_plan_is_applied(shell: Shell) -> None:
    shell.planned()
    assert shell.run("apply", "--plan", "plan.json", "--yes") == 0
    assert len(shell.desk.writes()) == 2


@pytest.mark.parametrize("way", ["option", "settings"])
def test_an_old_plan_is_refused_by_the_service_clock(shell: Shell, way: str) -> None:
    shell.planned()
    shell.desk.control("POST", "clock", {"advance": "PT25H"})
    assert shell.run("apply", "--plan", "plan.json", "--yes") == 3
    assert "the plan is 1 d 1 h old, and plans are applied within 1 d" in shell.err
    assert shell.desk.writes() == []
    words = ["--max-age", "2d"] if way == "option" else []
    if way == "settings":
        text = (
            "apiVersion: pcsync/v1\nkind: Project\n"
            f"partner: {{tenantId: {shell.desk.settings.tenant}, name: p}}\n"
            "cloud: emulator\nplans: {maxAge: 2d}\npaths: [estate]\n"
        )
        (shell.desk.folder / "pcsync.yaml").write_text(text)
    assert shell.run("apply", "--plan", "plan.json", "--yes", *words) == 0, shell.err


def test_a_wrong_length_of_time_is_wrong_usage(shell: Shell) -> None:
    shell.planned()
    assert shell.run("apply", "--plan", "plan.json", "--max-age", "soon") == 64
    assert "write it as 90m, 24h or 7d" in shell.err


@pytest.mark.parametrize(
    "made, here, code",
    [("k1", "k1", 0), ("k1", "k2", 3), ("", "k1", 3), ("k1", "", 0), ("", "", 0)],
    ids=["same key", "other key", "not signed", "nobody asks", "no keys"],
)
def test_signatures(shell: Shell, made: str, here: str, code: int) -> None:
    shell.patch.setenv("PCSYNC_PLAN_KEY", made)
    shell.planned()
    shell.patch.setenv("PCSYNC_PLAN_KEY", here)
    assert shell.run("apply", "--plan", "plan.json", "--yes") == code
    assert len(shell.desk.writes()) == (0 if code else 2)


def test_a_signed_plan_that_was_changed_is_refused(shell: Shell) -> None:
    shell.patch.setenv("PCSYNC_PLAN_KEY", "k1")
    shell.planned()
    path = shell.desk.folder / "plan.json"
    data = json.loads(path.read_text())
    assert len(data["signature"]) == 64
    assert "k1" not in path.read_text()
    data["signature"] = "0" * 64
    path.write_text(json.dumps(data))
    assert shell.run("apply", "--plan", "plan.json", "--yes") == 3
    assert "signature" in shell.err


def test_other_manifests_are_refused(shell: Shell) -> None:
    shell.planned()
    shell.two(contoso=300)
    assert shell.run("apply", "--plan", "plan.json", "--yes") == 3
    assert "other manifests" in shell.err
    assert shell.desk.writes() == []


def test_manifests_that_are_not_at_hand_are_not_asked_for(shell: Shell) -> None:
    shell.planned()
    (shell.desk.folder / "estate" / "all.yaml").unlink()
    (shell.desk.folder / "estate").rmdir()
    assert shell.run("apply", "--plan", "plan.json", "--yes") == 0


def test_a_finished_plan_is_not_applied_twice(shell: Shell) -> None:
    shell.planned()
    assert shell.run("apply", "--plan", "plan.json", "--yes") == 0
    shell.other("contoso", 100)
    assert shell.run("apply", "--plan", "plan.json", "--yes") == 3
    assert "applied already: run 1 finished it" in shell.err


def test_stale_up_front_writes_nothing_at_all(shell: Shell) -> None:
    shell.planned()
    shell.other("contoso", 777)
    before = len(shell.desk.writes())
    assert shell.run("apply", "--plan", "plan.json", "--yes") == 4
    assert "amount: planned against 100, now 777" in " ".join(shell.out.split())
    assert len(shell.desk.writes()) == before


def test_with_partial_the_other_customers_go_on(shell: Shell) -> None:
    shell.planned()
    shell.other("contoso", 777)
    before = len(shell.desk.writes())
    assert shell.run("apply", "--plan", "plan.json", "--partial", "--yes") == 5
    assert len(shell.desk.writes()) == before + 1
    world = shell.desk.world()
    assert world["contoso.onmicrosoft.com"]["budget"] == 777
    assert world["fabrikam.onmicrosoft.com"]["budget"] == 250


def test_what_somebody_did_already_is_done(shell: Shell) -> None:
    shell.planned()
    shell.other("contoso", 250)
    before = len(shell.desk.writes())
    assert shell.run("apply", "--plan", "plan.json", "--yes") == 0
    assert len(shell.desk.writes()) == before + 1


def test_a_window_that_has_closed_stops_its_customer_first(shell: Shell) -> None:
    """WI2: seats could go back for seven days; two days later than that nothing is written."""
    world = {**CONTOSO, "subscriptions": [TEN]}
    shell.desk.control("POST", "seed", {"customers": [world]})
    shell.desk.declare(WINDOW)
    assert shell.run("plan", "estate", "--out", "plan.json") == 0, shell.out + shell.err
    actions = json.loads((shell.desk.folder / "plan.json").read_text())["actions"]
    assert any("notAfter" in action for action in actions)
    shell.desk.control("POST", "clock", {"advance": "P9D"})
    words = ("apply", "--plan", "plan.json", "--yes", "--max-age", "30d")
    assert shell.run(*words) == 4, shell.out
    assert shell.desk.writes() == []


CONTOSO: dict[str, Any] = {"domain": "contoso.onmicrosoft.com", "azure": True, "budget": 100}
ANA = {
    "userPrincipalName": "ana@contoso.onmicrosoft.com",
    "displayName": "Ana Weber",
    "usageLocation": "DE",
    "passwordProfile": {"password": "Somebody-3lse's"},
    "attributes": {"objectType": "CustomerUser"},
}


@pytest.mark.parametrize("name, found", [("Ana Weber", Outcome.DONE), ("Ana Wever", Outcome.STALE)])
def test_somebody_else_made_the_account(
    desk: Desk, shell: Shell, name: str, found: Outcome
) -> None:
    """As it is wanted it is taken as done; otherwise the plan is stale, and nothing is written."""
    begin(desk)
    plan = reloaded(desk.plan())
    shell.post("contoso", "users", {**ANA, "displayName": name})
    before = len(desk.writes())
    applied = carried(desk, plan, saved=True)
    (made,) = (r for r in applied.steps if r.step == "user/contoso/ana.create")
    assert made.outcome is found, made
    if found is Outcome.STALE:
        assert "Ana Wever" in made.detail
        assert Outcome.DONE not in outcomes(applied)
        assert len(desk.writes()) == before
