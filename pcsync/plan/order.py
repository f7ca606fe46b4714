"""The order of actions, from references and reviews, and their batches; cycles are cut.

Sorted before the graph, so that the same input gives the same order. Pure; names no kind.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from pcsync.model import GOING, Action, Address, Verb
from pcsync.plan.draft import Draft

BUILDS = frozenset({Verb.CREATE, Verb.RESUME, Verb.RESTORE})
# How many ways to cut a knot of batches are tried before the first one that is good has to do.
TRIES = 500
Names = Mapping[str, set[str]]
First = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Batch:
    """Actions that share calls. A batch that had to be cut comes in several parts, from 1."""

    name: str
    part: int
    actions: tuple[Action, ...]


def needs(draft: Draft) -> dict[str, frozenset[str]]:
    """Which actions come before each: what has to be there first, and what a review says so.

    A change of what is there already is waited for by nothing, unless a review says so.
    """
    found: dict[str, set[str]] = {action: set() for action in draft.actions}
    by_address: dict[Address, list[Action]] = defaultdict(list)
    for action in draft.actions.values():
        by_address[action.address].append(action)
    for action in draft.actions.values():
        want = draft.view.wants.get(action.address)
        above = {action.owner, *(want.needs if want else ())} - {None, action.address}
        for address in above:
            for other in by_address.get(address, ()) if address else ():
                if action.verb is not Verb.DELETE and other.verb in BUILDS:
                    found[action.id].add(other.id)
                elif action.verb is Verb.DELETE and other.verb is Verb.DELETE:
                    found[other.id].add(action.id)
    waited = firsts(draft)
    for before in draft.before:
        found[before.then] |= waited[before.wait.id] if before.wait else {before.first}
    return _of_steps(draft.actions, found)


def firsts(draft: Draft) -> dict[str, set[str]]:
    """What comes before each wait: its goal is one for all, so it is met by all of them only."""
    found: dict[str, set[str]] = defaultdict(set)
    for before in draft.before:
        if before.wait:
            found[before.wait.id].add(acting(draft.actions, before.first))
    return found


def _of_steps(
    actions: Mapping[str, Action], found: Mapping[str, Iterable[str]]
) -> dict[str, frozenset[str]]:
    """Only actions that have steps; the one that implies another stands for it."""
    result: dict[str, set[str]] = {
        action.id: set() for action in actions.values() if has_steps(action)
    }
    for then, firsts in found.items():
        if (name := acting(actions, then)) in result:
            result[name] |= {acting(actions, first) for first in firsts}
    return {name: frozenset(first & result.keys() - {name}) for name, first in result.items()}


def acting(actions: Mapping[str, Action], name: str) -> str:
    """The id of the action whose steps carry this one out."""
    return actions[name].implied_by or name


def has_steps(action: Action) -> bool:
    """Whether apply has anything to do for it; nothing for what is only let go."""
    kept = action.verb is not Verb.RELEASE
    return kept and action.when in GOING and action.implied_by is None


def batches(
    names: Mapping[str, str], actions: Mapping[str, Action], first: First
) -> tuple[Batch, ...]:
    """All actions of `first` in batches by `names`, each after what it needs.

    Where batches wait for each other, one of them is cut, so that there are as few parts as can
    be: what can go now goes now. ValueError where actions themselves wait for each other.
    """
    rest = _Rest(names, first)
    parts = Counter[str]()
    result: list[Batch] = []
    while rest.members:
        name, going = rest.next()
        parts[name] += 1
        result.append(Batch(name, parts[name], tuple(actions[a] for a in sorted(going))))
        rest.take(name, going)
    return tuple(result)


class _Rest:
    """The batches that are left: `waiting` holds what each needs of others that is not done."""

    def __init__(self, names: Mapping[str, str], first: First) -> None:
        self.first, self.done = first, set[str]()
        self.members: dict[str, set[str]] = defaultdict(set)
        for action in first:
            self.members[names[action]].add(action)
        self.waiting = {name: self._needs(name) for name in self.members}
        self.followers: dict[str, list[str]] = defaultdict(list)
        for name, wanted in self.waiting.items():
            for action in wanted:
                self.followers[action].append(name)
        self.ready = [name for name, wanted in self.waiting.items() if not wanted]
        heapify(self.ready)

    def _needs(self, name: str) -> set[str]:
        mine = self.members[name]
        return {need for action in mine for need in self.first[action]} - mine - self.done

    def next(self) -> tuple[str, set[str]]:
        """The first batch that can go whole, else a part of one that can."""
        if self.ready:
            name = heappop(self.ready)
            return name, set(self.members[name])
        return _cut(self.members, self.first, self.done)

    def take(self, name: str, going: set[str]) -> None:
        """These are done; whoever waited for nothing else is ready."""
        self.done |= going
        self.members[name] -= going
        if not self.members[name]:
            del self.members[name]
        for action in going:
            for follower in self.followers[action]:
                self.waiting[follower].discard(action)
                if not self.waiting[follower] and follower in self.members:
                    heappush(self.ready, follower)


def _cut(members: Names, first: First, done: set[str]) -> tuple[str, set[str]]:
    """Of the smallest knot of batches the part that leads to the fewest parts."""
    knot = _knot(members, first)
    parts = _parts(knot, first, done)
    if not parts:
        stuck = ", ".join(sorted(set().union(*knot.values())))
        raise ValueError(f"these actions wait for each other: {stuck}")
    return _fewest(knot, first, done) or parts[0]


def _knot(members: Names, first: First) -> Names:
    """The smallest set of batches found that wait for nobody else."""
    home = {action: name for name, actions in members.items() for action in actions}

    def reached(start: str) -> frozenset[str]:
        found, ahead = {start}, [start]
        while ahead:
            needed = {home[n] for a in members[ahead.pop()] for n in first[a] if n in home} - found
            found |= needed
            ahead += needed
        return frozenset(found)

    near = reached(min(members))
    if len(near) < TRIES:
        near = min((reached(name) for name in near), key=lambda each: (len(each), sorted(each)))
    return {name: members[name] for name in sorted(near)}


def _fewest(knot: Names, first: First, done: set[str]) -> tuple[str, set[str]] | None:
    """The cut to begin with, by trying all in the order of their number; None after `TRIES`."""
    everything = set().union(*knot.values())
    ahead: deque[tuple[tuple[str, set[str]] | None, set[str]]] = deque([(None, set(done))])
    seen: set[frozenset[str]] = set()
    while ahead and len(seen) * len(knot) < 10 * TRIES:
        start, gone = ahead.popleft()
        left = _flow(knot, first, gone)
        if everything <= gone:
            return start
        if (state := frozenset(gone & everything)) not in seen:
            seen.add(state)
            ahead.extend(
                (start or (name, part), gone | part) for name, part in _parts(left, first, gone)
            )
    return None


def _flow(knot: Names, first: First, gone: set[str]) -> Names:
    """What is left of a knot after all that can go whole; adds that to `gone`."""
    left = {name: actions - gone for name, actions in knot.items() if actions - gone}
    while whole := [name for name in left if _ready(left[name], first, gone) == left[name]]:
        for name in whole:
            gone |= left.pop(name)
    return left


def _parts(members: Names, first: First, done: set[str]) -> list[tuple[str, set[str]]]:
    """The parts of batches that can go, first those that leave the fewest actions behind."""
    ready = [(name, _ready(actions, first, done)) for name, actions in members.items()]
    partly = [(name, part) for name, part in ready if part]
    return sorted(partly, key=lambda each: (len(members[each[0]] - each[1]), each[0]))


def _ready(members: set[str], first: First, done: set[str]) -> set[str]:
    """Members whose needs are done or are members that can go as well."""
    ready = set(members)
    while blocked := {name for name in ready if not first[name] <= done | ready}:
        ready -= blocked
    return ready
