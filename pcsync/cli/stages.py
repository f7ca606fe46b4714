"""The stages in a row: manifests -> live -> plan. Used by plan, apply and drift.

Owns the wiring only; each stage does its own work.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pcsync.cli.connect import Connection
from pcsync.cli.known import NOTHING_GIVEN, NOTHING_KNOWN, Given, Known, known_of
from pcsync.cli.settings import Settings

if TYPE_CHECKING:
    from pcsync.cli.progress import Bar
    from pcsync.cli.telemetry import Watch
    from pcsync.live import Outcome, Rules
    from pcsync.manifests import Manifests
    from pcsync.model import Action, Address, Finding, Plan, Prices, Read, Resource, View
    from pcsync.plan.build import Frame
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
    manifests = load(
        found,
        load_kinds(),
        stdin=sys.stdin,
        root=settings.directory,
        variables=settings.variables,
    )
    misplaced(manifests, settings.directory)
    return manifests


Told = Callable[[Sequence["Draft"]], None]


def no_one(drafts: Sequence[Draft]) -> None:
    """Nobody asks how the plan came about."""


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


@dataclass(frozen=True, slots=True)
class Scope:
    """What is planned: all resources, those that left git among them; the bases as they are called
    now, with and without what stands elsewhere; what is released; what is to be said of it."""

    resources: tuple[Resource, ...]
    bases: Mapping[str, Mapping[Address, Resource]]
    here: Mapping[str, Mapping[Address, Resource]]
    released: tuple[Action, ...]
    findings: tuple[Finding, ...]


def scope_of(manifests: Manifests, known: Known) -> Scope:
    """What is declared, and what was declared and is not any more."""
    from pcsync.plan.recorded import bases_now, gone, left_out, removed

    bases, omitted = left_out(bases_now(manifests.resources, known.bases), manifests.omitted)
    base = {a: r for each in bases.values() for a, r in each.items()}
    away = gone(removed(manifests.resources, base, known.elsewhere))
    # Who plans again from the plan alone must not miss what stands elsewhere.
    here = {
        name: {a: each for a, each in inner.items() if a not in known.elsewhere}
        for name, inner in bases.items()
    }
    released = (*away.released, *omitted)
    return Scope((*manifests.resources, *away.left), bases, here, released, tuple(away.findings))


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
    from pcsync.plan.build import build
    from pcsync.plan.draft import draft
    from pcsync.plan.recorded import pinned
    from pcsync.plan.untouched import untouched

    kinds = load_kinds()
    blank = _blank(manifests, settings, connection, known)
    scope = scope_of(manifests, known)
    estate = live.Estate(
        pinned(kinds, scope.resources, blank.recorded),
        manifests.owns,
        scope.bases,
        untouched(manifests.resources, scope.bases, known.reowned),
        blank=blank,
        parallel=settings.parallel,
    )
    looks = live.observe(estate, _rules(kinds), live.reader(connection.client), progress.advance)
    drafts = [draft(kinds, look) for look in looks]
    told(drafts)
    findings = (*manifests.findings, *known.findings, *scope.findings)
    return build(kinds, drafts, _frame(manifests, settings, known, scope, blank), findings)


def _blank(manifests: Manifests, settings: Settings, connection: Connection, known: Known) -> View:
    """What all views begin with: the moment, and what the project and this run say."""
    from pcsync.model import View
    from pcsync.plan.recorded import recorded_now

    return View(
        at=connection.clock.now(),
        prices=read_prices(manifests, settings, known),
        calendar=known.calendar,
        taken=known.taken,
        can=connection.can,
        cloud=settings.cloud.name,
        contract=settings.contract,
        rules=replace(settings.rules, attested=settings.attested, allowed=known.allowed),
        recorded=recorded_now(manifests.resources, known.lock.ids if known.lock else {}),
    )


def _frame(
    manifests: Manifests, settings: Settings, known: Known, scope: Scope, blank: View
) -> Frame:
    """What the plan says of itself."""
    from pcsync.cli.pause import halts
    from pcsync.plan.build import Frame
    from pcsync.plan.declared import Declared
    from pcsync.plan.renames import renames

    ids = known.lock.ids if known.lock else {}
    return Frame(
        blank.at,
        settings.cloud.name,
        settings.tenant,
        manifests.digest,
        base=known.base,
        commit=known.commit,
        bases=known.commits,
        lifted={name: lifted(values) for name, values in known.allowed.items()},
        recorded=ids,
        renamed=renames(manifests.resources, ids),
        released=scope.released,
        paths=known.paths,
        declared=Declared(
            scope.resources,
            manifests.owns,
            scope.here,
            blank.recorded,
            known.allowed,
            known.reowned,
        ),
        limits=settings.limits,
        lifted_by=known.lifted_by,
        labels=known.labels,
        left_out=known.left_out,
        halts=tuple(halts(settings, blank.at)),
        contract=settings.contract,
        partner=settings.partner,
    )


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
        taken=given.taken,
        left_out=customers(whole) - customers(manifests),
    )
    settings = replace(settings, rules=replace(settings.rules, kept=given.kept))
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
