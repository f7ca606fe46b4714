"""Rows of MONEY for what becomes less at a renewal: what is saved then, what is still billed.

Owns these rows. Pure; must not import a stage or a kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from pcsync.model import Action, Money, Plan, Rate, Rates
from pcsync.report.shown import count, date_, listed

A = {"monthly": "a month", "annual": "a year", "triennial": "every three years"}
CHARGES = {"monthly": 12, "annual": 1}
MOST_NAMES = 3


@dataclass(frozen=True, slots=True)
class Row:
    """A row: what, how much, and a remark."""

    label: str
    amount: str = ""
    note: str = ""


def less(rates: Rates, actions: Iterable[Action]) -> bool:
    """Whether all of a cycle is known and becomes less on a later day, and nothing new is committed
    to on that day."""
    known = not (rates.before.unknown or rates.after.unknown)
    if not known or rates.begins is None or rates.after.known >= rates.before.known:
        return False
    then = (a.money for a in actions if a.money and a.money.begins == rates.begins)
    return all(money.committed is None for money in then)


def fewer(found: Sequence[Rates], actions: Iterable[Action]) -> Iterator[Row]:
    """A row for each cycle, the day said once; then what the first year costs less."""
    acting = [(action, action.money) for action in actions if action.money]
    day = None
    for rates in found:
        assert rates.begins is not None, "it begins on a later day"
        mine = [(a, m) for a, m in acting if m.begins == rates.begins and _in(m, rates.cycle)]
        label = f"from {date_(rates.begins)}" if rates.begins != day else ""
        day = rates.begins
        saved = rates.after.known - rates.before.known
        yield Row(label, f"{saved:,.2f}", _less(rates.cycle, mine, several=len(acting) > 1))
    if (year := _year(found)) and any(money.after for _, money in acting):
        yield Row("first year saved", f"{year:,.2f}")


def _in(money: Money, cycle: str) -> bool:
    return any(rate is not None and rate.cycle == cycle for rate in (money.before, money.after))


def _less(cycle: str, mine: Sequence[tuple[Action, Money]], *, several: bool) -> str:
    """``a month (m365), 2 x 23.10``"""
    names = [action.address.path[-1] for action, _ in mine]
    text = A.get(cycle, cycle)
    if several:
        text += f" ({listed(names, MOST_NAMES)})"
    money = mine[0][1] if len(mine) == 1 else None
    if money and money.before and money.after:
        each, seats = money.before.each.amount, money.before.seats - money.after.seats
        if each is not None and each == money.after.each.amount:
            text += f", {seats} x {each:,.2f}"
    return text


def _year(found: Sequence[Rates]) -> Decimal | None:
    """What twelve months cost less; None where a cycle is longer than that."""
    if any(rates.cycle not in CHARGES for rates in found):
        return None
    saved = ((r.before.known - r.after.known) * CHARGES[r.cycle] for r in found)
    return sum(saved, Decimal(0))


# --- what is billed all the same ----------------------------------------------------------------


def still(plan: Plan) -> str:
    """What is still billed, of what and when; of several things in general."""
    owing = [(a, a.money) for a in plan.actions if a.money and a.money.owed]
    if len(owing) != 1:
        return "of terms that run, whatever happens"
    action, money = owing[0]
    name = action.address.path[-1]
    if money.before is None or not money.due or money.owed is None or money.owed.amount is None:
        return "of the term that runs, whatever happens"
    if money.after is not None and money.after.seats < money.before.seats:
        idle = money.before.seats - money.after.seats
        return f"for {idle} idle {name} seat{'' if idle == 1 else 's'}, {_charges(money)}"
    if money.after is None:
        verb = "removing" if action.address in plan.removed else "ending"
        sum_ = f"{_charges(money)}{_each(money.before, money)}"
        return f"{name}: {sum_}, as committed; {verb} it saves none of them"
    return _charges(money)


def _charges(money: Money) -> str:
    """``charge of 2 Dec``, ``3 charges of 33.60``"""
    amounts = {due.amount for due in money.due}
    if len(money.due) == 1:
        return f"charge of {_short(money.due[0].day)}"
    same = f" of {next(iter(amounts)):,.2f}" if len(amounts) == 1 else ""
    return f"{count(len(money.due), 'charge')}{same}"


def _each(rate: Rate, money: Money) -> str:
    each = rate.each.amount
    regular = each is not None and all(due.amount == each * rate.seats for due in money.due)
    return f" ({rate.seats} x {each:,.2f})" if regular else ""


def _short(day: datetime) -> str:
    return f"{day.day} {day:%b}"
