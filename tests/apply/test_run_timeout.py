"""The time of a run (`network.runTimeout`): what never left is not started, and goes on later."""

from __future__ import annotations

from typing import Any

import pytest
from shell import Shell

PROJECT = """\
apiVersion: pcsync/v1
kind: Project
partner: {tenantId: 2f1c6f0e-5a3b-4d0c-9a57-0f6f6a1f4b11}
cloud: emulator
network: {runTimeout: 60}
"""
LATE = {"method": "PATCH", "status": 429, "headers": {"Retry-After": "100"}}
"""Waiting for it takes longer than the run may."""


@pytest.fixture
def late(shell: Shell) -> Shell:
    shell.planned()
    (shell.desk.folder / "pcsync.yaml").write_text(PROJECT, "utf-8")
    return shell


def applied(shell: Shell, *faults: dict[str, Any]) -> dict[str, str]:
    """What came of each customer, one after the other."""
    for fault in faults:
        shell.desk.control("POST", "faults", fault)
    document = shell.json("apply", "estate", "--yes", "--parallelism", "1")
    shell.desk.control("DELETE", "faults")
    assert document["stopped"] == "deadline"
    return {each["action"]: each["outcome"] for each in document["results"]["actions"]}


def test_what_was_not_sent_in_time_is_not_started(late: Shell) -> None:
    """Neither what had to wait for the limits, nor what would have come after it."""
    assert applied(late, LATE) == {
        "budget/contoso:update": "not-started",
        "budget/fabrikam:update": "not-started",
    }
    assert {row["budget"] for row in late.desk.world().values()} == {100}
    check_the_rest(late)


def test_only_what_left_without_an_answer_is_unknown(late: Shell) -> None:
    assert applied(late, {"method": "PATCH", "cut": "after"}, {**LATE, "nth": 2}) == {
        "budget/contoso:update": "unknown",
        "budget/fabrikam:update": "not-started",
    }
    check_the_rest(late)


def check_the_rest(shell: Shell) -> None:
    """The run is unfinished, and goes on where it ended."""
    assert "unfinished-run" in {each["code"] for each in shell.json("plan", "estate")["findings"]}
    assert shell.run("apply", "--resume", "--yes") == 0
    assert {row["budget"] for row in shell.desk.world().values()} == {250}
    assert shell.run("plan", "estate", "--detailed-exitcode") == 0
