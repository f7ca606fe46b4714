"""Seats of one pool over the drafted actions: what has to come first, and what can't be.

Assignments take free seats; removals and purchases give them. Nothing is ordered that fits without
an order (domain rules LI8 to LI11). Pure; names no kind: it reads levels and moves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pcsync.kinds.license import skus
from pcsync.kinds.paths import below
from pcsync.model import (
    Action,
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


def order(pool: Pool) -> Iterable[Before | Finding]:
    """What must come before what, where seats are short; an error where they are missing."""
    if pool.lacks:
        yield from _missing(pool)
        return
    short = len(pool.takes) - max(pool.free, 0)
    if short > 0:
        for take in pool.takes:
            yield from (Before(leave.id, take.id) for leave in pool.leaves)
            if short > len(pool.leaves):
                yield from (Before(buy.id, take.id, _arrival(pool)) for buy in pool.buys)
    for back in pool.returns:
        yield from (Before(leave.id, back.id) for leave in pool.leaves)


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


def _missing(pool: Pool) -> Iterable[Finding]:
    wanted, there = pool.wanted, pool.there
    name = f"{skus.label(pool.level.pool)} ({skus.title(pool.level.pool)})"
    what = f"{name}: {wanted} seats are wanted and {there} will be there: {wanted - there} missing"
    advice = f"raise the quantity of its subscription by {wanted - there}, or remove licences"
    if line := _line((*pool.buys, *pool.returns)):
        advice = f"raise the quantity by {wanted - there} ({line}), or remove licences"
    for cause in (*pool.takes, *pool.returns):
        yield Finding(Severity.ERROR, "seats-missing", what, advice, cause.address, cause.place)


def _line(buys: Sequence[Action]) -> str:
    return next((str(buy.place) for buy in buys if buy.place), "")
