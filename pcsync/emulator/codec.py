"""Dataclasses as JSON and back, by their annotations alone.

A member that has its default is left out; Table and Log members are left out too, for their entries
are kept apart. A type that is not known here is a TypeError at once, so nothing is lost in silence.
Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Callable
from dataclasses import MISSING, dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from pcsync.emulator import loose
from pcsync.emulator.tables import Log, Table

SCALARS = (str, int, float, bool, NoneType)
MICROSECOND = timedelta(microseconds=1)


def same(value: Any) -> Any:
    """The value itself: JSON has it as it is."""
    return value


@dataclass(frozen=True)
class Form:
    """How values of one type become JSON and are read again."""

    write: Callable[[Any], Any] = same
    read: Callable[[Any], Any] = same


PLAIN = Form()
LEAVES: dict[Any, Form] = {
    **dict.fromkeys(SCALARS, PLAIN),
    datetime: Form(datetime.isoformat, datetime.fromisoformat),
    timedelta: Form(lambda span: span // MICROSECOND, lambda count: count * MICROSECOND),
    Decimal: Form(str, Decimal),
    bytes: Form(lambda raw: base64.b64encode(raw).decode(), base64.b64decode),
    Any: Form(loose.write, loose.read),
}


@cache
def form(kind: Any) -> Form:
    """The form of an annotation. TypeError if values of that type cannot be kept."""
    if kind in LEAVES:
        return LEAVES[kind]
    if dataclasses.is_dataclass(kind):
        return _record(kind)
    make = MAKERS.get(get_origin(kind))
    if make is None:
        raise TypeError(f"a state file cannot hold {kind}")
    return make(get_args(kind))


def _union(kinds: tuple[Any, ...]) -> Form:
    """Scalars in any mixture, or one other type that may be None."""
    if all(kind in SCALARS for kind in kinds):
        return PLAIN
    others = [kind for kind in kinds if kind is not NoneType]
    if len(others) > 1:
        raise TypeError(f"a state file cannot tell apart {others}")
    inner = form(others[0])
    return Form(
        lambda value: None if value is None else inner.write(value),
        lambda value: None if value is None else inner.read(value),
    )


def _dict(kinds: tuple[Any, ...]) -> Form:
    if kinds[0] is not str:
        raise TypeError(f"a state file cannot hold keys of {kinds[0]}")
    inner = form(kinds[1])
    if inner is PLAIN:
        return Form(dict, dict)
    return Form(
        lambda value: {name: inner.write(member) for name, member in value.items()},
        lambda value: {name: inner.read(member) for name, member in value.items()},
    )


def _list(kinds: tuple[Any, ...]) -> Form:
    return _series(list, form(kinds[0]))


def _frozenset(kinds: tuple[Any, ...]) -> Form:
    inner = form(kinds[0])
    return Form(
        lambda value: sorted(inner.write(item) for item in value),
        lambda value: frozenset(inner.read(item) for item in value),
    )


def _tuple(kinds: tuple[Any, ...]) -> Form:
    if kinds[1:] == (...,):
        return _series(tuple, form(kinds[0]))
    parts = [form(kind) for kind in kinds]
    return Form(
        lambda value: [part.write(item) for part, item in zip(parts, value, strict=True)],
        lambda value: tuple(part.read(item) for part, item in zip(parts, value, strict=True)),
    )


def _series(make: Callable[[Any], Any], inner: Form) -> Form:
    if inner is PLAIN:
        return Form(list, make)
    return Form(
        lambda value: [inner.write(item) for item in value],
        lambda value: make([inner.read(item) for item in value]),
    )


MAKERS: dict[Any, Callable[[tuple[Any, ...]], Form]] = {
    Union: _union,
    UnionType: _union,
    dict: _dict,
    list: _list,
    frozenset: _frozenset,
    tuple: _tuple,
}


@dataclass(frozen=True)
class Member:
    """A field that is kept; `usual` is its default, which is not written."""

    name: str
    kind: Any
    usual: Any


def members(kind: Any) -> list[Member]:
    """The fields of a dataclass that a state file has, those with rows of their own included."""
    hints = get_type_hints(kind)
    return [
        Member(field.name, hints[field.name], _usual(field))
        for field in dataclasses.fields(kind)
        if field.metadata.get("stored", True)
    ]


def _usual(field: dataclasses.Field[Any]) -> Any:
    """The default, if it is a plain one: equal values of other types can look different, as 0 and
    0.00 do."""
    made = field.default if field.default_factory is MISSING else field.default_factory()
    plain = made is None or isinstance(made, bool | int | str)
    return made if plain or made in ({}, [], (), frozenset()) else MISSING


def in_rows(kind: Any) -> bool:
    """Whether entries of this type have a row each."""
    return get_origin(kind) in (Table, Log)


def _record(kind: Any) -> Form:
    kept = [member for member in members(kind) if not in_rows(member.kind)]
    writers = [(m.name, m.usual, form(m.kind).write) for m in kept]
    readers = {m.name: form(m.kind).read for m in kept}

    def write(value: Any) -> dict[str, Any]:
        found = {}
        for name, usual, convert in writers:
            member = getattr(value, name)
            if member != usual:
                found[name] = member if convert is same else convert(member)
        return found

    def read(data: dict[str, Any]) -> Any:
        return kind(**{name: readers[name](member) for name, member in data.items()})

    return Form(write, read)
