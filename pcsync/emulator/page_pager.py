"""Pages of long lists.

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pcsync.emulator.page_render import Look

SIZE = 50


@dataclass(frozen=True)
class Pager:
    """One page of a list: its rows, which ones they are, and the addresses of its neighbours."""

    rows: Sequence[Any]
    first: int
    last: int
    total: int
    before: str | None
    after: str | None


def cut(look: Look, name: str, rows: Sequence[Any]) -> Pager:
    """The page that the query parameter `name` asks for; the last one if it asks for more."""
    pages = max(-(-len(rows) // SIZE), 1)
    number = min(look.number(name), pages)
    begin = (number - 1) * SIZE
    shown = rows[begin : begin + SIZE]
    before = look.turned({name: number - 1}) if number > 1 else None
    after = look.turned({name: number + 1}) if number < pages else None
    return Pager(shown, begin + 1, begin + len(shown), len(rows), before, after)
