"""A line that many customers share, and what becomes of it: in the verdict, and who is left out.

Owns these sentences (plan-output.md 6, domain rule RO3). Pure; must not import a stage or a kind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pcsync.model import Action, Edited, Fate, Kept, Plan
from pcsync.report.layout import chop, paragraph, rows
from pcsync.report.shown import count, listed, shown

MOST_LINES = 5
MOST_NAMES = 12
CALLED = {
    Fate.CHANGED: "changed",
    Fate.SCHEDULED: "scheduled",
    Fate.STORED: "stored already",
    Fate.AS_IT_IS: "as it is",
    Fate.OWN: "keep their own",
    Fate.BLOCKED: "blocked",
    Fate.DECISION: "need a decision",
    Fate.CANNOT: "can't",
    Fate.UNKNOWN: "unknown",
}


def verdict(plan: Plan, width: int) -> list[str]:
    """``1 line changed: blueprints/office.yaml:10  billingCycle: monthly -> annual``, then at how
    many customers what becomes of it."""
    if not plan.edited:
        return []
    told = [f"{_line(each)} {_fates(each)}" for each in plan.edited[:MOST_LINES]]
    head = f"{count(len(plan.edited), 'line')} changed: "
    if len(told) == 1:
        (each,) = plan.edited
        return [*paragraph(head + _line(each), width, 2), *paragraph(_fates(each), width, 2)]
    more = len(plan.edited) - MOST_LINES
    lines = [*paragraph(head, width, 2), *(line for t in told for line in paragraph(t, width))]
    return [*lines, *(paragraph(f"and {more:,} more", width) if more > 0 else [])]


def covers(plan: Plan, doing: Sequence[Action]) -> bool:
    """Whether all that is done is what becomes of these lines."""
    names = {(each.name, each.field) for each in plan.edited}
    return bool(names) and all(_covered(action, names) for action in doing)


def _covered(action: Action, names: set[tuple[str, str]]) -> bool:
    name = "/".join((action.address.kind, "*", *action.address.path[1:]))
    return bool(action.changes) and all((name, c.field) in names for c in action.changes)


def _line(each: Edited) -> str:
    where = f"{each.place.file}:{each.place.line}"
    return f"{where}  {each.field}: {shown(each.old)} -> {shown(each.new)}"


def _fates(each: Edited) -> str:
    numbers = Counter(each.customers.values())
    parts = [f"{numbers[fate]:,} {word}" for fate, word in CALLED.items() if numbers[fate]]
    verb = "uses" if len(each.customers) == 1 else "use"
    return f"{count(len(each.customers), 'customer')} {verb} it: {', '.join(parts)}"


def left_out(plan: Plan, width: int) -> list[list[str]]:
    """Sections of those that keep their own line, and of those that can't take it."""
    found = []
    for each in plan.edited[:MOST_LINES]:
        of = f" of {each.field}" if len(plan.edited) > 1 else ""
        if names := _names(each, Fate.OWN):
            text = f"{listed(names, MOST_NAMES)} (their own file says otherwise)"
            head = chop(f"KEEP THEIR OWN   {len(names):,}{of}", width, 4)
            found.append([*head, *paragraph(text, width, 2)])
        if names := _names(each, Fate.CANNOT):
            table = rows([(f"# {name}", _why(plan, name)) for name in names[:MOST_NAMES]], width, 0)
            found.append([*chop(f"CAN'T   {len(names):,}{of}", width, 4), *table])
    return found


def not_told(plan: Plan) -> list[Kept]:
    """What nothing is done to, but for what stands among those that can't take a line."""
    cannot = {name for each in plan.edited for name in _names(each, Fate.CANNOT)}
    return [each for each in plan.kept if each.address.root not in cannot]


def _names(each: Edited, fate: Fate) -> list[str]:
    return [name for name, found in each.customers.items() if found == fate]


def _why(plan: Plan, name: str) -> str:
    """How what can't take it stands, where the plan says so; else what is wrong with it."""
    stands = [each.stands for each in plan.kept if each.address.root == name]
    wrong = [f.what for f in plan.findings if f.address and f.address.root == name]
    return next(iter([*stands, *wrong]), "nothing of it can be changed now")
