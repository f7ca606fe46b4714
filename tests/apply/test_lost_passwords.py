"""A password that nobody has: said by the manifests alone, with the reset to do (PE14, PU7)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from shell import Shell

ESTATE = """\
apiVersion: pcsync/v1
kind: Customer
metadata: {name: adatum}
spec:
  domain: adatum.onmicrosoft.com
  billingProfile:
    {companyName: Adatum, firstName: Lea, lastName: Maurer, email: office@adatum.example,
     culture: de-DE, language: de,
     defaultAddress: {addressLine1: Hauptstr. 1, city: Berlin, postalCode: "10115", country: DE}}
---
apiVersion: pcsync/v1
kind: Customer
metadata: {name: contoso}
spec:
  domain: contoso.onmicrosoft.com
  userDefaults: {usageLocation: DE, password: {generate: true}}
  users:
    - {userPrincipalName: ana@contoso.onmicrosoft.com, displayName: Ana Weber}
    - {userPrincipalName: ben@contoso.onmicrosoft.com, displayName: Ben Weber}
"""
PROJECT = """\
apiVersion: pcsync/v1
kind: Project
partner: {tenantId: 2f1c6f0e-5a3b-4d0c-9a57-0f6f6a1f4b11}
cloud: emulator
secrets: {sink: SINK}
"""
ADATUM, ANA, BEN = "customer/adatum", "user/contoso/ana", "user/contoso/ben"
WORLD = {"customers": [{"domain": "contoso.onmicrosoft.com"}]}
SINK = Path("kept") / "secrets.jsonl"


@pytest.fixture
def applied(shell: Shell) -> Shell:
    """A new customer and two new people; then the lock file and the journal are gone, as in a new
    job of CI that keeps the sink alone."""
    shell.desk.control("POST", "seed", WORLD)
    shell.desk.declare(ESTATE)
    settings(shell, f"file:{SINK}")
    assert shell.run("apply", "estate", "--yes") == 0, shell.out + shell.err
    (shell.desk.folder / "pcsync.lock.yaml").unlink()
    (shell.desk.folder / ".pcsync" / "journal.db").rename(shell.desk.folder / "journal.db")
    return shell


def settings(shell: Shell, sink: str) -> None:
    (shell.desk.folder / "pcsync.yaml").write_text(PROJECT.replace("SINK", sink), "utf-8")


def keep(*names: str) -> None:
    """Takes all others out of the sink."""
    lines = SINK.read_text("utf-8").splitlines()
    left = [line for line in lines if json.loads(line)["name"] in names]
    SINK.write_text("".join(f"{line}\n" for line in left), "utf-8")


def told(shell: Shell, *words: str) -> list[str]:
    """Of whom a plan says that the password is not kept."""
    found: list[dict[str, Any]] = shell.json("plan", "estate", *words)["findings"]
    return [each["address"] for each in found if each["code"] == "password-not-kept"]


def test_what_the_sink_holds_is_not_lost(applied: Shell) -> None:
    assert told(applied) == []


def test_who_is_not_in_the_sink_is_told_with_the_reset(applied: Shell) -> None:
    keep(BEN)
    assert told(applied) == [ADATUM, ANA]
    assert applied.run("apply", "estate", "--yes") == 0
    said = " ".join(applied.out.split())
    assert "reset the password of admin@adatum.onmicrosoft.com by hand" in said
    assert "Reset the password, if nobody knows it" in said


def test_without_the_file_nothing_is_in_it(applied: Shell) -> None:
    SINK.unlink()
    assert told(applied) == [ADATUM, ANA, BEN]


def test_what_the_journal_knows_was_stored_before_it(applied: Shell) -> None:
    keep()
    assert told(applied, "--journal", "journal.db") == []


def test_what_the_lock_file_records_is_known(applied: Shell) -> None:
    keep()
    assert applied.run("pin", "estate") == 0, applied.out + applied.err
    assert told(applied) == []


@pytest.mark.parametrize("sink", ["{command: [vault-put]}", "file:kept"])
def test_of_a_sink_that_can_not_be_read_nothing_is_said(applied: Shell, sink: str) -> None:
    """A command, and a file that is none."""
    settings(applied, sink)
    assert told(applied) == []
