"""`--trace FILE`: every request and its answer as HAR 1.2, for browsers' tools and for support.

Owns the file: 0600, and a valid HAR after every entry, so that also a run that was killed leaves
one. What stands in it is decided by `trace_redact`. Requests of the sign-in are never in it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from pcsync import __version__
from pcsync.cli.trace_redact import safe_body, safe_headers, safe_path
from pcsync.errors import UsageError

if TYPE_CHECKING:
    from pcsync.client import Attempt

TAIL = b"\n]}}\n"
HTTP = "HTTP/1.1"


class Har:
    """Writes an entry per request. Thread-safe; raises UsageError where it can't be begun.

    A disk that is full later ends the trace, not the run: `broken` then says why.
    """

    wants_bodies = True

    def __init__(self, path: Path, base_url: str = "https://service") -> None:
        self._path, self._base, self._lock = path, base_url, Lock()
        self.broken = ""
        creator = json.dumps({"name": "pcsync", "version": __version__})
        head = f'{{"log": {{"version": "1.2", "creator": {creator}, "entries": [\n'.encode()
        try:
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _NOFOLLOW, 0o600)
            os.fchmod(self._file, 0o600)
            self._at, self._first = len(head), True
            self._write(head + TAIL, 0)
        except OSError as error:
            raise UsageError(
                f"the trace can't be written to {path}: {error.strerror}", "choose another --trace"
            ) from error

    def request(self, attempt: Attempt) -> None:
        """One more entry."""
        entry = json.dumps(self._entry(attempt, datetime.now(UTC))).encode()
        with self._lock:
            if self.broken:
                return
            data = entry if self._first else b",\n" + entry
            try:
                self._write(data + TAIL, self._at)
            except OSError as error:
                self.broken = f"the trace {self._path} is incomplete: {error.strerror}"
                return
            self._at, self._first = self._at + len(data), False

    def waiting(self, method: str, path: str, seconds: float, why: str) -> None:
        """Nothing: the next entry shows when it was asked again."""

    def close(self) -> None:
        """No entry is added any more."""
        with self._lock:
            self.broken = self.broken or "closed"
            os.close(self._file)

    def _write(self, data: bytes, at: int) -> None:
        while data:
            done = os.pwrite(self._file, data, at)
            data, at = data[done:], at + done

    def _entry(self, attempt: Attempt, ended: datetime) -> dict[str, Any]:
        took = attempt.took * 1000
        began = ended - timedelta(seconds=min(attempt.took, 86400.0))
        return {
            "startedDateTime": began.isoformat(),
            "time": took,
            "request": _request(attempt, self._base),
            "response": _response(attempt),
            "cache": {},
            "timings": {"blocked": attempt.waited * 1000, "send": 0, "wait": took, "receive": 0},
            "comment": attempt.failure and "no answer came",
        }


_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)


def _request(attempt: Attempt, base: str) -> dict[str, Any]:
    path = safe_path(attempt.path)
    query = path.partition("?")[2]
    pairs = [part.partition("=") for part in query.split("&") if part]
    body = {"mimeType": "application/json", "text": safe_body(attempt.body)}
    return {
        "method": attempt.method,
        "url": base + path,
        "httpVersion": HTTP,
        "cookies": [],
        "headers": _listed(attempt.headers),
        "queryString": [{"name": name, "value": value} for name, _, value in pairs],
        "headersSize": -1,
        "bodySize": len(attempt.body or b""),
        **({"postData": body} if attempt.body else {}),
    }


def _response(attempt: Attempt) -> dict[str, Any]:
    """The answer; status 0 where none came, as browsers write it."""
    reply = attempt.reply
    headers: Mapping[str, str] = reply.headers if reply else {}
    content = reply.content if reply else b""
    return {
        "status": attempt.status or 0,
        "statusText": "",
        "httpVersion": HTTP,
        "cookies": [],
        "headers": _listed(headers),
        "content": {
            "size": len(content),
            "mimeType": headers.get("Content-Type", "application/octet-stream"),
            "text": safe_body(content),
        },
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": len(content),
    }


def _listed(headers: Mapping[str, str] | Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in safe_headers(headers)]
