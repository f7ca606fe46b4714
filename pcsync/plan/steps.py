"""The steps of one customer, in an order that can be followed: batches, and waits between them.

Pure. Must not name a kind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from pcsync.kinds import Kind
from pcsync.model import Await, Step
from pcsync.plan.draft import Draft
from pcsync.plan.order import Batch, acting, batches, firsts, has_steps


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
