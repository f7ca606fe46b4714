"""Idempotency by MS-RequestId (headers.md; conventions.md 4).

The same id with the same call gets the first answer again; with another call it is refused.
Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile

from pcsync.emulator.faults import Fault
from pcsync.emulator.tables import Table

KEPT = timedelta(hours=24)
WRITES = ("POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True)
class Sent:
    """An answer as bytes, ready to be sent again."""

    status: int
    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True)
class Answered:
    """A call by its fingerprint, the answer it got, and when."""

    call: bytes
    sent: Sent
    at: datetime


@dataclass
class Remembered:
    """Answers to writes by request id, kept for a day of the emulator's time."""

    entries: Table[Answered] = field(default_factory=Table)

    def find(self, request_id: str | None, call: bytes, now: datetime) -> Sent | None:
        """The first answer if this very call was seen. 409 if the id was used for another."""
        entry = self.entries.get((request_id or "").lower())
        if entry is None or now - entry.at > KEPT:
            return None
        if entry.call != call:
            text = "The MS-RequestId was used before for another call."
            raise Fault(409, "emulator-request-id-reused", text)
        return entry.sent

    def keep(self, request_id: str | None, call: bytes, sent: Sent, now: datetime) -> None:
        """Remember an answer, unless it is a 429 or 5xx."""
        if request_id and sent.status != 429 and sent.status < 500:
            self.entries[request_id.lower()] = Answered(call, sent, now)
            self._forget(now)

    def _forget(self, now: datetime) -> None:
        """Drop what is too old; the oldest come first."""
        old = takewhile(lambda row: now - row[1].at > KEPT, self.entries.items())
        for request_id in [name for name, _ in old]:
            del self.entries[request_id]


def fingerprint(method: str, target: str, raw: bytes) -> bytes:
    """What makes two calls the same: method, path with query, and body."""
    return hashlib.sha256(f"{method} {target}\n".encode() + raw).digest()
