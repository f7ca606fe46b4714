"""How runs go, as `pcsync.yaml` says it: pause, freeze, lease, and where secrets go.

Owns the typed form of these settings (manifest-reference sections 11 and 11.3). Must not import
yaml, jsonschema or click.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pcsync.model import NOTHING, window

SINK = "file:"


@dataclass(frozen=True, slots=True)
class Lease:
    """Where runs on several machines agree on who writes: a folder that all of them see, or a
    PostgreSQL database by its url, whose password is in the environment variable `password`."""

    path: Path | None = None
    url: str | None = None
    password: str | None = None


@dataclass(frozen=True, slots=True)
class AgeFile:
    """A file of secrets that only the holders of these age keys can read."""

    path: Path
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Secrets:
    """Where secrets go: one of a file, an age file, a command. `generate` is a command that makes
    new passwords in place of pcsync. Commands never run while something is planned (rule SE3)."""

    file: Path | None = None
    age: AgeFile | None = None
    command: tuple[str, ...] = ()
    generate: tuple[str, ...] = ()

    @property
    def elsewhere(self) -> bool:
        """Whether they go to something else than a plain file."""
        return bool(self.age or self.command)


def secrets_of(value: Mapping[str, Any], directory: Path) -> Secrets:
    """`secrets` of the settings; relative paths are joined to `directory`."""
    sink = value.get("sink", NOTHING)
    generate = tuple(value.get("generate", NOTHING).get("command", ()))
    if isinstance(sink, str):
        return Secrets(directory / sink.removeprefix(SINK), generate=generate)
    age = sink.get("age")
    return Secrets(
        age=AgeFile(directory / age["file"], tuple(age["recipients"])) if age else None,
        command=tuple(sink.get("command", ())),
        generate=generate,
    )


def lease_of(value: Mapping[str, Any] | None, directory: Path) -> Lease | None:
    """`lease` of the settings."""
    if value is None:
        return None
    return Lease(
        path=directory / value["path"] if "path" in value else None,
        url=value.get("url"),
        password=value.get("password", NOTHING).get("env"),
    )


def bad_windows(freeze: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The windows that are none, each with its number in the list, and what is wrong in words."""
    for number, text in enumerate(freeze):
        try:
            window(text)
        except ValueError as error:
            yield number, f"`{text}` {error}"
