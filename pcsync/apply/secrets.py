"""Secrets on their way: where a password comes from, and where one that exists once is stored.

Owns the sink: what the service gives once, or pcsync makes, is on disk before the next call, and
readable by its owner only. A secret never reaches a log, a plan, a report or an exception text.
"""

from __future__ import annotations

import json
import os
import secrets as randomness
import string
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from pcsync.errors import SinkError
from pcsync.model import Call, Plan

LENGTH = 20
CLASSES = (string.ascii_lowercase, string.ascii_uppercase, string.digits, "!#%+-=@_")


class Sink(Protocol):
    """Where secrets are stored for people to pick up."""

    def store(self, name: str, value: Any) -> None:
        """Stores durably. Raises SinkError."""
        ...


class NoSink:
    """No sink is configured: whatever would need one is refused before it is sent."""

    def store(self, name: str, value: Any) -> None:
        """Always raises SinkError."""
        raise SinkError(
            f"there is no place for the secret of {name}",
            "add `secrets: {sink: file:PATH}` to pcsync.yaml",
        )


class FileSink:
    """One JSON line per secret, appended and synced; the file is its owner's only (0600)."""

    def __init__(self, path: Path, now: Callable[[], datetime]) -> None:
        self._path, self._now, self._lock = path, now, threading.Lock()

    def store(self, name: str, value: Any) -> None:
        """Appends and syncs. Raises SinkError where the file can't be written."""
        entry = {"name": name, "time": self._now().isoformat(), "secret": value}
        line = json.dumps(entry, default=str)
        try:
            with self._lock:
                self._append(line + "\n")
        except OSError as error:
            raise SinkError(
                f"the secret of {name} can't be stored in {self._path}: {error.strerror}",
                "make the file writable, then run apply again",
            ) from error

    def _append(self, line: str) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.fchmod(handle, 0o600)
            _write(handle, line.encode())
            os.fsync(handle)
        finally:
            os.close(handle)


def _write(handle: int, data: bytes) -> None:
    """All of it: the system may take less at a time."""
    while data:
        data = data[os.write(handle, data) :]


class Passwords:
    """Resolves `password:` of a manifest when a request is made (manifest-reference.md 1.4)."""

    def __init__(self, sink: Sink, environment: Mapping[str, str]) -> None:
        self._sink, self._environment = sink, environment
        self._made: dict[str, str] = {}

    def resolve(self, owner: str, spec: Mapping[str, Any]) -> str:
        """The secret for `owner`; a generated one is in the sink before it is returned, and is
        the same when the request is repeated. Raises SinkError."""
        match spec:
            case {"env": str(name)}:
                if not (value := self._environment.get(name)):
                    raise SinkError(f"the variable {name} is not set", "set it for this run")
                return value
            case {"file": str(path)}:
                return _read(Path(path))
            case {"generate": True}:
                return self._generate(owner)
            case _:
                raise SinkError(f"the password of {owner} is no reference", "say `generate: true`")

    def _generate(self, owner: str) -> str:
        if owner not in self._made:
            value = generate()
            self._sink.store(owner, value)
            self._made[owner] = value
        return self._made[owner]


def generate() -> str:
    """A password of 20 characters that has every class the directory asks for."""
    while True:
        found = "".join(randomness.choice("".join(CLASSES)) for _ in range(LENGTH))
        if all(any(letter in group for letter in found) for group in CLASSES):
            return found


def needs_sink(plan: Plan) -> bool:
    """Whether a step makes a secret, or is given one once, that has to be stored somewhere."""
    calls = [step for step in plan.steps if isinstance(step, Call)]
    return any(keep.secret for call in calls for keep in call.keep) or any(
        _generates(call.body) for call in calls
    )


def _generates(body: Any) -> bool:
    match body:
        case {"$secret": {"generate": True}}:
            return True
        case Mapping():
            return any(_generates(inner) for inner in body.values())
        case list() | tuple():
            return any(_generates(inner) for inner in body)
        case _:
            return False


def _read(path: Path) -> str:
    try:
        found = path.read_text("utf-8").rstrip("\r\n")
    except OSError as error:
        raise SinkError(
            f"the password file {path} can't be read: {error.strerror}", "correct `password.file`"
        ) from error
    except UnicodeDecodeError:
        found = ""
    if not found:
        raise SinkError(f"the password file {path} holds no text", "correct `password.file`")
    return found
