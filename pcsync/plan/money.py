"""What a plan costs: the figures of its actions, summed row by row of the section MONEY.

Owns these sums (domain rules MO10, MO12): what is unknown stays unknown in them, cost and cash are
apart. Pure; names no kind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from pcsync.model import (
    Action,
    Bill,
    Figure,
    Measure,
    Money,
    Month,
    Rate,
    Rates,
    Saving,
    Sum,
    Verb,
    When,
)

CYCLES = ("monthly", "annual", "triennial")


@dataclass(frozen=True, slots=True)
class Billed:
    """The bill of a plan, and how many of its actions change seats without a price."""

    money: Bill | None = None
    unpriced: int = 0


def billed(actions: Sequence[Action]) -> Billed:
    """What these actions cost; where none of them has figures, nobody has prices."""
    priced = [(action, action.money) for action in actions if action.money]
    if not priced:
        return Billed(unpriced=sum(map(_seated, actions)))
    moneys = [money for _, money in priced]
    return Billed(
        Bill(
            moneys[0].currency,
            now=total(money.now.amount for money in moneys),
            rates=tuple(_rates(moneys)),
            owed=_some([money.owed for money in moneys]),
            committed=_some([money.committed for money in moneys]),
            until=max((m.until for m in moneys if m.until and m.committed), default=None),
            back_until=min((m.back_until for m in moneys if m.back_until), default=None),
            upfront=tuple(_months(moneys)),
            savings=tuple(_savings(priced)),
            assumed=any(figure.assumed for money in moneys for figure in figures(money)),
            unknown=_sorted(f.source for m in moneys for f in figures(m) if f.amount is None),
            sheets=_sorted(f.sheet for m in moneys for f in figures(m)),
            markets=_sorted(money.market for money in moneys),
        )
    )


def total(amounts: Iterable[Decimal | None]) -> Sum:
    """The sum of what is known, with how many parts are not."""
    found = list(amounts)
    known = [amount for amount in found if amount is not None]
    return Sum(sum(known, Decimal(0)), len(found) - len(known), len(found))


def figures(money: Money) -> Iterable[Figure]:
    """All figures of an action."""
    each = (rate.each for rate in (money.before, money.after) if rate)
    rest = (figure for figure in (money.now, money.owed, money.committed) if figure)
    return (*each, *rest)


def _seated(action: Action) -> bool:
    """Whether an action is done today and buys, gives back or moves seats."""
    counted = action.counts.get(Measure.ADD_SEATS)
    bought = bool(counted or action.later) or (action.verb is Verb.CREATE and action.moves)
    return action.when is When.NOW and bool(bought)


def _rates(moneys: Sequence[Money]) -> Iterable[Rates]:
    """By cycle, for what begins at once and for each later day. A cycle that nothing changes in is
    left out."""
    found: dict[tuple[datetime | None, str], list[Money]] = defaultdict(list)
    for money in moneys:
        for cycle in {rate.cycle for rate in (money.before, money.after) if rate}:
            found[money.begins, cycle].append(money)
    for begins, cycle in sorted(found, key=_order):
        group = found[begins, cycle]
        before = total(_amounts((money.before for money in group), cycle))
        after = total(_amounts((money.after for money in group), cycle))
        if before != after or before.unknown:
            yield Rates(cycle, before, after, begins)


def _order(key: tuple[datetime | None, str]) -> tuple[bool, str, int]:
    begins, cycle = key
    place = CYCLES.index(cycle) if cycle in CYCLES else len(CYCLES)
    return (begins is not None, begins.isoformat() if begins else "", place)


def _amounts(rates: Iterable[Rate | None], cycle: str) -> Iterable[Decimal | None]:
    return (rate.amount for rate in rates if rate and rate.cycle == cycle)


def _some(found: Sequence[Figure | None]) -> Sum | None:
    there = [figure.amount for figure in found if figure]
    return total(there) if there else None


def _months(moneys: Sequence[Money]) -> Iterable[Month]:
    """Cash that is charged in one sum, by calendar month."""
    found: dict[str, list[Decimal | None]] = defaultdict(list)
    for money in moneys:
        for due in money.upfront:
            found[f"{due.day:%Y-%m}"].append(due.amount)
    return (Month(month, total(found[month])) for month in sorted(found))


def _savings(priced: Sequence[tuple[Action, Money]]) -> Iterable[Saving]:
    """Cheaper ways, each with the resources that could take it."""
    found: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for action, money in priced:
        for hint in money.hints:
            found[hint.way][str(action.address)] = hint.saves
    return (_saving(way, found[way]) for way in sorted(found))


def _saving(way: str, saves: Mapping[str, Decimal]) -> Saving:
    return Saving(way, tuple(sorted(saves)), sum(saves.values(), Decimal(0)))


def _sorted(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({text for text in texts if text}))
