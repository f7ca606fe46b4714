"""`--events` and what is shown meanwhile: everything that happens once, and no secret."""

from __future__ import annotations

import json
import stat
from io import StringIO
from typing import Any

import pytest
from apply_terminal import Terminal

from pcsync.cli.events import root
from pcsync.cli.live import Board, chosen
from pcsync.model import Outcome, StepResult
from tests.unit.report.sample import everything

CANARY = "Canary-7f3a9"
ESTATE = f"""\
apiVersion: pcsync/v1
kind: Customer
metadata: {{name: contoso}}
spec:
  domain: contoso.onmicrosoft.com
  budget: {{amount: 250}}
  users:
    - {{userPrincipalName: ana@contoso.onmicrosoft.com, displayName: "Ana {CANARY}",
       password: {{env: ANA}}}}
    - {{userPrincipalName: ben@contoso.onmicrosoft.com, displayName: Ben,
       password: {{generate: true}}}}
---
apiVersion: pcsync/v1
kind: Customer
metadata: {{name: fabrikam}}
spec: {{domain: fabrikam.onmicrosoft.com, budget: {{amount: 250}}}}
"""
NAMES = ("contoso", "fabrikam")
WORLD = {
    "customers": [
        {"domain": f"{name}.onmicrosoft.com", "azure": True, "budget": 100} for name in NAMES
    ]
}


def begin(terminal: Terminal) -> None:
    terminal.control("POST", "seed", WORLD)
    terminal.write("estate.yaml", ESTATE)


def events(terminal: Terminal) -> list[dict[str, Any]]:
    text = (terminal.folder / "e.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_everything_that_happens_stands_there_once(terminal: Terminal) -> None:
    begin(terminal)
    fault = {"method": "PATCH", "path": "*/usagebudget", "nth": 2, "status": 400}
    terminal.control("POST", "faults", {**fault, "body": {"code": 2002, "description": "no"}})
    found = terminal.apply("--events", "e.jsonl", "--parallelism", "1", ANA="Pa55-word-9")
    assert found.code == 5
    seen = events(terminal)
    plan = found.document
    assert seen[0] == {
        "time": "2026-11-22T09:00:00.000Z",
        "event": "run-started",
        "plan": plan["id"],
        "customers": 2,
        "steps": len(plan["steps"]),
        "writes": plan["totals"]["writes"],
    }
    last = seen[-1]
    assert (last["event"], last["exit"]) == ("run-ended", 5)
    assert last["actions"] == plan["counts"]
    assert (last["sent"], last["read"]) == (plan["sent"], plan["read"])
    ids = [step["id"] for step in plan["steps"]]
    for name in ("step-started", "step-ended"):
        assert [e["step"] for e in seen if e["event"] == name] == ids
    assert [e["customer"] for e in seen if e["event"] == "customer-started"] == list(NAMES)
    ended = {e["customer"]: e["steps"] for e in seen if e["event"] == "customer-ended"}
    assert ended == {"contoso": {"done": 3}, "fabrikam": {"failed": 1}}
    writes = [e for e in seen if e["event"] == "write-sent"]
    assert len(writes) == plan["sent"] == 4
    assert {e["status"] for e in writes} == {200, 201, 400}
    assert all(e["path"].startswith("/v1/customers/") and e["requestId"] for e in writes)


def test_no_secret_and_no_body_is_among_them(terminal: Terminal) -> None:
    begin(terminal)
    secret = f"Pa55-{CANARY}"
    assert terminal.apply("--events", "e.jsonl", ANA=secret).code == 0
    path = terminal.folder / "e.jsonl"
    text = path.read_text("utf-8")
    assert CANARY not in text
    sink = (terminal.folder / ".pcsync" / "secrets.jsonl").read_text("utf-8")
    (made,) = [json.loads(line)["secret"] for line in sink.splitlines()]
    assert made not in text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_can_not_be_written_is_said_before_anything_is_sent(terminal: Terminal) -> None:
    begin(terminal)
    found = terminal.apply("--events", "no/such/e.jsonl", ANA="Pa55-word-9")
    assert (found.code, terminal.writes()) == (64, [])
    assert "--events no/such/e.jsonl" in found.errors


def test_lines_in_ci_and_silence_elsewhere(terminal: Terminal) -> None:
    """stderr only; what is not done is told with its reason."""
    begin(terminal)
    fault = {"method": "PATCH", "path": "*/usagebudget", "nth": 2, "status": 400}
    terminal.control("POST", "faults", {**fault, "body": {"code": 2002, "description": "no"}})
    told = terminal.apply("--parallelism", "1", CI="true", ANA="Pa55-word-9").errors.splitlines()
    assert told[0] == "contoso: 3 steps"
    assert told[1:3] == ["contoso: 3 done", "fabrikam: 1 step"]
    assert told[3].startswith("fabrikam: failed: ")
    assert told[4] == "fabrikam: 1 failed"
    begin(terminal)
    terminal.control("POST", "clock", {"advance": "PT1M"})
    assert terminal.apply(ANA="Pa55-word-9").errors == ""


@pytest.mark.parametrize(
    "form, ci, terminal, expected",
    [
        ("auto", "", True, "board"),
        ("auto", "true", True, "board"),
        ("auto", "true", False, "plain"),
        ("auto", "", False, "none"),
        ("plain", "", True, "plain"),
        ("none", "true", True, "none"),
    ],
)
def test_what_is_shown_where(
    form: str, ci: str, terminal: bool, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: terminal, raising=False)
    assert chosen(form, {"CI": ci}) == expected


def test_a_board_has_a_row_for_each_customer_in_work() -> None:
    """And one for all; a row goes when its customer is left."""
    from rich.console import Console

    plan = everything()
    shown = StringIO()
    board = Board(plan, Console(file=shown, force_terminal=True, width=100))
    name = root(plan.steps[0])
    with board:
        board.entered(name)
        for step in plan.steps:
            board.started(step)
            board.ended(StepResult(step.id, Outcome.DONE))
        board.left(name)
        board.left(name)
    text = shown.getvalue()
    assert "all steps" in text
    assert f"{len(plan.steps)}/{len(plan.steps)}" in text
    assert f"  {name}" in text
