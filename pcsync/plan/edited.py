"""Lines that several customers share and that changed: what becomes of each at every customer.

Owns which customers inherit a line, and the words of `Fate` for each (plan-output.md 1, rule 10;
domain rule RO3). Pure; names no kind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, assert_never

from pcsync.model import Action, Edited, Fate, Place, Resource, State, When
from pcsync.plan.draft import Draft

SHARED = 2
Where = tuple[Place, str, tuple[str, ...], str]
"""A line: its place, the kind and the name of its resource below the customer, the field."""


@dataclass(slots=True)
class _Line:
    """A changed line while customers are gathered: `near` are the places that are inherited with
    it."""

    old: Any
    new: Any
    near: set[Place] = field(default_factory=set)
    customers: set[str] = field(default_factory=set)


def edited(drafts: Sequence[Draft]) -> tuple[Edited, ...]:
    """The lines, by place; nothing where no base is known."""
    lines: dict[Where, _Line] = {}
    for draft in drafts:
        for want in draft.view.wants.values():
            for where, old in _changed(want, (draft.view.base or {}).get(want.address)):
                line = lines.setdefault(where, _Line(old, want.spec[where[3]]))
                line.near |= _near(want, where[0].file)
                line.customers.add(want.address.root)
    shared = {where: line for where, line in lines.items() if len(line.customers) >= SHARED}
    fates = _fates(drafts, shared) if shared else {}
    return tuple(
        Edited(
            where[0],
            "/".join((where[1], "*", *where[2])),
            where[3],
            line.old,
            line.new,
            {name: fate.value for name, fate in sorted(fates[where].items())},
        )
        for where, line in sorted(shared.items(), key=lambda each: each[0])
    )


def _changed(want: Resource, before: Resource | None) -> Iterable[tuple[Where, Any]]:
    """The fields of a resource that are not as they were, where a line says so."""
    if before is None or want.state is not State.PRESENT or before.state is not State.PRESENT:
        return
    for name, value in want.spec.items():
        place = want.places.get(name)
        if place is not None and name in before.spec and before.spec[name] != value:
            kind, path = want.address.kind, want.address.path[1:]
            yield (place, kind, path, name), before.spec[name]


def _near(want: Resource, file: str) -> set[Place]:
    """The places of a file that a resource is made of: lines of one and the same item there."""
    return {place for place in want.places.values() if place.file == file}


def _fates(drafts: Iterable[Draft], lines: Mapping[Where, _Line]) -> dict[Where, dict[str, Fate]]:
    found: dict[Where, dict[str, Fate]] = defaultdict(dict)
    by_name: dict[tuple[str, tuple[str, ...]], list[Where]] = defaultdict(list)
    for where in lines:
        by_name[where[1], where[2]].append(where)
    for draft in drafts:
        for want in draft.view.wants.values():
            for where in by_name.get((want.address.kind, want.address.path[1:]), ()):
                if want.state is State.PRESENT and _near(want, where[0].file) & lines[where].near:
                    found[where][want.address.root] = _fate(draft, want, where)
    return found


def _fate(draft: Draft, want: Resource, where: Where) -> Fate:
    place, _, _, name = where
    if want.address in draft.unknown:
        return Fate.UNKNOWN
    if want.places.get(name) != place:
        return Fate.OWN
    if any(each.ways and each.address == want.address for each in draft.findings):
        return Fate.DECISION
    mine = (action for action in draft.actions.values() if action.address == want.address)
    for action in mine:
        if any(change.field == name for change in action.changes):
            return _moment(action)
    have = draft.view.haves.get(want.address)
    as_it_is = have is not None and have.spec.get(name) == want.spec[name]
    return Fate.AS_IT_IS if as_it_is else Fate.CANNOT


def _moment(action: Action) -> Fate:
    match action.when:
        case When.NOW | When.WAITING:
            return Fate.SCHEDULED if action.date else Fate.CHANGED
        case When.PENDING:
            return Fate.STORED
        case When.DEFERRED:
            return Fate.SCHEDULED
        case When.BLOCKED:
            return Fate.BLOCKED
        case never:
            assert_never(never)
