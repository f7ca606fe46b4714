"""The seats of each pool that a plan moves: now, after it, and after the renewals it prepares.

Owns the counting, out of levels and of what actions move. Pure; names no kind: who holds a seat
takes one from its pool, who gives some adds to it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from pcsync.kinds import NamesPools, TitlesPools
from pcsync.model import Action, Address, Level, Resource, Seats, State, View, When
from pcsync.plan.fold import Kinds


def rows(kinds: Kinds, view: View) -> list[Seats]:
    """One row for each pool that moves and whose level is known, sorted by what it is called."""
    moving = [action for _, action in sorted(view.actions.items()) if action.when is When.NOW]
    pools = {pool for action in moving for pool in (*action.moves, *action.later)}
    if view.owner is None:
        return []
    people = _with_their_pool(moving, view)
    found = [
        replace(
            _row(level, moving, people[pool], view),
            label=_label(kinds, level),
            title=_title(kinds, pool),
        )
        for pool in sorted(pools)
        if (level := _level(view, pool)) is not None
    ]
    return sorted(found, key=lambda row: (row.label.lower(), row.pool))


def _label(kinds: Kinds, level: Level) -> str:
    """What the service, or a kind, calls a pool."""
    named = (kind.called(level.pool) for kind in kinds.values() if isinstance(kind, NamesPools))
    return level.label or next(named, level.pool)


def _title(kinds: Kinds, pool: str) -> str:
    """The product that gives the seats of a pool, where a kind knows it."""
    named = (kind.titled(pool) for kind in kinds.values() if isinstance(kind, TitlesPools))
    return next((name for name in named if name), "")


def _level(view: View, pool: str) -> Level | None:
    """The level of a pool; nothing where nobody asked how many seats the tenant has."""
    assert view.owner is not None, "seats belong to a customer"
    if pool in view.levels or (not view.levels and view.owner in view.ids):
        return view.levels.get(pool)
    return Level(view.owner, pool, 0, 0)


def _row(level: Level, moving: Iterable[Action], people: int, view: View) -> Seats:
    after, used, later = level.total, level.used, 0
    dates = []
    for action in moving:
        moves = action.moves.get(level.pool, 0)
        if _holds(action, level.pool, view):
            used -= moves
        else:
            after += moves
        later += action.later.get(level.pool, 0)
        if level.pool in action.later and (date := action.date or action.not_after):
            dates.append(date)
    return Seats(
        level.owner,
        level.pool,
        level.label,
        (level.total, level.used),
        (after, used),
        (after + later, used + people) if dates else None,
        min(dates, default=None),
    )


def _holds(action: Action, pool: str, view: View) -> bool:
    sides = (view.wants.get(action.address), view.haves.get(action.address))
    return any(side.holds.get(pool, 0) < 0 for side in sides if side)


def _with_their_pool(moving: Iterable[Action], view: View) -> Mapping[str, int]:
    """People who go from one pool to another because what gives their seat does: by pool."""
    found: Counter[str] = Counter()
    for action in moving:
        old = next((pool for pool, seats in sorted(action.later.items()) if seats < 0), None)
        new = next((pool for pool, seats in sorted(action.later.items()) if seats > 0), None)
        if old and new:
            along = sum(_along(want, action.address, old) for want in view.wants.values())
            found[old] -= along
            found[new] += along
    return found


def _along(want: Resource, provider: Address, pool: str) -> bool:
    here = want.state is State.PRESENT and want.holds.get(pool, 0) < 0
    return here and provider in want.needs
