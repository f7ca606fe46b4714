"""Declared resources whose wish depends on others, as they are in this view.

Asks the kinds until nothing moves any more. Pure. Must not import a stage beside `plan`, or name a
kind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pcsync.kinds import Settles
from pcsync.model import (
    Action,
    Address,
    Asked,
    Finding,
    Level,
    Read,
    Resource,
    Settled,
    Severity,
    State,
    View,
)
from pcsync.plan.acknowledge import acknowledged
from pcsync.plan.fold import Kinds
from pcsync.plan.protect import refused


def settled(kinds: Kinds, view: View) -> tuple[View, list[Finding | Read]]:
    """The view with settled wishes, and what the kinds say or ask of them."""
    asked = [kind for kind in kinds.values() if isinstance(kind, Settles)]
    said: list[Finding | Read] = []
    for _ in range(len(asked) + 1):
        found = [result for kind in asked for result in kind.settle(view)]
        said = [result for result in found if not isinstance(result, Settled)]
        moved = [result for result in found if isinstance(result, Settled)]
        if not moved:
            break
        view = _moved(view, moved)
    return view, said


def _moved(view: View, moved: Sequence[Settled]) -> View:
    """Where two are one and the same now, what is wanted stays, and what left git does not."""
    wants = dict(view.wants)
    for each in moved:
        wants.pop(each.address, None)
    for each in moved:
        known = wants.get(each.want.address)
        if known is None or known.state is not State.PRESENT:
            wants[each.want.address] = each.want
    names = {each.address: each.want.address for each in moved}
    renamed = {old: new for old, new in names.items() if old != new}
    same = frozenset(names.get(address, address) for address in view.untouched)
    reads = {path: _shown(asked, renamed) for path, asked in view.reads.items()}
    return replace(view, wants=wants, reads=reads if renamed else view.reads, untouched=same)


def _shown(asked: Asked, names: Mapping[Address, Address]) -> Asked:
    """A read that shows a resource shows it under its new name."""
    if not names.keys() & set(asked.read.shows):
        return asked
    shows = tuple(dict.fromkeys(names.get(address, address) for address in asked.read.shows))
    return replace(asked, read=replace(asked.read, shows=shows))


def staying(kinds: Kinds, view: View, actions: Sequence[Action]) -> list[Action]:
    """The actions that no review refuses, with seats for everybody: who may not leave keeps one."""
    moved = Counter(pool for action in actions for pool in action.moves)
    if view.owner is None or not moved:
        return list(actions)
    levels = {pool: _roomy(view, pool, number) for pool, number in moved.items()}
    drafted = {action.id: action for action in actions}
    roomy = replace(view, actions=drafted, levels={**view.levels, **levels})
    found = [result for kind in kinds.values() for result in kind.review(roomy)]
    said = [*refused(view, actions), *(each for each in found if isinstance(each, Finding))]
    told = acknowledged(view, said)
    wrong = {finding.address for finding in told if finding.severity is Severity.ERROR}
    return [a for a in actions if not {a.address, _cause(drafted, a)} & wrong]


def _roomy(view: View, pool: str, more: int) -> Level:
    assert view.owner is not None, "seats belong to a customer"
    level = view.levels.get(pool) or Level(view.owner, pool, 0, 0)
    return replace(level, total=max(level.total, level.used) + more)


def _cause(actions: Mapping[str, Action], action: Action) -> Address | None:
    """Whose end an action comes with."""
    cause = actions.get(action.implied_by or "")
    return cause.address if cause else None


def gives(want: Resource) -> bool:
    """Whether a resource gives seats: its number may depend on those who hold some."""
    return any(seats >= 0 for seats in want.holds.values())
