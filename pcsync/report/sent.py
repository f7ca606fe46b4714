"""What is sent for several things together, and what follows: `one cart, one checkout`.

Owns these lines. Pure; must not import a stage or a kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pcsync.model import Call, Edit, Step
from pcsync.report.action import at_right
from pcsync.report.layout import INDENT, flush, paragraph
from pcsync.report.shown import listed
from pcsync.report.waits import calls, waits
from pcsync.report.work import Group, Shared, told, writes

MOST_NAMES = 3


def sent(group: Group, width: int, *, quiet: bool = False) -> list[str]:
    """The lines of a group: calls that its actions share, then those with words of their own.

    A `quiet` group tells no waits: the title above it does.
    """
    lines: list[str] = []
    for shared in group.shared:
        if not at_last(group):
            lines += _called(shared.steps, width, _who(shared, group))
        if not quiet:
            lines += [line for text in waits(shared.steps) for line in paragraph(text, width)]
    for action in group.actions:
        lines += _own([step for step in group.own[action.id] if told(step)], width)
    return lines


def at_last(group: Group) -> int:
    """The writes that stand beside the last action of a group: one call of all, without words."""
    shared = [each for each in group.shared if writes(each.steps)]
    if len(shared) != 1 or len(shared[0].actions) != len(group.actions):
        return 0
    steps = shared[0].steps
    return 1 if len(steps) == 1 and not told(steps[0]) else 0


def _called(steps: Sequence[Step], width: int, who: str) -> list[str]:
    said = calls(steps)
    if not said:
        return []
    whole = f"{' ' * INDENT}{who}: {said}" if who else f"{' ' * INDENT}{said}"
    return [*flush(whole, at_right(writes(steps)), width, INDENT + 2), *_notes(steps, width)]


def _own(steps: Sequence[Step], width: int) -> list[str]:
    """Calls with words, then each edit that follows them."""
    lines = _called([step for step in steps if isinstance(step, Call)], width, "")
    for step in steps:
        if isinstance(step, Edit):
            text = f"{' ' * INDENT}then {step.says}"
            lines += flush(text, at_right(1), width, INDENT + 2)
    return lines


def _notes(steps: Iterable[Step], width: int) -> list[str]:
    notes = [note for step in steps if isinstance(step, Call) for note in step.notes]
    return [line for note in notes for line in paragraph(note, width)]


def _who(shared: Shared, group: Group) -> str:
    """Whose calls these are, where they are not those of all, or have no words of their own."""
    if len(shared.actions) == len(group.actions):
        plain = any(writes([step]) and not told(step) for step in shared.steps)
        return f"these {len(shared.actions)} together" if plain else ""
    names = ["/".join(action.address.path[1:]) for action in shared.actions]
    return listed(names, MOST_NAMES) + " together"
