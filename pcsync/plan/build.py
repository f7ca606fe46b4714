"""From the drafts of all customers to one plan: what it says of itself, totals, and its digest.

Pure: time and settings come in as arguments. Must not name a kind.
"""

from __future__ import annotations

import re
from collections import Counter
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
    Limits,
    Plan,
    Resource,
    Settle,
    Step,
    Totals,
    Used,
)
from pcsync.plan import beside, gates, guards
from pcsync.plan.access import counted
from pcsync.plan.codec import digest
from pcsync.plan.declared import Declared, to_words
from pcsync.plan.draft import Draft
from pcsync.plan.edited import edited
from pcsync.plan.money import billed
from pcsync.plan.order import has_steps, needs
from pcsync.plan.seats import rows
from pcsync.plan.steps import steps_of
from pcsync.plan.tracing import adopted, forgotten, removed

FORMAT = 1
REFERENCE = re.compile(r"\{([^{}]+#[A-Za-z]+)\}")


@dataclass(frozen=True, slots=True)
class Frame:
    """What a plan says of itself: when, where, for whom, from which manifests.

    `lifted` are the flags of the run, `recorded` the ids of the lock file, `renamed` the addresses
    of it that are former ones, `released` the actions of customers that left git, `declared` all
    that went into the plan, `paths` where it was read from, as it was given. `limits` are what one
    run may do, `lifted_by` gave the flags; `labels`, `left_out`, `halts` and `partner` are as in
    `Plan`.
    """

    time: datetime
    cloud: str
    partner_tenant: str
    manifests: str
    base: str | None = None
    commit: str | None = None
    bases: Mapping[str, str] = field(default_factory=dict)
    lifted: Mapping[str, int | str] = field(default_factory=dict)
    recorded: Mapping[Address, str] = field(default_factory=dict)
    renamed: Mapping[Address, Address] = field(default_factory=dict)
    released: tuple[Action, ...] = ()
    declared: Declared = field(default_factory=Declared)
    paths: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    lifted_by: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    left_out: int = 0
    halts: tuple[str, ...] = ()
    contract: str = ""
    partner: str = ""


def build(
    kinds: Mapping[str, Kind],
    drafts: Iterable[Draft],
    frame: Frame,
    findings: Sequence[Finding] = (),
) -> Plan:
    """The plan of these drafts, customers in the order of their names; `findings` come first."""
    ordered = sorted(drafts, key=lambda draft: str(draft.view.owner))
    actions, steps = _acts(kinds, ordered, frame.released)
    gone = {*removed(ordered), *(action.address for action in frame.released)}
    touched = [draft for draft in ordered if draft.actions]
    held = _held(ordered, guards.Counting(actions, gone, _unpriced(touched)), frame)
    plan = Plan(
        format=FORMAT,
        id="",
        time=frame.time,
        cloud=frame.cloud,
        partner_tenant=frame.partner_tenant,
        manifests=frame.manifests,
        base=frame.base,
        lifted=frame.lifted,
        ids=_ids(touched, steps),
        wants=_wants(touched),
        actions=tuple(actions),
        steps=tuple(steps),
        findings=(*held.findings, *findings, *(f for draft in ordered for f in draft.findings)),
        totals=totals(actions, steps),
        customers=tuple(draft.view.owner.root for draft in ordered if draft.view.owner),
        seats=tuple(row for draft in ordered for row in rows(kinds, draft.view)),
        unknown=tuple(address for draft in ordered for address in draft.unknown),
        commit=frame.commit,
        bases=frame.bases,
        adopted=adopted(kinds, ordered, frame.recorded, frame.renamed),
        removed=tuple(sorted(gone)),
        forgotten=forgotten(ordered, frame.recorded, frame.renamed),
        freeze=_freeze(touched),
        declared=to_words(frame.declared, _acted_on(touched)),
        paths=frame.paths,
        limits=held.rows,
        lifted_by=frame.lifted_by if frame.lifted else "",
        labels=frame.labels,
        left_out=frame.left_out,
        halts=frame.halts,
        waived=_waived(touched),
        closed=gates.closed(ordered, steps),
        contract=frame.contract,
        partner=frame.partner,
        kept=tuple(beside.kept(kinds, ordered)),
        usage=tuple(beside.usage(kinds, touched)),
        edited=edited(ordered),
        unread=beside.unread(ordered),
    )
    return replace(plan, id=digest(plan))


def _acts(
    kinds: Mapping[str, Kind], drafts: Iterable[Draft], released: Iterable[Action]
) -> tuple[list[Action], list[Step]]:
    """The actions and the steps of all customers, each in the order of their names."""
    steps: list[Step] = []
    actions: list[Action] = []
    for draft in drafts:
        first = needs(draft)
        mine = steps_of(kinds, draft, first)
        steps += mine
        actions += gates.waiting(counted(draft.view, _needing(draft, first)), mine)
    actions += sorted(released, key=lambda action: action.id)
    return sorted(actions, key=lambda action: action.address.root), steps


@dataclass(frozen=True, slots=True)
class _Held:
    """What a plan uses of its limits, and an error for each that it is over."""

    rows: tuple[Used, ...]
    findings: tuple[Finding, ...]


def _held(drafts: Sequence[Draft], counting: guards.Counting, frame: Frame) -> _Held:
    views = [draft.view for draft in drafts]
    rows = guards.used(counting, views, frame.limits)
    if not any(row.over(frame.lifted) for row in rows):
        return _Held(rows, ())
    wave = guards.wave(counting, views, rows, frame.lifted)
    return _Held(rows, tuple(guards.refusals(rows, frame.lifted, wave)))


def _unpriced(drafts: Iterable[Draft]) -> set[str]:
    """The actions on what gives seats, where there are no price sheets: they cost nobody knows
    what."""
    return {
        name
        for draft in drafts
        if draft.view.prices is None
        for name, action in draft.actions.items()
        if has_steps(action) and _gives_seats(draft.view.wants.get(action.address))
    }


def _gives_seats(want: Resource | None) -> bool:
    return want is not None and any(seats > 0 for seats in want.holds.values())


def _needing(draft: Draft, first: Mapping[str, frozenset[str]]) -> list[Action]:
    """The actions with the ids of those that come before them, for whoever reads the plan."""
    return [
        replace(action, needs=first.get(name, frozenset()))
        for name, action in sorted(draft.actions.items())
    ]


def totals(actions: Sequence[Action], steps: Sequence[Step]) -> Totals:
    """Counts of what the plan holds; writes are exact, reads are at least as many."""
    found = guards.numbers(guards.Counting(actions))
    measures = {name: int(n) for name, n in found.items() if n and name not in guards.MONEY}
    cost = billed(actions)
    return Totals(
        verbs=dict(sorted(Counter(a.verb.value for a in actions).items())),
        when=dict(sorted(Counter(a.when.value for a in actions).items())),
        measures=dict(sorted(measures.items())),
        writes=sum(1 for step in steps if writes(step)),
        reads_at_least=sum(1 for step in steps if not isinstance(step, Call) or not step.writes),
        waits=sum(1 for step in steps if isinstance(step, Await) and not step.gate),
        money=cost.money,
        unpriced=cost.unpriced,
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


def _acted_on(drafts: Sequence[Draft]) -> list[str]:
    """The customers that apply has something to do for."""
    acting = (draft for draft in drafts if any(map(has_steps, draft.actions.values())))
    return [draft.view.owner.root for draft in acting if draft.view.owner]


def _freeze(drafts: Sequence[Draft]) -> dict[str, tuple[str, ...]]:
    """The windows of single customers in which nothing is written for them."""
    return {
        owner.root: tuple(windows)
        for draft in drafts
        if (owner := draft.view.owner)
        and (want := draft.view.wants.get(owner))
        and (windows := want.words.get("freeze"))
    }


def _waived(drafts: Sequence[Draft]) -> dict[str, tuple[str, ...]]:
    """The gates that single customers are told not to wait at."""
    return {
        owner.root: names
        for draft in drafts
        if (owner := draft.view.owner)
        and (want := draft.view.wants.get(owner))
        and (names := tuple(n for n, w in want.words.get("gates", {}).items() if w == "ignore"))
    }


def _wants(drafts: Sequence[Draft]) -> dict[str, Mapping[str, Any]]:
    """What the manifests say of every resource that is acted on; secrets stay references."""
    found: dict[Address, Resource] = {}
    for draft in drafts:
        for action in draft.actions.values():
            if want := draft.view.wants.get(action.address):
                found[want.address] = want
    return {str(address): dict(found[address].spec) for address in sorted(found)}
