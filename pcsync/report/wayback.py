"""The section ! NO WAY BACK: what can't be undone, and nothing else.

Owns which actions that are. Pure; must not import a stage or a kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pcsync.model import Action, Finding, Measure, Verb
from pcsync.report.byhand import taken_note_of
from pcsync.report.layout import GAP, INDENT, columns, paragraph, rows
from pcsync.report.words import Moment, moment

HEAD = "! NO WAY BACK"
LABEL = 2
LONG_NAME = 16
LEAST_ROOM = 16
GRAVE = (Measure.CREATE_CUSTOMERS, Measure.DELETE_USERS, Measure.CANCEL)
PLAIN = {
    Verb.CREATE: "it can't be deleted once it exists",
    Verb.DELETE: "deleted",
    Verb.CANCEL: "cancelled; this can't be taken back",
}


def final(actions: Iterable[Action]) -> list[Action]:
    """The actions of now that can't be undone: a new customer, a person's account, a cancel."""
    return [action for action in actions if moment(action) is Moment.NOW and _told(action)]


def no_way_back(actions: Sequence[Action], found: Sequence[Finding], width: int) -> list[str]:
    """The section of what can't be undone, of all customers together: actions, and what somebody
    took note of that follows from one."""
    last = final(actions)
    several = len({action.address.root for action in actions}) > 1
    lines = [line for action in last if action.fixed for line in _fixed(action, several, width)]
    told = [(_who(a, several), "; ".join(_told(a))) for a in last if not a.fixed]
    told += _noted(found, {action.address for action in last}, several)
    lines += rows(told, width, LABEL)
    return [HEAD, *lines] if lines else []


def _told(action: Action) -> tuple[str, ...]:
    """What of it can't be undone; of what guards count among the gravest it is said in any case."""
    grave = action.verb is Verb.CANCEL or any(map(action.counts.get, GRAVE))
    return action.forever or ((PLAIN.get(action.verb, "can't be taken back"),) if grave else ())


def _who(action: Action, several: bool) -> str:
    path = action.address.path
    return "/".join(path if several else path[1:]) or action.address.root


def _noted(
    found: Iterable[Finding], known: Iterable[object], several: bool
) -> Iterator[tuple[str, str]]:
    for finding in found:
        if taken_note_of(finding) and finding.address and finding.address not in known:
            path = finding.address.path[:2]
            text = finding.what.partition(": ")[2].removeprefix(f"{path[-1]}: ")
            yield "/".join(path if several else path[-1:]), text


def _fixed(action: Action, several: bool, width: int) -> list[str]:
    """What can never be changed again, as a table of field, value and remark."""
    whose = f"{action.address}: " if several else ""
    lines = paragraph(f"{whose}{' '.join(_told(action))}", width, LABEL)
    size = max((len(name) for name, _, _ in action.fixed if len(name) <= LONG_NAME), default=0)
    cells = [f"{name.ljust(size)}{' ' * GAP}{value}" for name, value, _ in action.fixed]
    at = INDENT + max(map(columns, cells)) + GAP
    for cell, (_, _, remark) in zip(cells, action.fixed, strict=True):
        left = " " * INDENT + cell
        if at + columns(remark) <= width:
            lines.append((left + " " * (at - columns(left)) + remark).rstrip())
        else:
            lines += paragraph(f"{cell}: {remark}", width)
    return lines
