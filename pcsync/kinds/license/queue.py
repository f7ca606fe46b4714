"""One after the other: an order of calls in which every seat is free when it is taken.

Owns who takes whose seat. Calls that only free seats go first, then those that swap, then those
that only take one; what is bought is waited for only by who finds no other seat. Pure; knows pools
and ids, nothing of people.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

# The actions that a seat is left by; None: it is one of those that are bought.
Left = tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Unit:
    """One call: the seats that it takes and leaves at once, each as (pool, id of the action)."""

    key: str
    takes: tuple[tuple[str, str], ...]
    leaves: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Knot:
    """Calls that wait for each other's seats, and how many of which pool would undo them."""

    pool: str
    lacks: int
    actions: tuple[str, ...]


@dataclass(slots=True)
class Taken:
    """Who takes which seat: (pool, id of the action, what left the seat); and what can't be."""

    seats: list[tuple[str, str, Left]] = field(default_factory=list)
    knots: list[Knot] = field(default_factory=list)


class _Free:
    """The free seats of one pool: those that are there, those that are left, those that come.

    Where more are assigned than there are, seats that are left make up for that first.
    """

    def __init__(self, there: int, bought: int) -> None:
        self.debt = max(-there, 0)
        self.left: deque[Left] = deque([()] * max(there, 0))
        self.coming, self.leavers = bought, list[str]()

    def leave(self, action: str) -> None:
        """One more is free, or one fewer too many."""
        if self.debt:
            self.debt -= 1
            self.leavers.append(action)
        else:
            self.left.append((*self.leavers, action))

    def arrive(self) -> bool:
        """What is bought is there; whether that is news."""
        news = self.coming > 0
        seats, self.coming = self.coming, 0
        paid = min(self.debt, seats)
        self.debt -= paid
        self.left.extend([None] * (seats - paid))
        return news


def queue(units: Sequence[Unit], free: Mapping[str, int], bought: Mapping[str, int]) -> Taken:
    """Who takes whose seat, or which calls wait for each other for ever."""
    pools = {name: _Free(free[name], bought[name]) for name in free}
    rest = sorted(units, key=lambda unit: (_sort(unit), unit.key))
    taken = Taken()
    while rest:
        going = next((unit for unit in rest if _fits(unit, pools)), None)
        if going is not None:
            rest.remove(going)
            _go(going, pools, taken)
        elif not _arrived(_wanted(rest, pools), pools):
            _tie(rest, pools, taken)
    return taken


def _sort(unit: Unit) -> int:
    return 0 if not unit.takes else 1 if unit.leaves else 2


def _fits(unit: Unit, pools: Mapping[str, _Free]) -> bool:
    wanted = Counter(pool for pool, _ in unit.takes)
    return all(len(pools[pool].left) >= seats for pool, seats in wanted.items())


def _wanted(rest: Sequence[Unit], pools: Mapping[str, _Free]) -> list[str]:
    return sorted({pool for unit in rest for pool, _ in unit.takes if not pools[pool].left})


def _arrived(names: Sequence[str], pools: Mapping[str, _Free]) -> bool:
    """Whether waiting for all that is bought of these pools changes anything."""
    return sum(pools[name].arrive() for name in names) > 0


def _go(unit: Unit, pools: Mapping[str, _Free], taken: Taken) -> None:
    for pool, action in unit.takes:
        taken.seats.append((pool, action, pools[pool].left.popleft()))
    for pool, action in unit.leaves:
        pools[pool].leave(action)


def _tie(rest: Sequence[Unit], pools: Mapping[str, _Free], taken: Taken) -> None:
    """Notes a knot, and goes on as if its seats were there."""
    unit = rest[0]
    short = Counter(pool for pool, _ in unit.takes)
    pool = next(name for name in sorted(short) if len(pools[name].left) < short[name])
    lacks = short[pool] - len(pools[pool].left)
    stuck = _around(unit, rest)
    actions = sorted(action for each in stuck for _, action in (*each.takes, *each.leaves))
    taken.knots.append(Knot(pool, lacks + pools[pool].debt, tuple(actions)))
    pools[pool].debt = 0
    pools[pool].left.extend([()] * lacks)


def _around(unit: Unit, rest: Sequence[Unit]) -> list[Unit]:
    """The unit, those who leave what it takes, and those who leave what these take."""
    found, ahead = [unit], [unit]
    while ahead:
        wanted = {pool for pool, _ in ahead.pop().takes}
        more = [u for u in rest if u not in found and wanted & {pool for pool, _ in u.leaves}]
        found += more
        ahead += more
    return found
