"""What happens to one customer, in the order of time: now, at renewal, blocked.

Owns the sections of a customer. Pure; must not import a stage or a kind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pcsync.model import Action, Address, Await, Measure, Step
from pcsync.report.action import Sheet, block, drawn
from pcsync.report.alike import ANY
from pcsync.report.crowd import Crowd, arranged, crowded
from pcsync.report.free import free
from pcsync.report.gates import gates, stages
from pcsync.report.layout import chop, flush
from pcsync.report.moved import by_the_service
from pcsync.report.parts import Part
from pcsync.report.purchases import purchases
from pcsync.report.seats import table
from pcsync.report.sent import at_last, sent
from pcsync.report.shown import count, instant
from pcsync.report.words import Moment, moment
from pcsync.report.work import Group, groups

SHORT = 7
MOST_UNKNOWN = 10


def customer(part: Part, sheet: Sheet) -> list[list[str]]:
    """The sections of one customer, each as its lines; empty ones are left out."""
    implied: dict[str, list[Action]] = {}
    for action in part.actions:
        if action.implied_by:
            implied.setdefault(action.implied_by, []).append(action)
    found: list[list[str]] = []
    left = set(part.removed)
    new = any(action.counts.get(Measure.CREATE_CUSTOMERS) for action in part.actions)
    gone = [action for action in part.actions if action.address in left]
    kept = [action for action in part.actions if action.address not in left]
    for title in Moment:
        here = [action for action in kept if moment(action) is title]
        for stage, some in stages(part, here) if title is Moment.NOW else [(title, here)]:
            here_ = replace(sheet, quiet=new and stage != Moment.NOW)
            found.append(_section(_titled(stage, some, sheet), some, part, implied, here_))
            if stage == Moment.RENEWAL and found[-1]:
                found[-1] += [*by_the_service(part.seats, sheet.width), *free(some, sheet.width)]
            found.append(gates(part, sheet.width) if stage == Moment.NOW else [])
    found.append(_section(_since(part), gone, part, implied, sheet))
    found.append(_unknown(part.unknown, sheet.width))
    found.append(table(part.seats, sheet.width))
    return [section for section in found if section]


def _titled(title: str, actions: Sequence[Action], sheet: Sheet) -> str:
    """The title of a section; with the day of the renewal where all have the same."""
    days = {action.date for action in actions}
    if title != Moment.RENEWAL or len(days) != 1 or sheet.last:
        return title
    return f"{title}   {instant(next(iter(days)) or sheet.now)}, may take 24 hours"


def _since(part: Part) -> str:
    """The title of what left git, with the commit that it was still in."""
    if not part.base:
        return "REMOVED FROM GIT"
    whose = f", the last commit fully applied to {part.name}" if part.name != ANY else ""
    return f"REMOVED FROM GIT   since {part.base[:SHORT]}{whose}"


def _section(
    title: str,
    actions: Sequence[Action],
    part: Part,
    implied: Mapping[str, list[Action]],
    sheet: Sheet,
) -> list[str]:
    ids = {action.id for action in part.actions}
    here = [action for action in actions if action.implied_by not in ids]
    come = {action.address for action in part.actions if action.people > 0}
    lines: list[str] = []
    for tied in _runs(arranged(groups(here, part.steps))):
        if isinstance(tied, Crowd):
            lines += crowded(tied, sheet.width, come, quiet=sheet.quiet)
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
    first = purchases((a for group in tied for a in group.actions), sheet.width)
    blocks = []
    for group in tied:
        blocks += [
            block(
                action,
                _seen(group.own[action.id], sheet),
                _implied(action, implied),
                sheet,
                _ids(group),
                first.get(action.id, ""),
                at_last(group) if action is group.actions[-1] else 0,
            )
            for action in group.actions
        ]
    lines = drawn(blocks, sheet.width)
    for group in tied:
        lines += sent(group, sheet.width, quiet=sheet.quiet)
    return lines


def _seen(steps: Sequence[Step], sheet: Sheet) -> list[Step]:
    """The steps of an action that are told with it."""
    return [step for step in steps if not (sheet.quiet and isinstance(step, Await))]


def _ids(group: Group) -> list[str]:
    return [step.id for shared in group.shared for step in shared.steps]


def _implied(action: Action, implied: Mapping[str, list[Action]]) -> list[Action]:
    """What comes with an action, and what comes with that."""
    direct = implied.get(action.id, [])
    return [each for other in direct for each in (other, *_implied(other, implied))]


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
