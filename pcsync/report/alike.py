"""Customers with the same plan but for their name: said once, with all their names.

Owns what "the same" is: everything that the text of a customer shows. Pure; must not import a
stage or a kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pcsync.model import NOTHING, Action, Address, Call, Step
from pcsync.report.parts import Part
from pcsync.report.waits import calls, waits
from pcsync.report.wayback import final
from pcsync.report.words import Moment, moment

ANY = "*"
LEAST = 3


def families(parts: Sequence[Part]) -> list[tuple[tuple[str, ...], Part]]:
    """The parts by the names they hold for, in the order of the first name.

    From three customers on a family has one part whose addresses have ``*`` for the name. Its
    steps are those of its first customer, its dates the first ones, its names in their order. What
    can't be undone is always told by name.
    """
    same: dict[object, list[tuple[Part, Part]]] = {}
    for part in parts:
        general = _general(part)
        key = part.name if final(part.actions) else _likeness(general)
        same.setdefault(key, []).append((part, general))
    found: list[tuple[tuple[str, ...], Part]] = []
    for family in same.values():
        if len(family) < LEAST:
            found += [((part.name,), part) for part, _ in family]
        else:
            found.append(_together(family))
    return sorted(found, key=lambda each: each[0] if len(each[0]) == 1 else (min(each[0]),))


def _together(family: Sequence[tuple[Part, Part]]) -> tuple[tuple[str, ...], Part]:
    ordered = sorted(family, key=lambda each: (_dates(each[1]), each[0].name))
    first = ordered[0][1]
    last = {}
    for at, action in enumerate(first.actions):
        dates = [part.actions[at].date for _, part in ordered]
        latest = max((date for date in dates if date), default=None)
        if latest is not None and latest != action.date:
            last[action.id] = latest
    return tuple(part.name for part, _ in ordered), replace(first, last=last)


def _dates(general: Part) -> list[str]:
    return [action.date.isoformat() for action in general.actions if action.date]


def _general(part: Part) -> Part:
    """A part with ``*`` for the customer's name, without what its text does not show."""
    ids = {action.id: replace(action, address=_any(action.address)).id for action in part.actions}
    return Part(
        ANY,
        [_action(action, ids) for action in part.actions],
        [_step(step, ids) for step in part.steps],
        [_any(address) for address in part.unknown],
        [_any(address) for address in part.removed],
        part.base if part.removed else None,
        closed=part.closed,
    )


def _any(address: Address) -> Address:
    return replace(address, path=(ANY, *address.path[1:]))


def _action(action: Action, ids: dict[str, str]) -> Action:
    return replace(
        action,
        address=_any(action.address),
        owner=None,
        seen=NOTHING,
        moves=NOTHING,
        later=NOTHING,
        money=None,
        needs=frozenset(),
        ends=frozenset(map(_any, action.ends)),
        implied_by=ids.get(action.implied_by or ""),
        place=None,
    )


def _step(step: Step, ids: dict[str, str]) -> Step:
    return replace(step, covers=tuple(ids.get(name, name) for name in step.covers))


def _notes(step: Step) -> tuple[str, ...]:
    return step.notes if isinstance(step, Call) else ()


def _timeless(action: Action) -> tuple[Action, str]:
    """An action without the day of its renewal, which every customer has its own of."""
    if moment(action) not in {Moment.RENEWAL, Moment.STORED}:
        return action, action.id
    window = None if action.not_after == action.date else action.not_after
    return replace(action, date=None, not_after=window), action.id


def _likeness(general: Part) -> tuple[str]:
    """A key that two parts share if they read the same."""
    shown = [_timeless(replace(action, ends=frozenset())) for action in general.actions]
    ends = [sorted(map(str, action.ends)) for action in general.actions]
    steps = [(step.covers, calls([step]), waits([step]), _notes(step)) for step in general.steps]
    gone = (general.removed, general.base, general.closed)
    return (repr((shown, ends, steps, general.unknown, gone)),)
