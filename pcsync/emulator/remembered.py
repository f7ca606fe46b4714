"""Idempotency by MS-RequestId (headers.md; conventions.md 4).

The same id with the same call gets the first answer again; with another call it is refused.
Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from pcsync.emulator.faults import Fault

KEPT = timedelta(hours=24)
WRITES = ("POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True)
class Sent:
    """An answer as bytes, ready to be sent again."""

    status: int
    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True)
class _Entry:
    call: bytes
    sent: Sent
    at: datetime


class Remembered:
    """Answers to writes by request id, kept for a day of the emulator's time."""

    def __init__(self) -> None:
        self._entries: dict[str, _Entry] = {}

    def find(self, request_id: str | None, call: bytes, now: datetime) -> Sent | None:
        """The first answer if this very call was seen. 409 if the id was used for another."""
        entry = self._entries.get((request_id or "").lower())
        if entry is None or now - entry.at > KEPT:
            return None
        if entry.call != call:
            text = "The MS-RequestId was used before for another call."
            raise Fault(409, "emulator-request-id-reused", text)
        return entry.sent

    def keep(self, request_id: str | None, call: bytes, sent: Sent, now: datetime) -> None:
        """Remember an answer, unless it is a 429 or 5xx."""
        if request_id and sent.status != 429 and sent.status < 500:
            self._entries[request_id.lower()] = _Entry(call, sent, now)


def fingerprint(method: str, target: str, raw: bytes) -> bytes:
    """What makes two calls the same: method, path with query, and body."""
    return hashlib.sha256(f"{method} {target}\n".encode() + raw).digest()
