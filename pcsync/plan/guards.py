"""Guards: how much of each measure a plan uses, and whether it is refused for it.

Owns the counting and the refusal (manifest-reference.md 11.2; domain rules RO1 and RO2). A plan
over a limit is written and shown all the same. Pure; names no kind: kinds say what actions count.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from pcsync.model import (
    UNKNOWN,
    Action,
    Address,
    Finding,
    Limit,
    Limits,
    Measure,
    Plan,
    Severity,
    Used,
    View,
)
from pcsync.plan import spending
from pcsync.plan.order import has_steps
from pcsync.plan.spending import Amount

OVER = "over-limit"
WAVE = "wave"
MONEY = frozenset({Measure.ADD_PER_MONTH.value, Measure.UPFRONT.value})

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
    return {name: found.number for name, found in amounts(counting).items()}


def amounts(counting: Counting) -> dict[str, Amount]:
    """The same with what is known of each; what is nothing is left out."""
    names = set(counting.unpriced)
    if any(action.id in names for action in counting.actions):
        return {name: Amount(unknown=True) for name in sorted(MONEY)}
    costs = [action.money for action in counting.actions if action.money is not None]
    found = {
        Measure.ADD_PER_MONTH.value: spending.per_month(costs),
        Measure.UPFRONT.value: spending.upfront(costs),
    }
    return {name: each for name, each in found.items() if each.unknown or each.known > 0}


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
    money = amounts(counting)
    for name, number in numbers(counting).items():
        if limit := limits.get(name):
            of = declared(name, counting.actions, views) if limit.percent else 0
            yield _with(_used(name, number, limit, of, source), money.get(name))


def _used(name: str, number: Decimal | None, limit: Limit, of: int, source: str) -> Used:
    return Used(name, number, limit.of(of), of, where="the default" if limit.shipped else source)


def _with(row: Used, amount: Amount | None) -> Used:
    """The same, with what is known of money, and in which month it is due."""
    if amount is None:
        return row
    return replace(row, known=amount.known if amount.unknown else None, month=amount.month)


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
                same = (row.known, row.month) if row else (None, "")
                found.append(replace(now, customer=customer, known=same[0], month=same[1]))
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
    number = quantity(row)
    return f"{whose}{row.measure} {number}, and the limit{each} is {most}{where}"


def quantity(row: Used) -> str:
    """How much it is: ``135,168.00 due in Dec 2026``; of what is unknown in part, what is known."""
    due = f" due in {datetime.fromisoformat(f'{row.month}-01'):%b %Y}" if row.month else ""
    if row.number is None and row.known:
        return f"{shown(row.measure, row.known)}{due}, and more that is unknown"
    return shown(row.measure, row.number) + due


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
    """The labels of a part of the customers that stays within all limits of a run, as far as prices
    are known, the largest `wave` or else the largest of any: ``--label wave=1 (24 customers,
    13,728.00 due in Dec 2026)``; empty where there is none."""
    parts = counting.by_customer()
    members: dict[tuple[str, str], list[str]] = defaultdict(list)
    for view in views:
        want = view.wants.get(view.owner) if view.owner else None
        if want is not None and want.address.root in parts:
            for label in want.labels.items():
                members[label].append(want.address.root)
    fitting = []
    for (key, value), names in members.items():
        whole = _whole([parts[name] for name in names])
        if _fits(whole, rows, lifted):
            rank = (key != WAVE, -len(names))
            fitting.append((rank, f"--label {key}={value}", whole))
    if not fitting:
        return ""
    (_, size), text, whole = min(fitting, key=lambda each: each[:2])
    told = f"{-size:,} customer{'' if size == -1 else 's'}{_due(whole, rows)}"
    return f"{text}{_unknown(whole, rows, lifted)} ({told})"


def _whole(parts: Sequence[Counting]) -> Counting:
    return Counting(
        [action for part in parts for action in part.actions],
        [address for part in parts for address in part.removed],
        parts[0].unpriced,
    )


def _fits(whole: Counting, rows: Sequence[Used], lifted: Mapping[str, int | str]) -> bool:
    """Whether a part is within the limits, by what is known of it; where nothing is, it is not."""
    if any(action.id in set(whole.unpriced) for action in whole.actions):
        known: dict[str, Decimal | None] = dict(numbers(whole))
    else:
        known = numbers(whole) | {name: each.known for name, each in amounts(whole).items()}
    return not any(
        replace(row, number=known.get(row.measure, Decimal(0))).over(lifted)
        for row in rows
        if not row.customer
    )


def _due(whole: Counting, rows: Sequence[Used]) -> str:
    """What of a part is due in the month that is over the limit."""
    row = next((each for each in rows if each.month and not each.customer), None)
    if row is None:
        return ""
    costs = [action.money for action in whole.actions if action.money is not None]
    part = replace(row, number=spending.due_in(costs, row.month), known=None)
    return f", {quantity(part)}"


def _unknown(whole: Counting, rows: Sequence[Used], lifted: Mapping[str, int | str]) -> str:
    """The flags for what of a part is unknown."""
    found = numbers(whole)
    names = [
        row.measure
        for row in rows
        if not row.customer and row.measure in found and found[row.measure] is None
        if lifted.get(row.measure) != UNKNOWN
    ]
    return "".join(f" --allow {name}={UNKNOWN}" for name in names)
