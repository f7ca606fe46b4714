"""Sinks of the settings in real runs: stored before the next call, never while planning."""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path
from typing import Any

import pytest
from apply_terminal import Terminal, until

pyrage = pytest.importorskip("pyrage", reason="the extra `age` is not installed")
PROJECT = """\
apiVersion: pcsync/v1
kind: Project
cloud: emulator
partner: {tenantId: 2f1c6f0e-5a3b-4d0c-9a57-0f6f6a1f4b11}
paths: [estate.yaml]
"""
ESTATE = """\
apiVersion: pcsync/v1
kind: Customer
metadata: {name: contoso}
spec:
  domain: contoso.onmicrosoft.com
  users:
    - {userPrincipalName: ana@contoso.onmicrosoft.com, displayName: Ana, password: {generate: true}}
    - {userPrincipalName: ben@contoso.onmicrosoft.com, displayName: Ben, password: {generate: true}}
"""
KEEP = """\
import json, pathlib, sys
given = json.load(sys.stdin)
with pathlib.Path("got.jsonl").open("a") as file:
    file.write(json.dumps(given) + "\\n")
"""
BREAK = "import pathlib; pathlib.Path('ran').touch(); raise SystemExit(3)\n"


def begin(terminal: Terminal, secrets: dict[str, Any]) -> None:
    terminal.control("POST", "seed", {"customers": [{"domain": "contoso.onmicrosoft.com"}]})
    terminal.write("estate.yaml", ESTATE)
    terminal.write("pcsync.yaml", f"{PROJECT}secrets: {json.dumps(secrets)}\n")


def script(terminal: Terminal, name: str, code: str) -> list[str]:
    terminal.write(name, code)
    return [sys.executable, name]


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_a_command_is_given_each_secret_and_runs_in_apply_only(terminal: Terminal) -> None:
    """Rule SE3: `plan` starts no process."""
    begin(terminal, {"sink": {"command": script(terminal, "keep.py", KEEP)}})
    got = terminal.folder / "got.jsonl"
    assert terminal.run("plan", "--out", "p.json").code == 0
    assert terminal.run("doctor").code in {0, 1}
    assert not got.exists()
    found = terminal.apply("--plan", "p.json")
    assert found.code == 0
    names = [entry["name"] for entry in lines(got)]
    assert len(names) == 2
    assert all(name.startswith("user/contoso/") for name in names)
    for entry in lines(got):
        assert entry["secret"] not in found.said + found.errors


def test_a_command_that_fails_keeps_the_secret_and_sends_nothing(terminal: Terminal) -> None:
    """Loudly: the step fails. The account is not made with a password that nobody would know."""
    begin(terminal, {"sink": {"command": script(terminal, "break.py", BREAK)}})
    found = terminal.apply()
    assert (found.code, terminal.writes()) == (1, [])
    kept = terminal.folder / ".pcsync" / "secrets-kept.jsonl"
    assert len(lines(kept)) == 2
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    for entry in lines(kept):
        assert entry["secret"] not in found.said + found.errors
    details = [result["detail"] for result in found.document["results"]["actions"]]
    assert all("it ended with 3; it is kept in" in detail for detail in details)


def test_passwords_may_come_from_a_command(terminal: Terminal) -> None:
    code = (
        "import pathlib, sys; pathlib.Path('ran').touch(); print('Pa55-' + sys.stdin.read()[-6:])"
    )
    make = script(terminal, "make.py", code + "\n")
    begin(terminal, {"sink": "file:s.jsonl", "generate": {"command": make}})
    assert terminal.run("plan").code == 0
    assert not (terminal.folder / "ran").exists()
    assert terminal.apply().code == 0
    assert all(entry["secret"].startswith("Pa55-") for entry in lines(terminal.folder / "s.jsonl"))


def test_an_age_file_holds_what_only_its_key_reads(terminal: Terminal) -> None:
    key = pyrage.x25519.Identity.generate()
    age = {"file": "s.age.jsonl", "recipients": [str(key.to_public())]}
    begin(terminal, {"sink": {"age": age}})
    assert terminal.apply().code == 0
    for entry in lines(terminal.folder / "s.age.jsonl"):
        assert json.loads(pyrage.decrypt(entry["age"].encode(), [key]))


def test_a_key_that_is_none_is_refused_before_anything_is_sent(terminal: Terminal) -> None:
    begin(terminal, {"sink": {"age": {"file": "s", "recipients": ["age1nonsense"]}}})
    found = terminal.apply()
    assert (found.code, terminal.writes()) == (1, [])
    assert "no public key of age" in found.errors


NEW = """\
apiVersion: pcsync/v1
kind: Customer
metadata: {name: adatum}
spec:
  domain: adatum.onmicrosoft.com
  billingProfile:
    companyName: Adatum GmbH
    firstName: Kim
    lastName: Akers
    email: kim@adatum.example
    culture: de-DE
    language: de
    defaultAddress: {addressLine1: Hauptstr. 1, city: Berlin, postalCode: "10115", country: DE}
  users:
    - {userPrincipalName: ana@adatum.onmicrosoft.com, displayName: Ana, usageLocation: DE,
       password: {generate: true}}
"""


@pytest.mark.parametrize(
    "call, name",
    [("*/users", "customer/adatum"), ("*/users", "user/adatum/")],
    ids=["administrator of a new customer", "new account"],
)
def test_killed_with_the_next_call_in_flight_the_secret_is_there(
    terminal: Terminal, call: str, name: str
) -> None:
    """Rules PE14 and PU7: what is shown once is stored before the next call leaves."""
    terminal.control("POST", "seed", {"customers": []})
    terminal.write("estate.yaml", NEW)
    fault = {"method": "POST", "path": call, "realDelay": 5, "times": 1}
    terminal.control("POST", "faults", fault)
    process = terminal.start("apply", "--yes", "--events", "e.jsonl")
    events = terminal.folder / "e.jsonl"
    users = '"event": "step-started", "step": "user/'
    until(lambda: events.exists() and users in events.read_text("utf-8"))
    sink = terminal.folder / ".pcsync" / "secrets.jsonl"
    until(lambda: sink.exists() and len(lines(sink)) == 2)
    process.kill()
    process.communicate()
    (found,) = [entry for entry in lines(sink) if entry["name"].startswith(name)]
    assert found["secret"]
