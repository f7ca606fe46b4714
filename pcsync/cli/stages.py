"""The stages in a row: manifests -> live -> plan. Used by plan, apply and drift.

Owns the wiring only; each stage does its own work.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pcsync.cli.connect import Connection
from pcsync.cli.settings import Settings

if TYPE_CHECKING:
    from pcsync.cli.base import Base
    from pcsync.cli.progress import Bar
    from pcsync.cli.telemetry import Watch
    from pcsync.live import Outcome, Rules
    from pcsync.manifests import Lock, Manifests, Project
    from pcsync.model import Address, Finding, Plan, Prices, Read, Resource, View
    from pcsync.plan.draft import Draft
    from pcsync.plan.fold import Kinds
    from pcsync.plan.look import Look


def read_manifests(paths: Sequence[str], settings: Settings) -> Manifests:
    """The declared estate of the paths given, else of the project's. Raises ManifestProblems."""
    import sys

    from pcsync.cli.policies import misplaced
    from pcsync.kinds import load_kinds
    from pcsync.manifests import load

    wanted: list[Path | str] = ["-" if path == "-" else Path(path) for path in paths]
    found = wanted or list(settings.paths)
    manifests = load(found, load_kinds(), stdin=sys.stdin, root=settings.directory)
    misplaced(manifests, settings.directory)
    return manifests


@dataclass(frozen=True, slots=True)
class Known:
    """What is known besides the manifests: the lock file, what the base declared by customer and
    at which commit, the flags of this run, and the commit that is planned.

    `base` is what plans call the base. What stands `elsewhere` has not left git, though it is not
    among what is planned; `paths` are those that were given. `lifted_by` gave the flags, `labels`
    are those of the wave, and so many customers are `left_out` of it. With `calendar` the ends of
    terms are asked for.
    """

    lock: Lock | None = None
    bases: Mapping[str, Mapping[Address, Resource]] = field(default_factory=dict)
    commits: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    allowed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    commit: str | None = None
    base: str | None = None
    elsewhere: frozenset[Address] = frozenset()
    paths: tuple[str, ...] = ()
    lifted_by: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    left_out: int = 0
    calendar: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """What a command is given besides paths: the lock file, the base, what `--allow` names, what is
    known of earlier runs, the labels that customers have to have, and whether the ends of terms
    are asked for."""

    lock: Lock | None = None
    base: Base | None = None
    allowed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    calendar: bool = False

    @property
    def project(self) -> Project | None:
        """The settings that guard the change."""
        return self.base.project if self.base else None


NOTHING_KNOWN = Known()
NOTHING_GIVEN = Given()
Told = Callable[[Sequence["Draft"]], None]


def no_one(drafts: Sequence[Draft]) -> None:
    """Nobody asks how the plan came about."""


def given_of(
    base: str | None = None, allow: Sequence[str] = (), label: Sequence[str] = ()
) -> Given:
    """What is given in the working directory. Raises UsageError, ManifestProblems."""
    from pcsync.cli.allow import allowed
    from pcsync.cli.base import find_base
    from pcsync.cli.waves import labels_of
    from pcsync.manifests import load_lock

    flags, labels = allowed(allow), labels_of(label)
    lock = load_lock(Path())
    return Given(lock, find_base(base, Path(), lock) if base else None, flags, labels=labels)


def known_of(
    given: Given,
    manifests: Manifests,
    paths: Sequence[str],
    settings: Settings,
    outside: frozenset[str] = frozenset(),
) -> Known:
    """What is known of what these paths declare; of the customers `outside` of the wave nothing.
    Raises ManifestProblems where the lock file contradicts the manifests or the settings."""
    from pcsync.cli.base import elsewhere, first_time
    from pcsync.cli.lockfile import agreed, commit_of
    from pcsync.cli.waves import gone_in_wave

    lock = agreed(given.lock, manifests, settings)
    commit = commit_of(paths, settings)
    if (base := given.base) is None:
        return Known(lock, allowed=given.allowed, commit=commit)
    names = {each.address.root for each in manifests.resources}
    before = gone_in_wave(base, outside, names, given.labels)
    found = {name: base.of(name) for name in sorted(names | before)}
    bases = {name: declared for name, declared in found.items() if declared is not None}
    commits = {name: base.commits[name] for name in bases if name in base.commits}
    said = {each.address.root for each in base.findings if each.address}
    mine = [f for f in base.findings if not (f.address and f.address.root in outside)]
    findings = (*mine, *first_time(names - bases.keys() - said - _renamed(manifests)))
    away = elsewhere(base, manifests, paths, settings)
    return Known(lock, bases, commits, findings, given.allowed, commit, base.label, away)


def _renamed(manifests: Manifests) -> set[str]:
    """The customers that had another name: their commit stands under that one."""
    own = (each for each in manifests.resources if each.owner is None)
    return {each.address.root for each in own if each.words.get("renamedFrom")}


def lifted(values: Sequence[str]) -> int | str:
    """What a plan says of one `--allow`: a limit's number, else the values as they were given."""
    return int(values[0]) if len(values) == 1 and values[0].isdigit() else ", ".join(values)


def read_prices(manifests: Manifests, settings: Settings, known: Known) -> Prices | None:
    """What the price sheets of the project say of the products that matter; None where it has no
    sheets. Raises ManifestProblems."""
    from pcsync.kinds import Priced, load_kinds
    from pcsync.manifests import load_prices, sheet_files

    if not settings.prices:
        return None
    gone = [each for found in known.bases.values() for each in found.values()]
    wants = [*manifests.resources, *gone]
    kinds = [kind for kind in load_kinds().values() if isinstance(kind, Priced)]
    products = {product for kind in kinds for product in kind.priced(wants)}
    files = sheet_files(settings.directory, settings.prices)
    return load_prices(files, products, settings.rules.billing_currency, settings.directory)


def make_plan(
    manifests: Manifests,
    settings: Settings,
    connection: Connection,
    progress: Bar,
    known: Known = NOTHING_KNOWN,
    told: Told = no_one,
) -> Plan:
    """Reads what the manifests need of Partner Center, and plans. Writes nothing.

    `told` is given the drafts that the plan was made of, for whoever explains it.
    """
    from pcsync import live
    from pcsync.cli.pause import halts
    from pcsync.kinds import load_kinds
    from pcsync.model import View
    from pcsync.plan.build import Frame, build
    from pcsync.plan.declared import Declared
    from pcsync.plan.draft import draft
    from pcsync.plan.recorded import bases_now, gone, left_out, pinned, recorded_now, removed
    from pcsync.plan.renames import renames

    kinds = load_kinds()
    at = connection.clock.now()
    ids = known.lock.ids if known.lock else {}
    blank = View(
        at=at,
        prices=read_prices(manifests, settings, known),
        calendar=known.calendar,
        can=connection.can,
        cloud=settings.cloud.name,
        contract=settings.contract,
        rules=replace(settings.rules, attested=settings.attested, allowed=known.allowed),
        recorded=recorded_now(manifests.resources, ids),
    )
    bases, omitted = left_out(bases_now(manifests.resources, known.bases), manifests.omitted)
    base = {a: r for each in bases.values() for a, r in each.items()}
    away = gone(removed(manifests.resources, base, known.elsewhere))
    resources = (*manifests.resources, *away.left)
    # Who plans again from the plan alone must not miss what stands elsewhere.
    here = {
        name: {a: each for a, each in inner.items() if a not in known.elsewhere}
        for name, inner in bases.items()
    }
    estate = live.Estate(
        pinned(kinds, resources, blank.recorded),
        manifests.owns,
        bases,
        blank=blank,
        parallel=settings.parallel,
    )
    looks = live.observe(estate, _rules(kinds), live.reader(connection.client), progress.advance)
    frame = Frame(
        at,
        settings.cloud.name,
        settings.tenant,
        manifests.digest,
        base=known.base,
        commit=known.commit,
        bases=known.commits,
        lifted={name: lifted(values) for name, values in known.allowed.items()},
        recorded=ids,
        renamed=renames(manifests.resources, ids),
        released=(*away.released, *omitted),
        paths=known.paths,
        declared=Declared(resources, manifests.owns, here, blank.recorded, known.allowed),
        limits=settings.limits,
        lifted_by=known.lifted_by,
        labels=known.labels,
        left_out=known.left_out,
        halts=tuple(halts(settings, at)),
        contract=settings.contract,
    )
    findings = (*manifests.findings, *known.findings, *away.findings)
    drafts = [draft(kinds, look) for look in looks]
    told(drafts)
    return build(kinds, drafts, frame, findings)


def plan_of(
    paths: Sequence[str],
    settings: Settings,
    watch: Watch,
    told: Told = no_one,
    given: Given = NOTHING_GIVEN,
) -> Plan:
    """The plan of a command: manifests read, Partner Center looked at, nothing written."""
    from pcsync.cli.allow import asked_by
    from pcsync.cli.connect import connect
    from pcsync.cli.progress import Bar
    from pcsync.cli.waves import in_wave, outside

    whole = read_manifests(paths, settings)
    manifests = in_wave(whole, given.labels)
    known = known_of(given, manifests, paths, settings, outside(whole, manifests))
    known = replace(
        known,
        findings=(*known.findings, *given.findings),
        paths=tuple(paths),
        lifted_by=asked_by() if given.allowed else "",
        labels=given.labels,
        calendar=given.calendar,
        left_out=customers(whole) - customers(manifests),
    )
    with (
        connect(settings, writable=False, on_request=watch) as connection,
        Bar("reading", customers(manifests)) as bar,
    ):
        return make_plan(manifests, settings, connection, bar, known, told)


def customers(manifests: Manifests) -> int:
    """How many customers are declared: what the progress counts."""
    return sum(1 for resource in manifests.resources if resource.owner is None)


def _rules(kinds: Kinds) -> Rules[Look]:
    from pcsync.live import Rules
    from pcsync.plan.fold import Answer, fold
    from pcsync.plan.look import look

    def folded(view: View, outcomes: Sequence[tuple[Read, Outcome]]) -> View:
        return fold(kinds, view, [Answer(read, *outcome) for read, outcome in outcomes])

    return Rules(lambda view: look(kinds, view), folded)
