"""`pcsync.lock.yaml`: the ids that are known, and the commits that were last fully applied.

Owns the file's format (manifest-reference.md 12.1): what is known, one line each, sorted, so that
git merges it. Must not import yaml, jsonschema or click.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pcsync.errors import ManifestProblems, Problem
from pcsync.manifests.files import LOCK, Source, read
from pcsync.manifests.form import form_of
from pcsync.manifests.parse import parse
from pcsync.manifests.spec import data
from pcsync.manifests.words import quoted
from pcsync.model import NOTHING, Address, Place

HEAD = "# written by pcsync: read it, merge it, do not edit it"
VERSION = 1
SECTION = re.compile(r"([A-Za-z]+):\s*(?:#.*)?$")
FACT = re.compile(r"  (\S.*?): +([^\s#]+)\s*$")
ADDRESS = re.compile(r"[a-z]+(/[^/]+)+")
MARKERS = ("<<<<<<<", "=======", ">>>>>>>", "|||||||")


@dataclass(frozen=True, slots=True)
class Lock:
    """What the file says: the partner it is of, commits by customer, ids by address.

    A customer has one commit, or several after a merge: they are joined by whoever knows the
    history. `places` says where the partner (``partner``) and each address stand in the file.
    """

    partner: str = ""
    applied: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: NOTHING)
    ids: Mapping[Address, str] = field(default_factory=lambda: NOTHING)
    places: Mapping[str, Place] = field(default_factory=lambda: NOTHING, compare=False)


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
    """The lock that a text holds; `name` names the file in problems. Raises ManifestProblems.

    The same fact may stand there twice, as a merge leaves it.
    """
    if conflicts := list(_conflicts(text, name)):
        raise ManifestProblems(conflicts)
    once = _once(text, name)
    parsed = parse(once.text, name)
    documents = [each for each in parsed.documents if each is not None]
    problems = [*once.problems, *parsed.problems]
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
    return Lock(
        value["partner"].lower(),
        {key: (found, *once.more.get(key, ())) for key, found in value.get("applied", {}).items()},
        _ids(value.get("ids", {}), once.places, start),
        once.places,
    )


def _ids(found: Mapping[str, str], places: Mapping[str, Place], start: Place) -> dict[Address, str]:
    """The ids by address. Raises ManifestProblems for a key that is no address."""
    wrong = [key for key in found if not ADDRESS.fullmatch(key)]
    if wrong:
        what, advice = "is no address", "write KIND/CUSTOMER or KIND/CUSTOMER/NAME"
        at = (Problem(places.get(key, start), f"{quoted(key)} {what}", advice) for key in wrong)
        raise ManifestProblems(list(at))
    return {Address.parse(key): known.lower() for key, known in found.items()}


def _conflicts(text: str, name: str) -> Iterable[Problem]:
    """What git could not merge, at its first line."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith(MARKERS):
            what = "a merge that was not finished: git left its marks here"
            advice = (
                "keep the lines of both sides and take out the marks; of an address with two ids "
                "keep the one that is live"
            )
            yield Problem(Place(name, number, 1), what, advice)
            return


@dataclass(slots=True)
class _Once:
    """A lock file with each fact once, and what else it said: further commits of customers."""

    text: str
    problems: list[Problem]
    more: dict[str, tuple[str, ...]]
    places: dict[str, Place]


def _once(text: str, name: str) -> _Once:
    """Blanks the lines that say what stood there already, so that places stay as they are."""
    found = _Once("", [], {}, {})
    first: dict[tuple[str, str], tuple[str, Place]] = {}
    lines, section = text.splitlines(), ""
    for at, line in enumerate(lines):
        if head := SECTION.match(line):
            section = head[1]
        elif line[:1].isalpha():
            section = ""
            found.places.setdefault(line.partition(":")[0], Place(name, at + 1, 1))
        elif section in {"applied", "ids"} and (fact := FACT.match(line)):
            key, value, place = fact[1], fact[2].lower(), Place(name, at + 1, 3)
            before, where = first.setdefault((section, key), (value, place))
            if where is place:
                if section == "ids":
                    found.places[key] = place
                continue
            lines[at] = ""
            if section == "applied":
                others = found.more.get(key, ())
                found.more[key] = others if value in {before, *others} else (*others, value)
            elif value != before:
                found.problems.append(_two_ids(key, before, where, value, place))
    found.text = "\n".join(lines) + "\n"
    return found


def _two_ids(key: str, before: str, where: Place, value: str, place: Place) -> Problem:
    what = f"`{key}` has two ids: {value} here, {before} at {where}"
    return Problem(place, what, "keep the line whose id is live, and take the other out")


def dump_lock(lock: Lock) -> str:
    """The text of a lock file: one fact a line, sorted; the same facts give the same bytes."""
    lines = [HEAD, f"version: {VERSION}", f"partner: {lock.partner}"]
    if lock.applied:
        commits = ((name, commit) for name in sorted(lock.applied) for commit in lock.applied[name])
        lines += ["applied:", *(f"  {name}: {commit}" for name, commit in commits)]
    if lock.ids:
        found = {str(address): known for address, known in lock.ids.items()}
        lines += ["ids:", *(f"  {name}: {found[name]}" for name in sorted(found))]
    return "\n".join(lines) + "\n"
