"""`pcsync prices check`, and a plan that says what it costs, as a user types them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.e2e.checkout import Checkout, checkout

LIVE = {"product": "CFQ7TTC0LCHC:0002", "quantity": 10, "friendlyName": "m365"}
WORLD = {
    "customers": [
        {
            "domain": "contoso.onmicrosoft.com",
            "country": "DE",
            "subscriptions": [
                {**LIVE, "creationDate": "2026-11-10", "commitmentEndDate": "2027-11-09"}
            ],
        }
    ]
}
SETTINGS = """\
apiVersion: pcsync/v1
kind: Project
partner: {tenantId: 2f1c6f0e-5a3b-4d0c-9a57-0f6f6a1f4b11, billingCurrency: EUR}
cloud: emulator
prices: {files: ["prices/*/*.csv"]}
"""
CONTOSO = """\
apiVersion: pcsync/v1
kind: Customer
metadata: {name: contoso}
spec:
  domain: contoso.onmicrosoft.com
  subscriptions:
    - {name: m365, product: "CFQ7TTC0LCHC:0002", termDuration: P1Y, billingCycle: monthly,
       quantity: 13, endOfTerm: renew}
    - {name: other, product: "CFQ7TTC0ZZZZ:0001", termDuration: P1Y, billingCycle: annual,
       quantity: 1}
"""


@pytest.fixture
def repo(tmp_path: Path) -> Iterator[Checkout]:
    with checkout(tmp_path, WORLD) as found:
        (tmp_path / "contoso.yaml").write_text(CONTOSO, "utf-8")
        (tmp_path / "pcsync.yaml").write_text(SETTINGS, "utf-8")
        sheet(found, "2026-11")
        yield found


def sheet(repo: Checkout, month: str) -> Path:
    """The emulator's price sheet as the file of a month."""
    url = f"{repo.url}/_emulator/prices?market=DE&currency=EUR"
    rows = requests.get(url, timeout=5).json(parse_float=str)
    lines = [",".join(rows[0]), *(",".join(f'"{v}"' for v in row.values()) for row in rows)]
    path = repo.folder / "prices" / month / "DE.csv"
    path.parent.mkdir(parents=True)
    path.write_text("\n".join([*lines, ""]), "utf-8-sig")
    return path


def test_what_has_a_price_and_what_has_none(repo: Checkout) -> None:
    done = repo.run("prices", "check")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "1 price sheet",
        "  prices/2026-11/DE.csv   this month",
        "",
        "contoso   DE, EUR",
        "  m365",
        "    today       23.10 a seat, billed monthly; price sheet prices/2026-11/DE.csv",
        "    2027-11-10  unknown: no price sheet of 2027-11",
        "  other",
        "    today       unknown: no price sheet has CFQ7TTC0ZZZZ:0001",
        "",
        "1 of 2 have a price today, 0 of 1 that renew have one then",
    ]
    assert repo.calls(write=True) == []


def test_the_same_as_data_with_a_preview(repo: Checkout) -> None:
    sheet(repo, "2027-11")
    done = repo.run("prices", "check", "--format", "json")
    found = json.loads(done.stdout)
    assert [each["age"] for each in found["sheets"]] == ["this month", "preview"]
    (contoso,) = found["customers"]
    m365 = contoso["subscriptions"][0]
    assert (contoso["market"], m365["renews"]) == ("DE", "2027-11-10")
    assert m365["then"] == {
        "amount": "23.10",
        "billingCycle": "monthly",
        "source": "price sheet prices/2027-11/DE.csv",
    }


def test_a_sheet_that_can_not_be_read_fails_with_its_place(repo: Checkout) -> None:
    path = repo.folder / "prices/2026-11/DE.csv"
    path.write_text(path.read_text("utf-8-sig").replace('"277.20"', '"free"'), "utf-8")
    done = repo.run("prices", "check")
    assert done.returncode == 1
    assert "prices/2026-11/DE.csv:" in done.stderr
    assert ":12: UnitPrice `free` is no price: write it like 277.20" in done.stderr


def test_without_sheets_it_says_how_to_have_some(repo: Checkout) -> None:
    (repo.folder / "pcsync.yaml").write_text(SETTINGS.rpartition("prices:")[0], "utf-8")
    done = repo.run("prices", "check")
    assert done.returncode == 1
    assert "there are no price sheets" in done.stderr
    assert "prices: {files: [...]}" in done.stderr


def test_a_plan_says_what_it_costs_and_keeps_it(repo: Checkout) -> None:
    text = CONTOSO.partition("    - {name: other")[0]
    (repo.folder / "contoso.yaml").write_text(text, "utf-8")
    done = repo.run("plan", "--out", "plan.json")
    assert "MONEY   your cost in EUR without tax; price sheet 2026-11" in done.stdout
    assert "each month 300.30 so far 231.00, 69.30 more" in " ".join(done.stdout.split())
    saved = json.loads((repo.folder / "plan.json").read_text("utf-8"))
    assert saved["totals"]["money"]["currency"] == "EUR"
    applied = repo.run("apply", "--plan", "plan.json", "--yes")
    assert applied.returncode == 0, applied.stdout + applied.stderr
    assert len(repo.calls(write=True)) == 1


def test_a_price_that_rose_between_plan_and_apply_buys_nothing(repo: Checkout) -> None:
    """Domain rule MO8: the emulator raises one line by a cent; apply ends with 3."""
    text = CONTOSO.partition("    - {name: other")[0].replace("{name: m365,", "{name: new,")
    (repo.folder / "contoso.yaml").write_text(text.replace("quantity: 13", "quantity: 3"), "utf-8")
    world = {"customers": [{"domain": "contoso.onmicrosoft.com", "country": "DE"}]}
    repo.control("POST", "seed", world)
    assert repo.run("plan", "--out", "plan.json").returncode == 0
    repo.control("POST", "prices", {"CFQ7TTC0LCHC:0002": "0.01"})
    applied = repo.run("apply", "--plan", "plan.json", "--yes")
    assert applied.returncode == 3, applied.stdout + applied.stderr
    assert "costs more than 23.10 EUR a seat in the cart" in " ".join(applied.stdout.split())
    assert not [call for call in repo.calls(write=True) if "checkout" in call]
