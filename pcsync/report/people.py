"""The section PEOPLE: how many persons get something, who loses it, whose account goes.

Owns how persons are counted: once each, however many licences they get or lose. Pure; must not
import a stage or a kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pcsync.model import Action, Address, Plan, Seats, Verb
from pcsync.report.layout import paragraph
from pcsync.report.moved import named, pairs
from pcsync.report.shown import day, listed
from pcsync.report.words import Moment, moment

HEAD = "PEOPLE"
MOST_NAMES = 6
# Verbs and fields after which somebody may be without something, seats or not.
TAKES = frozenset({Verb.SUSPEND, Verb.CANCEL, Verb.DELETE})
ENDS = "endOfTerm"


def people(plan: Plan, width: int) -> list[str]:
    """The section, a sentence for each thing that happens to people; nothing where nothing is
    done, or where nobody can say what it means for people."""
    acting = [a for a in plan.actions if moment(a) in {Moment.NOW, Moment.RENEWAL}]
    told = " ".join(_said(acting, plan.seats)) if acting else ""
    return paragraph(told, width, len(HEAD) + 2, HEAD) if told else []


def _said(acting: Sequence[Action], seats: Sequence[Seats]) -> Iterator[str]:
    gets, loses = set(_holders(acting, Verb.CREATE)), set(_holders(acting, Verb.DELETE))
    come = sum(action.people for action in acting if action.people > 0)
    gone = [action.address for action in acting if action.people < 0]
    later = list(_later(seats))
    yield from _gains(come, len(gets - loses), len(gets & loses))
    if lost := sorted(loses - gets):
        yield f"{len(lost):,} {_verb(lost, 'lose')} licences: {_names(lost, acting)}."
    if gone:
        names = "" if lost and set(gone) <= set(lost) else f": {_names(gone, acting)}"
        yield f"{len(gone):,} {_verb(gone, 'lose')} the account{names}."
    yield from later
    if not (loses - gets or gone or later or any(map(_takes, acting))):
        some = come or gets
        yield "Nobody loses anything." if some else "Nobody gains or loses anything."


def _holders(acting: Iterable[Action], verb: Verb) -> Iterator[Address]:
    """Whose seats are taken or given back: what holds a seat and is not the customer itself."""
    for action in acting:
        if action.verb is verb and action.owner and _held(action):
            yield action.owner


def _held(action: Action) -> bool:
    return bool(action.moves and action.owner and len(action.owner.path) > 1)


def _gains(come: int, gets: int, swaps: int) -> Iterator[str]:
    if come and come == gets:
        yield f"{come:,} {_verb(range(come), 'get')} an account and a licence."
    else:
        if come:
            yield f"{come:,} {_verb(range(come), 'get')} an account."
        if gets:
            yield f"{gets:,} {_verb(range(gets), 'get')} a licence."
    if swaps:
        yield f"{swaps:,} {_verb(range(swaps), 'get')} another licence for one that goes."


def _later(rows: Sequence[Seats]) -> Iterator[str]:
    """Who is moved at a renewal by the service, and who is left without a seat by it."""
    moved = [row for row in rows if row.later and row.date]
    for row, other in pairs(rows):
        number, (old, new) = row.after[1], named(row, other)
        yield (
            f"{number:,} {_verb(range(number), 'move')} from {old} to {new} on {_day(row)}. Nobody "
            "loses access."
        )
    for row in moved:
        assert row.later is not None
        short = row.later[1] - row.later[0]
        if short > 0:
            what = f"{_verb(range(short), 'lose')} {row.title or row.label} on {_day(row)}"
            who = "that person has" if short == 1 else "they have"
            yield f"{short:,} {what} unless {who} another licence by then."


def _day(row: Seats) -> str:
    return day(row.date)[:10] if row.date else ""


def _takes(action: Action) -> bool:
    if action.verb in TAKES and not _held(action):
        return True
    ends = any(c.field == ENDS and c.new not in (None, "renew") for c in action.changes)
    return ends and action.verb is not Verb.CREATE


def _verb(counted: Sequence[object], plural: str) -> str:
    return f"{plural}s" if len(counted) == 1 else plural


def _names(found: Iterable[Address], acting: Iterable[Action]) -> str:
    """Their names, with the customer's where there are several customers."""
    first = 1 if len({action.address.root for action in acting}) == 1 else 0
    return listed(["/".join(address.path[first:]) for address in sorted(found)], MOST_NAMES)
