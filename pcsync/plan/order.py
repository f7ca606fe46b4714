"""The order of actions, from references and reviews, and their batches; cycles are cut.

Sorted before the graph, so that the same input gives the same order. Pure; names no kind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pcsync.model import Action, Address, Verb, When
from pcsync.plan.draft import Draft

BUILDS = frozenset({Verb.CREATE, Verb.RESUME, Verb.RESTORE})


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
    for before in draft.before:
        found[before.then].add(before.first)
    return _of_steps(draft.actions, found)


def _of_steps(
    actions: Mapping[str, Action], found: Mapping[str, Iterable[str]]
) -> dict[str, frozenset[str]]:
    """Only actions that have steps; an implied one stands for the one that implies it."""

    def acting(name: str) -> str:
        return actions[name].implied_by or name

    result: dict[str, set[str]] = {
        action.id: set() for action in actions.values() if has_steps(action)
    }
    for then, firsts in found.items():
        if acting(then) in result:
            result[acting(then)] |= {acting(first) for first in firsts}
    return {name: frozenset(first & result.keys() - {name}) for name, first in result.items()}


def has_steps(action: Action) -> bool:
    """Whether apply has anything to do for it."""
    return action.when is When.NOW and action.implied_by is None


def batches(
    names: Mapping[str, str], actions: Mapping[str, Action], first: Mapping[str, frozenset[str]]
) -> tuple[Batch, ...]:
    """All actions of `first` in batches by `names`, each after what it needs.

    Where batches wait for each other, one of them is cut: what can go now goes now.
    """
    members: dict[str, set[str]] = defaultdict(set)
    for action in first:
        members[names[action]].add(action)
    parts: dict[str, int] = defaultdict(int)
    done: set[str] = set()
    result: list[Batch] = []
    while members:
        name, ready = _next(members, first, done)
        parts[name] += 1
        result.append(Batch(name, parts[name], tuple(actions[a] for a in sorted(ready))))
        done |= ready
        members[name] -= ready
        if not members[name]:
            del members[name]
    return tuple(result)


def _next(
    members: Mapping[str, set[str]], first: Mapping[str, frozenset[str]], done: set[str]
) -> tuple[str, set[str]]:
    """The next batch that can go whole, else the largest part of one that can."""
    partly: list[tuple[int, str, set[str]]] = []
    for name in sorted(members):
        ready = _ready(members[name], first, done)
        if ready == members[name]:
            return name, ready
        if ready:
            partly.append((len(ready) - len(members[name]), name, ready))
    if not partly:
        stuck = ", ".join(sorted(set().union(*members.values())))
        raise ValueError(f"these actions wait for each other: {stuck}")
    _, name, ready = min(partly, key=lambda part: (-part[0], part[1]))
    return name, ready


def _ready(members: set[str], first: Mapping[str, frozenset[str]], done: set[str]) -> set[str]:
    """Members whose needs are done or are members that can go as well."""
    ready = set(members)
    while blocked := {name for name in ready if not first[name] <= done | ready}:
        ready -= blocked
    return ready
