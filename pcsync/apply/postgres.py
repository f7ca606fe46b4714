"""Leases as advisory locks of a PostgreSQL database: gone when their holder is.

Owns the key of a customer and the three statements. The connection comes in from outside, so that
no password is ever seen here. Must not import a kind, the terminal or a database driver.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from threading import Lock
from typing import Any, Protocol

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


class Connection(Protocol):
    """One session of a database; it is used by one thread at a time."""

    def execute(self, query: str, params: Sequence[Any]) -> Any:
        """The cursor of one statement."""


class DatabaseLeases:
    """Advisory locks of one session. `opened` makes the connection when it is first needed; what
    it raises, and what the driver raises, are `faults`."""

    def __init__(
        self,
        opened: Callable[[], Connection],
        partner: str,
        faults: tuple[type[Exception], ...],
    ) -> None:
        self._opened, self._partner, self._faults = opened, partner, faults
        self._connection: Connection | None = None
        self._lock = Lock()

    def take(self, customer: str) -> Held:
        """The customer for this run alone. Raises Locked, PcsyncError; waits for nobody."""
        key = key_of(self._partner, customer)
        try:
            if self.one(TAKE, key):
                return _DatabaseHeld(self, customer, key)
            holder = self.one(HOLDER, *halves(key))
        except self._faults as error:
            raise PcsyncError(
                f"{customer} can't be locked: the database of `lease.url` said "
                f"{type(error).__name__}",
                "check that it can be reached, and `lease.password`",
            ) from None
        raise Locked(
            f"{customer} is locked by {holder or 'another run'}",
            "run apply again when that run has ended, or wait for it with --lock-timeout SECONDS",
        )

    def one(self, query: str, *params: Any) -> Any:
        """The first value of the first row; None where there is no row."""
        with self._lock:
            if self._connection is None:
                self._connection = self._opened()
            row = self._connection.execute(query, params).fetchone()
        return row[0] if row else None

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

    def check(self) -> None:
        """Raises Halted where the database does not hold the lock any more."""
        if not self._leases.mine(self._key):
            raise Halted(
                f"the lock of {self._customer} in the database of `lease.url` is gone",
                "run apply again when the database can be reached",
            )

    def renew(self) -> None:
        """The session is the sign of life."""

    def release(self, wrote: bool) -> None:
        """Lets others in."""
        self._leases.give(self._key)


def key_of(partner: str, customer: str) -> int:
    """The number of a customer's lock: 64 bits with a sign, the same on every machine."""
    digest = sha256(f"pcsync/{partner}/{customer}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def halves(key: int) -> tuple[int, int]:
    """How `pg_locks` shows it: the upper and the lower 32 bits."""
    bits = key & (2**64 - 1)
    return bits >> 32, bits & (2**32 - 1)
