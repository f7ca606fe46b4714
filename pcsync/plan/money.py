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
    GOING,
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
MONTHS = {"monthly": 1, "annual": 12, "triennial": 36}
YEAR = 12
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Billed:
    """The bill of a plan, and how many of its actions change seats without a price."""

    money: Bill | None = None
    unpriced: int = 0


def behind(actions: Sequence[Action]) -> frozenset[str]:
    """The ids of the actions that wait for people: at a gate that is known to be closed, and all
    that a new customer is to have."""
    new = {a.address.root for a in actions if a.counts.get(Measure.CREATE_CUSTOMERS)}
    return frozenset(
        action.id
        for action in actions
        if action.when is When.WAITING
        or (action.address.root in new and len(action.address.path) > 1)
    )


def billed(actions: Sequence[Action]) -> Billed:
    """What these actions cost; where none of them has figures, nobody has prices."""
    priced = [(action, action.money) for action in actions if action.money]
    if not priced:
        return Billed(unpriced=sum(map(_seated, actions)))
    moneys = [money for _, money in priced]
    held = behind(actions)
    going = [money for action, money in priced if action.id not in held]
    later = [money for action, money in priced if action.id in held]
    return Billed(
        Bill(
            moneys[0].currency,
            now=total(money.now.amount for money in going),
            first=total(money.now.amount for money in later) if later else None,
            rates=tuple(_rates(moneys)),
            owed=_some([money.owed for money in moneys]),
            committed=_some([money.committed for money in moneys]),
            until=None if later else _latest(moneys),
            back_until=min((m.back_until for m in going if m.back_until), default=None),
            whole_until=min((m.whole_until for m in going if m.whole_until), default=None),
            upfront=tuple(_months((a, m) for a, m in priced if a.id not in held)),
            savings=tuple(_savings(priced)),
            yearly=_yearly(moneys),
            assumed=any(figure.assumed for money in moneys for figure in figures(money)),
            unknown=_sorted(f.source for m in moneys for f in figures(m) if f.amount is None),
            sheets=_sorted(f.sheet for m in moneys for f in figures(m)),
            markets=_sorted(money.market for money in moneys),
        )
    )


def _latest(moneys: Iterable[Money]) -> datetime | None:
    return max((m.until for m in moneys if m.until and m.committed), default=None)


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
    return action.when in GOING and bool(bought)


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


def _yearly(moneys: Sequence[Money]) -> Rates | None:
    """What a year costs before and after, where all of it is another cost from a later day on, and
    these days differ: there is no other sum of them."""
    days = {money.begins for money in moneys}
    if len(days) < 2 or None in days:
        return None
    before = total(_year(money.before) for money in moneys if money.before)
    after = total(_year(money.after) for money in moneys if money.after)
    return Rates("annual", before, after)


def _year(rate: Rate | None) -> Decimal | None:
    if rate is None or rate.amount is None or rate.cycle not in MONTHS:
        return None
    return (rate.amount * YEAR / MONTHS[rate.cycle]).quantize(CENT)


def _months(priced: Iterable[tuple[Action, Money]]) -> Iterable[Month]:
    """Cash that is charged in one sum, by calendar month, with whose it is."""
    found: dict[str, list[tuple[Action, Money, Decimal | None]]] = defaultdict(list)
    for action, money in priced:
        for due in money.upfront:
            found[f"{due.day:%Y-%m}"].append((action, money, due.amount))
    for month in sorted(found):
        rows = found[month]
        seats = (money.after.seats for _, money, _ in rows if money.after)
        customers = {action.address.root for action, _, _ in rows}
        yield Month(month, total(each for _, _, each in rows), len(customers), sum(seats))


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
