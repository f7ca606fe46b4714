"""Lanes: a few workers, waits that hold none of them, and an end whatever happens."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from apply_fakes import Clock

from pcsync.apply.schedule import Schedule
from pcsync.client.clock import SystemClock

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)


def lane(name: str, log: list[str], *waits: float) -> Iterator[float]:
    log.append(f"{name} begins")
    for seconds in waits:
        yield seconds
        log.append(f"{name} back")


def test_one_worker_goes_on_with_others_while_one_waits() -> None:
    log: list[str] = []
    clock = Clock()
    Schedule([lane("a", log, 30.0), lane("b", log), lane("c", log)], clock, 1).run()
    assert log == ["a begins", "b begins", "c begins", "a back"]
    assert clock.slept == [30.0]


def test_it_comes_back_to_whoever_is_due_first() -> None:
    log: list[str] = []
    clock = Clock()
    Schedule([lane("a", log, 30.0), lane("b", log, 10.0, 10.0)], clock, 1).run()
    assert log == ["a begins", "b begins", "b back", "b back", "a back"]
    assert clock.slept == [10.0, 10.0, 10.0]


def test_waits_of_many_take_as_long_as_one() -> None:
    """Twenty customers that wait half an hour each wait half an hour together."""
    log: list[str] = []
    clock = Clock()
    Schedule([lane(f"c{n}", log, 1800.0) for n in range(20)], clock, 1).run()
    assert sum(clock.slept) == 1800.0
    assert len(log) == 40


def test_who_gives_way_lets_all_others_go_first() -> None:
    log: list[str] = []
    clock = Clock()
    Schedule([lane("a", log, 0.0, 0.0), lane("b", log, 0.0), lane("c", log)], clock, 1).run()
    assert log == ["a begins", "b begins", "c begins", "a back", "b back", "a back"]
    assert clock.slept == []


def test_no_more_run_at_once_than_there_are_workers() -> None:
    inside, most, lock = [0], [0], threading.Lock()
    meet = threading.Barrier(3, timeout=10)

    def work() -> Iterator[float]:
        with lock:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
        meet.wait()
        with lock:
            inside[0] -= 1
        yield 1.0

    Schedule([work() for _ in range(9)], Clock(), 3).run()
    assert most == [3]


def test_hurry_ends_a_wait_at_once() -> None:
    """With the clock of the machine, too: the sleep is interrupted."""
    log: list[str] = []
    begun = threading.Event()

    def waiting() -> Iterator[float]:
        begun.set()
        yield 600.0
        log.append("back")

    schedule = Schedule([waiting()], SystemClock(), 2)
    runner = threading.Thread(target=schedule.run)
    runner.start()
    assert begun.wait(10)
    schedule.hurry()
    runner.join(10)
    assert not runner.is_alive()
    assert log == ["back"]


def test_a_defect_of_one_is_raised_and_the_others_are_left() -> None:
    log: list[str] = []

    def broken() -> Iterator[float]:
        raise RuntimeError("broken")
        yield 0.0

    with pytest.raises(RuntimeError):
        Schedule([lane("a", log, 60.0), broken(), lane("b", log)], Clock(), 1).run()
    assert log == ["a begins"]


def test_without_lanes_there_is_nothing_to_do() -> None:
    clock = Clock()
    Schedule([], clock, 4).run()
    assert clock.slept == []
