"""Rows of figures as a table: what, how much, a remark that wraps in its column.

Owns the columns of the section MONEY. Pure; must not import a stage or a kind.
"""

from __future__ import annotations

from collections.abc import Sequence

from pcsync.report.fewer import Row
from pcsync.report.layout import columns, cut, paragraph, wrap

GAP = 3
LEAST_ROOM = 20
LEAST_LABEL, LEAST_NUMBER = 18, 10


def spread(rows: Sequence[Row], width: int) -> list[str]:
    """Three columns; where the line has no room for the third, remarks stand below."""
    beside = (row for row in rows if row.amount or row.note)
    label = max(LEAST_LABEL, *(columns(row.label) for row in beside))
    number = max(LEAST_NUMBER, *(columns(row.amount) for row in rows))
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
