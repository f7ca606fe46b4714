"""What a run took away and finds again is learnt from the journal, and left (domain rule LI3)."""

from __future__ import annotations

from datetime import datetime

import pytest
from apply_desk import Desk
from journal_desk import ledger, run
from shell import Shell

from pcsync.apply import Moment
from pcsync.apply.taken import taken_away
from pcsync.cli.settings import EMULATOR_TENANT
from pcsync.model import Address
from tests.killing import Kill, Killed

WORLD = {
    "customers": [
        {
            "domain": "contoso.onmicrosoft.com",
            "seats": [{"sku": "POWER_BI_PRO", "total": 5}],
            "users": [
                {
                    "userPrincipalName": f"{name}@contoso.onmicrosoft.com",
                    "displayName": name,
                    "usageLocation": "DE",
                    word: ["POWER_BI_PRO"],
                }
                for name, word in (("ana", "inherited"), ("ben", "licenses"))
            ],
        }
    ]
}
CUSTOMER = """\
apiVersion: pcsync/v1
kind: Customer
metadata: {{name: contoso}}
spec:
  domain: contoso.onmicrosoft.com
  licenses:
    - {{user: ana@contoso.onmicrosoft.com, sku: POWER_BI_PRO, state: absent}}
    - {{user: ben@contoso.onmicrosoft.com, sku: POWER_BI_PRO, state: {ben}}}
"""
ANA, BEN = (Address("license", ("contoso", name, "POWER_BI_PRO")) for name in ("ana", "ben"))


def begin(desk: Desk, ben: str = "absent") -> None:
    desk.control("POST", "seed", WORLD)
    desk.declare(CUSTOMER.format(ben=ben))


def known(desk: Desk) -> dict[Address, datetime]:
    with ledger(desk) as opened:
        return taken_away(opened, "emulator", EMULATOR_TENANT)


def test_a_removal_that_comes_back_is_told_and_not_planned_again(shell: Shell) -> None:
    """Taken away without an error, a licence of a group stays: the second run writes nothing."""
    begin(shell.desk)
    assert shell.run("apply", "estate", "--yes") == 0
    assert len(shell.desk.writes()) == 2
    plan = shell.json("plan", "estate")
    assert plan["steps"] == []
    (told,) = [each for each in plan["findings"] if each["code"] == "inherited"]
    assert told["address"] == str(ANA)
    assert "2026-11-22 and is back" in told["what"]
    assert shell.run("drift", "estate") == 0
    assert shell.run("apply", "estate", "--yes") == 0
    assert len(shell.desk.writes()) == 2
    again = ("plan", "estate", "--allow", f"take-again={ANA}")
    assert len(shell.json(*again)["steps"]) == 1


def test_what_was_created_again_is_taken_away_no_more(desk: Desk) -> None:
    begin(desk)
    assert known(desk) == {}
    run(desk, desk.plan())
    assert known(desk).keys() == {ANA, BEN}
    desk.declare(CUSTOMER.format(ben="active"))
    run(desk, desk.plan())
    assert known(desk).keys() == {ANA}


def test_what_was_not_done_is_not_remembered(desk: Desk) -> None:
    begin(desk, ben="active")
    with pytest.raises(Killed):
        run(desk, desk.plan(), Kill(Moment.INTENT_WRITTEN, "ana"))
    assert known(desk) == {}


def test_another_partner_has_its_own(desk: Desk) -> None:
    begin(desk)
    run(desk, desk.plan())
    with ledger(desk) as opened:
        assert taken_away(opened, "emulator", "another") == {}
        assert taken_away(opened, "global", EMULATOR_TENANT) == {}
