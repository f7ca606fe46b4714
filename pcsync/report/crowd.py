"""Many alike things of one customer as one entry: `+ 12 users`, `+ 14 licenses for 12 people`.

Owns what a crowd is: accounts that come, and seats that people take or give back. Pure; must not
import a stage or a kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from pcsync.model import Action, Address, Await, Step, Verb
from pcsync.report.layout import INDENT, columns, flush, grid, paragraph, rows, wrap
from pcsync.report.shown import NOTHING, count, listed, short, shown
from pcsync.report.waits import waits
from pcsync.report.words import noun, sign
from pcsync.report.work import Group

LEAST = 3
MOST_NAMES = 12
MOST_ACCOUNTS = 24
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


def crowded(
    crowd: Crowd, width: int, known: Set[Address] = frozenset(), *, quiet: bool = False
) -> list[str]:
    """The lines of a crowd. `known` are people that the same plan tells by name; a `quiet` one has
    no waits."""
    held = len(crowd.actions[0].address.path) == HELD
    lines = _seats(crowd, width, known) if held else _accounts(crowd, width)
    told = {} if quiet else dict.fromkeys(text for step in crowd.steps for text in _wait(step))
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
        fields = tuple(change.field for change in action.changes)
        return (*kind, *told, action.why, fields, tuple(label for label, _ in action.says))
    return ()


def _accounts(crowd: Crowd, width: int) -> list[str]:
    first = crowd.actions[0]
    names = sorted("/".join(action.address.path[1:]) for action in crowd.actions)
    values = _values(crowd.actions)
    common = [f"{name} {text}" for name, text in values.items() if text]
    head = f"{sign(first)} {count(len(names), noun(first.address.kind))}"
    own = [name for name, text in values.items() if not text]
    table = [("each its own", ", ".join(own))] if own and first.verb is not Verb.CREATE else []
    table += [("why", first.why)] if first.why and not first.says else []
    table += [("effect", text) for text in first.effects]
    table += [("note", text) for text in first.notes]
    return [
        *_head([head, *common], _writes(crowd), width),
        *rows(table, width),
        *grid(names, MOST_ACCOUNTS, width),
    ]


def _head(parts: Sequence[str], right: str, width: int) -> list[str]:
    """What all have in common, as far as it goes in one sentence; the writes in its last line."""
    *lines, last = wrap(", ".join(parts), width - 2) or [""]
    lines = [line if not at else f"  {line}" for at, line in enumerate([*lines, last])]
    return [*lines[:-1], *flush(lines[-1], right, width, INDENT)]


def _values(actions: Sequence[Action]) -> Mapping[str, str]:
    """Field -> its value, where it has one or a few, with their numbers; empty where each has its
    own. Words of the actions stand for their fields."""
    found: dict[str, str] = {}
    tables = [_table(action) for action in actions]
    for name in tables[0]:
        texts = [table.get(name, NOTHING) for table in tables]
        numbers = {text: texts.count(text) for text in texts}
        if len(numbers) == 1:
            found[name] = texts[0]
        elif len(numbers) == len(texts):
            found[name] = ""
        else:
            found[name] = ", ".join(f"{text} ({number:,})" for text, number in numbers.items())
    return {name: text for name, text in found.items() if text != NOTHING}


def _table(action: Action) -> Mapping[str, str]:
    if action.says:
        return dict(action.says)
    names = short([change.field for change in action.changes])
    return dict(zip(names, (shown(change.new) for change in action.changes), strict=True))


def _seats(crowd: Crowd, width: int, known: Set[Address]) -> list[str]:
    first = crowd.actions[0]
    people = {action.address.path[:2] for action in crowd.actions}
    who = "1 person" if len(people) == 1 else f"{len(people):,} people"
    head = f"{sign(first)} {count(len(crowd.actions), noun(first.address.kind))} "
    head += f"{'of' if first.verb is Verb.DELETE else 'for'} {who}"
    if 1 < len(people) == sum(group.writes for group in crowd.groups):
        head += ", one call a person"
    table = [("why", text) for text in dict.fromkeys(a.why for a in crowd.actions if a.why)]
    table += [("effect", text) for text in first.effects]
    table += [("note", text) for text in first.notes]
    lines = flush(head, _writes(crowd), width, INDENT)
    return [*lines, *_licences(crowd.actions, width, known), *rows(table, width)]


def _licences(actions: Sequence[Action], width: int, known: Set[Address]) -> list[str]:
    """Each licence with its number of people, most first; who they are, unless they come now."""
    same: dict[tuple[str, str], list[Action]] = {}
    for action in actions:
        same.setdefault((action.address.path[-1], action.title), []).append(action)
    found = sorted(same.items(), key=lambda each: (-len(each[1]), each[0]))
    labels = max(columns(name) for (name, _), _ in found)
    titles = max(columns(title) for (_, title), _ in found)
    lines: list[str] = []
    for (name, title), mine in found:
        who = "1 person" if len(mine) == 1 else f"{len(mine):>{len(str(len(found[0][1])))},} people"
        row = f"{name.ljust(labels)}  {title.ljust(titles)}  {who}"
        if columns(row) > width - INDENT:
            row = f"{name}  {title}, {who.strip()}"
        lines += paragraph(row, width)
        if not all(action.owner in known for action in mine):
            names = sorted(action.address.path[1] for action in mine)
            lines += paragraph(listed(names, MOST_NAMES), width, INDENT + 2)
    return lines


def _writes(crowd: Crowd) -> str:
    number = sum(group.writes for group in crowd.groups)
    return count(number, "write") if number else ""
