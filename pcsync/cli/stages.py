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
    from pcsync.cli.progress import Bar
    from pcsync.cli.telemetry import Watch
    from pcsync.live import Outcome, Rules
    from pcsync.manifests import Lock, Manifests
    from pcsync.model import Address, Finding, Plan, Read, Resource, View
    from pcsync.plan.draft import Draft
    from pcsync.plan.fold import Kinds
    from pcsync.plan.look import Look


def read_manifests(paths: Sequence[str], settings: Settings) -> Manifests:
    """The declared estate of the paths given, else of the project's. Raises ManifestProblems."""
    import sys

    from pcsync.kinds import load_kinds
    from pcsync.manifests import load

    wanted: list[Path | str] = ["-" if path == "-" else Path(path) for path in paths]
    found = wanted or list(settings.paths)
    return load(found, load_kinds(), stdin=sys.stdin, root=settings.directory)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known besides the manifests: the lock file, what the base declared by customer and
    at which commit, the flags of this run, and the commit that is planned."""

    lock: Lock | None = None
    bases: Mapping[str, Mapping[Address, Resource]] = field(default_factory=dict)
    commits: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    allowed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    commit: str | None = None


NOTHING_KNOWN = Known()
Told = Callable[[Sequence["Draft"]], None]


def no_one(drafts: Sequence[Draft]) -> None:
    """Nobody asks how the plan came about."""


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
    from pcsync.kinds import load_kinds
    from pcsync.model import View
    from pcsync.plan.build import Frame, build
    from pcsync.plan.draft import draft
    from pcsync.plan.recorded import pinned, removed

    kinds = load_kinds()
    at = connection.clock.now()
    blank = View(
        at=at,
        can=connection.can,
        cloud=settings.cloud.name,
        contract=settings.contract,
        rules=replace(settings.rules, attested=settings.attested, allowed=known.allowed),
        recorded=known.lock.ids if known.lock else {},
    )
    base = {a: r for each in known.bases.values() for a, r in each.items()}
    gone = removed(manifests.resources, base)
    estate = live.Estate(
        pinned(kinds, [*manifests.resources, *gone], blank.recorded),
        manifests.owns,
        known.bases,
        blank=blank,
        parallel=settings.parallel,
    )
    looks = live.observe(estate, _rules(kinds), live.reader(connection.client), progress.advance)
    frame = Frame(
        at,
        settings.cloud.name,
        settings.tenant,
        manifests.digest,
        commit=known.commit,
        bases=known.commits,
    )
    findings = (*manifests.findings, *known.findings)
    drafts = [draft(kinds, look) for look in looks]
    told(drafts)
    return build(kinds, drafts, frame, findings)


def plan_of(paths: Sequence[str], settings: Settings, watch: Watch, told: Told = no_one) -> Plan:
    """The plan of a command: manifests read, Partner Center looked at, nothing written."""
    from pcsync.cli.connect import connect
    from pcsync.cli.progress import Bar

    manifests = read_manifests(paths, settings)
    with (
        connect(settings, writable=False, on_request=watch) as connection,
        Bar("reading", customers(manifests)) as bar,
    ):
        return make_plan(manifests, settings, connection, bar, told=told)


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
