"""Where secrets are stored that exist once: a file, an age file, a command.

Owns the sink: what the service gives once, or pcsync makes, is on disk or handed over before the
next call, and readable by its owner only. A secret never reaches a log, a plan, a report, a command
line, an environment or an exception text. Must not import a kind or the terminal.
"""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from filelock import FileLock, Timeout

from pcsync.apply.folders import private
from pcsync.durable import replace_file
from pcsync.errors import SinkError

SECONDS = 60.0
"""For a command, and for another run that writes to the same file."""
Now = Callable[[], datetime]


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
    """A JSON line a name, replaced as a whole and synced; the file is its owner's only (0600).

    A name that comes again takes the place of the one before, which moves to its `history`, newest
    first. Lines that are not ours stay as they are. `seal` is what a value becomes on disk.
    """

    def __init__(
        self,
        path: Path,
        now: Now,
        seal: Callable[[Any], Mapping[str, Any]] = lambda value: {"secret": value},
    ) -> None:
        self._path, self._now, self._seal = path, now, seal
        self._lock = threading.Lock()

    def store(self, name: str, value: Any) -> None:
        """Writes and syncs. Raises SinkError where the file can't be written."""
        entry = {"name": name, "time": self._now().isoformat(), **self._seal(value)}
        try:
            private(self._path.parent)
            beside = self._path.with_name(f".{self._path.name}.lock")
            with self._lock, FileLock(beside, timeout=SECONDS, mode=0o600):
                self._replace(entry)
        except Timeout:
            raise self._broken(name, "another run is writing to it") from None
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "it is not text"
            raise self._broken(name, why) from None

    def _broken(self, name: str, why: str) -> SinkError:
        return SinkError(
            f"the secret of {name} can't be stored in {self._path}: {why}",
            "make the file writable, then run apply again",
        )

    def _replace(self, entry: dict[str, Any]) -> None:
        place = self._path.resolve()
        text = place.read_text("utf-8") if place.exists() else ""
        lines = "".join(f"{line}\n" for line in _with(entry, text.splitlines()))
        replace_file(place, lines)


def _with(entry: dict[str, Any], lines: Sequence[str]) -> list[str]:
    """The lines with this entry last, what stood under its name in its history."""
    kept: list[str] = []
    history: list[Any] = []
    for line in lines:
        found = _entry(line)
        if found is None or found.get("name") != entry["name"]:
            kept.append(line)
            continue
        older = found.pop("history", [])
        found.pop("name")
        history = [found, *older, *history]
    whole = {**entry, "history": history} if history else entry
    return [*kept, json.dumps(whole, default=str)]


def _entry(line: str) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def names_in(path: Path) -> frozenset[str] | None:
    """The names that a file of secrets holds, and nothing else of it; none where there is no file
    yet, None where it can't be read."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return frozenset()
    except (OSError, UnicodeDecodeError):
        return None
    entries = [entry for line in lines if (entry := _entry(line))]
    return frozenset(entry["name"] for entry in entries if isinstance(entry.get("name"), str))


def age_sink(path: Path, recipients: Sequence[str], now: Now) -> FileSink:
    """A file whose secrets only these keys can read: in each line `age` is an armored age file.

    Raises SinkError where the extra is not installed, or a recipient is none.
    """
    try:
        import pyrage
    except ImportError:
        raise SinkError(
            "the age sink needs the package pyrage", "install it: pip install 'pcsync[age]'"
        ) from None
    try:
        keys = [pyrage.x25519.Recipient.from_str(text) for text in recipients]
    except pyrage.RecipientError:
        raise SinkError(
            "a recipient of the age sink is no public key of age",
            "correct `secrets.sink.age.recipients`: `age-keygen -y` prints one",
        ) from None

    def seal(value: Any) -> Mapping[str, Any]:
        data = json.dumps(value, default=str).encode()
        return {"age": pyrage.encrypt(data, keys, armored=True).decode()}

    return FileSink(path, now, seal)


class CommandSink:
    """Hands each secret to a command: JSON with name, time and secret on its standard input.

    What it prints is thrown away. If it fails, the secret is kept in `emergency`, a file that only
    its owner can read, and the step fails loudly.
    """

    def __init__(self, command: Sequence[str], emergency: Path, now: Now) -> None:
        self._command, self._emergency, self._now = tuple(command), emergency, now

    def store(self, name: str, value: Any) -> None:
        """Runs the command. Raises SinkError where it fails."""
        entry = {"name": name, "time": self._now().isoformat(), "secret": value}
        how = handed(self._command, json.dumps(entry, default=str))[1]
        if not how:
            return
        FileSink(self._emergency, self._now).store(name, value)
        raise SinkError(
            f"the secret of {name} could not be handed to `{self._command[0]}`: {how}; it is kept "
            f"in {self._emergency}",
            "store it by hand, remove that file, make the command work, then run apply again",
        )


def handed(command: Sequence[str], text: str) -> tuple[str, str]:
    """What a command printed that read `text`, and why it failed; never both."""
    try:
        done = subprocess.run(
            list(command),
            input=text.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            check=False,
            start_new_session=True,  # an interrupt of this run is not for it
        )
    except subprocess.TimeoutExpired:
        return "", f"it did not end within {SECONDS:.0f} seconds"
    except OSError as error:
        return "", error.strerror or "it can't be started"
    if done.returncode:
        return "", f"it ended with {done.returncode}"
    return done.stdout.decode("utf-8", "replace"), ""
