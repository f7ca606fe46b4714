"""Both ways of an upgrade cost what the plan says of them: the emulator's ledger knows nothing of
the plan's sums, and the licences are moved by whoever the plan says."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.plan_output.repositories import Repository, repository

WAYS = {
    "now": "change: {product: now, term: now}",
    "at renewal": "change: {product: atRenewal, term: atRenewal}",
}


def charges(found: Repository) -> list[Decimal]:
    return [Decimal(line["subtotal"]) for line in found.control("GET", "ledger")]


def asked(found: Repository) -> dict[str, dict[str, Any]]:
    """The rows of both ways, by their names."""
    done = found.run("plan", "--base", "auto", "--format", "json")
    assert done.returncode == 3, done.stderr
    (finding,) = (each for each in json.loads(done.stdout)["findings"] if "ways" in each)
    assert [way["line"] for way in finding["ways"]] == list(WAYS.values())
    return {way["name"]: dict(way["rows"]) for way in finding["ways"]}


@pytest.mark.parametrize("way", WAYS)
def test_a_way_costs_what_the_question_says(way: str, tmp_path: Path) -> None:
    with repository("upgrade-asks", tmp_path) as found:
        rows = asked(found)[way]
        file = found.folder / "customers" / "vermeer-logistics.yaml"
        text = file.read_text("utf-8")
        line = "      quantity: 18\n"
        file.write_text(text.replace(line, f"{line}      {WAYS[way]}\n"), "utf-8")
        before = charges(found)
        done = found.run("apply", "--yes", "--base", "auto")
        assert done.returncode == 0, done.stdout + done.stderr
        assert rows["first charge"] == "415.80"
        assert rows["licences"] == "18 moved by Microsoft"
        if way == "now":
            # 270.00 / 30 = 9.00 a day; of 24 November to 2 December 8 days are unused: 72.00
            assert rows["credit for Standard"] == "72.00 (8 of 30 days)"
            new = charges(found)[len(before) :]
            assert sorted(new) == [Decimal("-72.00"), Decimal("415.80")]
        else:
            assert charges(found) == before
            found.control("POST", "clock", {"until": "2026-12-04T06:00:00Z"})
            assert charges(found)[len(before) :] == [Decimal("415.80")]
        (customer,) = found.control("GET", "world")["customers"]
        held = [each for user in customer["users"] for each in user["licenses"]]
        assert len(held) == 18
