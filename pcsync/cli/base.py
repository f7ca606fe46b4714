"""`--base`: what was declared before, read without touching the work tree.

Owns where the base of a run comes from: a commit, a folder, or for each customer the commit that
the lock file says was last fully applied to it (manifest-reference.md 12.2).
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pcsync.cli.git import Git, needed, repository
from pcsync.errors import ManifestProblems, UsageError
from pcsync.model import Address, Finding, Severity

if TYPE_CHECKING:
    from pcsync.cli.settings import Settings
    from pcsync.manifests import Lock, Manifests, Project
    from pcsync.model import Owns, Resource

AUTO = "auto"
SHORT = 7
OF_PLAN = re.compile(r"(?:^|: )([0-9a-f]{40,64})\b")


class BaseProblems(ManifestProblems):
    """What the base holds can't be read: nothing can be compared with it."""

    def __init__(self, label: str, problems: ManifestProblems) -> None:
        super().__init__(problems.problems)
        self.label = label

    def lines(self) -> list[str]:
        """The problems, then which base it is."""
        head = f"error: the base {self.label} can't be read"
        return [*super().lines(), head, "  choose another --base, one that `validate` accepts"]


@dataclass(frozen=True, slots=True)
class Table:
    """What one commit or folder declares, by customer; `home` begins the names of its files,
    `owns` are the collections that it holds as a whole."""

    project: Project | None
    customers: Mapping[str, Mapping[Address, Resource]]
    home: str
    owns: tuple[Owns, ...] = ()


@dataclass(frozen=True, slots=True)
class Base:
    """What a run is compared with.

    `label` is what plans call it, `project` the settings that guard the change. `chosen` names the
    table of each customer; without `every` the others are of no base. `commits` are those of
    customers.
    """

    label: str
    project: Project | None
    tables: Mapping[str, Table]
    chosen: Mapping[str, str]
    commits: Mapping[str, str] = field(default_factory=dict)
    every: str | None = None
    findings: tuple[Finding, ...] = ()

    def of(self, customer: str) -> Mapping[Address, Resource] | None:
        """What was declared of a customer; None where that is not known."""
        name = self.chosen.get(customer, self.every)
        return None if name is None else self.tables[name].customers.get(customer, {})

    def owns(self) -> Iterator[Owns]:
        """The collections that were held as a whole, each as its customer's table has it."""
        for name, table in self.tables.items():
            for each in table.owns:
                if self.chosen.get(each.owner.root, self.every) == name:
                    yield each

    def customers(self) -> set[str]:
        """The customers of which something was declared."""
        everyone = self.tables[self.every].customers if self.every is not None else {}
        return {*self.chosen, *everyone}

    def file_of(self, resource: Resource) -> Path | None:
        """The file that a resource stood in, relative to the settings; None of one elsewhere."""
        name = self.chosen.get(resource.address.root, self.every)
        home = self.tables[name].home if name is not None else ""
        file = resource.place.file if resource.place else ""
        return Path(file.removeprefix(home)) if file.startswith(home) else None


def find_base(words: str, directory: Path, lock: Lock | None) -> Base:
    """The base that `--base` names: ``auto``, a commit, or a folder of manifests.

    Raises UsageError for what is neither, BaseProblems where it can't be read.
    """
    if words == AUTO:
        return _auto(needed(directory), directory, lock)
    folder = Path(words).is_dir()
    git = repository(directory) if folder else needed(directory)
    commit = git.commit(words) if git else None
    if folder and commit:
        advice = f"write ./{words} for the folder, or refs/heads/{words} for the branch"
        raise UsageError(f"--base {words} is a folder, and a commit has that name, too", advice)
    if folder:
        table = _folder(Path(words), directory)
        return Base(words, table.project, {words: table}, {}, every=words)
    if git is None or commit is None:
        advice = "name a branch, a tag, a commit that was fetched, a folder, or `auto`"
        raise UsageError(f"--base {words} is no commit here and no folder", advice)
    table = commit_table(git, commit, directory)
    commits = dict.fromkeys(table.customers, commit)
    return Base(f"{words}: {commit}", table.project, {commit: table}, {}, commits, every=commit)


def guards(label: str, directory: Path) -> Project | None:
    """The settings of the base that a plan file names: they guard its apply as well.

    Raises UsageError where they are not to be had any more.
    """
    named = OF_PLAN.search(label)
    if not named and not Path(label).is_dir():
        return None
    if named is None:
        return _settings(Path(label), directory)
    git = needed(directory)
    if git.commit(named[1]) is None:
        what = f"the plan was compared with {named[1][:SHORT]}, which is not in this repository"
        raise UsageError(what, "fetch it, or plan again")
    with tempfile.TemporaryDirectory(prefix="pcsync-base-") as place:
        return _settings(unpacked_settings(git, named[1], Path(place)), directory)


def _auto(git: Git, directory: Path, lock: Lock | None) -> Base:
    """Each customer's own commit; every commit is read once."""
    applied = lock.applied if lock else {}
    joined = {commits: git.join(commits) for commits in set(applied.values())}
    chosen = {name: joined[commits] for name, commits in applied.items()}
    known = {name: commit for name, commit in chosen.items() if commit}
    tables = {
        commit: commit_table(git, commit, directory) for commit in sorted(set(known.values()))
    }
    newest = git.newest(tables)
    more = f" and {len(tables) - 1} more" if len(tables) > 1 else ""
    return Base(
        f"{AUTO}: {newest}{more}" if newest else f"{AUTO}: none yet",
        tables[newest].project if newest else None,
        tables,
        known,
        known,
        findings=tuple(_not_found(name, applied[name]) for name in sorted(applied.keys() - known)),
    )


def _not_found(customer: str, commits: Sequence[str]) -> Finding:
    named = " and ".join(commit[:SHORT] for commit in commits)
    return Finding(
        Severity.WARNING,
        "base-not-found",
        f"{named}, last fully applied to it, is not in this repository: nothing that left git "
        "since is removed",
        "fetch the whole history (`git fetch --unshallow`); if it was rewritten, apply once",
        Address("customer", (customer,)),
    )


def first_time(customers: Iterable[str]) -> Iterable[Finding]:
    """What is to be said of customers without a base: their first apply writes it down."""
    if names := sorted(customers):
        some = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        what = f"no commit was ever fully applied to {some}: nothing that left git is removed"
        advice = "nothing is to be done: the next full apply of a commit writes it down"
        yield Finding(Severity.INFO, "base-not-found", what, advice)


def commit_table(git: Git, commit: str, directory: Path) -> Table:
    """What a commit declares, read in a private folder. Raises BaseProblems."""
    with tempfile.TemporaryDirectory(prefix="pcsync-base-") as place:
        # The commit begins the names of files in messages.
        root = Path(place) / commit[:SHORT]
        folder = unpacked_settings(git, commit, root)
        paths = [os.path.relpath(path, root) for path in _paths(folder)]
        inside = [Path(path).as_posix() for path in paths if not path.startswith("..")]
        git.unpack(commit, inside, root)
        return _table(folder, directory, Path(place), f"{commit[:SHORT]}/{git.prefix}", commit)


def unpacked_settings(git: Git, commit: str, root: Path) -> Path:
    """The folder of the settings in `root`, with the settings of the commit in it, if any."""
    from pcsync.manifests import SETTINGS

    folder = root / git.prefix
    folder.mkdir(parents=True, exist_ok=True)
    if (text := git.text(commit, f"{git.prefix}{SETTINGS}")) is not None:
        (folder / SETTINGS).write_bytes(text)
    return folder


def _folder(folder: Path, directory: Path) -> Table:
    return _table(folder, directory, None, f"{folder.as_posix()}/", str(folder))


def _table(folder: Path, directory: Path, root: Path | None, home: str, label: str) -> Table:
    from pcsync.kinds import load_kinds
    from pcsync.manifests import load, of_base
    from pcsync.plan.recorded import by_customer

    # A path that was not there yet declared nothing.
    paths = [path for path in _paths(folder) if path.exists()]
    try:
        project = _settings(folder, directory)
        if not paths:
            return Table(project, {}, home)
        # What it was allowed to use then; what is not set any more stays as it was written.
        variables = of_base(project.variables if project else (), os.environ)
        found = load(paths, load_kinds(), root=root, variables=variables)
        return Table(project, by_customer(found.resources), home, found.owns)
    except ManifestProblems as problems:
        raise BaseProblems(label[:SHORT] if root else label, problems) from None


def _paths(folder: Path) -> tuple[Path, ...]:
    from pcsync.manifests import load_project

    return load_project(folder).paths


def _settings(folder: Path, directory: Path) -> Project | None:
    """The settings of a base, for this directory; None where it has none."""
    from pcsync.manifests import SETTINGS, load_project

    file = folder / SETTINGS
    return load_project(directory, file) if file.exists() else None


def elsewhere(
    base: Base, manifests: Manifests, paths: Sequence[str], settings: Settings
) -> frozenset[Address]:
    """What of the base is not gone, though it is not among what the paths declare.

    It stood in other files, or stands in others now: only what was looked at can be missed.
    """
    if covers(paths, settings):
        return frozenset()
    from pcsync.cli.stages import read_manifests

    looked_at = [Path(os.path.normpath(path)) for path in paths if path != "-"]
    declared = {each.address for each in read_manifests((), settings).resources}
    return frozenset(
        resource.address
        for customer in base.customers()
        for resource in (base.of(customer) or {}).values()
        if resource.address in declared or not _below(base.file_of(resource), looked_at)
    )


def covers(paths: Sequence[str], settings: Settings) -> bool:
    """Whether these paths hold all that the project declares."""
    given = [Path(path).resolve() for path in paths if path != "-"]
    whole = [path.resolve() for path in settings.paths]
    return not paths or all(any(path.is_relative_to(g) for g in given) for path in whole)


def _below(file: Path | None, paths: Sequence[Path]) -> bool:
    return file is not None and any(file.is_relative_to(path) for path in paths)
