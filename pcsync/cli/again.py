"""Planning a saved plan's customers again, from the plan alone, without writing.

Owns the check up front of DESIGN section 6: is what was planned against still there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from pcsync.model import Limits, Outcome, StepResult

if TYPE_CHECKING:
    from pcsync.apply.journal import Journal
    from pcsync.cli.connect import Connection
    from pcsync.cli.settings import Settings
    from pcsync.model import Plan
    from pcsync.plan.fresh import Fresh

NOTHING_WRITTEN = "nothing is written, for the plan is stale elsewhere"
PARTIAL = "run plan again, or apply the rest of this one with --partial"


def plan_again(plan: Plan, settings: Settings, connection: Connection) -> Plan:
    """A new plan of what the plan was made from, against what is live now."""
    from pcsync.cli.known import Known
    from pcsync.cli.progress import Bar
    from pcsync.cli.stages import make_plan
    from pcsync.manifests import Lock, Manifests
    from pcsync.plan.declared import from_words

    declared = from_words(plan.declared)
    manifests = Manifests(tuple(declared.resources), tuple(declared.owns), (), plan.manifests)
    known = Known(
        Lock(settings.tenant, ids=declared.recorded),
        bases=declared.bases,
        allowed=declared.allowed,
        reowned=declared.reowned,
    )
    names = {resource.address.root for resource in declared.resources}
    with Bar("checking", len(names)) as bar:
        rest = replace(settings, limits=Limits(), prices=())  # its figures stand in the plan
        return make_plan(manifests, rest, connection, bar, known)


def check(plan: Plan, settings: Settings, connection: Connection) -> Fresh:
    """What is known of a plan's steps before the first is begun."""
    from pcsync.plan.fresh import fresh

    return fresh(plan, plan_again(plan, settings, connection))


def settled(plan: Plan, found: Fresh, journal: Journal, partial: bool) -> Mapping[str, StepResult]:
    """The results of steps that are not begun. What a journal knows of is left to it: a request in
    doubt is repeated, for its answer may bring what is given only once; what was ordered is waited
    for. Unless `partial`, nothing is begun while something is stale."""
    if found.stale and not partial:
        return {step.id: _held_back(step.id, found.settled) for step in plan.steps}
    begun = {
        covered
        for step in plan.steps
        if journal.known(step.id).attempts or journal.known(step.id).result
        for covered in step.covers
    }
    covers = {step.id: set(step.covers) for step in plan.steps}

    def left_to_journal(result: StepResult) -> bool:
        if result.outcome is Outcome.PENDING:
            return bool(covers[result.step] & begun)
        known = journal.known(result.step)
        return result.outcome is Outcome.DONE and (known.doubt or known.result) is not None

    return {name: r for name, r in found.settled.items() if not left_to_journal(r)}


def _held_back(step: str, settled: Mapping[str, StepResult]) -> StepResult:
    result = settled.get(step)
    if result is not None and result.outcome in {Outcome.STALE, Outcome.UNKNOWN}:
        return replace(result, sent=0)
    return StepResult(step, Outcome.NOT_STARTED, NOTHING_WRITTEN, PARTIAL)
