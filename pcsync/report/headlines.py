"""The first lines of a plan where a few half sentences tell all of it, and how many writes it is.

Owns these sentences: people who leave, seats that go at a renewal, what actions say of themselves;
and the counting of writes before and after what people decide. Pure; must not import a stage but
what the plan says of waiting, or a kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from pcsync.model import Action, Address, Plan, Verb
from pcsync.plan.money import behind
from pcsync.report.byhand import BY_HAND
from pcsync.report.gates import decisions
from pcsync.report.parts import parts
from pcsync.report.shown import count, date_
from pcsync.report.words import Moment, moment
from pcsync.report.work import writes

MOST = 3
QUANTITY = "quantity"
ENDED = "ended-as-declared"


def headlines(plan: Plan, doing: Sequence[Action]) -> list[str]:
    """Sentences that tell all of these actions, of one customer; none where something would be
    left untold."""
    acting = [action for action in doing if not action.implied_by]
    leaving = [action for action in acting if _leaves(action)]
    fewer = [action for action in acting if _fewer(action)]
    named = [a for a in acting if a.headline and a not in leaving and a not in fewer]
    told = len(leaving) + len(fewer) + len(named) == len(acting)
    if not acting or not told or len({a.address.root for a in acting}) > 1 or len(named) > MOST:
        return []
    counted = [*_people(leaving, plan), *_seats(fewer)]
    return [*([", ".join(counted)] if counted else []), *(action.headline for action in named)]


def ended(plan: Plan) -> Iterator[str]:
    """What has ended as it was declared: its lines can go."""
    found = [f.address for f in plan.findings if f.code == ENDED and f.address]
    if len(found) <= MOST and len(plan.customers) == 1:
        for address in found:
            name = address.path[-1]
            yield f"{name} has ended, as declared: nothing is bought. Its lines can go."


def written(plan: Plan) -> str:
    """``4 writes now, none later``; around the decisions of people where there are some."""
    asked = sum(decisions(part) for part in parts(plan))
    if asked:
        now, later = around(plan)
        people = f"{count(asked, 'decision')} by people"
        return f"Now {count(now, 'write')}, then {people}, then {count(later, 'write')}"
    moments = {moment(action) for action in plan.actions if not action.implied_by}
    none = ", none later" if {Moment.NOW, Moment.RENEWAL} <= moments else ""
    return f"{count(plan.totals.writes, 'write')} now{none}"


def around(plan: Plan) -> tuple[int, int]:
    """The writes of now, and those that wait for people."""
    held = behind(plan.actions)
    later = writes(step for step in plan.steps if held.intersection(step.covers))
    return writes(plan.steps) - later, later


def takes_nothing(doing: Iterable[Action]) -> bool:
    """Whether all that is done is to create."""
    return all(action.verb in {Verb.CREATE, Verb.RESTORE} for action in doing)


def _leaves(action: Action) -> bool:
    held = bool(action.moves and action.owner and len(action.owner.path) > 1)
    return action.people < 0 or (action.verb is Verb.DELETE and held)


def _fewer(action: Action) -> bool:
    """Whether nothing but seats go, at a renewal."""
    if action.date is None or [change.field for change in action.changes] != [QUANTITY]:
        return False
    return bool(action.changes[0].new < action.changes[0].old)


def _people(leaving: Sequence[Action], plan: Plan) -> Iterator[str]:
    who = {_person(action) for action in leaving}
    if who:
        gone = {finding.address for finding in plan.findings if finding.code == BY_HAND}
        verb = "leave" if who <= gone else "lose licences"
        one = verb.replace("leave", "leaves").replace("lose ", "loses ")
        yield f"1 person {one}" if len(who) == 1 else f"{len(who):,} people {verb}"


def _person(action: Action) -> Address:
    return action.address if action.people < 0 or action.owner is None else action.owner


def _seats(fewer: Sequence[Action]) -> Iterator[str]:
    days: dict[datetime, int] = {}
    for action in fewer:
        assert action.date is not None, "it is for a renewal"
        change = action.changes[0]
        days[action.date] = days.get(action.date, 0) + change.old - change.new
    for day in sorted(days):
        yield f"{count(days[day], 'seat')} fewer from {date_(day)}"
