"""What happens to one customer, in the order of time: no way back, now, at renewal, blocked.

Owns the sections of a customer. Pure; must not import a stage or a kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from pcsync.model import Action, Address, Measure, Plan, Verb
from pcsync.report.action import Sheet, at_right, block, drawn
from pcsync.report.layout import flush, paragraph, rows
from pcsync.report.shown import count, day, shown
from pcsync.report.waits import calls, waits
from pcsync.report.words import Moment, moment
from pcsync.report.work import Group, Shared, groups, writes

RESTORABLE = timedelta(days=30)
FOR_EVER = ("domain", "country")
MOST_UNKNOWN = 10


def customers(plan: Plan) -> list[str]:
    """The names of the customers that anything is said about, sorted."""
    roots = {action.address.root for action in plan.actions}
    return sorted(roots | {address.root for address in plan.unknown})


def customer(name: str, plan: Plan, sheet: Sheet) -> list[list[str]]:
    """The sections of one customer, each as its lines; empty ones are left out."""
    actions = [action for action in plan.actions if action.address.root == name]
    unknown = [address for address in plan.unknown if address.root == name]
    found = [_no_way_back(actions, sheet)]
    for title in Moment:
        found.append(_moment(title, actions, plan, sheet))
    found.append(_unknown(unknown, sheet.width))
    return [section for section in found if section]


def writes_of(name: str, plan: Plan) -> int:
    """How many writes a customer's actions take."""
    ids = {action.id for action in plan.actions if action.address.root == name}
    return writes(step for step in plan.steps if ids.intersection(step.covers[:1]))


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


def _moment(title: Moment, actions: Sequence[Action], plan: Plan, sheet: Sheet) -> list[str]:
    ids = {action.id for action in actions}
    here = [
        action for action in actions if moment(action) is title and action.implied_by not in ids
    ]
    lines: list[str] = []
    for tied in _runs(groups(here, plan.steps)):
        lines += _tied(tied, actions, sheet)
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


def _tied(tied: Sequence[Group], actions: Sequence[Action], sheet: Sheet) -> list[str]:
    blocks = [
        block(action, group.own[action.id], _implied(action, actions), sheet)
        for group in tied
        for action in group.actions
    ]
    lines = drawn(blocks, sheet.width)
    for group in tied:
        for shared in group.shared:
            lines += _together(shared, group, sheet.width)
    return lines


def _implied(action: Action, actions: Sequence[Action]) -> list[Action]:
    return [other for other in actions if other.implied_by == action.id]


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
    return ", ".join(action.address.path[-1] for action in shared.actions) + " together"


def _unknown(addresses: Sequence[Address], width: int) -> list[str]:
    if not addresses:
        return []
    head = "UNKNOWN   not read: nothing is planned or assumed"
    lines = [
        line
        for address in sorted(addresses)[:MOST_UNKNOWN]
        for line in flush(f"? {address}", "", width)
    ]
    more = len(addresses) - MOST_UNKNOWN
    return [head, *lines, *([f"  and {count(more, 'more resource')}"] if more > 0 else [])]
