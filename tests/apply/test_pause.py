"""`paused` and `freeze`: looked at before every write, not only at the start (rule RO4)."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import Mock

import pytest
from apply_terminal import Ended, Terminal, ended, until

from pcsync.apply import Halted
from pcsync.cli.pause import Permit, Rest
from pcsync.errors import Refused
from tests.unit.test_freeze import at

PROJECT = """\
apiVersion: pcsync/v1
kind: Project
cloud: emulator
partner: {tenantId: 2f1c6f0e-5a3b-4d0c-9a57-0f6f6a1f4b11}
paths: [estate.yaml]
"""
NAMES = ("adatum", "contoso", "fabrikam")
WORLD = {
    "customers": [
        {"domain": f"{name}.onmicrosoft.com", "azure": True, "budget": 100} for name in NAMES
    ]
}


def estate(**words: str) -> str:
    return "---\n".join(
        f"apiVersion: pcsync/v1\nkind: Customer\nmetadata: {{name: {name}}}\n"
        f"spec: {{domain: {name}.onmicrosoft.com, budget: {{amount: 250}}{words.get(name, '')}}}\n"
        for name in NAMES
    )


def begin(terminal: Terminal, project: str = "", **words: str) -> None:
    """The emulator's time is 22 November 2026, 09:00 UTC."""
    terminal.control("POST", "seed", WORLD)
    terminal.write("estate.yaml", estate(**words))
    terminal.write("pcsync.yaml", PROJECT + project)


def budgets(terminal: Terminal) -> list[int]:
    return [row["budget"] for row in terminal.customers().values()]


def refused(found: Ended, terminal: Terminal, said: str) -> None:
    assert (found.code, terminal.writes()) == (3, [])
    assert said in found.errors
    assert "nothing was written" in found.errors


@pytest.mark.parametrize(
    "project, said",
    [
        ("paused: true\n", "paused: `paused: true`"),
        ("freeze: ['20..24']\n", "the freeze window 20..24 is on"),
        ("freeze: ['08:30..09:00']\n", "the freeze window 08:30..09:00 is on"),
    ],
)
def test_set_before_nothing_is_written(terminal: Terminal, project: str, said: str) -> None:
    begin(terminal, project)
    refused(terminal.apply(), terminal, said)
    assert terminal.run("plan").code == 0


def test_the_variable_pauses_too(terminal: Terminal) -> None:
    begin(terminal)
    refused(terminal.apply(PCSYNC_PAUSED="1"), terminal, "the variable PCSYNC_PAUSED is set")
    assert terminal.apply(PCSYNC_PAUSED="0").code == 0


def test_a_freeze_is_lifted_once_by_name(terminal: Terminal) -> None:
    """Also for a saved plan; a pause is not lifted so."""
    begin(terminal, "freeze: ['20..24']\n")
    assert terminal.run("plan", "--out", "p.json").code == 0
    refused(terminal.apply("--plan", "p.json"), terminal, "20..24")
    assert terminal.apply("--plan", "p.json", "--allow", "freeze").code == 0
    begin(terminal, "paused: true\n")
    assert terminal.apply("--allow", "freeze").code == 3


def test_outside_of_the_window_it_is_written(terminal: Terminal) -> None:
    begin(terminal, "freeze: ['28..3', '22:00..02:00', '2026-12-21..2027-01-03']\n")
    assert terminal.apply().code == 0


def test_a_customers_own_window_stops_that_one_only(terminal: Terminal) -> None:
    """Also by a plan file: the window is in the plan."""
    begin(terminal, contoso=", freeze: ['20..24']")
    assert terminal.run("plan", "--out", "p.json").code == 0
    found = terminal.apply("--plan", "p.json")
    assert found.code == 5
    assert found.outcomes() == {
        "budget/adatum:update": "done",
        "budget/contoso:update": "not-started",
        "budget/fabrikam:update": "done",
    }
    assert "window 20..24 of contoso is on" in found.result("budget/contoso:update")["detail"]
    terminal.control("POST", "clock", {"advance": "P3D"})
    assert terminal.apply().code == 0
    assert budgets(terminal) == [250, 250, 250]


def test_a_window_of_a_customer_that_is_none_is_an_error(terminal: Terminal) -> None:
    begin(terminal, contoso=", freeze: ['2026-12-24..2026-12-01']")
    found = terminal.run("plan")
    assert found.code == 1
    assert "freeze-window" in found.said


def test_set_in_the_middle_it_stops_after_the_call_in_flight(terminal: Terminal) -> None:
    """Exit 5; taken back, the next apply does the rest and nothing twice."""
    begin(terminal)
    fault = {"method": "PATCH", "path": "*", "realDelay": 8, "times": 1}
    terminal.control("POST", "faults", fault)
    process = terminal.start("apply", "--yes", "--format", "json", "--parallelism", "1")
    until(terminal.writes)  # it has arrived, and its answer is held back
    terminal.write("pcsync.yaml", PROJECT + "paused: true\n")
    found = ended(process)
    assert found.code == 5
    assert list(found.outcomes().values()) == ["done", "not-started", "not-started"]
    assert found.document["stopped"] == "paused"
    assert budgets(terminal) == [250, 100, 100]
    terminal.write("pcsync.yaml", PROJECT)
    terminal.control("POST", "clock", {"advance": "PT1M"})
    assert terminal.apply().code == 0
    assert len(terminal.writes()) == 3


# --- the permit -----------------------------------------------------------------------------------


def permit(folder: Path, **members: object) -> Permit:
    rest = Rest(folder / "pcsync.yaml", {}, lambda: at("2026-11-23T12:00"))
    return Permit(Rest(**{**{n: getattr(rest, n) for n in rest.__dataclass_fields__}, **members}))


def test_settings_that_can_not_be_read_any_more_are_a_pause(tmp_path: Path) -> None:
    """Somebody is just writing them: nobody knows what they will say."""
    asked = permit(tmp_path)
    asked("contoso")
    (tmp_path / "pcsync.yaml").write_text(PROJECT + "paused: tr", "utf-8")
    with pytest.raises(Halted, match="can't be read any more"):
        asked("contoso")
    (tmp_path / "pcsync.yaml").write_text(PROJECT + "paused: false\n", "utf-8")
    asked("contoso")
    (tmp_path / "pcsync.yaml").unlink()
    asked("contoso")


def test_the_first_look_is_refused_only_if_nobody_may_be_written_to(tmp_path: Path) -> None:
    asked = permit(tmp_path, customers={"contoso": ("20..25",)})
    asked.before(["contoso", "fabrikam"])
    asked.before([])
    with pytest.raises(Refused, match=r"20\.\.25 of contoso"):
        asked.before(["contoso"])
    permit(tmp_path, customers={"contoso": ("20..25",)}, lifted=True).before(["contoso"])


def test_without_windows_no_clock_is_asked(tmp_path: Path) -> None:
    now = Mock()
    permit(tmp_path, now=now)("contoso")
    assert not now.called


def test_the_pause_of_the_base_holds_whatever_the_change_says(tmp_path: Path) -> None:
    with pytest.raises(Halted, match="of the base"):
        permit(tmp_path, paused=True)("contoso")
