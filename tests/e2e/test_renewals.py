"""`pcsync renewals`: the calendar of an estate as a table, as JSON and for calendars."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from icalendar import Calendar

from pcsync.emulator import RunningEmulator, running
from pcsync.emulator.worldfile import build
from tests.command import pcsync

PREMIUM, E3 = "CFQ7TTC0LCHC:0002", "CFQ7TTC0LFLX:0001"
NEXT = {
    "product": {
        "productId": "CFQ7TTC0LCHC",
        "skuId": "0002",
        "billingCycle": "annual",
        "termDuration": "P1Y",
    },
    "quantity": 8,
}
YEAR = {"termDuration": "P1Y", "billingCycle": "monthly", "creationDate": "2026-01-15"}


def live(name: str, ends: str, **more: Any) -> dict[str, Any]:
    row = {"friendlyName": name, "product": PREMIUM, "quantity": 10, **YEAR}
    return {**row, "commitmentEndDate": ends, **more}


WORLD = {
    "now": "2026-11-22T09:00:00Z",
    "customers": [
        {
            "domain": "contoso.onmicrosoft.com",
            "country": "DE",
            "subscriptions": [
                live("near", "2027-01-05"),
                live("told", "2027-01-14", scheduledNextTermInstructions=NEXT),
                live("ends", "2027-01-14", product=E3, autoRenewEnabled=False),
                live("month", "2026-12-21", termDuration="P1M", creationDate="2026-11-22"),
            ],
        }
    ],
}


def declared(name: str, **more: Any) -> dict[str, Any]:
    row = {"name": name, "product": PREMIUM, "termDuration": "P1Y", "billingCycle": "monthly"}
    return {**row, "quantity": 10, **more}


MANIFEST = {
    "apiVersion": "pcsync/v1",
    "kind": "Customer",
    "metadata": {"name": "contoso"},
    "spec": {
        "domain": "contoso.onmicrosoft.com",
        "subscriptions": [
            declared("near"),
            declared("told", endOfTerm="renew", quantity=10, billingCycle="annual"),
            declared("ends", product=E3, endOfTerm="cancel"),
            declared("month", termDuration="P1M"),
            declared("new", product="CFQ7TTC0LH16:0001", quantity=1),
        ],
    },
}
ORDER = [
    "subscription/contoso/month",
    "subscription/contoso/near",
    "subscription/contoso/ends",
    "subscription/contoso/told",
]


class Shell:
    """A folder with one manifest, and the command in it against an emulator."""

    def __init__(self, folder: Path, server: RunningEmulator) -> None:
        self.folder, self.url = folder, server.url

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        there = {"PCSYNC_CLOUD": "emulator", "PCSYNC_EMULATOR_URL": self.url}
        return pcsync("renewals", *words, folder=self.folder, environment=there)

    def table(self, *words: str) -> str:
        done = self.run(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def data(self, *words: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.table(*words, "--format", "json"))
        return found

    def writes(self) -> list[str]:
        calls: list[dict[str, Any]] = requests.get(f"{self.url}/_emulator/calls", timeout=5).json()
        return [f"{call['method']} {call['path']}" for call in calls if call["write"]]


@pytest.fixture(scope="module")
def server() -> Iterator[RunningEmulator]:
    with running(build(WORLD)) as found:
        yield found


@pytest.fixture
def shell(tmp_path: Path, server: RunningEmulator) -> Shell:
    (tmp_path / "contoso.yaml").write_text(json.dumps(MANIFEST))
    return Shell(tmp_path, server)


def test_ro10_a_calendar_by_date(shell: Shell) -> None:
    found = shell.data()
    assert [each["address"] for each in found["renewals"]] == ORDER
    assert found["without"] == ["subscription/contoso/new"]
    assert found["totals"] == {"renews": 3, "ends": 0, "extends": 1, "due": 1, "untold": 2}
    assert shell.writes() == []


def test_mo11_days_are_inclusive_and_the_renewals_is_blocked(shell: Shell) -> None:
    month = shell.data()["renewals"][0]
    assert (month["lastDay"], month["blocked"]) == ("2026-12-21", ["2026-12-22"])
    assert month["next"]["lastDay"] == "2027-01-21"
    assert month["freeUntil"] == "2026-12-21"


def test_what_is_scheduled_and_what_is_not_told_yet(shell: Shell) -> None:
    by_name = {each["address"].rpartition("/")[2]: each for each in shell.data()["renewals"]}
    told = by_name["told"]
    changes = [(c["field"], c["old"], c["new"]) for c in told["changes"]]
    assert changes == [("billingCycle", "monthly", "annual"), ("quantity", 10, 8)]
    assert {change["field"] for change in told["untold"]} == {"billingCycle"}
    ends = by_name["ends"]
    assert ends["happens"] == "extends"
    assert [(c["field"], c["new"]) for c in ends["untold"]] == [("endOfTerm", "cancel")]


def test_wi8_what_is_undecided_is_marked(shell: Shell) -> None:
    due = [each for each in shell.data()["renewals"] if each["due"]]
    assert [each["address"] for each in due] == ["subscription/contoso/near"]
    assert due[0]["decide"] == {"from": "2026-11-22", "by": "2027-01-05"}
    assert due[0]["findings"][0]["code"] == "end-of-term-undecided"


def test_the_table_fits_80_columns_and_names_what_matters(shell: Shell) -> None:
    text = shell.table()
    assert max(map(len, text.splitlines())) <= 80
    assert "4 terms, the first ends 2026-12-21: 3 renewed, 1 extended by the month." in text
    assert "1 to decide now." in text
    assert "2027-01-05  subscription/contoso/near  renews" in text
    assert "end-of-term-undecided" in text
    said = " ".join(text.split())
    assert "billingCycle monthly -> annual; quantity 10 -> 8, until 2028-01-14" in said
    assert "no writes on 2027-01-15, up to 24 hours" in said
    assert "unknown (no price sheets" in said


def test_mo10_a_price_that_nobody_knows_is_a_word(shell: Shell) -> None:
    price = shell.data()["renewals"][0]["next"]["price"]
    assert (price["each"], price["amount"]) == ("unknown", "unknown")
    assert "PRICES   unknown: no price sheets" in shell.table("--price-changes")


@pytest.mark.parametrize("days, names", [("29", ORDER[:1]), ("28", []), ("44", ORDER[:2])])
def test_only_what_ends_soon(shell: Shell, days: str, names: list[str]) -> None:
    found = shell.data("--within", days)
    assert [each["address"] for each in found["renewals"]] == names


def test_nothing_near_says_so(shell: Shell) -> None:
    assert "No term ends within 3 days." in shell.table("--within", "3")


def test_an_icalendar_that_a_program_reads(shell: Shell) -> None:
    raw = shell.run("--format", "ics").stdout.encode()
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")
    calendar = Calendar.from_ical(raw)
    events = list(calendar.walk("VEVENT"))
    assert {event["DTSTAMP"].dt.isoformat() for event in events} == {"2026-11-22T09:00:00+00:00"}
    days = {str(event["SUMMARY"]): event["DTSTART"].dt.isoformat() for event in events}
    near = "subscription/contoso/near"
    assert days[f"Last day of the term: {near} renews"] == "2027-01-05"
    assert days[f"Renewed today, no writes: {near}"] == "2027-01-06"
    assert days[f"Decide by 2027-01-05: {near} renews"] == "2026-11-22"
    assert len(days) == len(events) == 9


def test_an_event_keeps_its_name(shell: Shell, server: RunningEmulator) -> None:
    def names() -> list[str]:
        calendar = Calendar.from_ical(shell.run("--format", "ics").stdout)
        return [str(event["UID"]) for event in calendar.walk("VEVENT")]

    before = names()
    assert len(set(before)) == len(before)
    requests.post(f"{server.url}/_emulator/clock", json={"advance": "PT1H"}, timeout=5)
    assert names() == before


def test_what_can_not_be_read_is_no_empty_calendar(tmp_path: Path) -> None:
    (tmp_path / "contoso.yaml").write_text(json.dumps(MANIFEST))
    with running(build(WORLD)) as server:
        shell = Shell(tmp_path, server)
        fault = {"path": "*/subscriptions", "status": 403, "times": 99}
        requests.post(f"{server.url}/_emulator/faults", json=fault, timeout=5)
        done = shell.run()
        assert done.returncode == 1
        assert "UNKNOWN   not read: nothing is assumed" in done.stdout
        assert "? subscription/contoso/near" in done.stdout


SETTINGS = """\
apiVersion: pcsync/v1
kind: Project
partner: {tenantId: 2f1c6f0e-5a3b-4d0c-9a57-0f6f6a1f4b11, name: northwind, billingCurrency: EUR}
cloud: emulator
prices: {files: [prices/*.csv]}
"""
COLUMNS = (
    "ProductId,SkuId,TermDuration,BillingPlan,Market,Currency,UnitPrice,"
    "EffectiveStartDate,EffectiveEndDate\n"
)
SHEETS = {
    "2026-01": "CFQ7TTC0LCHC,2,P1Y,Monthly,DE,EUR,240.00,2025-01-01,\n",
    "2026-11": "CFQ7TTC0LCHC,2,P1Y,Monthly,DE,EUR,277.20,2026-02-01,\n"
    "CFQ7TTC0LCHC,2,P1M,Monthly,DE,EUR,26.40,2025-01-01,\n",
    "2026-12": "CFQ7TTC0LCHC,2,P1Y,Monthly,DE,EUR,300.00,2026-12-01,\n"
    "CFQ7TTC0LCHC,2,P1M,Monthly,DE,EUR,28.00,2026-12-01,\n",
}


@pytest.fixture
def priced(shell: Shell) -> Shell:
    (shell.folder / "pcsync.yaml").write_text(SETTINGS)
    (shell.folder / "prices").mkdir()
    for month, rows in SHEETS.items():
        (shell.folder / "prices" / f"{month}.csv").write_text(COLUMNS + rows)
    return shell


def test_mo5_mo6_prices_of_the_term_that_runs_and_of_the_next(priced: Shell) -> None:
    month, near, *_ = priced.data()["renewals"]
    assert month["now"]["price"]["amount"] == 264.00
    assert (month["next"]["price"]["each"], month["next"]["price"]["assumed"]) == (28.00, False)
    assert near["now"]["price"]["amount"] == 200.00
    assert (near["next"]["price"]["amount"], near["next"]["price"]["assumed"]) == (231.00, True)
    said = " ".join(priced.table().split())
    assert "200.00 EUR monthly -> 231.00 EUR monthly, at today's price" in said


def test_ro10_prices_of_the_preview_are_listed(priced: Shell) -> None:
    found = priced.data("--price-changes")["priceChanges"]
    # `told` is declared with an annual charge, of which no sheet speaks.
    names = ["subscription/contoso/month", "subscription/contoso/near"]
    assert [each["address"] for each in found] == names
    assert [(each["old"]["each"], each["new"]["each"]) for each in found] == [
        (26.40, 28.00),
        (23.10, 25.00),
    ]
    assert {each["begins"] for each in found} == {"2026-12-01"}
    text = priced.table("--price-changes")
    assert "PRICES   2 prices of what is declared will change" in text
    assert "23.10 -> 25.00 EUR a seat, monthly" in text
    assert "met by the term that begins 2027-01-06" in text
    assert "priceChanges" not in priced.data()
