"""The journal's file: on disk before a request leaves, for its owner alone, without secrets."""

from __future__ import annotations

import json
import sqlite3
import stat
import threading
from pathlib import Path
from typing import Any

import pytest
from apply_desk import Desk, outcomes
from journal_desk import ledger, reloaded, run
from shell import Shell
from test_apply_lost_answers import begin

from pcsync.apply import Moment, journal
from pcsync.apply.journal import Request
from pcsync.apply.ledger import Ledger
from pcsync.apply.record import Record
from pcsync.errors import JournalError
from pcsync.model import Outcome, Plan, StepResult
from pcsync.plan.file import dump
from tests.killing import Kill, Killed


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_it_is_for_its_owner_alone(shell: Shell) -> None:
    shell.planned()
    assert shell.run("apply", "--plan", "plan.json", "--yes") == 0
    folder = shell.desk.folder / ".pcsync"
    assert (mode(folder), mode(folder / "journal.db")) == (0o700, 0o600)
    assert all(mode(path) == 0o600 for path in folder.glob("journal.db*"))


@pytest.mark.parametrize("way", ["option", "variable"])
def test_it_can_be_kept_elsewhere(shell: Shell, way: str) -> None:
    shell.planned()
    words = ["--journal", "kept/j.db"] if way == "option" else []
    if way == "variable":
        shell.patch.setenv("PCSYNC_JOURNAL", "kept/j.db")
    assert shell.run("apply", "--plan", "plan.json", "--yes", *words) == 0
    assert (shell.desk.folder / "kept" / "j.db").exists()
    assert not (shell.desk.folder / ".pcsync" / "journal.db").exists()
    assert [r["run"] for r in shell.json("journal", "list", *words)["runs"]] == [1]


def test_a_plan_alone_makes_none(shell: Shell) -> None:
    shell.planned()
    assert not (shell.desk.folder / ".pcsync" / "journal.db").exists()


@pytest.mark.parametrize("text", ["no database at all" * 99, None], ids=["garbage", "folder"])
def test_without_it_nothing_is_sent(shell: Shell, text: str | None) -> None:
    shell.planned()
    path = shell.desk.folder / "j.db"
    path.mkdir() if text is None else path.write_text(text)
    code = shell.run("apply", "--plan", "plan.json", "--yes", "--journal", "j.db")
    assert code in {1, 64}
    assert shell.desk.writes() == []


def test_it_is_another_format_of_a_later_version(desk: Desk) -> None:
    with ledger(desk) as opened:
        path = opened.path
    with sqlite3.connect(path) as file:
        file.execute("PRAGMA user_version = 99")
    with pytest.raises(JournalError, match="format 99"):
        Ledger(path)


def test_an_intent_is_on_disk_before_its_request_leaves(desk: Desk) -> None:
    """Seen by another process at the moment of each request, for all ten writes."""
    begin(desk)
    seen: list[tuple[str, Any]] = []

    def look(moment: Moment, step: str) -> None:
        if moment is Moment.INTENT_WRITTEN:
            with sqlite3.connect(desk.folder / "journal.db") as other:
                row = other.execute(
                    "SELECT method, digest, status FROM requests WHERE step = ?", (step,)
                ).fetchone()
            seen.append((step, row))

    assert outcomes(run(desk, desk.plan(), look)) == {Outcome.DONE}
    assert len(seen) == 10
    assert all(row[2] is None and len(row[1]) == 64 for _, row in seen)
    with ledger(desk) as opened:
        rows = opened.requests(1)
        assert {row["status"] for row in rows} <= {200, 201, 204}
        assert len({row["requestId"] for row in rows}) == 10
        kept = {row["name"] for row in opened.kept(1)}
    assert {"customer/fabrikam#id", "user/contoso/ana#id", "cart/contoso#id"} <= kept


def test_no_secret_is_in_it(desk: Desk) -> None:
    """SE7: what was generated and what the service gave once are in the sink and nowhere else."""
    begin(desk)
    run(desk, desk.plan())
    lines = (desk.folder / "secrets.jsonl").read_text("utf-8").splitlines()
    found = [json.loads(line)["secret"] for line in lines]
    canaries = {s if isinstance(s, str) else s["password"] for s in found}
    assert len(canaries) >= 3
    written = b"".join(path.read_bytes() for path in desk.folder.glob("journal.db*"))
    assert written
    assert not [canary for canary in canaries if canary.encode() in written]
    with ledger(desk) as opened:
        assert not [row["name"] for row in opened.kept(1) if row["name"].endswith("#admin")]


def sample(desk: Desk) -> Plan:
    begin(desk)
    return reloaded(desk.plan())


def test_many_threads_and_two_processes_write_at_once(desk: Desk) -> None:
    plan = sample(desk)
    now = lambda: plan.time  # noqa: E731
    with ledger(desk) as one, ledger(desk) as two:
        records = [Record(each, plan, dump(plan), now) for each in (one, two)]
        for record in records:
            record.begin()

        def write(record: Record, name: str) -> None:
            for number in range(20):
                step = f"{name}.{number}"
                record.intent(step, Request(f"{record.run}-{step}", "POST", "/v1/x"))
                record.answer(step, f"{record.run}-{step}", 201)
                record.done(StepResult(step, Outcome.DONE), {f"{step}#id": "7"})

        threads = [
            threading.Thread(target=write, args=(record, f"t{number}"))
            for record in records
            for number in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for record in records:
            rows = one.requests(record.run)
            assert len(rows) == 80
            assert {row["status"] for row in rows} == {201}
            assert len(one.results(record.run)) == 80
        assert {record.run for record in records} == {1, 2}


def test_an_answer_is_counted_for_the_next_process(desk: Desk) -> None:
    """A refusal was an answer: the next request has another id; without one it has the same."""
    plan = sample(desk)
    now = lambda: plan.time  # noqa: E731
    with ledger(desk) as opened:
        first = Record(opened, plan, dump(plan), now)
        first.begin()
        first.intent("a", Request("id-0", "POST", "/v1/x"))
        first.answer("a", "id-0", 409, "800064")
        first.intent("a", Request("id-1", "POST", "/v1/x"))
    with ledger(desk) as opened:
        known = Record(opened, plan, dump(plan), now).known("a")
    assert (known.answers, known.attempts, known.doubt) == (1, 2, plan.time)
    assert not known.accepted


def test_what_was_refused_goes_again_under_the_next_id(desk: Desk) -> None:
    plan = sample(desk)
    fault = {"method": "POST", "path": "/v1/customers", "status": 400, "body": {"code": "1"}}
    desk.control("POST", "faults", fault)
    assert Outcome.FAILED in outcomes(run(desk, plan))
    assert outcomes(run(desk, plan)) == {Outcome.DONE}
    with ledger(desk) as opened:
        ids = [
            next(r["requestId"] for r in opened.requests(number) if r["path"] == "/v1/customers")
            for number in (1, 2)
        ]
    assert ids[0] != ids[1]


def test_a_bought_cart_that_failed_in_part_is_not_repeated_unseen(desk: Desk) -> None:
    """PU1: the service took the checkout and refused a group: that is planned anew."""
    plan = sample(desk)
    with ledger(desk) as opened:
        record = Record(opened, plan, dump(plan), lambda: plan.time)
        record.begin()
        (step,) = (s for s in plan.steps if s.id == "cart/contoso.checkout")
        record.intent(step.id, Request("id-0", "POST", "/v1/x"))
        record.answer(step.id, "id-0", 201)
        record.done(StepResult(step.id, Outcome.FAILED, "a part was refused", fails=step.covers))
    applied = run(desk, plan)
    (result,) = (r for r in applied.steps if r.step == step.id)
    assert (result.outcome, result.detail) == (Outcome.FAILED, "a part was refused")
    assert not [path for _, path in desk.writes() if path.endswith("/checkout")]


# --- the commands -------------------------------------------------------------------------------


def cut_off(shell: Shell, step: str = "fabrikam") -> None:
    """A run of the saved plan that died before the answer to a request came in."""
    shell.planned()
    kill = Kill(Moment.REQUEST_SENT, step)
    with shell.patch.context() as patch:
        patch.setattr(journal, "nobody", kill)
        patch.setattr(Record, "end", lambda self, applied, code: None)
        with pytest.raises(Killed):
            shell.run("apply", "--plan", "plan.json", "--yes", "--parallelism", "1")
    assert kill.dead


def test_a_new_plan_says_what_an_unfinished_run_has_left(shell: Shell) -> None:
    cut_off(shell)
    document = shell.json("plan", "estate")
    (finding,) = (f for f in document["findings"] if f["code"] == "unfinished-run")
    assert finding["severity"] == "info"
    assert "run 1 of plan" in finding["what"]
    assert "1 in doubt" in finding["what"]
    assert "pcsync apply --resume 1" in finding["advice"]
    assert "note: run 1 of plan" in shell.err


@pytest.mark.parametrize("words", [["--resume"], ["--resume", "1"]], ids=["last", "number"])
def test_resume_goes_on(shell: Shell, words: list[str]) -> None:
    cut_off(shell)
    (shell.desk.folder / "plan.json").unlink()
    assert shell.run("apply", *words, "--yes") == 0, shell.out + shell.err
    budgets = [customer["budget"] for customer in shell.desk.world().values()]
    assert budgets == [250, 250]
    assert len(shell.desk.writes()) == 2
    assert shell.run("plan", "estate") == 0
    assert "unfinished" not in shell.out + shell.err


def test_the_plan_itself_goes_on_as_well(shell: Shell) -> None:
    cut_off(shell)
    assert shell.run("apply", "--plan", "plan.json", "--yes") == 0
    assert len(shell.desk.writes()) == 2


def test_a_later_clean_run_of_the_same_customers_closes_it(shell: Shell) -> None:
    cut_off(shell)
    assert shell.run("apply", "estate", "--yes") == 0
    assert "note: run 1" in shell.err
    shell.run("plan", "estate")
    assert shell.err == ""


@pytest.mark.parametrize("words", [["--resume"], ["--resume", "7"]], ids=["last", "number"])
def test_nothing_to_resume_is_wrong_usage(shell: Shell, words: list[str]) -> None:
    shell.planned()
    assert shell.run("apply", *words) == 64
    assert "see `pcsync journal list`" in shell.err


def test_plan_resume_and_paths_exclude_each_other(shell: Shell) -> None:
    shell.planned()
    assert shell.run("apply", "--plan", "plan.json", "--resume") == 64
    assert shell.run("apply", "--plan", "plan.json", "estate") == 64


def test_list_show_and_export(shell: Shell) -> None:
    cut_off(shell)
    assert shell.run("journal", "list") == 0
    assert "1 of 2 steps done, 1 in doubt" in shell.out
    (listed,) = shell.json("journal", "list")["runs"]
    assert listed["run"] == 1
    assert "ended" not in listed
    assert shell.run("journal", "show", "1") == 0
    assert "no answer" in shell.out
    assert "MS-RequestId" in shell.out
    shown = shell.json("journal", "show", "1")
    (exported,) = shell.json("journal", "export")["runs"]
    assert {k: v for k, v in shown.items() if k != "format"} == exported
    assert shell.run("journal", "export") == 0
    assert "PATCH /v1/customers/" in shell.out
    assert shell.run("journal", "show", "9") == 64


def test_the_commands_say_where_there_is_no_journal(shell: Shell) -> None:
    for words in (["list"], ["show", "1"], ["export"], ["prune"]):
        assert shell.run("journal", *words) == 64
        assert "there is no journal" in shell.err


def test_prune_forgets_what_is_old_and_ended(shell: Shell) -> None:
    cut_off(shell)
    assert shell.run("apply", "estate", "--yes") == 0
    path = shell.desk.folder / ".pcsync" / "journal.db"
    with sqlite3.connect(path) as file:
        file.execute("UPDATE runs SET began = '2020-01-01T00:00:00.000000Z'")
    assert shell.run("journal", "prune", "--older-than", "30d") == 0
    assert shell.err.startswith("1 run forgotten")
    (kept,) = shell.json("journal", "list")["runs"]
    assert kept["run"] == 1
    with sqlite3.connect(path) as file:
        left = {
            table: file.execute(f"SELECT DISTINCT plan FROM {table}").fetchall()
            for table in ("plan_customers", "requests", "results")
        }
        (plan,) = file.execute("SELECT id FROM plans").fetchall()
    assert left == {key: [plan] for key in left}
