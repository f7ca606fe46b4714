"""All manifests of a run: from paths to resources, or to all problems of all files at once.

Owns the order of the stage: find, read, parse, check, build, compare with each other. Must not
import yaml or jsonschema, or talk to anything but files.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import TextIO

from pcsync.errors import ManifestProblems, Problem
from pcsync.kinds import Kind
from pcsync.manifests.build import Building
from pcsync.manifests.declared import Declared
from pcsync.manifests.digest import digest
from pcsync.manifests.files import Source, Text, sources, texts
from pcsync.manifests.grammar import LATER_KINDS, SETTINGS_KIND, Grammar, grammars
from pcsync.manifests.inherit import Inheriting
from pcsync.manifests.nodes import Node, Pairs, text_at
from pcsync.manifests.nodes import place as place_of
from pcsync.manifests.parse import Parsed, parse
from pcsync.manifests.policies import KIND as POLICY
from pcsync.manifests.references import across, by_address
from pcsync.manifests.render import written
from pcsync.manifests.variables import Variables, resolved
from pcsync.model import NOTHING, Address, Finding, Owns, Place, Resource

GROUP = "pcsync/"


@dataclass(frozen=True, slots=True)
class Manifests:
    """What is declared: resources sorted by address, the collections that are held as a whole,
    warnings, the sha256 of it all, in how many files it stood, what customers leave out of
    their blueprints, and the policies that stand among them: file and place."""

    resources: tuple[Resource, ...]
    owns: tuple[Owns, ...]
    findings: tuple[Finding, ...]
    digest: str
    files: int = 0
    omitted: frozenset[Address] = frozenset()
    policies: tuple[tuple[Path | None, Place], ...] = ()


@dataclass(slots=True)
class _Found:
    """What the files of a run hold."""

    declared: list[Declared] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    files: int = 0
    complete: bool = True
    kept: Node | None = None
    omitted: frozenset[Address] = frozenset()
    policies: list[tuple[Path | None, Place]] = field(default_factory=list)


def load(
    paths: Sequence[Path | str],
    kinds: Mapping[str, Kind],
    stdin: TextIO | None = None,
    root: Path | None = None,
    variables: Variables = NOTHING,
) -> Manifests:
    """Everything that the manifests at `paths` declare: files, folders, or `-` for `stdin`.

    File names in places are relative to `root` where they are below it. `variables` are those of
    the environment that texts may use. Raises ManifestProblems with every problem of every file.
    """
    found = _find(paths, grammars(kinds), stdin, root, variables)
    building = _built(found)
    return Manifests(
        resources=tuple(sorted((each.resource for each in building.built), key=by_address)),
        owns=tuple(sorted(building.owns, key=attrgetter("owner", "kind"))),
        findings=tuple(building.warnings),
        digest=digest(building.built, building.owns),
        files=found.files,
        omitted=found.omitted,
        policies=tuple(found.policies),
    )


def render(
    name: str,
    paths: Sequence[Path | str],
    kinds: Mapping[str, Kind],
    stdin: TextIO | None = None,
    root: Path | None = None,
    *,
    origin: bool = False,
    variables: Variables = NOTHING,
) -> str | None:
    """The document `name` as YAML, with all that it extends; None where there is none.

    With `origin` each value has a comment with its file and line. Texts with `variables` stay as
    they were written. Raises as `load` does.
    """
    found = _find(paths, grammars(kinds), stdin, root, variables, keep=name)
    _built(found)
    return written(found.kept, origin=origin) if isinstance(found.kept, Pairs) else None


def _built(found: _Found) -> Building:
    """All that was found, built; raises ManifestProblems with everything that is wrong."""
    building = Building()
    building.all(found.declared)
    problems = [*found.problems, *building.problems, *across(building, complete=found.complete)]
    if problems:
        raise ManifestProblems(problems)
    return building


def _find(
    paths: Sequence[Path | str],
    known: Mapping[str, Grammar],
    stdin: TextIO | None,
    root: Path | None,
    variables: Variables,
    keep: str | None = None,
) -> _Found:
    found = _Found()
    inheriting = Inheriting(known, found.problems, keep)
    for item in texts(sources(paths, root), stdin):
        if isinstance(item, Problem):
            found.problems.append(item)
            found.complete = False
        else:
            _take(item, inheriting, found, variables)
    found.declared = inheriting.finish(complete=found.complete)
    found.kept = inheriting.kept
    found.omitted = frozenset(inheriting.omitted)
    return found


def _take(item: Text, inheriting: Inheriting, found: _Found, variables: Variables) -> None:
    """Adds what one file holds, unless it is one that a folder holds by chance."""
    parsed = parse(item.text, item.source.name)
    documents = [each for each in parsed.documents if each is not None]
    if not item.source.named and _of_others(parsed, documents, inheriting.known):
        return
    found.files += 1
    found.problems.extend(parsed.problems)
    found.complete = found.complete and parsed.whole
    if item.source.named and not documents and parsed.whole:
        found.problems.append(_nothing(item.source))
    for each in documents:
        if text_at(each, "kind") == POLICY:
            found.policies.append((item.source.path, place_of(item.source.name, each)))
        else:
            node = resolved(each, variables) if parsed.outside else each
            inheriting.take(node, item.source.name)


def _of_others(parsed: Parsed, documents: Iterable[Node], known: Mapping[str, Grammar]) -> bool:
    """Whether a file found in a folder is none of ours: no document says so or has our kinds."""
    ours = {*known, *LATER_KINDS, SETTINGS_KIND}
    return parsed.whole and not any(
        (text_at(each, "apiVersion") or "").startswith(GROUP) or text_at(each, "kind") in ours
        for each in documents
    )


def _nothing(source: Source) -> Problem:
    advice = "check what was to be written into it, or leave it out"
    return Problem(Place(source.name, 1, 1), "no document stands in it", advice)
