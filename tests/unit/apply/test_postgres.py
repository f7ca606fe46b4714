"""Leases in a database: against a session that plays one, and against a real PostgreSQL."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pcsync.apply.locks import Run
from pcsync.apply.permit import Halted, Held, Locked, Overtaken
from pcsync.apply.postgres import (
    FOUND,
    GIVE,
    HOLDER,
    LAST,
    MADE,
    MINE,
    NOTES,
    TAKE,
    WROTE,
    DatabaseLeases,
    halves,
    key_of,
    last_writers,
)
from pcsync.errors import PcsyncError
from tests.database import database

CANARY = "pa55-c4n4ry"
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


class Broken(Exception):
    """What a driver raises."""


@dataclass
class Row:
    value: Any
    rows: list[tuple[int, str]] = field(default_factory=list)

    def fetchone(self) -> tuple[Any] | None:
        return None if self.value is None else (self.value,)

    def fetchall(self) -> list[tuple[int, str]]:
        return self.rows


@dataclass
class Server:
    """Locks by key, each with the name of its session; the table of notes, once it is made."""

    locks: dict[int, str] = field(default_factory=dict)
    notes: dict[int, str] | None = None
    down: bool = False

    def session(self, name: str) -> Callable[[], Session]:
        return lambda: Session(self, name)


@dataclass
class Session:
    server: Server
    name: str

    def execute(self, query: str, params: Any) -> Row:
        if self.server.down:
            raise Broken(f"connection to {CANARY} lost")
        locks, notes = self.server.locks, self.server.notes
        if query == FOUND:
            return Table(notes is not None)
        if query == MADE:
            self.server.notes = {}
            return Row(None)
        if query == WROTE:
            assert notes is not None
            notes[params[0]] = params[1]
            return Row(None)
        if query == NOTES:
            return Row(None, sorted((notes or {}).items()))
        if query == LAST:
            return Row((notes or {}).get(params[0]))
        if query == TAKE:
            return Row(locks.setdefault(params[0], self.name) == self.name)
        if query == GIVE:
            return Row(locks.pop(params[0], None) is not None)
        by_halves = {halves(key): name for key, name in locks.items()}
        found = by_halves.get(tuple(params))
        if query == MINE:
            return Row(1 if found == self.name else None)
        assert query == HOLDER
        return Row(found)

    def close(self) -> None:
        """It is over."""


@dataclass
class Table:
    """The answer about the table: one row, empty where there is no table."""

    there: bool

    def fetchone(self) -> tuple[str | None]:
        return ("pcsync_writers" if self.there else None,)


def leases(
    server: Server, name: str, planned: datetime = NOW, seen: dict[Any, object] | None = None
) -> DatabaseLeases:
    run = run_of(name, planned, seen)
    return DatabaseLeases(server.session(name), "partner", run, (Broken,))


def run_of(name: str, planned: datetime = NOW, seen: dict[Any, object] | None = None) -> Run:
    """A run that writes an hour after all plans here were made."""
    return Run(name, planned, "9f3a", 11, lambda: NOW + timedelta(hours=1), seen)


def test_a_plan_that_is_older_than_the_last_write_is_not_applied() -> None:
    """Also where the writer was killed, and the database let its lock go."""
    server = Server()
    writer = leases(server, "a").take("contoso")
    writer.check()
    server.locks.clear()
    with pytest.raises(Overtaken, match=r"process 11 of host 9f3a \(plan a\) wrote to contoso"):
        leases(server, "b").take("contoso")
    assert server.locks == {}
    leases(server, "b").take("fabrikam").release(wrote=False)
    leases(server, "a").take("contoso").release(wrote=False)
    leases(server, "c", NOW + timedelta(hours=2)).take("contoso").release(wrote=False)


def test_notes_that_were_there_before_the_plan_say_nothing() -> None:
    server = Server()
    assert last_writers(server.session("b"), (Broken,)) == {}
    leases(server, "a").take("contoso").release(wrote=True)
    seen = last_writers(server.session("b"), (Broken,))
    leases(server, "b", seen=seen).take("contoso").release(wrote=True)
    with pytest.raises(Overtaken):
        leases(server, "c", seen=seen).take("contoso")
    server.down = True
    with pytest.raises(PcsyncError, match="it is not known who wrote last"):
        last_writers(server.session("c"), (Broken,))


def test_one_session_at_a_time() -> None:
    server = Server()
    held = leases(server, "process 11 of host 9f3a").take("contoso")
    other = leases(server, "process 12 of host 77aa", NOW + timedelta(hours=2))
    with pytest.raises(Locked, match="contoso is locked by process 11 of host 9f3a"):
        other.take("contoso")
    other.take("fabrikam").release(wrote=True)
    held.check()
    held.renew()
    held.release(wrote=True)
    other.take("contoso").check()


def test_a_session_that_is_gone_halts_its_customer() -> None:
    """The database has let the lock go, so somebody else may have it."""
    server = Server()
    held = leases(server, "a").take("contoso")
    server.locks.clear()
    with pytest.raises(Halted, match="the lock of contoso in the database"):
        held.check()
    server.down = True
    with pytest.raises(Halted):
        held.check()
    held.release(wrote=False)


def test_a_database_that_can_not_be_reached_is_said_without_what_it_said() -> None:
    server = Server(down=True)
    with pytest.raises(PcsyncError) as caught:
        leases(server, "a").take("contoso")
    said = "\n".join([*caught.value.lines(), repr(caught.value.__cause__)])
    assert "contoso can't be locked: the database of `lease.url` said Broken" in said
    assert CANARY not in said


def test_a_key_is_of_partner_and_customer_and_fits_the_database() -> None:
    keys = {key_of(p, c) for p in ("a", "b") for c in ("contoso", "fabrikam")}
    assert len(keys) == 4
    assert all(-(2**63) <= key < 2**63 for key in keys)
    assert key_of("a", "contoso") == key_of("a", "contoso")
    assert halves(-1) == (2**32 - 1, 2**32 - 1)
    assert halves((5 << 32) | 7) == (5, 7)


# --- a real one -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with database() as found:
        yield found


def _real(url: str, name: str) -> tuple[DatabaseLeases, list[Any]]:
    import psycopg

    made: list[Any] = []

    def opened() -> Any:
        made.append(psycopg.connect(url, autocommit=True, application_name=name))
        return made[-1]

    return DatabaseLeases(opened, "partner", run_of("a"), (psycopg.Error,)), made


def _when_free(leases: DatabaseLeases) -> Held:
    """The server notices that a session is gone a moment later."""
    for _ in range(100):
        try:
            return leases.take("contoso")
        except Locked:
            time.sleep(0.05)
    raise AssertionError("the lock of a session that is gone was kept")


def test_the_statements_do_what_they_say(url: str) -> None:
    first, a = _real(url, "process 11 of host 9f3a")
    second, b = _real(url, "process 12 of host 77aa")
    held = first.take("contoso")
    held.check()
    with pytest.raises(Locked, match="contoso is locked by process 11 of host 9f3a"):
        second.take("contoso")
    second.take("fabrikam").check()
    a[0].close()
    with pytest.raises(Halted):
        held.check()
    held.release(wrote=False)
    again = _when_free(second)
    again.check()
    again.release(wrote=True)
    for each in (*a, *b):
        each.close()
