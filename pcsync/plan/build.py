"""From the drafts of all customers to one plan: batches, steps, waits, totals, and its digest.

Pure: time and settings come in as arguments. Must not name a kind.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import datetime
from typing import Any

from pcsync.kinds import Kind
from pcsync.model import (
    Action,
    Address,
    Await,
    Call,
    Edit,
    Finding,
    Measure,
    Plan,
    Resource,
    Settle,
    Step,
    Totals,
)
from pcsync.plan.codec import digest
from pcsync.plan.draft import Draft
from pcsync.plan.order import Batch, acting, batches, firsts, has_steps, needs

FORMAT = 1
REFERENCE = re.compile(r"\{([^{}]+#[A-Za-z]+)\}")


@dataclass(frozen=True, slots=True)
class Frame:
    """What a plan says of itself: when, where, for whom, from which manifests."""

    time: datetime
    cloud: str
    partner_tenant: str
    manifests: str
    base: str | None = None
    commit: str | None = None
    bases: Mapping[str, str] = field(default_factory=dict)


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
        commit=frame.commit,
        bases=frame.bases,
        adopted=_adopted(ordered),
    )
    return replace(plan, id=digest(plan))


def steps_of(
    kinds: Mapping[str, Kind], draft: Draft, first: Mapping[str, frozenset[str]]
) -> list[Step]:
    """The steps of one customer, each with the ids of the steps that must be done before."""
    names = {
        name: kinds[draft.actions[name].address.kind].batch(draft.actions[name]) for name in first
    }
    line, waits, waited = _Line(), _waits(draft), firsts(draft)
    for batch in batches(names, draft.actions, first):
        own = {action.id for action in batch.actions}
        before = {name for action in own for name in first[action]} - own
        after = line.covering(before)
        wanted = {wait.id: wait for action in own for wait in waits.get(action, ())}
        for name in sorted(wanted):
            if name not in line.ids:
                line.add(replace(wanted[name], after=line.covering(waited[name])))
            after = tuple(dict.fromkeys((*after, name)))
        for step in _after(_named(kinds, batch, draft, line.ids), after):
            line.add(step)
    return line.steps


class _Line:
    """The steps so far, with the places of those that cover each action."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.ids: set[str] = set()
        self._places: dict[str, list[int]] = defaultdict(list)

    def add(self, step: Step) -> None:
        """Puts a step at the end."""
        for action in step.covers:
            self._places[action].append(len(self.steps))
        self.steps.append(step)
        self.ids.add(step.id)

    def covering(self, actions: Iterable[str]) -> tuple[str, ...]:
        """The ids of the steps so far that cover any of these actions, in their order."""
        places = {place for action in actions for place in self._places.get(action, ())}
        return tuple(self.steps[place].id for place in sorted(places))


def _named(
    kinds: Mapping[str, Kind], batch: Batch, draft: Draft, taken: set[str]
) -> Iterable[Step]:
    """The steps of a batch; where an id is taken, as in a second part, all get ids of their own."""
    kind = kinds[batch.actions[0].address.kind]
    steps = list(kind.steps(batch.actions, draft.view))
    part = 1
    while any(_part(step.id, part) in taken for step in steps):
        part += 1
    mine = {step.id: _part(step.id, part) for step in steps}
    for step in steps:
        after = tuple(mine.get(name, name) for name in step.after)
        yield replace(step, id=mine[step.id], after=after)


def _part(name: str, part: int) -> str:
    return name if part == 1 else f"{name}~{part}"


def _after(steps: Iterable[Step], after: tuple[str, ...]) -> Iterable[Step]:
    """Steps that wait for nothing in their own batch wait for what the batch needs."""
    return (step if step.after else replace(step, after=after) for step in steps)


def _waits(draft: Draft) -> dict[str, list[Await]]:
    """The waits before each action; a wait covers all actions that wait for it."""
    waits = {rule.wait.id: rule.wait for rule in draft.before if rule.wait}
    thens: dict[str, set[str]] = defaultdict(set)
    for rule in draft.before:
        then = acting(draft.actions, rule.then)
        if rule.wait and has_steps(draft.actions[then]):
            thens[rule.wait.id].add(then)
    found: dict[str, list[Await]] = defaultdict(list)
    for name, covers in thens.items():
        for then in covers:
            found[then].append(replace(waits[name], covers=tuple(sorted(covers))))
    return found


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
    named = {name.removesuffix("#id") for step in steps for name in references(step)}
    found: dict[str, str] = {}
    for draft in drafts:
        acting = {str(action.address) for action in draft.actions.values()}
        for address, known in draft.view.ids.items():
            if str(address) in named | acting:
                found[str(address)] = known
    return dict(sorted(found.items()))


def references(value: Any) -> Iterator[str]:
    """The names of the references in a step: in its paths, its body and its conditions."""
    match value:
        case {"$ref": str(name)}:
            yield name
        case Mapping():
            for inner in value.values():
                yield from references(inner)
        case list() | tuple():
            for inner in value:
                yield from references(inner)
        case _ if is_dataclass(value):
            if isinstance(value, Call | Edit | Await | Settle):
                yield from REFERENCE.findall(value.path)
            for each in fields(value):
                yield from references(getattr(value, each.name))


def _adopted(drafts: Sequence[Draft]) -> dict[str, str]:
    """The ids of declared resources that were found live and are not recorded, or not so."""
    return {
        str(address): draft.view.ids[address]
        for draft in drafts
        for address in sorted(draft.view.matched)
        if address in draft.view.ids and draft.view.recorded.get(address) != draft.view.ids[address]
    }


def _wants(drafts: Sequence[Draft]) -> dict[str, Mapping[str, Any]]:
    """What the manifests say of every resource that is acted on; secrets stay references."""
    found: dict[Address, Resource] = {}
    for draft in drafts:
        for action in draft.actions.values():
            if want := draft.view.wants.get(action.address):
                found[want.address] = want
    return {str(address): dict(found[address].spec) for address in sorted(found)}
