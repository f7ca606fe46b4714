"""What happens to one customer, in the order of time: no way back, now, at renewal, blocked.

Owns the sections of a customer. Pure; must not import a stage or a kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from pcsync.model import Action, Address, Measure, Verb
from pcsync.report.action import Sheet, at_right, block, drawn
from pcsync.report.crowd import Crowd, arranged, crowded
from pcsync.report.gates import gates, stages
from pcsync.report.layout import chop, flush, paragraph, rows
from pcsync.report.parts import Part
from pcsync.report.seats import table
from pcsync.report.shown import count, day, listed, shown
from pcsync.report.waits import calls, waits
from pcsync.report.words import Moment, moment
from pcsync.report.work import Group, Shared, groups, writes

RESTORABLE = timedelta(days=30)
SHORT = 7
FOR_EVER = ("domain", "country")
MOST_UNKNOWN = 10


def customer(part: Part, sheet: Sheet) -> list[list[str]]:
    """The sections of one customer, each as its lines; empty ones are left out."""
    implied: dict[str, list[Action]] = {}
    for action in part.actions:
        if action.implied_by:
            implied.setdefault(action.implied_by, []).append(action)
    found: list[list[str]] = []
    left = set(part.removed)
    gone = [action for action in part.actions if action.address in left]
    kept = [action for action in part.actions if action.address not in left]
    for title in Moment:
        here = [action for action in kept if moment(action) is title]
        for stage, some in stages(here) if title is Moment.NOW else [(title, here)]:
            found.append(_section(_titled(stage, some, sheet), some, part, implied, sheet))
            found.append(
                gates(part.actions, sheet.width, part.waived) if stage == Moment.NOW else []
            )
    found.append(_section(_since(part), gone, part, implied, sheet))
    found.append(_unknown(part.unknown, sheet.width))
    found.append(table(part.seats, sheet.width))
    return [section for section in found if section]


def final(actions: Iterable[Action]) -> list[Action]:
    """The actions of now that can't be undone: a new customer, a person's account, a cancel."""
    return [action for action in actions if moment(action) is Moment.NOW and _grave(action)]


def _grave(action: Action) -> Measure | None:
    if action.verb is Verb.CANCEL:
        return Measure.CANCEL
    graves = (Measure.CREATE_CUSTOMERS, Measure.DELETE_USERS, Measure.CANCEL)
    return next((measure for measure in graves if action.counts.get(measure)), None)


def no_way_back(actions: Sequence[Action], sheet: Sheet) -> list[str]:
    """The section of what can't be undone, of all customers together."""
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


def _titled(title: str, actions: Sequence[Action], sheet: Sheet) -> str:
    """The title of a section; with the day of the renewal where all have the same."""
    days = {action.date for action in actions}
    if title != Moment.RENEWAL or len(days) != 1 or sheet.last:
        return title
    return f"{title}   {day(next(iter(days)) or sheet.now)}, may take 24 hours"


def _since(part: Part) -> str:
    """The title of what left git, with the commit that it was still in."""
    return f"REMOVED FROM GIT   since {part.base[:SHORT]}" if part.base else "REMOVED FROM GIT"


def _section(
    title: str,
    actions: Sequence[Action],
    part: Part,
    implied: Mapping[str, list[Action]],
    sheet: Sheet,
) -> list[str]:
    ids = {action.id for action in part.actions}
    here = [action for action in actions if action.implied_by not in ids]
    lines: list[str] = []
    for tied in _runs(arranged(groups(here, part.steps))):
        if isinstance(tied, Crowd):
            lines += crowded(tied, sheet.width)
        else:
            lines += _tied(tied, implied, sheet)
    return [*chop(title, sheet.width, 4), *lines] if lines else []


def _runs(found: Sequence[Crowd | Group]) -> list[Crowd | list[Group]]:
    """Groups of one action side by side, so that alike ones can be said once."""
    runs: list[Crowd | list[Group]] = []
    for group in found:
        if isinstance(group, Crowd):
            runs.append(group)
        elif (
            runs
            and isinstance(runs[-1], list)
            and len(group.actions) == len(runs[-1][-1].actions) == 1
        ):
            runs[-1].append(group)
        else:
            runs.append([group])
    return runs


def _tied(tied: Sequence[Group], implied: Mapping[str, list[Action]], sheet: Sheet) -> list[str]:
    blocks = [
        block(action, group.own[action.id], _implied(action, implied), sheet, _ids(group))
        for group in tied
        for action in group.actions
    ]
    lines = drawn(blocks, sheet.width)
    for group in tied:
        for shared in group.shared:
            lines += _together(shared, group, sheet.width)
    return lines


def _ids(group: Group) -> list[str]:
    return [step.id for shared in group.shared for step in shared.steps]


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
