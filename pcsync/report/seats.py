"""The SEATS table: seats and people of each pool now, after the merge, after the renewal.

Owns its columns. Pure; must not import a stage or a kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pcsync.model import Seats
from pcsync.report.layout import chop, columns, cut, paragraph
from pcsync.report.shown import date_, number

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
    rows = sorted(rows, key=lambda row: (-row.now[0], -row.after[0], row.label.lower()))
    size = min(max(columns(row.label) for row in rows) + 4, room)
    if not date and all(row.now == (0, 0) for row in rows):
        return _fresh(rows, size)
    later = date if date and all(row.now == row.after for row in rows) else None
    titles = ["now", *([] if later else ["after merge"])]
    titles += [f"from {date.day} {date:%b}"] if date else []
    over = HEAD.ljust(size) + "".join(title.rjust(WIDE) for title in titles)
    under = " " * size + "".join("seats".rjust(9) + "people".rjust(7) for _ in titles)
    return [over, under, *(_line(row, size, date, skip=bool(later)) for row in rows)]


def _fresh(rows: Sequence[Seats], size: int) -> list[str]:
    """Of a tenant that has no seats yet: what there will be, and what is free of it."""
    over = HEAD.ljust(size) + "".join(title.rjust(8) for title in ("seats", "people", "free"))
    lines = [over]
    for row in rows:
        seats, people = row.after
        told = "".join(number(each).rjust(8) for each in (seats, people, seats - people))
        label = cut(f"  {row.label}", size)
        lines.append(label + " " * (size - columns(label)) + told)
    return lines


def _line(row: Seats, size: int, date: datetime | None, *, skip: bool) -> str:
    """One pool; where nothing is prepared for it the last numbers stay. `skip` leaves out what it
    is after the merge, where nothing moves before the renewal."""
    told = [row.now, *([] if skip else [row.after]), *([row.later or row.after] if date else [])]
    numbers = "".join(number(n).rjust(9) + number(people).rjust(7) for n, people in told)
    label = cut(f"  {row.label}", size)
    return label + " " * (size - columns(label)) + numbers


def _said(row: Seats, width: int) -> list[str]:
    def of(pair: tuple[int, int]) -> str:
        return f"{number(pair[0])} seats, {number(pair[1])} people"

    told = f"now {of(row.now)}; after the merge {of(row.after)}"
    if row.later and row.date:
        told += f"; from {date_(row.date)} {of(row.later)}"
    return [*chop(f"  {row.label}", width, 2), *paragraph(told, width)]
