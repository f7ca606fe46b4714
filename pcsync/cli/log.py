"""`--log-level` and `--log-format`: a line per request on stderr.

Owns what a line says: method, path, status, ids, wait and the reason in our own words. Never a
token, a body, or a value of a query that may be of a person.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from pcsync.cli.trace_redact import safe_path

if TYPE_CHECKING:
    from pcsync.client import Attempt

LEVELS = ("debug", "info", "warning", "error")


class Log:
    """Writes what is of `level` or graver. Thread-safe: a line is one write."""

    def __init__(self, level: str, form: str) -> None:
        self._least, self._form = LEVELS.index(level), form

    @property
    def wants_bodies(self) -> bool:
        """Refusals have their code in the body."""
        return self.tells("info")

    def tells(self, level: str) -> bool:
        """Whether lines of this level are written."""
        return LEVELS.index(level) >= self._least

    def request(self, attempt: Attempt) -> None:
        """A request ended."""
        if self.tells("info"):
            self.line("info", "request", **self._members(attempt))

    def waiting(self, method: str, path: str, seconds: float, why: str) -> None:
        """A call will be asked again; why stands in the line of its request."""
        self.line("info", "again", method=method, path=safe_path(path), wait=round(seconds, 3))

    def line(self, level: str, event: str, **members: Any) -> None:
        """One line, if the level is asked for; empty members are left out."""
        if not self.tells(level):
            return
        said = {name: value for name, value in members.items() if value not in (None, "")}
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        if self._form == "json":
            text = json.dumps({"time": now, "level": level, "event": event, **said})
        else:
            text = f"{now} {level:<7} {event}{''.join(_pair(*pair) for pair in said.items())}"
        click.echo(text, file=sys.stderr)

    def _members(self, attempt: Attempt) -> dict[str, Any]:
        found: dict[str, Any] = {
            "method": attempt.method,
            "path": safe_path(attempt.path),
            "status": attempt.status,
            "requestId": attempt.request_id,
            "correlationId": attempt.correlation_id,
            "serviceCorrelationId": attempt.service_correlation_id,
            "waited": round(attempt.waited, 3),
            "took": round(attempt.took, 3),
            "reason": _reason(attempt),
        }
        if self.tells("debug"):
            found |= {"try": attempt.number, "token": "user" if attempt.user else "any"}
        return found


def _pair(name: str, value: Any) -> str:
    if name in {"method", "path", "status"}:
        return f" {value}"
    return f' {name}="{value}"' if " " in str(value) else f" {name}={value}"


def _reason(attempt: Attempt) -> str:
    """Why it failed: code and our words for it, for the service's may name people."""
    if attempt.status is None:
        return "no answer"
    if attempt.status < 400 or attempt.reply is None:
        return ""
    from pcsync.client.advice import rule_for
    from pcsync.client.answers import Ids, refusal

    ids = Ids(attempt.method, attempt.path, attempt.request_id, attempt.correlation_id)
    code = refusal(ids, attempt.reply).code
    rule = rule_for(attempt.status, code, attempt.method, attempt.path)
    safe = code if code.replace("-", "").isalnum() else ""
    return f"{safe} {rule.what if rule else ''}".strip()
