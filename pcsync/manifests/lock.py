"""`pcsync.lock.yaml`: the ids that are known, and the commits that were last fully applied.

Owns the file's format (manifest-reference.md 12.1): what is known, one line each, sorted, so that
git merges it. Must not import yaml, jsonschema or click.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pcsync.errors import ManifestProblems, Problem
from pcsync.manifests.files import LOCK, Source, read
from pcsync.manifests.form import form_of
from pcsync.manifests.parse import parse
from pcsync.manifests.spec import data
from pcsync.model import NOTHING, Address, Place

HEAD = "# written by pcsync: read it, merge it, do not edit it"
VERSION = 1


@dataclass(frozen=True, slots=True)
class Lock:
    """What the file says: the partner it is of, commits by customer, ids by address."""

    partner: str = ""
    applied: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    ids: Mapping[Address, str] = field(default_factory=lambda: NOTHING)


def load_lock(directory: Path) -> Lock | None:
    """The lock file in `directory`; None where there is none. Raises ManifestProblems."""
    path = directory / LOCK
    if not path.exists():
        return None
    source = Source(path.as_posix(), path, named=True)
    text = read(source, None)
    if isinstance(text, Problem):
        raise ManifestProblems([text])
    return parse_lock(text.text, source.name)


def parse_lock(text: str, name: str) -> Lock:
    """The lock that a text holds; `name` names the file in problems. Raises ManifestProblems."""
    parsed = parse(text, name)
    documents = [each for each in parsed.documents if each is not None]
    problems = list(parsed.problems)
    if len(documents) != 1 and not problems:
        what = f"{len(documents)} documents where one belongs"
        problems.append(Problem(Place(name, 1, 1), what, "restore it from git"))
    if problems:
        raise ManifestProblems(problems)
    start = Place(name, documents[0].line, documents[0].column)
    reading = form_of(data("lock.schema.json")).read(documents[0], name, start)
    if reading.problems:
        raise ManifestProblems(reading.problems)
    value = reading.value
    ids = {Address.parse(key): found for key, found in value.get("ids", {}).items()}
    return Lock(value["partner"], value.get("applied", {}), ids)


def dump_lock(lock: Lock) -> str:
    """The text of a lock file: one fact a line, sorted; the same facts give the same bytes."""
    lines = [HEAD, f"version: {VERSION}", f"partner: {lock.partner}"]
    lines += ["applied:", *(f"  {name}: {lock.applied[name]}" for name in sorted(lock.applied))]
    found = {str(address): known for address, known in lock.ids.items()}
    lines += ["ids:", *(f"  {name}: {found[name]}" for name in sorted(found))]
    kept = [line for line in lines if line not in {"applied:", "ids:"} or _filled(line, lock)]
    return "\n".join(kept) + "\n"


def _filled(line: str, lock: Lock) -> bool:
    return bool(lock.applied if line == "applied:" else lock.ids)
