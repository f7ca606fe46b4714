"""How the world is written to a state file: every field of every dataclass, by its annotation."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

import pytest

from pcsync.emulator import (
    World,
    codec,
)
from pcsync.emulator.kept import Kept, text
from pcsync.emulator.tables import Log, Table


def dataclasses_below(kind: Any, seen: set[Any]) -> set[Any]:
    """Every dataclass that an annotation leads to."""
    if dataclasses.is_dataclass(kind) and kind not in seen:
        seen.add(kind)
        for member in codec.members(kind):
            dataclasses_below(member.kind, seen)
    for part in get_args(kind):
        dataclasses_below(part, seen)
    return seen


def unusual(kind: Any, usual: Any = None) -> Any:
    """A value of the type that is not the usual one."""
    origin, args = get_origin(kind), get_args(kind)
    if kind is bool:
        return usual is not True
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return kind(**{m.name: unusual(m.kind, m.usual) for m in codec.members(kind)})
    if origin in (Union, UnionType):
        return unusual(next(part for part in args if part is not NoneType))
    if origin in (dict, Table):
        made = {f"key {n}": unusual(args[1] if origin is dict else args[0]) for n in range(2)}
        return Table(made) if origin is Table else made
    if origin in (list, Log):
        return (Log if origin is Log else list)([unusual(args[0]), unusual(args[0])])
    if origin is frozenset:
        return frozenset({unusual(args[0])})
    if origin is tuple:
        kinds = args[:1] * 2 if args[1:] == (...,) else args
        return tuple(unusual(part) for part in kinds)
    return LEAVES[kind]()


LEAVES: dict[Any, Callable[[], Any]] = {
    str: lambda: "näme \u2028 \"'",
    int: lambda: 4711,
    float: lambda: 0.25,
    bytes: lambda: b"\0\xff",
    datetime: lambda: datetime(2027, 2, 3, 4, 5, 6, 789, tzinfo=UTC),
    timedelta: lambda: timedelta(days=3, microseconds=1),
    Decimal: lambda: Decimal("12.340"),
    Any: lambda: {"$odd": [Decimal("1.50"), datetime(2027, 1, 1, tzinfo=UTC), None, {"a": 1.5}]},
}
REACHED = sorted(dataclasses_below(Kept, set()), key=lambda kind: kind.__qualname__)


def test_the_walk_reaches_the_whole_world() -> None:
    names = {kind.__name__ for kind in REACHED}
    assert {"World", "Clock", "Ids", "Customer", "User", "Subscription", "Cart", "Sent"} <= names


@pytest.mark.parametrize("kind", REACHED, ids=lambda kind: kind.__name__)
def test_every_dataclass_comes_back_as_it_was(kind: Any) -> None:
    """A field of a type that a state file cannot hold fails here."""
    value = unusual(kind)
    form = codec.form(kind)
    back = form.read(json.loads(text(form.write(value))))
    for member in codec.members(kind):
        if not codec.in_rows(member.kind):
            was, now = getattr(value, member.name), getattr(back, member.name)
            assert is_same(was, now), member.name
            assert was != member.usual, f"{member.name} is not tested"


def is_same(was: Any, now: Any) -> bool:
    """Equal to the last digit; a World within is compared by its own fields."""
    if dataclasses.is_dataclass(was):
        kept = [m for m in codec.members(type(was)) if not codec.in_rows(m.kind)]
        return all(is_same(getattr(was, m.name), getattr(now, m.name)) for m in kept)
    return repr(was) == repr(now)


@pytest.mark.parametrize(
    "kind", [set[str], complex, dict[int, str], str | Decimal, list[Path], tuple[object, ...]]
)
def test_unknown_types_are_an_error_at_once(kind: Any) -> None:
    with pytest.raises(TypeError, match="cannot"):
        codec.form(kind)


def test_unknown_values_within_any_json_are_an_error() -> None:
    for value in (object(), {1: 2}, {"a": {3}}):
        with pytest.raises(TypeError, match="cannot hold"):
            codec.form(Any).write(value)


def test_only_steps_go_on_the_agenda() -> None:
    world = World()
    with pytest.raises(TypeError, match="no @step"):
        world.clock.at(world.clock.now(), lambda *given: None)
