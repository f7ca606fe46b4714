"""What is bought together, each in one line: `10 seats, P1Y, billed monthly   10 x 23.10 = 231.00`.

Owns the columns of these lines. Pure; must not import a stage or a kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pcsync.model import Action, Rate, Verb
from pcsync.report.fewer import A
from pcsync.report.figures import amount
from pcsync.report.layout import INDENT, columns

GAP = 5


def purchases(actions: Iterable[Action], width: int) -> Mapping[str, str]:
    """By the id of each action its line, seats and sums one below the other; nothing where one of
    them is too wide, or where nobody knows what it costs."""
    found = {action.id: (action.says[0][1], rate) for action in actions if (rate := _rate(action))}
    if not found:
        return {}
    whats = _whats([what for what, _ in found.values()])
    costs = _costs([rate for _, rate in found.values()])
    size = max(map(columns, whats))
    gap = " " * min(GAP, width - INDENT - size - max(map(columns, costs)))
    if len(gap) < 2:
        return {}
    lines = (
        f"{' ' * INDENT}{what.ljust(size)}{gap}{cost}"
        for what, cost in zip(whats, costs, strict=True)
    )
    return dict(zip(found, lines, strict=True))


def _rate(action: Action) -> Rate | None:
    """What a purchase that has a sentence is billed; None for anything else."""
    money = action.money
    told = action.verb is Verb.CREATE and action.says and not action.says[0][0]
    if not told or money is None or money.before or money.after is None:
        return None
    return None if money.after.each.amount is None or money.after.each.assumed else money.after


def _whats(texts: Sequence[str]) -> list[str]:
    """Sentences that begin with a number, the numbers flush right."""
    size = max(text.find(" ") for text in texts)
    return [" " * (size - text.find(" ")) + text for text in texts]


def _costs(rates: Sequence[Rate]) -> list[str]:
    cells = [(f"{rate.seats:,}", amount(rate.each.amount), amount(rate.amount)) for rate in rates]
    seats, each, all_ = (max(len(row[at]) for row in cells) for at in range(3))
    return [
        f"{row[0]:>{seats}} x {row[1]:>{each}} = {row[2]:>{all_}} {A.get(rate.cycle, rate.cycle)}"
        for row, rate in zip(cells, rates, strict=True)
    ]
