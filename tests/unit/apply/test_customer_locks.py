"""Locks and leases of customers: one writer each, who says who it is and what it wrote last."""

from __future__ import annotations

import json
import stat
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pcsync.apply.lease import STALE, FileLeases
from pcsync.apply.locks import Both, FileLocks, Run, writers
from pcsync.apply.permit import Halted, Locked, Locks, Overtaken, Unlocked
from pcsync.errors import PcsyncError

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@dataclass
class Moment:
    at: datetime = AT

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def moment() -> Moment:
    return Moment()


def run(moment: Moment, plan: str = "7d0f3abc", planned: datetime = AT, pid: int = 11) -> Run:
    return Run(plan, planned, "9f3a", pid, moment.now)


KINDS = {"lock": FileLocks, "lease": FileLeases}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> type[FileLocks] | type[FileLeases]:
    return KINDS[request.param]


def test_one_at_a_time(kind: type[FileLocks], tmp_path: Path, moment: Moment) -> None:
    """The second is told who holds it; other customers are free."""
    first = kind(tmp_path, run(moment)).take("contoso")
    other = kind(tmp_path, run(moment, "another", pid=12))
    with pytest.raises(Locked) as caught:
        other.take("contoso")
    assert "contoso is locked by process 11 of host 9f3a (plan 7d0f3a)" in caught.value.what
    assert "2026-11-23 09:00:00 UTC" in caught.value.what
    other.take("fabrikam").release(wrote=False)
    first.release(wrote=False)
    other.take("contoso").release(wrote=False)


def test_one_process_is_not_twice_the_same(
    kind: type[FileLocks], tmp_path: Path, moment: Moment
) -> None:
    locks = kind(tmp_path, run(moment))
    held = locks.take("contoso")
    with pytest.raises(Locked):
        locks.take("contoso")
    held.release(wrote=False)


def test_a_plan_that_is_older_than_the_last_write_is_overtaken(
    kind: type[FileLocks], tmp_path: Path, moment: Moment
) -> None:
    """Two plans were made, then one was applied: what the other was made from has changed."""
    first = kind(tmp_path, run(moment, "first"))
    second = kind(tmp_path, run(moment, "second"))
    moment.at += MINUTE
    held = first.take("contoso")
    held.check()
    held.release(wrote=True)
    moment.at += MINUTE
    with pytest.raises(Overtaken) as caught:
        second.take("contoso")
    assert "wrote to contoso at 2026-11-23 09:01:00 UTC, after this plan" in caught.value.what
    second.take("fabrikam").release(wrote=False)
    first.take("contoso").release(wrote=False)
    kind(tmp_path, run(moment, "third", planned=moment.at)).take("contoso").release(wrote=False)


def test_who_looked_before_planning_sees_every_later_writer(
    kind: type[FileLocks], tmp_path: Path, moment: Moment
) -> None:
    """Also one whose clock stands still, as an emulator's does."""
    kind(tmp_path, run(moment, "zero")).take("contoso").release(wrote=True)
    mine = replace(run(moment, "mine"), seen=writers(tmp_path))
    kind(tmp_path, mine).take("contoso").release(wrote=False)
    kind(tmp_path, run(moment, "other")).take("contoso").release(wrote=True)
    with pytest.raises(Overtaken):
        kind(tmp_path, mine).take("contoso")
    after = replace(mine, seen=writers(tmp_path))
    kind(tmp_path, after).take("contoso").release(wrote=True)
    kind(tmp_path, after).take("contoso").release(wrote=False)


def test_who_wrote_is_known_even_if_that_run_was_killed(
    kind: type[FileLocks], tmp_path: Path, moment: Moment
) -> None:
    """It stands there before the first write leaves, not when the run ends."""
    moment.at += MINUTE
    killed = kind(tmp_path / "a", run(moment, "killed")).take("contoso")
    killed.check()
    note = json.loads((tmp_path / "a" / "contoso.last").read_text("utf-8"))
    assert (note["plan"], note["pid"]) == ("killed", 11)
    killed.release(wrote=False)


def test_who_wrote_nothing_overtakes_nobody(
    kind: type[FileLocks], tmp_path: Path, moment: Moment
) -> None:
    moment.at += MINUTE
    kind(tmp_path, run(moment, "first")).take("contoso").release(wrote=False)
    kind(tmp_path, run(moment, "second")).take("contoso").release(wrote=False)
    assert writers(tmp_path) == {}


def test_a_clock_that_was_set_back_stops_nobody(
    kind: type[FileLocks], tmp_path: Path, moment: Moment
) -> None:
    moment.at += timedelta(days=400)
    kind(tmp_path, run(moment, "first")).take("contoso").release(wrote=True)
    moment.at = AT
    before = writers(tmp_path)
    kind(tmp_path, run(moment, "second")).take("contoso").release(wrote=True)
    assert writers(tmp_path) != before


def test_nobody_else_can_read_them(kind: type[FileLocks], tmp_path: Path, moment: Moment) -> None:
    held = kind(tmp_path / "locks", run(moment)).take("contoso")
    held.check()
    assert stat.S_IMODE((tmp_path / "locks").stat().st_mode) == 0o700
    for path in (tmp_path / "locks").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    held.release(wrote=True)


def test_a_folder_that_is_none_is_said(
    kind: type[FileLocks], tmp_path: Path, moment: Moment
) -> None:
    (tmp_path / "locks").write_text("", "utf-8")
    with pytest.raises(PcsyncError, match="contoso"):
        kind(tmp_path / "locks", run(moment)).take("contoso")


# --- leases ---------------------------------------------------------------------------------------


def lease(folder: Path, moment: Moment, plan: str = "7d0f3abc", **members: bool) -> FileLeases:
    return FileLeases(folder, run(moment, plan), **members)


def renewed(folder: Path) -> str:
    return str(json.loads((folder / "contoso.lease").read_text("utf-8"))["renewed"])


def test_a_holder_gives_signs_of_life(tmp_path: Path, moment: Moment) -> None:
    held = lease(tmp_path, moment).take("contoso")
    assert renewed(tmp_path) == "2026-11-23T09:00:00+00:00"
    for number in range(60):
        moment.at += timedelta(seconds=15)
        held.renew() if number % 2 else held.check()
    assert renewed(tmp_path) == "2026-11-23T09:15:00+00:00"
    with pytest.raises(Locked, match="last sign of life 0 s ago"):
        lease(tmp_path, moment, "other", take_over=True).take("contoso")


def test_a_stale_one_is_shown_with_its_age_and_broken_only_by_word(
    tmp_path: Path, moment: Moment
) -> None:
    dead = lease(tmp_path, moment).take("contoso")
    moment.at += STALE
    with pytest.raises(Locked) as caught:
        lease(tmp_path, moment, "other").take("contoso")
    assert "process 11 of host 9f3a" in caught.value.what
    assert "last sign of life 600 s ago" in caught.value.what
    assert "--break-lease" in caught.value.advice
    held = lease(tmp_path, moment, "other", take_over=True).take("contoso")
    held.check()
    with pytest.raises(Halted, match="lease of contoso was broken by process 11"):
        dead.check()
    dead.release(wrote=False)
    held.check()
    held.release(wrote=False)


def test_one_that_lives_is_not_broken(tmp_path: Path, moment: Moment) -> None:
    lease(tmp_path, moment).take("contoso")
    moment.at += STALE - MINUTE
    with pytest.raises(Locked, match="last sign of life 540 s ago") as caught:
        lease(tmp_path, moment, "other", take_over=True).take("contoso")
    assert "--break-lease" not in caught.value.advice


def test_one_who_died_before_it_could_say_who_it_is(tmp_path: Path, moment: Moment) -> None:
    (tmp_path / "contoso.lease").write_text("", "utf-8")
    with pytest.raises(Locked, match="another run, which left no name"):
        lease(tmp_path, moment).take("contoso")
    lease(tmp_path, moment, take_over=True).take("contoso").check()


def test_a_lease_that_was_deleted_by_hand_halts_its_holder(tmp_path: Path, moment: Moment) -> None:
    held = lease(tmp_path, moment).take("contoso")
    (tmp_path / "contoso.lease").unlink()
    with pytest.raises(Halted, match="broken by somebody"):
        held.check()


# --- both -----------------------------------------------------------------------------------------


def test_all_or_none(tmp_path: Path, moment: Moment) -> None:
    """What was taken first is given back when the second can't be."""
    here = FileLocks(tmp_path / "here", run(moment))
    there = lease(tmp_path / "there", moment)
    other = lease(tmp_path / "there", moment, "other").take("contoso")
    both: Locks = Both(here, there)
    with pytest.raises(Locked):
        both.take("contoso")
    here.take("contoso").release(wrote=False)
    other.release(wrote=False)
    held = both.take("contoso")
    held.check()
    held.renew()
    with pytest.raises(Locked):
        here.take("contoso")
    with pytest.raises(Locked):
        there.take("contoso")
    held.release(wrote=False)
    both.take("contoso").release(wrote=False)


def test_unlocked_is_always_free() -> None:
    held = Unlocked().take("contoso")
    held.check()
    held.renew()
    Unlocked().take("contoso").release(wrote=True)
    held.release(wrote=True)
