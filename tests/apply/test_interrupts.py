"""Signals: the first lets calls in flight end, the second stops at once; both go on later."""

from __future__ import annotations

import os
import signal
import subprocess
from typing import Any

import pytest
from apply_terminal import Ended, Terminal, ended, until

NAMES = ("adatum", "contoso", "fabrikam")
ESTATE = "---\n".join(
    f"""\
apiVersion: pcsync/v1
kind: Customer
metadata: {{name: {name}}}
spec:
  domain: {name}.onmicrosoft.com
  budget: {{amount: 250}}
  subscriptions:
    - {{name: m365, product: "CFQ7TTC0LCHC:0002", termDuration: P1Y, billingCycle: monthly,
       quantity: 5, endOfTerm: renew}}
"""
    for name in NAMES
)
WORLD = {
    "customers": [
        {"domain": f"{name}.onmicrosoft.com", "azure": True, "budget": 100} for name in NAMES
    ]
}
HELD_BACK = {"method": "POST", "path": "*/checkout", "times": 1}


def begun(terminal: Terminal, seconds: int = 4) -> subprocess.Popen[str]:
    """An apply, one customer after the other, whose first checkout is on its way for a while."""
    terminal.control("POST", "seed", WORLD)
    terminal.write("estate.yaml", ESTATE)
    terminal.control("POST", "faults", HELD_BACK | {"realDelay": seconds})
    process = terminal.start("apply", "--yes", "--format", "json", "--parallelism", "1")
    until(lambda: checking_out(terminal))
    return process


def checking_out(terminal: Terminal) -> bool:
    """Whether a checkout has arrived; its answer is held back."""
    return any(write.endswith("/checkout") for write in terminal.writes())


def check_the_rest(terminal: Terminal) -> None:
    """One more apply does what is left; nothing was bought or paid twice."""
    terminal.control("POST", "clock", {"advance": "PT30M"})
    rest = terminal.run("apply", "--yes", "--resume", "--format", "json")
    assert rest.code == 0, rest.said + rest.errors
    for name, row in terminal.customers().items():
        assert (name, row["orders"], len(row["subscriptions"])) == (name, 1, 1)
        assert row["budget"] == 250
    assert terminal.run("plan", "--detailed-exitcode").code == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_brings_what_is_in_flight_to_an_end(
    terminal: Terminal, number: signal.Signals
) -> None:
    """The report is complete: what was in flight is done, the rest is not started; exit 130."""
    process = begun(terminal)
    process.send_signal(number)
    found: Ended = ended(process)
    assert found.code == 130
    assert "the calls in flight are brought to an end" in found.errors
    steps: list[dict[str, Any]] = found.document["results"]["steps"]
    checkout = next(s for s in steps if "checkout" in s["step"] and "adatum" in s["step"])
    assert checkout["outcome"] == "done"
    assert found.document["stopped"] == "interrupted"
    others = {o for action, o in found.outcomes().items() if "adatum" not in action}
    assert others == {"not-started"}
    check_the_rest(terminal)


def test_the_second_signal_stops_at_once(terminal: Terminal) -> None:
    process = begun(terminal, seconds=10)
    process.send_signal(signal.SIGINT)
    assert process.stderr is not None
    first = process.stderr.readline()
    assert "once more stops at once" in first
    process.send_signal(signal.SIGINT)
    found = ended(process, seconds=8)
    assert (found.code, found.said) == (130, "")
    assert "stopped at once" in found.errors
    check_the_rest(terminal)


def test_ci_terminates_and_then_kills(terminal: Terminal) -> None:
    """No time for a report; the locks are free, and what was in flight is looked at first."""
    process = begun(terminal)
    process.terminate()
    process.kill()
    process.communicate(timeout=30)
    assert process.returncode == -signal.SIGKILL
    check_the_rest(terminal)


def test_an_interrupt_while_it_plans_ends_with_130(terminal: Terminal) -> None:
    terminal.control("POST", "seed", WORLD)
    terminal.write("estate.yaml", ESTATE)
    fault = {"method": "GET", "path": "/v1/customers*", "realDelay": 3, "times": 9}
    terminal.control("POST", "faults", fault)
    process = terminal.start("apply", "--yes")
    until((terminal.folder / ".pcsync" / "journal.db").exists)
    os.kill(process.pid, signal.SIGTERM)
    found = ended(process)
    assert found.code == 130
    assert terminal.writes() == []
