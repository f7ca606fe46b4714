"""The figures of MONEY are what the service bills on these days: the emulator's ledger, which knows
nothing of the plan's sums."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.plan_output.repositories import Repository, base, repository

MAIL = "CFQ7TTC0LH16"


def planned(found: Repository) -> Mapping[str, Any]:
    """The bill of the plan: amounts are exact."""
    done = found.run("plan", "--base", base(found.folder.name), "--format", "json")
    assert done.returncode == 0, done.stderr
    bill: Mapping[str, Any] = json.loads(done.stdout, parse_float=Decimal)["totals"]["money"]
    return bill


def applied(found: Repository, *, code: int = 0) -> None:
    done = found.run("apply", "--yes", "--base", base(found.folder.name))
    assert done.returncode == code, done.stdout + done.stderr


def billed(found: Repository) -> dict[str, Decimal]:
    """What every subscription was charged up to now, by the id of its product."""
    sums: dict[str, Decimal] = {}
    for line in found.control("GET", "ledger"):
        product = line["productId"]
        sums[product] = sums.get(product, Decimal(0)) + Decimal(line["subtotal"])
    return sums


def since(found: Repository, moment: str, product: str = "") -> Decimal:
    """What is charged from now until a moment: in all, or for one product."""
    before = billed(found)
    found.control("POST", "clock", {"until": moment})
    after = billed(found)
    return sum(
        (after[each] - before.get(each, 0) for each in after if product in {"", each}), Decimal(0)
    )


def test_a_new_customer_is_charged_what_the_plan_says(tmp_path: Path) -> None:
    with repository("onboarding", tmp_path) as found:
        bill = planned(found)
        applied(found, code=6)
        assert not billed(found), "nothing is charged before people have decided"
        found.control("POST", "clock", {"advance": "P2D"})
        applied(found)
        first = billed(found)
        assert sorted(first.values()) == [Decimal(n) for n in ("12.60", "231.00", "336.00")]
        assert sum(first.values()) == bill["first"]["known"] == Decimal("579.60")
        month = since(found, "2026-12-25T23:00:00Z")
        rates = {rates["cycle"]: rates["after"]["known"] for rates in bill["rates"]}
        assert month == rates["monthly"] == Decimal("243.60")
        since(found, "2027-11-24T12:00:00Z")
        assert sum(billed(found).values()) == bill["committed"]["known"] == Decimal("3259.20")


def test_seats_that_go_at_the_renewal_are_billed_to_its_eve_and_not_after(tmp_path: Path) -> None:
    with repository("offboarding", tmp_path) as found:
        bill = planned(found)
        applied(found)
        assert bill["owed"]["known"] == Decimal("46.20")
        assert since(found, "2026-12-02T12:00:00Z") == Decimal("577.50")
        january = since(found, "2027-01-03T12:00:00Z")
        assert january == sum(rates["after"]["known"] for rates in bill["rates"])
        saved = (rates["before"]["known"] - rates["after"]["known"] for rates in bill["rates"])
        assert Decimal("577.50") + Decimal("1800.00") - january == sum(saved) == Decimal("406.20")


def test_an_end_that_was_told_today_saves_none_of_the_charges_of_its_term(tmp_path: Path) -> None:
    with repository("removed", tmp_path) as found:
        bill = planned(found)
        applied(found)
        rest = since(found, "2027-03-17T23:00:00Z", MAIL)
        assert rest == bill["owed"]["known"] == Decimal("100.80")
        assert since(found, "2027-05-01T00:00:00Z", MAIL) == 0
