"""Many alike things of one customer as one entry: `+ 12 users`, `+ 14 licenses for 12 people`.

Owns what a crowd is: accounts that come, and seats that people take or give back. Pure; must not
import a stage or a kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pcsync.model import Action, Await, Step, Verb
from pcsync.report.layout import INDENT, flush, paragraph, rows
from pcsync.report.shown import count, listed, short, shown
from pcsync.report.waits import waits
from pcsync.report.words import sign
from pcsync.report.work import Group
from pcsync.values import absent

LEAST = 3
MOST_NAMES = 12
HELD = 3


@dataclass(frozen=True, slots=True)
class Crowd:
    """Groups of actions of one kind and verb that are told together."""

    groups: tuple[Group, ...]

    @property
    def actions(self) -> tuple[Action, ...]:
        """All actions, in the order of their calls."""
        return tuple(action for group in self.groups for action in group.actions)

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps, each once."""
        return tuple(step for group in self.groups for step in _steps(group))


def arranged(found: Sequence[Group]) -> list[Crowd | Group]:
    """The groups in their order; those of a crowd, from three actions on, where its first is."""
    same: dict[tuple[object, ...], list[Group]] = {}
    for group in found:
        same.setdefault(_key(group), []).append(group)
    crowds = {
        key: Crowd(tuple(members))
        for key, members in same.items()
        if key and sum(len(group.actions) for group in members) >= LEAST
    }
    told: list[Crowd | Group] = []
    for group in found:
        crowd = crowds.get(_key(group))
        if crowd is None:
            told.append(group)
        elif crowd.groups[0] is group:
            told.append(crowd)
    return told


def crowded(crowd: Crowd, width: int) -> list[str]:
    """The lines of a crowd."""
    held = len(crowd.actions[0].address.path) == HELD
    lines = _seats(crowd, width) if held else _accounts(crowd, width)
    told = dict.fromkeys(text for step in crowd.steps for text in _wait(step))
    return [*lines, *(line for text in told for line in paragraph(text, width))]


def _steps(group: Group) -> Iterable[Step]:
    yield from (step for steps in group.own.values() for step in steps)
    yield from (step for shared in group.shared for step in shared.steps)


def _wait(step: Step) -> list[str]:
    return waits([step]) if isinstance(step, Await) else []


def _key(group: Group) -> tuple[object, ...]:
    """What all of a crowd have in common; empty for what is told one by one."""
    keys = {_likeness(action) for action in group.actions}
    return next(iter(keys)) if len(keys) == 1 else ()


def _likeness(action: Action) -> tuple[object, ...]:
    kind = (action.address.kind, action.address.root, action.verb, action.when, action.date)
    told = (action.not_after, action.effects, action.notes)
    if len(action.address.path) == HELD and action.moves and not action.changes:
        return (*kind, *told)
    if action.people > 0 and action.verb is Verb.CREATE:
        return (*kind, *told, action.why, tuple(change.field for change in action.changes))
    return ()


def _accounts(crowd: Crowd, width: int) -> list[str]:
    first = crowd.actions[0]
    names = ["/".join(action.address.path[1:]) for action in crowd.actions]
    head = f"{sign(first)} {count(len(names), first.address.kind)}"
    values = _values(crowd.actions)
    table = [(name, text) for name, text in values.items() if text]
    if own := [name for name, text in values.items() if not text]:
        table.append(("each its own", ", ".join(own)))
    table += [("why", first.why)] if first.why else []
    table += [("effect", text) for text in first.effects]
    table += [("note", text) for text in first.notes]
    return [
        *flush(head, _writes(crowd), width, INDENT),
        *rows(table, width),
        *paragraph(listed(names, MOST_NAMES), width),
    ]


def _values(actions: Sequence[Action]) -> Mapping[str, str]:
    """Field -> its value, where it has one or a few, with their numbers; empty where each has its
    own."""
    found: dict[str, str] = {}
    names = short([change.field for change in actions[0].changes])
    for at, name in enumerate(names):
        texts = [shown(action.changes[at].new) for action in actions]
        numbers = {text: texts.count(text) for text in texts}
        if len(numbers) == 1:
            found[name] = texts[0]
        elif len(numbers) == len(texts):
            found[name] = ""
        else:
            found[name] = ", ".join(f"{text} ({number:,})" for text, number in numbers.items())
    return {name: text for name, text in found.items() if not absent(text) or text == ""}


def _seats(crowd: Crowd, width: int) -> list[str]:
    first = crowd.actions[0]
    people = {action.address.path[:2] for action in crowd.actions}
    who = "1 person" if len(people) == 1 else f"{len(people):,} people"
    head = f"{sign(first)} {count(len(crowd.actions), first.address.kind)} "
    head += f"{'of' if first.verb is Verb.DELETE else 'for'} {who}"
    same: dict[tuple[str, str], list[str]] = {}
    for action in crowd.actions:
        same.setdefault((action.address.path[-1], action.title), []).append(action.address.path[1])
    table = [
        (name, f"{title}, {len(names):,}: " * bool(title) + listed(sorted(names), MOST_NAMES))
        for (name, title), names in sorted(same.items())
    ]
    table += [("why", text) for text in dict.fromkeys(a.why for a in crowd.actions if a.why)]
    table += [("effect", text) for text in first.effects]
    table += [("note", text) for text in first.notes]
    return [*flush(head, _writes(crowd), width, INDENT), *rows(table, width)]


def _writes(crowd: Crowd) -> str:
    number = sum(group.writes for group in crowd.groups)
    return count(number, "write") if number else ""
