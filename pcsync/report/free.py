"""What can still be done about instructions for the next term, below them in a plan.

Owns this paragraph. Pure; must not import a stage or a kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from pcsync.model import Action, When
from pcsync.report.layout import paragraph
from pcsync.report.shown import date_

DAY = timedelta(days=1)
QUANTITY = "quantity"
AFTER = "After the renewal: 7 more days in which seats can be given back."


def free(actions: Sequence[Action], width: int) -> list[str]:
    """The paragraph, where seats change at a renewal; nothing for what is told there already."""
    dates = {a.date for a in actions if a.when is When.NOW and a.date and _seats(a)}
    if not dates:
        return []
    many = len([action for action in actions if action.when is When.NOW]) > 1
    those, them = ("these instructions", "them") if many else ("this instruction", "it")
    until = date_(min(dates) - DAY) if len(dates) == 1 else "the day before each renewal"
    text = (
        f"Free to change until {until}. Any seat added before then deletes {those}; pcsync sends "
        f"{them} again, and `pcsync drift` shows that {'they are' if many else 'it is'} gone."
    )
    return paragraph(f"{text} {AFTER}", width, 2)


def _seats(action: Action) -> bool:
    return any(change.field == QUANTITY for change in action.changes)
