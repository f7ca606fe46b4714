"""Licences that the service moves by itself at a renewal, from the product that was to the new one.

Owns which rows of seats say so. Pure; must not import a stage or a kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from pcsync.model import Seats
from pcsync.report.layout import paragraph
from pcsync.report.shown import count, day

DAY = timedelta(days=1)
Pair = tuple[Seats, Seats]


def pairs(rows: Sequence[Seats]) -> Iterator[Pair]:
    """A pool that all its people leave at a renewal, and the one that they come to."""
    found = [row for row in rows if row.later and row.date]
    for row in found:
        for other in found:
            if other.owner == row.owner and other.date == row.date and _moves(row, other):
                yield row, other


def _moves(row: Seats, other: Seats) -> bool:
    if row.later is None or other.later is None or not row.after[1]:
        return False
    return row.later[1] == 0 and other.later[1] - other.after[1] == row.after[1]


def named(row: Seats, other: Seats) -> tuple[str, str]:
    """Both by their products, the second without what the names begin with; else part numbers."""
    if not (row.title and other.title):
        return row.label, other.label
    one, two = row.title.split(), other.title.split()
    same = 0
    while same < min(len(one), len(two)) - 1 and one[same] == two[same]:
        same += 1
    at = max(same - 1, 0)
    return " ".join(one[at:]), " ".join(two[at:])


def by_the_service(rows: Sequence[Seats], width: int) -> list[str]:
    """An entry for each pair: from which licence to which, and who moves the people."""
    return [line for pair in pairs(rows) for line in _entry(*pair, width)]


def afterwards(rows: Sequence[Seats]) -> Iterator[str]:
    """What to do on the days of these renewals: nothing, and look on the day after."""
    for date in sorted({row.date for row, _ in pairs(rows) if row.date}):
        after = date + DAY
        yield (
            f"No writes to what renews on {date.day} {date:%b}; the plan of {after.day} "
            f"{after:%b} shows what the service did."
        )


def _entry(row: Seats, other: Seats, width: int) -> list[str]:
    called = named(row, other)[0]
    label = f"{row.label} (= {called})" if row.title else row.label
    head = f"> {count(row.after[1], 'licence')}"
    at = day(row.date)[:10] if row.date else "the renewal"
    told = f"by the service on {at}; the next apply checks and moves whoever was left behind, "
    lines = paragraph(f"{label} -> {other.label}", width, len(head) + 4, head)
    return [*lines, *paragraph(f"{told}one call a person", width, len(head) + 4)]
