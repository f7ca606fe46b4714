"""The section MONEY of a plan: the same rows in every plan, then what is unknown and cheaper ways.

Owns how sums of money read: cents, `unknown`, `at least`. Pure; must not import a stage or a kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from pcsync.model import Action, Bill, Figure, Money, Plan, Rate, Rates, Saving, Sum
from pcsync.report.layout import columns, cut, paragraph, wrap
from pcsync.report.shown import count, day, far, listed

TITLE = "MONEY"
NO_SHEETS = "prices unknown: no price sheets (prices: in pcsync.yaml)"
UNKNOWN = "unknown"
EACH = {"monthly": "each month", "annual": "once a year", "triennial": "every three years"}
A = {"monthly": "a month", "annual": "a year", "triennial": "every three years"}
MOST_MONTHS = 12
MOST_NAMES = 3
MOST_REASONS = 3
GAP = 3
INDENT = 8
LEAST_ROOM = 20
MOMENT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Row:
    """A row: what, how much, and a remark."""

    label: str
    amount: str = ""
    note: str = ""


def money(plan: Plan, width: int) -> list[str]:
    """The section, or one line where seats change and nobody has prices; else nothing."""
    bill = plan.totals.money
    if bill is None:
        return paragraph(NO_SHEETS, width, INDENT, TITLE) if plan.totals.unpriced else []
    rows = [*_rows(bill, plan), *_unknown(bill), *map(_saving, bill.savings)]
    return [*paragraph(_head(bill), width, INDENT, TITLE), *_table(rows, width)]


def _head(bill: Bill) -> str:
    sheets = listed(list(bill.sheets), MOST_NAMES)
    markets = listed(list(bill.markets), MOST_NAMES)
    word = "price sheet" if len(bill.sheets) == 1 else "price sheets"
    source = f"; {word} {sheets}, market {markets}" if sheets and markets else ""
    currency = f" in {bill.currency}" if bill.currency else ""
    return f"your cost{currency} without tax, estimated{source}"


def _rows(bill: Bill, plan: Plan) -> Iterator[Row]:
    yield Row("now", told(bill.now), _now(plan.actions))
    if not any(rates.cycle == "monthly" for rates in bill.rates):
        yield Row("each month", told(Sum()), "as before")
    for rates in bill.rates:
        yield _rate(rates)
    if bill.owed:
        yield Row("still to be billed", told(bill.owed), "of terms that run, whatever happens")
    for each in bill.upfront[:MOST_MONTHS]:
        yield Row(f"in one sum {each.month}", told(each.amount))
    if more := bill.upfront[MOST_MONTHS:]:
        yield Row("in one sum later", note=f"in {count(len(more), 'month')} more")
    if bill.committed:
        until = f"to {bill.until:%Y-%m-%d}, the last day" if bill.until else ""
        yield Row("committed", told(bill.committed), until)
    else:
        yield Row("committed", told(Sum()), "nothing new")
    yield Row("to take back", note=_back(bill.back_until, plan.time))


def _now(actions: Iterable[Action]) -> str:
    """Which part of it is of which resource."""
    parts = [(action.address.path[-1], action.money) for action in actions if action.money]
    named = [
        f"{name} {amount(found.now.amount)}"
        for name, found in parts
        if found.now.amount is None or found.now.amount
    ]
    return listed(named, MOST_NAMES) if len(parts) > 1 else ""


def _rate(rates: Rates) -> Row:
    label = EACH.get(rates.cycle, rates.cycle)
    if rates.begins:
        label += f" from {rates.begins:%Y-%m-%d}"
    note = ""
    if rates.before.parts:
        note = f"so far {told(rates.before)}"
        if not (rates.before.unknown or rates.after.unknown):
            note += f"{_difference(rates.after.known - rates.before.known)}"
    return Row(label, told(rates.after), note)


def _difference(more: Decimal) -> str:
    if not more:
        return ""
    return f", {amount(abs(more))} {'more' if more > 0 else 'less'}"


def _back(until: datetime | None, now: datetime) -> str:
    """The moment before which all of it can be taken back; nothing can, where there is none."""
    if until is None:
        return "nothing of it"
    last = until - MOMENT
    when = f"{last:%Y-%m-%d}" if until.time().isoformat() == "00:00:00" else day(until)
    return f"until {when}, {far(last, now)}"


def _unknown(bill: Bill) -> Iterator[Row]:
    if bill.assumed:
        yield Row("renewal prices", UNKNOWN, "the figures use today's prices")
    for reason in bill.unknown[:MOST_REASONS]:
        yield Row("not known", note=reason)
    more = len(bill.unknown) - MOST_REASONS
    if more > 0:
        yield Row("not known", note=f"and {count(more, 'more reason')}")


def _saving(saving: Saving) -> Row:
    names = [name.rpartition("/")[2] for name in saving.names]
    verb = "costs" if len(names) == 1 else "cost"
    return Row("hint", note=f"{saving.way}, {_joined(names)} {verb} {amount(saving.saves)} less")


def _joined(names: Sequence[str]) -> str:
    """``m365 and mail``; the first ones of many."""
    if 1 < len(names) <= MOST_NAMES:
        return f"{', '.join(names[:-1])} and {names[-1]}"
    return listed(list(names), MOST_NAMES)


def _table(rows: Sequence[Row], width: int) -> list[str]:
    """Three columns; where the line has no room for the third, remarks stand below."""
    label = max(columns(row.label) for row in rows)
    number = max(columns(row.amount) for row in rows)
    at = 2 + label + 2 + number + GAP
    room = width - at
    lines = []
    for row in rows:
        left = f"  {row.label.ljust(label)}  {row.amount.rjust(number)}"
        first, *rest = wrap(row.note, room) if room >= LEAST_ROOM else ["", row.note]
        lines.append(cut((left + " " * GAP + first).rstrip(), width))
        if room >= LEAST_ROOM:
            lines += [" " * at + line for line in rest]
        elif row.note:
            lines += paragraph(row.note, width)
    return lines


# --- one sum ------------------------------------------------------------------------------------


def amount(value: Decimal | None) -> str:
    """``1,234.50``; `unknown` for what nobody knows."""
    return UNKNOWN if value is None else f"{value:,.2f}"


def told(sum_: Sum) -> str:
    """A sum, "at least" so much where a part of it is unknown."""
    if sum_.unknown and sum_.unknown == sum_.parts:
        return UNKNOWN
    return f"{'at least ' if sum_.unknown else ''}{sum_.known:,.2f}"


# --- one action ---------------------------------------------------------------------------------


def cost(money: Money) -> Iterator[str]:
    """What an action costs: what is billed at each charge, then what is due now."""
    after, before = money.after, money.before
    if after and before and after == before:
        yield f"{_each(after)}, as before"
    elif after:
        was = f", so far {_each(before, after)}" if before else ""
        yield f"{_each(after)}{was}"
    elif before:
        yield f"{_each(before)} {'until then' if money.begins else 'no more'}"
    same = after is not None and before is None and money.now.amount == after.amount
    if due := "; ".join([*([] if same else _due(money.now)), *money.notes]):
        yield due


def _each(rate: Rate, beside: Rate | None = None) -> str:
    """``10 x 23.10 = 231.00 a month``; a reason that stands beside it is not told again."""
    often = A.get(rate.cycle, rate.cycle)
    if rate.each.amount is None:
        told_ = beside is not None and beside.each.source == rate.each.source
        return f"{rate.seats} x {UNKNOWN} {often}{'' if told_ else f' ({rate.each.source})'}"
    assumed = " at today's price" if rate.each.assumed else ""
    return f"{rate.seats} x {amount(rate.each.amount)} = {amount(rate.amount)} {often}{assumed}"


def _due(now: Figure) -> list[str]:
    if not now.amount:
        return []
    if now.amount < 0:
        return [f"{amount(-now.amount)} credited, estimated"]
    return [f"{amount(now.amount)} now"]
