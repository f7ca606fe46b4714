"""Gates that are known to be closed when a plan is made: what waits behind them, and whose people
nobody may see.

Owns how both are told in a plan (domain rules PU5, DE1). Pure; names no kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from pcsync.model import (
    GATES,
    Action,
    Await,
    Step,
    View,
    When,
)
from pcsync.plan.asking import refused_at
from pcsync.plan.draft import Draft


def waiting(actions: Iterable[Action], steps: Sequence[Step]) -> Iterator[Action]:
    """The actions; those with a step behind a closed gate are not for now."""
    behind: set[str] = set()
    waits: set[str] = set()
    for step in steps:
        if (isinstance(step, Await) and step.gate) or behind.intersection(step.after):
            behind.add(step.id)
            waits.update(step.covers)
    for action in actions:
        held = action.when is When.NOW and (action.implied_by or action.id) in waits
        yield replace(action, when=When.WAITING) if held else action


def closed(drafts: Iterable[Draft], steps: Iterable[Step]) -> dict[str, tuple[str, ...]]:
    """The names of the gates known to be closed, by customer, where anything waits at them."""
    found: dict[str, set[str]] = {}
    for step in steps:
        if isinstance(step, Await) and step.gate:
            found.setdefault(_root(step), set()).add(step.gate)
    for draft in drafts:
        if draft.view.owner and (names := _refused(draft.view)):
            found.setdefault(draft.view.owner.root, set()).update(names)
    order = [gate.name for gate in GATES]
    return {root: tuple(sorted(found[root], key=order.index)) for root in sorted(found)}


def _refused(view: View) -> set[str]:
    """The gates at which reads of a customer were refused, those that nobody waits at left out."""
    owner = view.wants.get(view.owner) if view.owner else None
    words: Mapping[str, str] = owner.words.get("gates", {}) if owner else {}
    found = {gate.name for asked in view.reads.values() if (gate := refused_at(asked))}
    return {name for name in found if words.get(name) != "ignore"}


def _root(step: Step) -> str:
    return step.covers[0].partition(":")[0].split("/")[1]
