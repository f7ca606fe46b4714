"""The section MONEY of a plan: the same rows in every plan, then what is unknown and cheaper ways.

Owns which rows there are. Pure; must not import a kind, or a stage but what a plan says of waiting.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from pcsync.model import Action, Bill, Money, Plan, Rates, Saving, Sum
from pcsync.plan.money import behind
from pcsync.report import begins, yearly
from pcsync.report.fewer import MOST_NAMES, Row, fewer, less, still
from pcsync.report.figures import UNKNOWN, amount, told
from pcsync.report.layout import paragraph
from pcsync.report.shown import count, date_, day, far, listed
from pcsync.report.spread import spread

TITLE = "MONEY"
MONTH = re.compile(r"\d{4}-\d\d")
NO_SHEETS = "prices unknown: no price sheets (prices: in pcsync.yaml)"
EACH = {"monthly": "each month", "annual": "once a year", "triennial": "every three years"}
MOST_MONTHS = 12
MOST_REASONS = 3
INDENT = 8
MOMENT = timedelta(seconds=1)
YEARLY = "annually"
HOUR = timedelta(hours=1)


def money(plan: Plan, width: int) -> list[str]:
    """The section, or one line where seats change and nobody has prices; else nothing."""
    bill = plan.totals.money
    if bill is None:
        return paragraph(NO_SHEETS, width, INDENT, TITLE) if plan.totals.unpriced else []
    hints = (_saving(each, plan) for each in bill.savings)
    rows = [*_rows(bill, plan), *_unknown(bill, plan), *hints]
    return [*paragraph(_head(bill, plan), width, INDENT, TITLE), *spread(rows, width)]


def _head(bill: Bill, plan: Plan) -> str:
    sheets = listed([_sheet(each, plan.time) for each in bill.sheets], MOST_NAMES)
    markets = listed(list(bill.markets), MOST_NAMES)
    word = "price sheet" if len(bill.sheets) == 1 else "price sheets"
    source = f"; {word} {sheets}, market {markets}" if sheets and markets else ""
    if len(bill.sheets) > MOST_NAMES:
        source = f"; {len(bill.sheets)} price sheets of {count(len(bill.markets), 'market')}"
    if yearly.many(bill) and (what := yearly.seats(plan)):
        source += f"; {what}"
    currency = f" in {bill.currency}" if bill.currency else ""
    credits = any(a.money and (a.money.now.amount or 0) < 0 for a in plan.actions)
    return f"your cost{currency} without tax{', credits estimated' if credits else ''}{source}"


def _sheet(label: str, now: datetime) -> str:
    """The month of a price sheet; that of the next one is a preview."""
    return f"{label} (preview)" if MONTH.fullmatch(label) and label > f"{now:%Y-%m}" else label


def _rows(bill: Bill, plan: Plan) -> Iterator[Row]:
    yield Row("now", told(bill.now), _now(bill, plan))
    if yearly.many(bill):
        yield from yearly.rows(bill, plan)
        return
    gone = [rates for rates in bill.rates if less(rates, plan.actions)]
    if not gone and not any(rates.cycle == "monthly" for rates in bill.rates):
        yield Row("each month", told(Sum()), "as before")
    if bill.owed:
        yield Row("still to be billed", told(bill.owed), still(plan))
    yield from fewer(gone, plan.actions)
    for rates in (rates for rates in bill.rates if rates not in gone):
        if begins.begins(rates):
            yield from begins.rows(rates, plan.actions)
        else:
            yield _rate(rates, plan.actions)
    if bill.first is not None:
        yield Row("first charges", told(bill.first))
    for each in bill.upfront[:MOST_MONTHS]:
        yield Row(f"in one sum {each.month}", told(each.amount))
    if more := bill.upfront[MOST_MONTHS:]:
        yield Row("in one sum later", note=f"in {count(len(more), 'month')} more")
    if bill.committed:
        yield Row("committed", told(bill.committed), _committed(bill, plan))
    if later := list(begins.back(plan)):
        yield from later
    elif note := _back(bill, plan):
        yield Row("to take back", note=note)


def _committed(bill: Bill, plan: Plan) -> str:
    """To which day; of terms that begin once people have decided, how long they are."""
    if bill.until:
        return begins.committed(plan) or f"to {bill.until:%Y-%m-%d}, the last day"
    held = behind(plan.actions)
    ends = {a.money.until for a in plan.actions if a.id in held and a.money and a.money.until}
    years = {round((end - plan.time).days / 365) for end in ends}
    known = {1: " (one year)", 3: " (three years)"}
    return f"to the end of the terms{known.get(years.pop(), '') if len(years) == 1 else ''}"


def _now(bill: Bill, plan: Plan) -> str:
    """Which part of it is of which resource; where it is nothing, why."""
    held = behind(plan.actions)
    actions = [action for action in plan.actions if action.id not in held]
    if bill.first is not None and not any(action.money for action in actions):
        return "the customer record costs nothing"
    why = {a.money.now.source for a in actions if a.money and not a.money.now.amount} - {""}
    if bill.now == Sum(parts=bill.now.parts) and len(why) == 1:
        return why.pop()
    parts = [(action.address.path[-1], action.money) for action in actions if action.money]
    if bill.now == Sum(parts=bill.now.parts) and all(money.begins for _, money in parts):
        return "nothing is billed by this plan"
    named = [
        f"{name} {amount(found.now.amount)}"
        for name, found in parts
        if found.now.amount is None or found.now.amount
    ]
    return listed(named, MOST_NAMES) if len(parts) > 1 else ""


def _rate(rates: Rates, actions: Iterable[Action]) -> Row:
    label = EACH.get(rates.cycle, rates.cycle)
    if rates.begins:
        label += f" from {rates.begins:%Y-%m-%d}"
    note = _of(rates, actions)
    if rates.before.parts:
        note = f"so far {told(rates.before)}"
        if not (rates.before.unknown or rates.after.unknown):
            note += f"{_difference(rates.after.known - rates.before.known)}"
    return Row(label, told(rates.after), note)


def _of(rates: Rates, actions: Iterable[Action]) -> str:
    """Of what it is: the name, of several things each with its amount."""
    mine = [
        (action.address.path[-1], action.money.after.amount)
        for action in actions
        if action.money and action.money.begins == rates.begins
        if action.money.after and action.money.after.cycle == rates.cycle
    ]
    if len(mine) == 1:
        return mine[0][0]
    return listed([f"{name} {amount(sum_)}" for name, sum_ in mine], MOST_NAMES)


def _difference(more: Decimal) -> str:
    if not more:
        return ""
    return f", {amount(abs(more))} {'more' if more > 0 else 'less'}"


def _back(bill: Bill, plan: Plan) -> str:
    """The moment before which all of it can be taken back; empty where nothing is bought."""
    held = behind(plan.actions)
    later = [a.money for a in plan.actions if a.id in held and a.money and a.money.back_until]
    if later:
        return _from_purchase(later, plan.time)
    if bill.back_until is None:
        return "nothing of it" if bill.committed or bill.now.known > 0 else ""
    last = bill.back_until - MOMENT
    midnight = bill.back_until.time().isoformat() == "00:00:00"
    when = date_(last) if midnight else day(bill.back_until)
    whole = f"; in full until {day(bill.whole_until)}" if bill.whole_until else ""
    priced = [action for action in plan.actions if action.money]
    gone = priced and all(action.address in plan.removed for action in priced)
    lines = ": bring the lines back" if gone else ""
    return f"until {when}, {far(last, plan.time)}{lines}{whole}"


def _from_purchase(later: Sequence[Money], now: datetime) -> str:
    """``7 days from purchase; in full for 24 hours``"""
    days = min((money.back_until - now).days for money in later if money.back_until)
    whole = [money.whole_until - now for money in later if money.whole_until]
    hours = f"; in full for {min(whole) // HOUR} hours" if len(whole) == len(later) else ""
    return f"{days} days from purchase{hours}"


def _unknown(bill: Bill, plan: Plan) -> Iterator[Row]:
    if bill.assumed:
        note = f"{_preview(plan)}the figures use today's prices"
        yield Row("renewal prices", UNKNOWN, note)
    for reason in bill.unknown[:MOST_REASONS]:
        yield Row("not known", note=reason)
    more = len(bill.unknown) - MOST_REASONS
    if more > 0:
        yield Row("not known", note=f"and {count(more, 'more reason')}")


def _preview(plan: Plan) -> str:
    """When the sheet of the renewal can be had: a sheet is previewed in the month before."""
    months = {
        (a.money.begins.year, a.money.begins.month)
        for a in plan.actions
        if a.money and a.money.begins and (rate := a.money.after or a.money.before)
        if rate.each.assumed
    }
    if len(months) > 1:
        return f"from {datetime(*min(months), 1):%b %Y} on; "
    if not months:
        return ""
    first = datetime(*months.pop(), 1, tzinfo=plan.time.tzinfo)
    before = first - timedelta(days=1)
    if (before.year, before.month) <= (plan.time.year, plan.time.month):
        return ""
    return f"{first:%B}'s sheet is previewed in {before:%B}; "


def _saving(saving: Saving, plan: Plan) -> Row:
    if alone := begins.cheaper(plan, saving.way, saving.saves):
        return Row("hint", note=alone)
    names = [name.rpartition("/")[2] for name in saving.names]
    verb = "costs" if len(names) == 1 else "cost"
    less_ = f"{amount(saving.saves)} less{' over the year' if YEARLY in saving.way else ''}"
    return Row("hint", note=f"{saving.way}, {_joined(names)} {verb} {less_}")


def _joined(names: Sequence[str]) -> str:
    """``m365 and mail``; the first ones of many."""
    if 1 < len(names) <= MOST_NAMES:
        return f"{', '.join(names[:-1])} and {names[-1]}"
    return listed(list(names), MOST_NAMES)
