"""Two machines that share a database of leases, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from apply_terminal import Terminal, until
from test_locks import BUDGETS, BUY, begin, machines, orders

from tests.database import database


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with database() as found:
        yield found


def test_who_holds_it_in_the_database_keeps_others_out(terminal: Terminal, url: str) -> None:
    """Killed, the holder lets go with its session; what it did not write is written then."""
    begin(terminal, BUDGETS.split("---\n")[0])
    one, two = machines(terminal, f'lease: {{url: "{url}"}}')
    unwritten = {"method": "PATCH", "path": "*", "status": 503, "realDelay": 10, "times": 9}
    terminal.control("POST", "faults", unwritten)
    first = one.start("apply", "--yes", "--events", "events.jsonl")
    events = one.folder / "events.jsonl"
    until(lambda: events.exists() and "write-sent" in events.read_text("utf-8"))  # once, and again
    second = two.apply()
    assert (second.code, set(second.outcomes().values())) == (5, {"skipped"})
    assert "is locked by process" in second.result("budget/contoso:update")["detail"]
    first.kill()
    first.communicate()
    terminal.control("DELETE", "faults")
    assert two.apply("--lock-timeout", "20").code == 0
    assert terminal.customers()["contoso"]["budget"] == 250


def test_a_plan_from_before_another_machine_bought_buys_nothing(
    terminal: Terminal, url: str
) -> None:
    begin(terminal, BUY.split("---\n")[0])
    one, two = machines(terminal, f'lease: {{url: "{url}"}}')
    assert two.run("plan", "--out", "plan.json").code == 0
    terminal.control("POST", "clock", {"advance": "PT1M"})
    assert one.apply().code == 0
    terminal.control("POST", "clock", {"advance": "PT1M"})
    late = two.apply("--plan", "plan.json")
    assert late.code in {4, 5}
    assert orders(terminal)["contoso"] == 1
    assert two.apply().outcomes() == {}
