"""Leases as advisory locks of a PostgreSQL database: gone when their holder is.

Owns the key of a customer, the statements, and the table of who wrote last to whom: a plan that is
older than the last write of another run is not applied. The connection comes in from outside, so
that no password is ever seen here. Must not import a kind, the terminal or a database driver.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from hashlib import sha256
from threading import Lock
from typing import Any, Protocol

from pcsync.apply.locks import Run, Seen, refuse_older
from pcsync.apply.permit import Halted, Held, Locked
from pcsync.errors import PcsyncError

TAKE = "SELECT pg_try_advisory_lock(%s)"
GIVE = "SELECT pg_advisory_unlock(%s)"
MINE = """\
SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND granted
AND pid = pg_backend_pid() AND classid = %s::bigint::oid AND objid = %s::bigint::oid"""
HOLDER = """\
SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE locktype = 'advisory' AND objsubid = 1 AND granted
AND classid = %s::bigint::oid AND objid = %s::bigint::oid"""

FOUND = "SELECT to_regclass('pcsync_writers')::text"
MADE = "CREATE TABLE IF NOT EXISTS pcsync_writers (customer bigint PRIMARY KEY, note text NOT NULL)"
NOTES = "SELECT customer, note FROM pcsync_writers"
LAST = "SELECT note FROM pcsync_writers WHERE customer = %s"
WROTE = """\
INSERT INTO pcsync_writers (customer, note) VALUES (%s, %s)
ON CONFLICT (customer) DO UPDATE SET note = excluded.note"""


class Connection(Protocol):
    """One session of a database; it is used by one thread at a time."""

    def execute(self, query: str, params: Sequence[Any]) -> Any:
        """The cursor of one statement."""

    def close(self) -> None:
        """Ends the session."""


class DatabaseLeases:
    """Advisory locks of one session. `opened` makes the connection when it is first needed; what
    it raises, and what the driver raises, are `faults`."""

    def __init__(
        self,
        opened: Callable[[], Connection],
        partner: str,
        run: Run,
        faults: tuple[type[Exception], ...],
    ) -> None:
        self._opened, self._partner, self._run, self._faults = opened, partner, run, faults
        self._connection: Connection | None = None
        self._lock = Lock()

    def take(self, customer: str) -> Held:
        """The customer for this run alone. Raises Locked, Overtaken, PcsyncError; waits for
        nobody."""
        key = key_of(self._partner, customer)
        try:
            if self.one(TAKE, key):
                return self._taken(customer, key)
            holder = self.one(HOLDER, *halves(key))
        except self._faults as error:
            raise _unreachable(f"{customer} can't be locked", error) from None
        raise Locked(
            f"{customer} is locked by {holder or 'another run'}",
            "run apply again when that run has ended, or wait for it with --lock-timeout SECONDS",
        )

    def _taken(self, customer: str, key: int) -> Held:
        last = self.one(LAST, key)
        try:
            refuse_older(customer, json.loads(last or "{}"), self._run, key, lambda: last)
        except BaseException:
            self.give(key)
            raise
        return _DatabaseHeld(self, customer, key)

    def one(self, query: str, *params: Any) -> Any:
        """The first value of the first row; None where there is no row."""
        with self._lock:
            if self._connection is None:
                self._connection = self._ready(self._opened())
            row = self._connection.execute(query, params).fetchone()
        return row[0] if row else None

    def _ready(self, connection: Connection) -> Connection:
        """The table is made by whoever comes first; two at once may refuse one of them."""
        if connection.execute(FOUND, ()).fetchone()[0] is None:
            try:
                connection.execute(MADE, ())
            except self._faults:
                if connection.execute(FOUND, ()).fetchone()[0] is None:
                    raise
        return connection

    def note(self, customer: str, key: int) -> None:
        """Says who writes now, so that it is known however this run ends. Raises Halted."""
        try:
            with self._lock:
                assert self._connection is not None, "whoever writes has taken the customer"
                self._connection.execute(WROTE, (key, json.dumps(self._run.holder())))
        except self._faults:
            raise _gone(customer) from None

    def mine(self, key: int) -> bool:
        """Whether this session still has the lock; without a session it has none."""
        try:
            return bool(self.one(MINE, *halves(key)))
        except self._faults:
            return False

    def give(self, key: int) -> None:
        """Gives a lock back; a session that is gone has none."""
        try:
            self.one(GIVE, key)
        except self._faults:
            return


class _DatabaseHeld:
    def __init__(self, leases: DatabaseLeases, customer: str, key: int) -> None:
        self._leases, self._customer, self._key = leases, customer, key
        self._noted = False

    def check(self) -> None:
        """Raises Halted where the database does not hold the lock any more; notes who writes."""
        if not self._leases.mine(self._key):
            raise _gone(self._customer)
        if not self._noted:
            self._leases.note(self._customer, self._key)
            self._noted = True

    def renew(self) -> None:
        """The session is the sign of life."""

    def release(self, wrote: bool) -> None:
        """Notes that this run wrote, and lets others in."""
        if wrote:
            with suppress(Halted):  # the first write is noted
                self._leases.note(self._customer, self._key)
        self._leases.give(self._key)


def last_writers(opened: Callable[[], Connection], faults: tuple[type[Exception], ...]) -> Seen:
    """The notes of last writers by the keys of customers, to be compared later; none where the
    table is not there yet. Raises PcsyncError."""
    try:
        connection = opened()
        try:
            if connection.execute(FOUND, ()).fetchone()[0] is None:
                return {}
            return dict(connection.execute(NOTES, ()).fetchall())
        finally:
            connection.close()
    except faults as error:
        raise _unreachable("it is not known who wrote last", error) from None


def _unreachable(what: str, error: Exception) -> PcsyncError:
    """Without what the driver said: a password may be in it."""
    return PcsyncError(
        f"{what}: the database of `lease.url` said {type(error).__name__}",
        "check that it can be reached, and `lease.password`",
    )


def _gone(customer: str) -> Halted:
    return Halted(
        f"the lock of {customer} in the database of `lease.url` is gone",
        "run apply again when the database can be reached",
    )


def key_of(partner: str, customer: str) -> int:
    """The number of a customer's lock: 64 bits with a sign, the same on every machine."""
    digest = sha256(f"pcsync/{partner}/{customer}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def halves(key: int) -> tuple[int, int]:
    """How `pg_locks` shows it: the upper and the lower 32 bits."""
    bits = key & (2**64 - 1)
    return bits >> 32, bits & (2**32 - 1)
