"""Seats of all pools over the drafted actions: what has to come first, and what can't be.

Assignments take free seats; removals and purchases give them. Every seat that is taken is one that
is free, or one that a certain action leaves or buys before: nothing else is ordered (domain rules
LI6, LI8 to LI11). Pure; names no kind: it reads levels and moves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pcsync.kinds.license import skus
from pcsync.kinds.license.queue import Knot, Unit, queue
from pcsync.kinds.paths import below
from pcsync.model import (
    Action,
    Address,
    All,
    AtLeast,
    Await,
    Before,
    Finding,
    Is,
    Level,
    Severity,
    Some,
    View,
    When,
)


@dataclass(frozen=True, slots=True)
class Pool:
    """The moves of one pool: who takes a seat, who leaves one, who buys or gives back seats."""

    level: Level
    takes: tuple[Action, ...]
    leaves: tuple[Action, ...]
    buys: tuple[Action, ...]
    returns: tuple[Action, ...]

    @property
    def free(self) -> int:
        """Free seats before anything happens; negative where more are assigned than there are."""
        return self.level.total - self.level.used

    @property
    def bought(self) -> int:
        """Seats that the plan buys."""
        return sum(a.moves[self.level.pool] for a in self.buys)

    @property
    def wanted(self) -> int:
        """Seats that people hold when all is done."""
        return self.level.used - len(self.leaves) + len(self.takes)

    @property
    def there(self) -> int:
        """Seats that are there when all is done."""
        return self.level.total + self.bought + sum(a.moves[self.level.pool] for a in self.returns)

    @property
    def lacks(self) -> bool:
        """Whether somebody has no seat in the end; giving seats back must not make it worse."""
        before = 0 if self.takes else max(0, -self.free)
        return bool(self.takes or self.returns) and self.wanted - self.there > before


def pools(view: View, holder: str) -> Iterable[Pool]:
    """The pools that the draft moves; actions of the kind `holder` hold seats, others are seats."""
    names = sorted({pool for action in view.actions.values() for pool in action.moves})
    assert view.owner is not None, "seats belong to a customer"
    for name in names:
        moving = [
            a for _, a in sorted(view.actions.items()) if a.when is When.NOW and a.moves.get(name)
        ]
        held = [a for a in moving if a.address.kind == holder]
        bought = [a for a in moving if a.address.kind != holder]
        if not held and name not in view.levels:
            continue  # no licence is declared, so nobody asked how many seats are used
        yield Pool(
            view.levels.get(name, Level(view.owner, name, 0, 0)),
            tuple(a for a in held if a.moves[name] < 0),
            tuple(a for a in held if a.moves[name] > 0),
            tuple(a for a in bought if a.moves[name] > 0),
            tuple(a for a in bought if a.moves[name] < 0),
        )


def order(view: View, holder: str) -> Iterable[Before | Finding]:
    """What must come before what, where seats are short; an error where they are missing."""
    found = {pool.level.pool: pool for pool in pools(view, holder)}
    units = _units(found.values())
    lacking = [pool for pool in found.values() if pool.lacks]
    if lacking:
        for pool in lacking:
            yield from _missing(pool, units, view)
        return
    free = {name: pool.free for name, pool in found.items()}
    bought = {name: pool.bought for name, pool in found.items()}
    taken = queue(units, free, bought)
    if taken.knots:
        for knot in taken.knots:
            yield from _tied(knot, found, view)
        return
    for name, then, firsts in taken.seats:
        pool = found[name]
        if firsts is None:
            yield from (Before(buy.id, then, _arrival(pool)) for buy in pool.buys)
        else:
            yield from (Before(first, then) for first in firsts)
    for pool in found.values():
        for back in pool.returns:
            yield from (Before(leave.id, back.id) for leave in pool.leaves)


def _units(found: Iterable[Pool]) -> list[Unit]:
    """The moves of people by the call that they share: of one person and licence group, or all that
    goes with the account."""
    shared: dict[str, list[tuple[str, Action]]] = defaultdict(list)
    for pool in found:
        for action in (*pool.leaves, *pool.takes):
            group = skus.group(pool.level.pool)
            key = action.implied_by or f"{action.owner}/{group}"
            shared[key].append((pool.level.pool, action))
    return [
        Unit(
            key,
            tuple((pool, a.id) for pool, a in members if a.moves[pool] < 0),
            tuple((pool, a.id) for pool, a in members if a.moves[pool] > 0),
        )
        for key, members in sorted(shared.items())
    ]


def _arrival(pool: Pool) -> Await:
    """Until the seats are in the tenant: minutes to hours (commerce.md section 15)."""
    name = skus.label(pool.level.pool)
    goal = pool.level.total + pool.bought
    return Await(
        f"{pool.level.owner}.seats.{name}",
        (),
        below(pool.level.owner, f"subscribedskus{query(pool.level.pool)}"),
        Some(
            "items",
            All((Is("productSku.id", pool.level.pool, fold=True), AtLeast("totalUnits", goal))),
        ),
        says=f"{goal} seats of {name} are in the tenant",
        every=30.0,
        deadline=7200.0,
        user=True,
    )


def query(pool: str) -> str:
    """The licence groups to ask for: the default answer leaves Group2 out (rule LI7)."""
    sku = skus.by_id().get(pool)
    both = sku is not None and sku.group == "Group2"
    return "?licenseGroupIds=Group1&licenseGroupIds=Group2" if both else ""


def _missing(pool: Pool, units: Sequence[Unit], view: View) -> Iterable[Finding]:
    """Seats that nobody provides. Who would have swapped a licence for one of them keeps it."""
    wanted, there = pool.wanted, pool.there
    lacks = wanted - there
    what = f"{_called(pool)}: {wanted} seats are wanted and {there} will be there: {lacks} missing"
    advice = f"raise the quantity of its subscription by {lacks}, or remove licences"
    if line := _line(pool, view):
        advice = f"raise the quantity by {lacks} ({line}), or remove licences"
    causes = {action.id for action in (*pool.takes, *pool.returns)}
    kept = {id_ for u in units for _, id_ in u.leaves if causes & {take for _, take in u.takes}}
    for cause in sorted({*causes, *(name for name in kept if not view.actions[name].implied_by)}):
        action = view.actions[cause]
        yield Finding(Severity.ERROR, "seats-missing", what, advice, action.address, action.place)


def _tied(knot: Knot, found: dict[str, Pool], view: View) -> Iterable[Finding]:
    """People who change places between full pools: every single call would exceed one (LI6)."""
    pool = found[knot.pool]
    names = sorted({_person(view.actions[name]) for name in knot.actions})
    what = (
        f"{', '.join(names)} change places and no seat is free: "
        f"{knot.lacks} of {_called(pool)} missing for a first step"
    )
    advice = f"raise the quantity of its subscription by {knot.lacks} for the time being"
    if line := _line(pool, view):
        advice = f"raise the quantity by {knot.lacks} ({line}) for the time being"
    for name in knot.actions:
        action = view.actions[name]
        yield Finding(Severity.ERROR, "seats-swap", what, advice, action.address, action.place)


def _person(action: Action) -> str:
    return action.owner.path[-1] if action.owner else str(action.address)


def _called(pool: Pool) -> str:
    return f"{skus.label(pool.level.pool)} ({skus.title(pool.level.pool)})"


def _line(pool: Pool, view: View) -> str:
    """Where more seats could be declared: what moves them in this plan, else what provides them."""
    moving = [buy.place for buy in (*pool.buys, *pool.returns) if buy.place]
    giving: list[tuple[Address, str]] = sorted(
        (want.address, str(place))
        for want in view.wants.values()
        if want.holds.get(pool.level.pool, -1) >= 0 and (place := want.at("quantity"))
    )
    return next(iter((*map(str, moving), *(place for _, place in giving))), "")
