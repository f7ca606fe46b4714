"""Guards: how much of each measure a plan uses, and whether it is refused for it.

Owns the counting and the refusal (manifest-reference.md 11.2; domain rules RO1 and RO2). A plan
over a limit is written and shown all the same. Pure; names no kind: kinds say what actions count.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from pcsync.model import (
    Action,
    Address,
    Finding,
    Limit,
    Limits,
    Measure,
    Money,
    Plan,
    Rate,
    Severity,
    Used,
    View,
)
from pcsync.plan.order import has_steps

OVER = "over-limit"
MONTHS = {"monthly": 1, "annual": 12, "triennial": 36}
MONEY = frozenset({Measure.ADD_PER_MONTH.value, Measure.UPFRONT.value})
CENT = Decimal("0.01")

Numbers = Mapping[str, Decimal | None]


@dataclass(frozen=True, slots=True)
class Counting:
    """What of a plan is counted: its actions, what left git, and the actions of which nobody knows
    the price because there are no price sheets."""

    actions: Sequence[Action]
    removed: Collection[Address] = ()
    unpriced: Collection[str] = ()

    def by_customer(self) -> dict[str, Counting]:
        """The same by customer, each read once."""
        actions: dict[str, list[Action]] = defaultdict(list)
        removed: dict[str, list[Address]] = defaultdict(list)
        for action in self.actions:
            actions[action.address.root].append(action)
        for address in self.removed:
            removed[address.root].append(address)
        return {
            name: Counting(actions[name], removed[name], self.unpriced)
            for name in sorted(actions.keys() | removed.keys())
        }


def numbers(counting: Counting) -> dict[str, Decimal | None]:
    """How much of each measure is used, of those that are used at all; None where it is unknown."""
    plain: Counter[str] = Counter()
    people = set()
    for action in counting.actions:
        plain.update(action.counts)
        if action.counts.get(Measure.LOSE_LICENCE):
            people.add(action.owner or action.address)
    found: dict[str, Decimal | None] = {str(name): Decimal(n) for name, n in plain.items() if n}
    sizes = {
        Measure.LOSE_LICENCE: len(people),
        Measure.CUSTOMERS: len({a.address.root for a in counting.actions if has_steps(a)}),
        Measure.REMOVALS: len(counting.removed),
    }
    found |= {measure.value: Decimal(size) for measure, size in sizes.items() if size}
    return dict(sorted((found | _money(counting)).items()))


def _money(counting: Counting) -> dict[str, Decimal | None]:
    """Money added a month, and the most that is due in one calendar month."""
    names = set(counting.unpriced)
    if any(action.id in names for action in counting.actions):
        return dict.fromkeys(sorted(MONEY))
    costs = [action.money for action in counting.actions if action.money is not None]
    found = {
        Measure.ADD_PER_MONTH.value: _per_month(costs),
        Measure.UPFRONT.value: _upfront(costs),
    }
    return {name: number for name, number in found.items() if number is None or number > 0}


def _per_month(costs: Iterable[Money]) -> Decimal | None:
    """What a month costs more than before; a year's charge counts as twelve."""
    total = Decimal(0)
    for money in costs:
        for rate, sign in ((money.after, 1), (money.before, -1)):
            if rate is not None and rate.amount is None:
                return None
            total += sign * _monthly(rate)
    return total.quantize(CENT)


def _monthly(rate: Rate | None) -> Decimal:
    if rate is None or rate.amount is None:
        return Decimal(0)
    return rate.amount / MONTHS[rate.cycle]


def _upfront(costs: Iterable[Money]) -> Decimal | None:
    """What is due in one sum in the dearest month."""
    months: dict[str, Decimal] = defaultdict(Decimal)
    for money in costs:
        for due in money.upfront:
            if due.amount is None:
                return None
            months[f"{due.day:%Y-%m}"] += due.amount
    return max(months.values(), default=Decimal(0))


def used(counting: Counting, views: Sequence[View], limits: Limits) -> tuple[Used, ...]:
    """What is used of each measure that is limited: in all, then by customer."""
    found = list(_rows(counting, views, limits.run, limits.source))
    if limits.customer:
        mine = {view.owner.root: [view] for view in views if view.owner}
        for customer, part in counting.by_customer().items():
            rows = _rows(part, mine.get(customer, []), limits.customer, limits.source)
            found += [replace(row, customer=customer) for row in rows]
    return tuple(found)


def _rows(
    counting: Counting, views: Sequence[View], limits: Mapping[str, Limit], source: str
) -> Iterator[Used]:
    for name, number in numbers(counting).items():
        if limit := limits.get(name):
            of = declared(name, counting.actions, views) if limit.percent else 0
            yield _used(name, number, limit, of, source)


def _used(name: str, number: Decimal | None, limit: Limit, of: int, source: str) -> Used:
    return Used(name, number, limit.of(of), of, where="the default" if limit.shipped else source)


def declared(measure: str, actions: Iterable[Action], views: Iterable[View]) -> int:
    """How many things are declared of those that a measure counts: customers, people with
    licences, or the kinds of the actions that it counts. What has left git was declared."""
    if measure in {Measure.CUSTOMERS, Measure.CREATE_CUSTOMERS}:
        return sum(1 for view in views if view.owner)
    kinds = {action.address.kind for action in actions if action.counts.get(measure)}
    things = [
        want
        for view in views
        for want in view.wants.values()
        if measure == Measure.REMOVALS or want.address.kind in kinds
    ]
    if measure == Measure.LOSE_LICENCE:
        return len({want.owner for want in things})
    return len(things)


def again(plan: Plan, limits: Limits) -> tuple[Used, ...]:
    """What a saved plan uses, held against the limits of today. A percentage of what the plan does
    not say how much of it there is allows nothing."""
    known = {(row.customer, row.measure): row for row in plan.limits}
    unpriced = [a.id for a in plan.actions if has_steps(a)] if plan.totals.unpriced else []
    counting = Counting(plan.actions, plan.removed, unpriced)
    parts = [("", counting, limits.run)]
    if limits.customer:
        parts += [(name, part, limits.customer) for name, part in counting.by_customer().items()]
    found = []
    for customer, part, most in parts:
        for name, number in numbers(part).items():
            if name in most:
                row = known.get((customer, name))
                of = row.of if row else 0
                if name == Measure.CUSTOMERS:
                    of = len(plan.customers)
                count = row.number if row else number
                now = _used(name, count, most[name], of, limits.source)
                found.append(replace(now, customer=customer))
    return tuple(found)


def refusals(
    rows: Iterable[Used], lifted: Mapping[str, int | str], wave: str = ""
) -> Iterator[Finding]:
    """An error of the whole plan for each limit that it is over, with the flag that lifts it once,
    and the wave that stays within, if there is one."""
    for row in rows:
        if row.over(lifted):
            advice = f"lift it once: {row.flag}" + (f"; or go in waves: {wave}" if wave else "")
            yield Finding(Severity.ERROR, OVER, told(row), advice)


def told(row: Used) -> str:
    """``addSeats 26, and the limit is 25 (the default)``."""
    whose = f"{row.customer}: " if row.customer else ""
    each = " for one customer" if row.customer else ""
    assert row.limit is not None, "what is not limited is over nothing"
    most = shown(row.measure, row.limit)
    where = f" ({row.where})" if row.where else ""
    number = shown(row.measure, row.number)
    return f"{whose}{row.measure} {number}, and the limit{each} is {most}{where}"


def shown(measure: str, number: Decimal | None) -> str:
    """A number as people read it: money with its cents, `unknown` for what nobody knows."""
    if number is None:
        return "unknown"
    return f"{number:,.2f}" if measure in MONEY else f"{number:,.0f}"


def wave(
    counting: Counting,
    views: Sequence[View],
    rows: Sequence[Used],
    lifted: Mapping[str, int | str],
) -> str:
    """The labels of the largest part of the customers that stays within all limits of a run:
    ``--label wave=1 (24 customers)``; empty where there is none."""
    parts = counting.by_customer()
    members: dict[tuple[str, str], list[str]] = defaultdict(list)
    for view in views:
        want = view.wants.get(view.owner) if view.owner else None
        if want is not None and want.address.root in parts:
            for label in want.labels.items():
                members[label].append(want.address.root)
    fitting = [
        (-len(names), f"--label {key}={value}")
        for (key, value), names in members.items()
        if _fits([parts[name] for name in names], rows, lifted)
    ]
    if not fitting:
        return ""
    size, text = min(fitting)
    return f"{text} ({-size:,} customer{'' if size == -1 else 's'})"


def _fits(parts: Sequence[Counting], rows: Sequence[Used], lifted: Mapping[str, int | str]) -> bool:
    whole = Counting(
        [action for part in parts for action in part.actions],
        [address for part in parts for address in part.removed],
        parts[0].unpriced,
    )
    found = numbers(whole)
    return not any(
        replace(row, number=found.get(row.measure, Decimal(0))).over(lifted)
        for row in rows
        if not row.customer
    )
