"""One change that is the same at many customers: an entry of its section, and who it is.

Owns when customers are told that way and not under headings of their own. Pure; must not import a
stage or a kind.
"""

from __future__ import annotations

from collections.abc import Sequence

from pcsync.model import Action, Finding, Plan
from pcsync.report.action import Sheet, block, drawn
from pcsync.report.layout import chop, flush, paragraph, rows
from pcsync.report.parts import Part
from pcsync.report.shown import count, day, listed
from pcsync.report.words import Moment, moment
from pcsync.report.work import writes

MOST_NAMES = 12
MOST_UNREAD = 10
NOT_READ = "not-read"
FULL = "full list: --format json"


def single(names: Sequence[str], part: Part) -> bool:
    """Whether a family of customers has one action each, and nothing else to tell."""
    rest = part.unknown or part.removed or part.closed
    return len(names) > 1 and len(part.actions) == 1 and not rest


def same(names: Sequence[str], part: Part, plan: Plan, sheet: Sheet) -> list[str]:
    """The section of one change at many customers."""
    (action,) = part.actions
    where, number = moment(action), writes(part.steps)
    if where is Moment.BLOCKED and len(action.notes) == 1:
        head = f"{where}   {len(names):,}, {action.notes[0]}"
        line = "# " + listed(list(names), MOST_NAMES)
        return [*chop(head, sheet.width, 4), *paragraph(line, sheet.width, 2, hanging=True)]
    each = f", {count(number, 'write')} each" if number else ""
    head = f"{where}   the same change in {count(len(names), 'customer')}{each}"
    lines = drawn([block(action, (), (), sheet)], sheet.width)
    return [*chop(head, sheet.width, 4), *lines, *paragraph(_who(names, action, plan), sheet.width)]


def _who(names: Sequence[str], action: Action, plan: Plan) -> str:
    """``first: hofer 2026-12-01, aalto-print 2027-01-02 and 187 more; full list: …``"""
    mine = {each.address.root: each for each in plan.actions if _is_of(each, action)}
    dates = {name: mine[name].date if name in mine else None for name in names}
    apart = len(set(dates.values())) > 1
    told = [f"{name} {day(date)}" if apart and (date := dates[name]) else name for name in names]
    first = "first: " if apart else ""
    tail = f"; {FULL}" if len(names) > MOST_NAMES else ""
    return f"{first}{listed(told, MOST_NAMES)}{tail}"


def _is_of(one: Action, general: Action) -> bool:
    same_ = (one.address.kind, one.address.path[1:]) == (
        general.address.kind,
        general.address.path[1:],
    )
    return same_ and (one.verb, one.when) == (general.verb, general.when)


def told_apart(finding: Finding, plan: Plan) -> bool:
    """Whether the section of customers that were not read says it."""
    mine = finding.address and finding.address.root in plan.unread
    return len(plan.customers) > 1 and bool(mine) and finding.code == NOT_READ


def unread(plan: Plan, width: int) -> list[str]:
    """The section of customers of which nothing could be read, with the reason of each."""
    if len(plan.customers) < 2 or not plan.unread:
        return []
    number = len(plan.unread)
    were = "customer was" if number == 1 else "customers were"
    head = f"UNKNOWN   {number:,} {were} not read: nothing is planned or assumed for them"
    using = {name for each in plan.edited for name in each.customers}
    table = [
        (f"? {name}", reason + ("; inherits the changed line" if name in using else ""))
        for name, reason in sorted(plan.unread.items())[:MOST_UNREAD]
    ]
    more = number - MOST_UNREAD
    tail = flush(f"  and {count(more, 'more customer')}", "", width) if more > 0 else []
    return [*chop(head, width, 4), *rows(table, width, 0), *tail]
