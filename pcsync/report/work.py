"""Which steps carry out which actions: writes counted once, what several share said once.

Owns the grouping of actions by the calls they share. Pure; must not import a stage or a kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import assert_never

from pcsync.model import Action, Await, Call, Edit, Step


@dataclass(frozen=True, slots=True)
class Shared:
    """Steps that the same several actions share."""

    actions: tuple[Action, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Actions tied together by what they share; `own` are the steps of one action each, by id."""

    actions: tuple[Action, ...]
    own: dict[str, tuple[Step, ...]]
    shared: tuple[Shared, ...]

    @property
    def writes(self) -> int:
        """Requests of this group that change something."""
        own = sum(writes(steps) for steps in self.own.values())
        return own + sum(writes(each.steps) for each in self.shared)


def writes(steps: Iterable[Step]) -> int:
    """How many requests of these change something."""
    return sum(map(_writes, steps))


def told(step: Step) -> bool:
    """Whether a write has words of its own, and so a line of its own."""
    return _writes(step) and not isinstance(step, Await) and bool(step.says)


def _writes(step: Step) -> bool:
    match step:
        case Call():
            return step.writes
        case Edit():
            return True
        case Await():
            return False
        case never:
            assert_never(never)


def groups(actions: Sequence[Action], steps: Sequence[Step]) -> list[Group]:
    """The actions in the order of their first calls, those that share calls side by side.

    Of steps that also cover actions elsewhere only the part in `actions` counts; a step belongs
    where the first action it covers stands. A wait ties nothing together.
    """
    known = {action.id: action for action in _by_time(actions, steps)}
    at: dict[str, list[Step]] = {}
    cluster = {name: {name} for name in known}
    for step in steps:
        if step.covers and step.covers[0] in known:
            at.setdefault(step.covers[0], []).append(step)
            if not isinstance(step, Await):
                tied = set().union(*(cluster[name] for name in step.covers if name in known))
                cluster |= dict.fromkeys(tied, tied)
    return [_group(members, known, at) for members in _in_order(cluster)]


def _by_time(actions: Sequence[Action], steps: Sequence[Step]) -> list[Action]:
    """Actions by their first call; those without one, last, stay as they are."""
    first: dict[str, int] = {}
    for at, step in enumerate(steps):
        for name in () if isinstance(step, Await) else step.covers:
            first.setdefault(name, at)
    return sorted(actions, key=lambda action: first.get(action.id, len(steps)))


def _in_order(cluster: dict[str, set[str]]) -> list[list[str]]:
    """The clusters in the order of their first members, their members in order."""
    position = {name: at for at, name in enumerate(cluster)}
    firsts = (name for name, tied in cluster.items() if name == min(tied, key=position.__getitem__))
    return [sorted(cluster[name], key=position.__getitem__) for name in firsts]


def _group(names: list[str], known: dict[str, Action], at: dict[str, list[Step]]) -> Group:
    own: dict[str, tuple[Step, ...]] = dict.fromkeys(names, ())
    shared: dict[tuple[str, ...], tuple[Step, ...]] = {}
    for step in (step for name in names for step in at.get(name, ())):
        covered = tuple(name for name in names if name in step.covers)
        if len(covered) == 1:
            own[covered[0]] += (step,)
        elif covered:
            shared[covered] = (*shared.get(covered, ()), step)
    return Group(
        tuple(known[name] for name in names),
        own,
        tuple(Shared(tuple(known[n] for n in key), value) for key, value in shared.items()),
    )
