"""The list of API requests that reached the emulator, refused ones included.

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Entry:
    """One request; `status` is None where the connection was cut before an answer existed.

    `faults` names the scripted faults that fired, `limit` the one that a 429 comes from.
    """

    method: str
    target: str
    request_id: str | None
    time: str
    status: int | None = None
    replayed: bool = False
    write: bool = False
    token: str | None = None
    cut: str | None = None
    faults: list[str] = field(default_factory=list)
    limit: str | None = None

    def shown(self, n: int) -> dict[str, Any]:
        """The entry as a JSON object with its place in the log."""
        return {
            "n": n,
            "method": self.method,
            "path": self.target,
            "status": self.status,
            "requestId": self.request_id,
            "time": self.time,
            "replayed": self.replayed,
            "write": self.write,
            "token": self.token,
            "cut": self.cut,
            "faults": self.faults,
            "limit": self.limit,
        }


class CallLog:
    """Requests in order, numbered from 1 since the log was last emptied."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []

    def add(self, entry: Entry) -> None:
        """Put a request at the end; how it went is filled in later."""
        self._entries.append(entry)

    def shown(self) -> list[dict[str, Any]]:
        """All entries as JSON objects."""
        return [entry.shown(n) for n, entry in enumerate(self._entries, 1)]

    def clear(self) -> None:
        """Empty the log."""
        self._entries.clear()
