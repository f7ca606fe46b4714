"""Leases in a database: against a session that plays one, and against a real PostgreSQL."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from pcsync.apply.permit import Halted, Held, Locked
from pcsync.apply.postgres import GIVE, HOLDER, MINE, TAKE, DatabaseLeases, halves, key_of
from pcsync.errors import PcsyncError

CANARY = "pa55-c4n4ry"


class Broken(Exception):
    """What a driver raises."""


@dataclass
class Row:
    value: Any

    def fetchone(self) -> tuple[Any] | None:
        return None if self.value is None else (self.value,)


@dataclass
class Server:
    """Locks by key; each holds the name of its session."""

    locks: dict[int, str] = field(default_factory=dict)
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
        locks = self.server.locks
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


def leases(server: Server, name: str) -> DatabaseLeases:
    return DatabaseLeases(server.session(name), "partner", (Broken,))


def test_one_session_at_a_time() -> None:
    server = Server()
    held = leases(server, "process 11 of host 9f3a").take("contoso")
    other = leases(server, "process 12 of host 77aa")
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


def _as_somebody() -> list[str]:
    """PostgreSQL does not run as root."""
    return ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The url of a PostgreSQL of our own; skipped where none can run."""
    pytest.importorskip("psycopg", reason="the extra `postgres` is not installed")
    if not (shutil.which("initdb") and shutil.which("postgres")):
        pytest.skip("no PostgreSQL on this machine")
    folder = Path("/tmp") / f"pcsync-pg-{os.getpid()}"
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    place = str(folder / "db")
    made = subprocess.run(
        [*_as_somebody(), "initdb", "-D", place, "-A", "trust", "-U", "pcsync", "--no-sync"],
        capture_output=True,
        check=False,
    )
    if made.returncode:
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip("PostgreSQL can't be set up by this user")
    words = ["postgres", "-D", place, "-p", str(port), "-k", str(folder), "-h", "127.0.0.1"]
    server = subprocess.Popen(
        [*_as_somebody(), *words, "-F"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _await(port, server)
        yield f"postgresql://pcsync@127.0.0.1:{port}/postgres"
    finally:
        server.terminate()
        server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def _await(port: int, server: subprocess.Popen[bytes]) -> None:
    import psycopg

    for _ in range(100):
        assert server.poll() is None, "the database did not start"
        try:
            with psycopg.connect(f"postgresql://pcsync@127.0.0.1:{port}/postgres"):
                pass
            return
        except psycopg.OperationalError:
            time.sleep(0.1)
    raise AssertionError("the database did not answer")


def _real(url: str, name: str) -> tuple[DatabaseLeases, list[Any]]:
    import psycopg

    made: list[Any] = []

    def opened() -> Any:
        made.append(psycopg.connect(url, autocommit=True, application_name=name))
        return made[-1]

    return DatabaseLeases(opened, "partner", (psycopg.Error,)), made


def _when_free(leases: DatabaseLeases) -> Held:
    """The server notices that a session is gone a moment later."""
    for _ in range(100):
        try:
            return leases.take("contoso")
        except Locked:
            time.sleep(0.05)
    raise AssertionError("the lock of a session that is gone was kept")


def test_the_statements_do_what_they_say(database: str) -> None:
    first, a = _real(database, "process 11 of host 9f3a")
    second, b = _real(database, "process 12 of host 77aa")
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
