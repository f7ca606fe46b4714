"""Steps in words: what a shared call is, and until when a wait lasts.

Owns how conditions read. Pure; must not import a stage or a kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from typing import assert_never

from pcsync.model import (
    All,
    AtLeast,
    AtMost,
    Await,
    Call,
    Condition,
    Edit,
    Empty,
    Every,
    Is,
    Not,
    Some,
    Step,
)
from pcsync.report.shown import number, shown, span

# In place of an id that is not known yet; it names an address, with slashes of its own.
REFERENCE = re.compile(r"\{[^{}]*\}")


def waits(steps: Iterable[Step], before: Iterable[str] = ()) -> list[str]:
    """A sentence per wait: ``then waits until 5 seats have arrived, up to 30 minutes``.

    A wait before all of the calls comes first, and says so; `before` are the ids of calls that are
    told elsewhere.
    """
    told, word, done = [], "first", set(before)
    for step in steps:
        if isinstance(step, Await) and step.gate:
            continue  # nobody waits there: a section of its own says who has to do what
        if isinstance(step, Await):
            word = "then" if done.intersection(step.after) else word
            told.append(
                f"{word} waits until {step.says or said(step.until)}, up to {span(step.deadline)}"
            )
        else:
            word = "then"
    return told


def calls(steps: Iterable[Step]) -> str:
    """The writing steps by their own words, else by method and the last word of their path:
    ``POST carts, 2 PATCH users``.

    Reads and waits are left out.
    """
    named = [
        step.says or f"{step.method} {_last(step.path)}"
        for step in steps
        if isinstance(step, Edit) or (isinstance(step, Call) and step.writes)
    ]
    runs = [(name, len(list(run))) for name, run in groupby(named)]
    return ", ".join(name if times == 1 else f"{times} {name}" for name, times in runs)


def _last(path: str) -> str:
    """The last part of a path that is a word, not an id."""
    bare = REFERENCE.sub("", path.partition("?")[0])
    parts = [part for part in bare.split("/") if part]
    words = [part for part in parts if not any(map(str.isdigit, part))]
    return (words or parts or [path])[-1]


def said(condition: Condition) -> str:
    """A condition as a person would say it."""
    match condition:
        case Is():
            return f"{condition.path} {'begins with' if condition.prefix else 'is'} " + shown(
                condition.value
            )
        case AtLeast():
            return f"{condition.path} is at least {number(condition.value)}"
        case AtMost():
            return f"{condition.path} is at most {number(condition.value)}"
        case Empty():
            return f"{condition.path} is empty"
        case Some():
            return f"{_list(condition.path)} has one where {said(condition.where)}"
        case Every():
            return f"in all of {_list(condition.path)} {said(condition.where)}"
        case All():
            return " and ".join(map(said, condition.each))
        case Not():
            return f"it is not so that {said(condition.cond)}"
        case never:
            assert_never(never)


def _list(path: str) -> str:
    return path or "the list"
