"""From the drafts of all customers to one plan: batches, steps, waits, totals, and its digest.

Pure: time and settings come in as arguments. Must not name a kind.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pcsync.kinds import Kind
from pcsync.model import (
    Action,
    Address,
    Await,
    Before,
    Call,
    Edit,
    Finding,
    Measure,
    Plan,
    Resource,
    Step,
    Totals,
)
from pcsync.plan.codec import digest
from pcsync.plan.draft import Draft
from pcsync.plan.order import Batch, batches, has_steps, needs

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Frame:
    """What a plan says of itself: when, where, for whom, from which manifests."""

    time: datetime
    cloud: str
    partner_tenant: str
    manifests: str
    base: str | None = None


def build(
    kinds: Mapping[str, Kind],
    drafts: Iterable[Draft],
    frame: Frame,
    findings: Sequence[Finding] = (),
) -> Plan:
    """The plan of these drafts, customers in the order of their names; `findings` come first."""
    ordered = sorted(drafts, key=lambda draft: str(draft.view.owner))
    steps: list[Step] = []
    actions: list[Action] = []
    for draft in ordered:
        first = needs(draft)
        steps += steps_of(kinds, draft, first)
        actions += _needing(draft, first)
    touched = [draft for draft in ordered if draft.actions]
    plan = Plan(
        format=FORMAT,
        id="",
        time=frame.time,
        cloud=frame.cloud,
        partner_tenant=frame.partner_tenant,
        manifests=frame.manifests,
        base=frame.base,
        lifted={},
        ids=_ids(touched, steps),
        wants=_wants(touched),
        actions=tuple(actions),
        steps=tuple(steps),
        findings=(*findings, *(found for draft in ordered for found in draft.findings)),
        totals=totals(actions, steps),
        customers=tuple(draft.view.owner.root for draft in ordered if draft.view.owner),
        unknown=tuple(address for draft in ordered for address in draft.unknown),
    )
    return replace(plan, id=digest(plan))


def steps_of(
    kinds: Mapping[str, Kind], draft: Draft, first: Mapping[str, frozenset[str]]
) -> list[Step]:
    """The steps of one customer, each with the ids of the steps that must be done before."""
    names = {
        name: kinds[draft.actions[name].address.kind].batch(draft.actions[name]) for name in first
    }
    steps: list[Step] = []
    waits: dict[str, Await] = {}
    for batch in batches(names, draft.actions, first):
        before = sorted({name for action in batch.actions for name in first[action.id]})
        own = {action.id for action in batch.actions}
        after = tuple(step.id for step in steps if set(step.covers) & set(before) - own)
        for wait in _waits(draft.before, batch, steps):
            if wait.id not in waits:
                waits[wait.id] = wait
                steps.append(wait)
            after = tuple(dict.fromkeys((*after, wait.id)))
        steps.extend(_after(_parted(kinds, batch, draft), after))
    return steps


def _parted(kinds: Mapping[str, Kind], batch: Batch, draft: Draft) -> list[Step]:
    """The steps of a batch; those of a second part get ids of their own."""
    kind = kinds[batch.actions[0].address.kind]
    steps = list(kind.steps(batch.actions, draft.view))
    if batch.part == 1:
        return steps
    names = {step.id: f"{step.id}~{batch.part}" for step in steps}
    return [
        replace(step, id=names[step.id], after=tuple(names.get(a, a) for a in step.after))
        for step in steps
    ]


def _after(steps: Sequence[Step], after: tuple[str, ...]) -> list[Step]:
    """Steps that wait for nothing in their own batch wait for what the batch needs."""
    return [step if step.after else replace(step, after=after) for step in steps]


def _waits(before: Iterable[Before], batch: Batch, steps: Sequence[Step]) -> Iterable[Await]:
    """The waits between a batch and what comes before it, covering the actions that wait."""
    mine = {action.id for action in batch.actions}
    wanted: dict[str, tuple[Await, set[str]]] = {}
    for rule in before:
        if rule.wait and rule.then in mine:
            wanted.setdefault(rule.wait.id, (rule.wait, set()))[1].add(rule.first)
    covers = {r.wait.id: set[str]() for r in before if r.wait}
    for rule in before:
        if rule.wait:
            covers[rule.wait.id].add(rule.then)
    for name, (wait, firsts) in sorted(wanted.items()):
        after = tuple(step.id for step in steps if set(step.covers) & firsts)
        yield replace(wait, covers=tuple(sorted(covers[name])), after=after)


def _needing(draft: Draft, first: Mapping[str, frozenset[str]]) -> list[Action]:
    """The actions with the ids of those that come before them, for whoever reads the plan."""
    return [
        replace(action, needs=first.get(name, frozenset()))
        for name, action in sorted(draft.actions.items())
    ]


def totals(actions: Sequence[Action], steps: Sequence[Step]) -> Totals:
    """Counts of what the plan holds; writes are exact, reads are at least as many."""
    measures: Counter[str] = Counter()
    for action in actions:
        measures.update(action.counts)
    roots = {action.address.root for action in actions if has_steps(action)}
    if roots:
        measures[Measure.CUSTOMERS.value] = len(roots)
    return Totals(
        verbs=dict(sorted(Counter(a.verb.value for a in actions).items())),
        when=dict(sorted(Counter(a.when.value for a in actions).items())),
        measures=dict(sorted(measures.items())),
        writes=sum(1 for step in steps if writes(step)),
        reads_at_least=sum(1 for step in steps if not isinstance(step, Call) or not step.writes),
        waits=sum(1 for step in steps if isinstance(step, Await)),
    )


def writes(step: Step) -> bool:
    """Whether a step is announced as a write."""
    return isinstance(step, Edit) or (isinstance(step, Call) and step.writes)


def _ids(drafts: Sequence[Draft], steps: Sequence[Step]) -> dict[str, str]:
    """The known ids that the steps refer to, and those of all resources that are acted on."""
    named = set(re.findall(r"\{([^{}#]+)#id\}", " ".join(_path(step) for step in steps)))
    found: dict[str, str] = {}
    for draft in drafts:
        acting = {str(action.address) for action in draft.actions.values()}
        for address, known in draft.view.ids.items():
            if str(address) in named | acting:
                found[str(address)] = known
    return dict(sorted(found.items()))


def _path(step: Step) -> str:
    settle = step.settle.path if isinstance(step, Call) and step.settle else ""
    return f"{step.path} {settle}"


def _wants(drafts: Sequence[Draft]) -> dict[str, Mapping[str, Any]]:
    """What the manifests say of every resource that is acted on; secrets stay references."""
    found: dict[Address, Resource] = {}
    for draft in drafts:
        for action in draft.actions.values():
            if want := draft.view.wants.get(action.address):
                found[want.address] = want
    return {str(address): dict(found[address].spec) for address in sorted(found)}
