"""One action as lines: sign, address, what changes, why, since when, what comes with it.

Owns the look of an action. Pure; must not import a stage or a kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import assert_never

from pcsync.model import NOTHING, Action, Change, Step, Verb
from pcsync.report.layout import INDENT, columns, flush, paragraph, rows
from pcsync.report.money import cost
from pcsync.report.shown import count, day, far, listed, ordinal, short, shown
from pcsync.report.waits import waits
from pcsync.report.words import Moment, moment, sign
from pcsync.report.work import writes
from pcsync.values import absent

MOST_NAMES = 12
PRODUCT = "product"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What all lines of a report share: how wide it is, and the time dates are told from.

    `last` is, by action, the latest date of those that it stands for, where their dates differ.
    """

    width: int
    now: datetime
    last: Mapping[str, datetime] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class Block:
    """The lines of one action: `head` is its first line, `writes` what stands at its right."""

    action: Action
    head: str
    rest: tuple[str, ...]
    writes: int


def block(
    action: Action,
    steps: Sequence[Step],
    implied: Sequence[Action],
    sheet: Sheet,
    before: Iterable[str] = (),
) -> Block:
    """The lines of an action. `steps` are its own, `implied` the actions that come with it,
    `before` the ids of steps that it shares with others."""
    head = f"{sign(action)} {action.address}"
    number = writes(steps)
    inline = _inline(action, head, number, sheet.width)
    title = _title(action, head + (inline or _verb(action)), number, sheet.width)
    table = [] if inline else _changes(action)
    table = [*([] if title else _named(action)), *table]
    table += [*_reasons(action, sheet), *_ended(action, implied)]
    lines = rows(table, sheet.width)
    for text in waits(steps, before):
        lines += paragraph(text, sheet.width)
    word = "" if inline else _verb(action)
    return Block(action, f"{head}{inline or word}{title}", tuple(lines), number)


def drawn(blocks: Sequence[Block], width: int) -> list[str]:
    """Blocks as lines. Alike ones, from three on, are said once with all their names."""
    alike: dict[tuple[object, ...], list[Block]] = {}
    for each in blocks:
        alike.setdefault(_likeness(each), []).append(each)
    lines: list[str] = []
    for same in alike.values():
        if len(same) < 3:
            for one in same:
                lines += _one(one, width)
        else:
            lines += _many(same, width)
    return lines


def at_right(number: int) -> str:
    """``2 writes`` for the right edge; nothing for none."""
    return count(number, "write") if number else ""


def _one(one: Block, width: int) -> list[str]:
    return [*flush(one.head, at_right(one.writes), width, INDENT), *one.rest]


def _many(same: Sequence[Block], width: int) -> list[str]:
    first = same[0].action
    head = same[0].head.replace(str(first.address), f"{first.address.kind}/{first.address.root}/*")
    names = ["/".join(one.action.address.path[1:]) for one in same]
    right = at_right(sum(one.writes for one in same))
    return [
        *flush(f"{head}  {len(same):,} alike", right, width, INDENT),
        *same[0].rest,
        *paragraph(listed(names, MOST_NAMES), width),
    ]


def _likeness(one: Block) -> tuple[object, ...]:
    action = one.action
    if len(action.address.path) < 2:
        return (action.id,)
    head = one.head.replace(str(action.address), action.address.kind)
    return (head, action.verb, one.rest, one.writes)


def _verb(action: Action) -> str:
    """The verb, where the sign does not say it."""
    plain = {Verb.CREATE: "+", Verb.UPDATE: "~"}
    return "" if plain.get(action.verb) == sign(action) else f"  {action.verb}"


def _inline(action: Action, head: str, number: int, width: int) -> str:
    """A single change of an update in the line of its address, where it fits."""
    if len(action.changes) != 1 or action.verb is not Verb.UPDATE:
        return ""
    text = "  " + " ".join(_change(action, action.changes[0]))
    room = width - columns(head) - len(at_right(number)) - 2
    return text if columns(text) <= room else ""


def _title(action: Action, head: str, number: int, width: int) -> str:
    """The name of the product beside the address, where it fits."""
    text = f"  {action.title}" if action.title else ""
    room = width - columns(head) - len(at_right(number)) - 2
    return text if columns(text) <= room else ""


def _named(action: Action) -> list[tuple[str, str]]:
    """The name of the product where there was no room beside the address."""
    becomes = any(change.field == PRODUCT for change in action.changes)
    return [("becomes" if becomes else PRODUCT, action.title)] if action.title else []


def _changes(action: Action) -> list[tuple[str, str]]:
    names = short([change.field for change in action.changes])
    texts = (_change(action, change)[1] for change in action.changes)
    return list(zip(names, texts, strict=True))


def _change(action: Action, change: Change) -> tuple[str, str]:
    """Old and new; of a thing that is not there yet only what it will be."""
    fresh = action.verb is Verb.CREATE and absent(change.old)
    return change.field, shown(
        change.new
    ) if fresh else f"{shown(change.old)} -> {shown(change.new)}"


def _reasons(action: Action, sheet: Sheet) -> Iterable[tuple[str, str]]:
    if action.why:
        yield "why", action.why
    if action.date:
        yield _since(action), _from(action, action.date, sheet)
    if action.not_after and action.not_after != action.date:
        when = f"{day(action.not_after)}, {far(action.not_after, sheet.now)}"
        yield "only until", f"{when}; apply refuses it later"
    if action.money:
        yield from (("cost", text) for text in cost(action.money))
    yield from (("effect", text) for text in action.effects)
    yield from (("note", text) for text in action.notes)


def _from(action: Action, date: datetime, sheet: Sheet) -> str:
    """When it takes effect: of a renewal its term, with the last day included."""
    last = sheet.last.get(action.id)
    if last is not None:
        return f"{day(date)} to {day(last)}, each at its own renewal"
    if moment(action) is Moment.BLOCKED:
        return f"{day(date)}, {far(date, sheet.now)}"
    before = f"{date - timedelta(days=1):%Y-%m-%d}"
    return f"ends {before}, renews on the {ordinal(date.day)}, {far(date, sheet.now)}"


def _since(action: Action) -> str:
    match moment(action):
        case Moment.NOW | Moment.RENEWAL | Moment.STORED:
            return "term"
        case Moment.BLOCKED:
            return "not before"
        case never:
            assert_never(never)


def _ended(action: Action, implied: Sequence[Action]) -> Iterable[tuple[str, str]]:
    """What comes with an action, without a call of its own."""
    told = {other.address for other in implied}
    names = [f"{sign(other)} {other.address}{_verb(other)}" for other in implied]
    names += [f"- {address}" for address in sorted(action.ends - told)]
    if names:
        yield "with it", listed(names, MOST_NAMES)
