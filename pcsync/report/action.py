"""One action as lines: sign, address, what changes, why, since when, what comes with it.

Owns the look of an action. Pure; must not import a stage or a kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import assert_never

from pcsync.model import NOTHING, Action, Change, Step, Verb
from pcsync.report.figures import cost
from pcsync.report.layout import GAP, INDENT, columns, flush, paragraph, rows
from pcsync.report.shown import count, day, far, listed, ordinal, short, shown
from pcsync.report.waits import waits
from pcsync.report.words import Moment, moment, sign
from pcsync.report.work import told, writes
from pcsync.values import absent

MOST_NAMES = 12
MOST_FREED = 2
# The length of an address that ends in a part number: beside that the name of the product stands.
LICENCE = 3
PRODUCT = "product"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What all lines of a report share: how wide it is, and the time dates are told from.

    `last` is, by action, the latest date of those that it stands for, where their dates differ. A
    `quiet` one tells no waits: its title does. `alone` is a report of one customer, whose figures
    of a later day stand in MONEY.
    """

    width: int
    now: datetime
    last: Mapping[str, datetime] = field(default_factory=lambda: NOTHING)
    quiet: bool = False
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """The lines of one action: `head` and, in a column of its own, `beside` are its first line,
    `writes` is what stands at its right."""

    action: Action
    head: str
    rest: tuple[str, ...]
    writes: int
    beside: str = ""


def block(
    action: Action,
    steps: Sequence[Step],
    implied: Sequence[Action],
    sheet: Sheet,
    before: Iterable[str] = (),
    first: str = "",
    also: int = 0,
) -> Block:
    """The lines of an action. `steps` are its own, `implied` the actions that come with it,
    `before` the ids of steps that it shares with others, `first` what is told of it in one line,
    its cost included, `also` the writes for several that stand beside it."""
    head = f"{sign(action)} {action.address}"
    number = writes(step for step in steps if not told(step)) + also
    room = sheet.width - columns(head) - len(at_right(number)) - 2 * GAP
    beside = _brief(action, implied, room) or ("" if action.brief else _inline(action, room))
    title = _title(action, beside or _verb(action), room)
    table = [] if beside or _replaced(action) else _changes(action)
    named = title or ((beside or action.brief) and len(action.address.path) < LICENCE)
    table = [("", action.brief)] if action.brief and not beside else table
    table = [*([] if named else _named(action)), *table, *_rows(action, skip=bool(first))]
    table += [*_reasons(action, sheet, skip=bool(first)), *_ended(action, implied)]
    lines = [first] if first else []
    lines += _listed(table, sheet.width)
    for text in waits(steps, before):
        lines += paragraph(text, sheet.width)
    words = GAP * " "
    said = words.join(text for text in (beside or _verb(action), title) if text)
    return Block(action, head, tuple(lines), number, said)


def _listed(table: Sequence[tuple[str, str]], width: int) -> list[str]:
    """Rows; what has no label is a sentence of its own."""
    plain = [line for label, text in table if not label for line in paragraph(text, width)]
    return [*plain, *rows([row for row in table if row[0]], width)]


def _replaced(action: Action) -> bool:
    """Whether a new thing, or one whose fields are among them, is told by its words in place of its
    fields."""
    told = {label for label, _ in action.says}
    named = any(change.field in told for change in action.changes)
    return named or (action.verb is Verb.CREATE and bool(action.says))


def _rows(action: Action, *, skip: bool) -> list[tuple[str, str]]:
    return list(action.says[1:] if skip else action.says)


def _brief(action: Action, implied: Sequence[Action], room: int) -> str:
    """What happens in a few words, with the seats that it sets free."""
    freed = [each for each in implied if any(number > 0 for number in each.moves.values())]
    names = [f"1 {each.address.path[-1]}" for each in freed]
    parts = [action.brief, *([f"frees {listed(names, MOST_FREED)}"] if freed else [])]
    text = ", ".join(part for part in parts if part)
    return text if action.brief and columns(text) <= room else ""


def drawn(blocks: Sequence[Block], width: int) -> list[str]:
    """Blocks as lines. Alike ones, from three on, are said once with all their names."""
    alike: dict[tuple[object, ...], list[Block]] = {}
    for each in blocks:
        alike.setdefault(_likeness(each), []).append(each)
    lines: list[str] = []
    size = max((columns(each.head) for each in blocks if each.beside), default=0)
    for same in alike.values():
        if len(same) < 3:
            for one in same:
                lines += _one(one, width, size)
        else:
            lines += _many(same, width)
    return lines


def at_right(number: int) -> str:
    """``2 writes`` for the right edge; nothing for none."""
    return count(number, "write") if number else ""


def _one(one: Block, width: int, size: int) -> list[str]:
    right, head = at_right(one.writes), _head(one, size)
    if columns(head) + GAP + len(right) > width:
        head = _head(one)
    return [*flush(head, right, width, INDENT), *one.rest]


def _head(one: Block, size: int = 0) -> str:
    """The first line without what stands at its right; `size` is where the second column begins."""
    return f"{one.head.ljust(size)}{' ' * GAP}{one.beside}" if one.beside else one.head


def _many(same: Sequence[Block], width: int) -> list[str]:
    first = same[0].action
    anyone = f"{first.address.kind}/{first.address.root}/*"
    head = _head(same[0]).replace(str(first.address), anyone)
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
    head = _head(one).replace(str(action.address), action.address.kind)
    return (head, action.verb, one.rest, one.writes)


def _verb(action: Action) -> str:
    """The verb, where the sign does not say it."""
    plain = {Verb.CREATE: "+", Verb.DELETE: "-"}
    known = action.verb is Verb.UPDATE or plain.get(action.verb) == sign(action)
    return "" if known else str(action.verb)


def _inline(action: Action, room: int) -> str:
    """A single change of an update in the line of its address, where it fits."""
    if len(action.changes) != 1 or action.verb is not Verb.UPDATE:
        return ""
    text = " ".join(_change(action, action.changes[0]))
    return text if columns(text) <= room else ""


def _title(action: Action, beside: str, room: int) -> str:
    """The name of the product beside the address, where it fits."""
    left = room - (columns(beside) + GAP if beside else 0)
    return action.title if columns(action.title) <= left else ""


def _named(action: Action) -> list[tuple[str, str]]:
    """The name of the product where there was no room beside the address."""
    becomes = any(change.field == PRODUCT for change in action.changes)
    return [("becomes" if becomes else PRODUCT, action.title)] if action.title else []


def _changes(action: Action) -> list[tuple[str, str]]:
    """The fields; not those that the action has words of its own for."""
    told_ = {label for label, _ in action.says}
    names = short([change.field for change in action.changes])
    texts = (_change(action, change)[1] for change in action.changes)
    return [row for row in zip(names, texts, strict=True) if row[0] not in told_]


def _change(action: Action, change: Change) -> tuple[str, str]:
    """Old and new; of a thing that is not there yet only what it will be."""
    fresh = action.verb is Verb.CREATE and absent(change.old)
    return change.field, shown(
        change.new
    ) if fresh else f"{shown(change.old)} -> {shown(change.new)}"


def _reasons(action: Action, sheet: Sheet, *, skip: bool) -> Iterable[tuple[str, str]]:
    if action.why and not action.says:
        yield "why", action.why
    if action.date:
        yield _since(action), _from(action, action.date, sheet)
    if action.not_after and action.not_after != action.date and not action.brief:
        when = f"{day(action.not_after)}, {far(action.not_after, sheet.now)}"
        yield "only until", f"{when}; apply refuses it later"
    if action.money and not (sheet.alone and (action.date or action.money.begins)):
        yield from (("cost", text) for text in list(cost(action.money))[1 if skip else 0 :])
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


def _after(action: Action) -> str:
    verb = _verb(action)
    return f"  {verb}" if verb else ""


def _since(action: Action) -> str:
    match moment(action):
        case Moment.NOW | Moment.RENEWAL | Moment.STORED:
            return "term"
        case Moment.BLOCKED:
            return "not before"
        case never:
            assert_never(never)


def _ended(action: Action, implied: Sequence[Action]) -> Iterable[tuple[str, str]]:
    """What comes with an action, without a call of its own; seats that it sets free are told beside
    its address."""
    known = {other.address for other in implied}
    freed = action.brief and all(each.moves for each in implied)
    names = [] if freed else [f"{sign(other)} {other.address}{_after(other)}" for other in implied]
    names += [f"- {address}" for address in sorted(action.ends - known)]
    if names:
        yield "with it", listed(names, MOST_NAMES)
