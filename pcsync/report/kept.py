"""The section NO CHANGE: what is declared and left alone, and how it stands.

Owns how many of them are told. Pure; must not import a stage or a kind.
"""

from __future__ import annotations

from collections.abc import Sequence

from pcsync.model import Kept
from pcsync.report.layout import GAP, columns, flush, paragraph
from pcsync.report.shown import count

HEAD = "NO CHANGE"
MOST = 10


def kept(found: Sequence[Kept], width: int) -> list[str]:
    """The section: a line each, then what somebody could do; the first ones of many."""
    if not found:
        return []
    shown = found[:MOST]
    size = max(columns(f"= {each.address}") for each in shown)
    lines = [HEAD]
    for each in shown:
        head = f"= {each.address}".ljust(size) + " " * GAP + each.stands
        if columns(head) > width:
            head = f"= {each.address}"
            lines += [*flush(head, "", width), *paragraph(each.stands, width)]
        else:
            lines.append(head)
        for note in each.notes:
            lines += paragraph(note, width)
    more = len(found) - MOST
    return [*lines, *([f"  and {count(more, 'more resource')}"] if more > 0 else [])]
