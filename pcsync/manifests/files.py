"""Paths to texts: which files are looked at, within which bounds, as UTF-8.

Owns the walk through folders and the limits on size. Every path that can't be read is a problem,
never an exception. Must not import yaml or know what stands in a file.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from pcsync.errors import Problem
from pcsync.manifests.words import visible
from pcsync.model import Place

STDIN = "<stdin>"
LARGEST = 10_000_000
SETTINGS = "pcsync.yaml"
LOCK = "pcsync.lock.yaml"
SKIPPED_FOLDERS = frozenset({"schemas"})


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read: its name in messages, and whether it was named or found in a folder."""

    name: str
    path: Path | None
    named: bool


@dataclass(frozen=True, slots=True)
class Text:
    """What stands in a file."""

    source: Source
    text: str


def sources(paths: Sequence[Path | str], root: Path | None) -> list[Source | Problem]:
    """The files behind paths, folders looked through, each file once; `-` is standard input.

    Names in messages are relative to `root` where the file is below it.
    """
    found: dict[str, Source | Problem] = {}
    for path in paths:
        for item in _below(path, root):
            key = item.place.file if isinstance(item, Problem) else _key(item)
            known = found.get(key)
            if known is None or (isinstance(item, Source) and item.named):
                found[key] = item
    return list(found.values())


def _key(source: Source) -> str:
    return os.path.realpath(source.path) if source.path else STDIN


def _below(path: Path | str, root: Path | None) -> Iterator[Source | Problem]:
    if str(path) == "-":
        yield Source(STDIN, None, named=True)
        return
    path = Path(path)
    try:
        folder = stat.S_ISDIR(path.stat().st_mode)
    except (OSError, ValueError) as error:
        yield _unreadable(_name(path, root), error)
        return
    if not folder:
        yield Source(_name(path, root), path, named=True)
        return
    closed: list[OSError] = []
    for file in sorted(_walk(path, closed)):
        yield Source(_name(file, root), file, named=False)
    for reason in closed:
        yield _unreadable(_name(Path(reason.filename), root), reason)


def _walk(folder: Path, closed: list[OSError]) -> Iterator[Path]:
    """The manifests below a folder; folders that may not be looked into go to `closed`."""
    for here, folders, files in os.walk(folder, onerror=closed.append):
        folders[:] = [name for name in folders if not _passed_over(name)]
        yield from (Path(here, name) for name in files if _is_manifest(Path(here, name)))


def _passed_over(folder: str) -> bool:
    return folder.startswith(".") or folder in SKIPPED_FOLDERS


def _is_manifest(file: Path) -> bool:
    """A link that leads nowhere counts, so that it is reported; a pipe doesn't."""
    name = file.name
    if name.startswith(".") or name in {SETTINGS, LOCK} or file.suffix not in {".yaml", ".yml"}:
        return False
    return file.is_file() or not file.exists()


def _name(path: Path, root: Path | None) -> str:
    """A path in messages: with slashes, on one line, below `root` if it is there."""
    shown = path.as_posix()
    if root is not None:
        with suppress(ValueError):
            shown = Path(os.path.abspath(path)).relative_to(os.path.abspath(root)).as_posix()
    return visible(shown)


def read(source: Source, stdin: TextIO | None) -> Text | Problem:
    """The text of a file, or why there is none: size, bytes that are no text, the system's no."""
    try:
        data = _bytes(source, stdin)
    except (OSError, ValueError) as error:
        return _unreadable(source.name, error)
    if len(data) > LARGEST:
        return _at_start(
            source.name, f"larger than {LARGEST // 1_000_000} MB", "split it into several files"
        )
    return _text(source, data)


def _bytes(source: Source, stdin: TextIO | None) -> bytes:
    """At most one byte more than allowed: a larger file is never read whole."""
    if source.path is not None:
        with source.path.open("rb") as file:
            return file.read(LARGEST + 1)
    if stdin is None:
        raise OSError("nothing is there to read")
    raw = getattr(stdin, "buffer", None)
    data = raw.read(LARGEST + 1) if raw else stdin.read(LARGEST + 1).encode("utf-8")
    return bytes(data)


def _text(source: Source, data: bytes) -> Text | Problem:
    if b"\0" in data:
        return _at_start(source.name, "binary, not text", "save it as UTF-8 text")
    try:
        return Text(source, data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        where = f"not UTF-8: a wrong byte at position {error.start + 1}"
        return _at_start(source.name, where, "save it as UTF-8 text")


def _unreadable(name: str, error: Exception) -> Problem:
    reason = getattr(error, "strerror", None) or str(error)
    return _at_start(name, f"can't be read: {reason.lower()}", "check the path and its rights")


def _at_start(name: str, what: str, advice: str) -> Problem:
    return Problem(Place(name, 1, 1), what, advice)


def texts(found: Iterable[Source | Problem], stdin: TextIO | None) -> Iterator[Text | Problem]:
    """What stands in each file, in turn: never two texts at a time."""
    for item in found:
        yield item if isinstance(item, Problem) else read(item, stdin)
