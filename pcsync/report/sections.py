"""What happens to one customer, in the order of time: no way back, now, at renewal, blocked.

Owns the sections of a customer. Pure; must not import a stage or a kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from pcsync.model import Action, Address, Measure, Verb
from pcsync.report.action import Sheet, at_right, block, drawn
from pcsync.report.layout import chop, flush, paragraph, rows
from pcsync.report.parts import Part
from pcsync.report.shown import count, day, listed, shown
from pcsync.report.waits import calls, waits
from pcsync.report.words import Moment, moment
from pcsync.report.work import Group, Shared, groups, writes

RESTORABLE = timedelta(days=30)
FOR_EVER = ("domain", "country")
MOST_UNKNOWN = 10


def customer(part: Part, sheet: Sheet) -> list[list[str]]:
    """The sections of one customer, each as its lines; empty ones are left out."""
    implied: dict[str, list[Action]] = {}
    for action in part.actions:
        if action.implied_by:
            implied.setdefault(action.implied_by, []).append(action)
    found = [_no_way_back(part.actions, sheet)]
    found += [_moment(title, part, implied, sheet) for title in Moment]
    found.append(_unknown(part.unknown, sheet.width))
    return [section for section in found if section]


def final(actions: Iterable[Action]) -> list[Action]:
    """The actions of now that can't be undone: a new customer, a person's account, a cancel."""
    return [action for action in actions if moment(action) is Moment.NOW and _grave(action)]


def _grave(action: Action) -> Measure | None:
    if action.verb is Verb.CANCEL:
        return Measure.CANCEL
    graves = (Measure.CREATE_CUSTOMERS, Measure.DELETE_USERS, Measure.CANCEL)
    return next((measure for measure in graves if action.counts.get(measure)), None)


def _no_way_back(actions: Sequence[Action], sheet: Sheet) -> list[str]:
    told = [(str(action.address), _lost(action, sheet)) for action in final(actions)]
    return ["! NO WAY BACK", *rows(told, sheet.width, 2)] if told else []


def _lost(action: Action, sheet: Sheet) -> str:
    match _grave(action):
        case Measure.CREATE_CUSTOMERS:
            fixed = [
                f"{change.field.rpartition('.')[2]} {shown(change.new)}"
                for change in action.changes
                if change.field.rpartition(".")[2] in FOR_EVER
            ]
            tail = f" Fixed for ever: {', '.join(fixed)}." if fixed else ""
            return f"Once it exists it can't be deleted.{tail}"
        case Measure.DELETE_USERS:
            return f"Deleted; can be restored until {day(sheet.now + RESTORABLE)[:10]}, then gone."
        case _:
            return "Cancelled; this can't be taken back."


def _moment(
    title: Moment, part: Part, implied: Mapping[str, list[Action]], sheet: Sheet
) -> list[str]:
    ids = {action.id for action in part.actions}
    here = [
        action
        for action in part.actions
        if moment(action) is title and action.implied_by not in ids
    ]
    lines: list[str] = []
    for tied in _runs(groups(here, part.steps)):
        lines += _tied(tied, implied, sheet)
    return [title, *lines] if lines else []


def _runs(found: Sequence[Group]) -> list[list[Group]]:
    """Groups of one action side by side, so that alike ones can be said once."""
    runs: list[list[Group]] = []
    for group in found:
        if runs and len(group.actions) == len(runs[-1][-1].actions) == 1:
            runs[-1].append(group)
        else:
            runs.append([group])
    return runs


def _tied(tied: Sequence[Group], implied: Mapping[str, list[Action]], sheet: Sheet) -> list[str]:
    blocks = [
        block(action, group.own[action.id], _implied(action, implied), sheet)
        for group in tied
        for action in group.actions
    ]
    lines = drawn(blocks, sheet.width)
    for group in tied:
        for shared in group.shared:
            lines += _together(shared, group, sheet.width)
    return lines


def _implied(action: Action, implied: Mapping[str, list[Action]]) -> list[Action]:
    """What comes with an action, and what comes with that."""
    direct = implied.get(action.id, [])
    return [each for other in direct for each in (other, *_implied(other, implied))]


def _together(shared: Shared, group: Group, width: int) -> list[str]:
    lines = []
    if said := calls(shared.steps):
        lines += flush(
            f"    {_who(shared, group)}: {said}", at_right(writes(shared.steps)), width, 6
        )
    for text in waits(shared.steps):
        lines += paragraph(text, width)
    return lines


def _who(shared: Shared, group: Group) -> str:
    if len(shared.actions) == len(group.actions):
        return f"these {len(shared.actions)} together"
    names = ["/".join(action.address.path[1:]) for action in shared.actions]
    return listed(names, 3) + " together"


def _unknown(addresses: Sequence[Address], width: int) -> list[str]:
    if not addresses:
        return []
    head = chop("UNKNOWN   not read: nothing is planned or assumed", width, 10)
    lines = [
        line
        for address in sorted(addresses)[:MOST_UNKNOWN]
        for line in flush(f"? {address}", "", width)
    ]
    more = len(addresses) - MOST_UNKNOWN
    return [*head, *lines, *([f"  and {count(more, 'more resource')}"] if more > 0 else [])]
