"""The SEATS table: seats and people of each pool now, after the merge, after the renewal.

Owns its columns. Pure; must not import a stage or a kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pcsync.model import Seats
from pcsync.report.layout import chop, columns, cut, paragraph
from pcsync.report.shown import day, number

WIDE = 16
LEAST_LABEL = 12
HEAD = "SEATS"


def table(rows: Sequence[Seats], width: int) -> list[str]:
    """The section; sentences where the table would be wider than the line."""
    if not rows:
        return []
    date = min((row.date for row in rows if row.date), default=None)
    groups = 3 if date else 2
    room = width - WIDE * groups
    if room < LEAST_LABEL:
        return [HEAD, *(line for row in rows for line in _said(row, width))]
    size = min(max(columns(row.label) for row in rows) + 4, room)
    titles = ["now", "after merge", *([f"from {day(date)[:10]}"] if date else [])]
    over = HEAD.ljust(size) + "".join(title.rjust(WIDE) for title in titles)
    under = " " * size + "".join("seats".rjust(9) + "people".rjust(7) for _ in titles)
    return [over, under, *(_line(row, size, date, width) for row in rows)]


def _line(row: Seats, size: int, date: datetime | None, width: int) -> str:
    """One pool; where nothing is prepared for it the last numbers stay."""
    told = [row.now, row.after, *([row.later or row.after] if date else [])]
    numbers = "".join(number(n).rjust(9) + number(people).rjust(7) for n, people in told)
    label = cut(f"  {row.label}", size)
    return label + " " * (size - columns(label)) + numbers


def _said(row: Seats, width: int) -> list[str]:
    def of(pair: tuple[int, int]) -> str:
        return f"{number(pair[0])} seats, {number(pair[1])} people"

    told = f"now {of(row.now)}; after the merge {of(row.after)}"
    if row.later and row.date:
        told += f"; from {day(row.date)[:10]} {of(row.later)}"
    return [*chop(f"  {row.label}", width, 2), *paragraph(told, width)]
