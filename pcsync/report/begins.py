"""Rows of MONEY for what is billed otherwise from a later day on: what then, what today, until when
it can be taken back.

Owns these rows. Pure; must not import a stage or a kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal

from pcsync.model import Action, Money, Plan, Rate, Rates
from pcsync.report.fewer import A, Row

EACH = {"monthly": "each month", "annual": "once a year", "triennial": "every three years"}
DAY = timedelta(days=1)
YEAR = 12
ANNUALLY = "billed annually"
AFTERWARDS = "after the renewal: 7 days, pro rata by day"


def begins(rates: Rates) -> bool:
    """Whether all of a cycle is known, was billed before, and is another sum from a later day."""
    known = not (rates.before.unknown or rates.after.unknown)
    return known and rates.begins is not None and bool(rates.before.parts and rates.after.parts)


def rows(rates: Rates, actions: Sequence[Action]) -> Iterator[Row]:
    """``each month from 3 Dec  415.80  18 x 23.10; today 270.00 (18 x 15.00)``; the difference."""
    assert rates.begins is not None, "it begins on a later day"
    mine = [a.money for a in actions if a.money and _in(a.money, rates)]
    one = mine[0] if len(mine) == 1 else None
    now, then = (_sum(rate) for rate in (one.before, one.after)) if one else ("", "")
    today = f"today {rates.before.known:,.2f}{f' ({now})' if now else ''}"
    day = f"{rates.begins.day} {rates.begins:%b}"
    label = f"{EACH.get(rates.cycle, rates.cycle)} from {day}"
    yield Row(label, f"{rates.after.known:,.2f}", f"{then}; {today}" if then else today)
    if more := rates.after.known - rates.before.known:
        yield Row("difference", f"{more:+,.2f}", A.get(rates.cycle, rates.cycle))


def _in(money: Money, rates: Rates) -> bool:
    found = (rate for rate in (money.before, money.after) if rate is not None)
    return money.begins == rates.begins and any(rate.cycle == rates.cycle for rate in found)


def _sum(rate: Rate | None) -> str:
    """``18 x 23.10``"""
    return f"{rate.seats} x {rate.each.amount:,.2f}" if rate and rate.each.amount else ""


def alone(plan: Plan) -> Money | None:
    """What the one thing costs that begins on a later day, where nothing else costs anything."""
    found = [action.money for action in plan.actions if action.money]
    return found[0] if len(found) == 1 and found[0].begins else None


def committed(plan: Plan) -> str:
    """``2026-12-03 to 2027-12-02``; empty where there are several things."""
    money = alone(plan)
    if money is None or money.begins is None or money.until is None:
        return ""
    return f"{money.begins:%Y-%m-%d} to {money.until:%Y-%m-%d}"


def back(plan: Plan) -> Iterator[Row]:
    """Until when an instruction for a later term is free to change, and what holds afterwards;
    nothing where something else can be taken back, too."""
    priced = [action.money for action in plan.actions if action.money]
    if not priced or any(m.begins is None or m.committed is None for m in priced):
        return
    days = {money.back_until for money in priced}
    if len(days) > 1:
        yield Row("to take back", note="free until the day before each renewal, then 7 days")
    elif (until := days.pop()) is not None:
        last = until - DAY
        yield Row("to take back", note=f"until {last.day} {last:%b} 23:59 UTC: free")
        yield Row("", note=AFTERWARDS)


def cheaper(plan: Plan, way: str, saves: Decimal) -> str:
    """``billed annually it is 4,752.00, 237.60 less``: of the one thing of a plan, whose term is
    one year; empty for anything else."""
    money = alone(plan)
    if money is None or way != ANNUALLY or money.committed is None or money.after is None:
        return ""
    total, rate = money.committed.amount, money.after.amount
    if total is None or rate is None or total != rate * YEAR:
        return ""
    return f"{way} it is {total - saves:,.2f}, {saves:,.2f} less"
