"""A plan as data and back: nothing is lost, and the same plan gives the same bytes."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings

from pcsync import model
from pcsync.model import Address, Change, Is, Plan, Verb
from pcsync.plan import codec

from .plans import plans

FEW = settings(max_examples=20, deadline=None)


def shuffled(value: Any) -> Any:
    """The same data with its members in the opposite order."""
    if isinstance(value, dict):
        return {key: shuffled(value[key]) for key in reversed(value)}
    return [shuffled(member) for member in value] if isinstance(value, list) else value


@FEW
@given(plans)
def test_a_plan_survives_the_way_to_data_and_back(plan: Plan) -> None:
    assert codec.from_data(codec.to_data(plan)) == plan


@FEW
@given(plans)
def test_a_plan_survives_the_way_through_json(plan: Plan) -> None:
    text = codec.write(codec.to_data(plan))
    text.encode()
    assert codec.from_data(json.loads(text, parse_float=Decimal)) == plan


@FEW
@given(plans)
def test_order_of_members_changes_neither_bytes_nor_digest(plan: Plan) -> None:
    data = codec.to_data(plan)
    assert codec.write(shuffled(data)) == codec.write(data)
    assert codec.digest(codec.from_data(shuffled(data))) == codec.digest(plan) == plan.id


@FEW
@given(plans)
def test_the_digest_does_not_rest_on_the_id(plan: Plan) -> None:
    assert codec.digest(replace(plan, id="other")) == plan.id
    assert codec.digest(replace(plan, cloud=plan.cloud + "x")) != plan.id


def test_the_writer_agrees_with_the_standard_one() -> None:
    data: Any = {"b": [1, True, None, {}, []], "a": {"ö": '\x00\n"\\', "": [[1], {"x": 2.5}]}}
    for indent, separators in ((2, None), (None, (",", ":"))):
        told = json.dumps(
            data, indent=indent, separators=separators, sort_keys=True, ensure_ascii=False
        )
        assert codec.write(data, indent) == told


def test_decimals_are_exact_and_stay_so() -> None:
    text = codec.write([Decimal("0.10"), Decimal("1E+3"), Decimal("12345678901234567890.05")])
    assert "".join(text.split()) == "[0.10,1E+3,12345678901234567890.05]"


@pytest.mark.parametrize("odd", ["\x9b2J", "\u202e", "\u2028", "\ud800", "\x7f"])
def test_what_a_terminal_acts_upon_is_escaped(odd: str) -> None:
    text = codec.write({odd: odd})
    assert text.isascii()
    assert json.loads(text) == {odd: odd}


@pytest.mark.parametrize("bad", [float("nan"), Decimal("Infinity")])
def test_numbers_that_json_does_not_know_are_refused(bad: Any) -> None:
    with pytest.raises(ValueError, match="JSON can't say"):
        codec.write(bad)


def test_values_in_a_plan_become_plain() -> None:
    given_ = {
        "when": datetime(2026, 1, 1, 2, tzinfo=timezone(timedelta(hours=2))),
        "set": frozenset({"b", "a"}),
        "verb": Verb.CREATE,
        "address": Address("user", ("contoso", "ana")),
        "tuple": (1, (2,)),
    }
    assert codec.plain(given_) == {
        "when": "2026-01-01T00:00:00Z",
        "set": ["a", "b"],
        "verb": "create",
        "address": "user/contoso/ana",
        "tuple": [1, [2]],
    }
    with pytest.raises(TypeError, match="can't hold object"):
        codec.plain(object())
    with pytest.raises(ValueError, match="without zone"):
        codec.stamp(datetime(2026, 1, 1))


def test_every_part_of_a_plan_is_known_to_the_codec() -> None:
    nouns = {part for part in vars(model).values() if isinstance(part, type)}
    named = {part.__name__: part for part in nouns}
    seen: set[type] = set()
    queue: list[type] = [Plan]
    while queue:
        part = queue.pop()
        seen.add(part)
        said = " ".join(str(member.type) for member in fields(part))
        said = said.replace("Condition", "Is AtLeast AtMost Empty Some Every All Not")
        words = set(said.replace("Step", "Call Edit Await").translate(SPLIT).split())
        queue += [
            named[word]
            for word in words & named.keys()
            if hasattr(named[word], "__dataclass_fields__") and named[word] not in seen
        ]
    assert seen - {Address} == codec.PARTS


SPLIT = str.maketrans(dict.fromkeys("[],|.", " "))


def test_defaults_are_left_out_and_sorts_are_named() -> None:
    step = model.Await("a", (), "/x", until=model.Some("items", Is("s", 1)))
    where = Address("user", ("contoso",))
    action = model.Action(where, Verb.UPDATE, changes=(Change("a", None, 1),))
    plan = Plan(
        1, "", datetime(2026, 1, 1, tzinfo=UTC), "global", "t", "m", None, {}, {}, {}, (action,),
        (step,), (), model.Totals(),
    )  # fmt: skip
    data = codec.to_data(plan)
    assert data["actions"] == [
        {
            "address": "user/contoso",
            "verb": "update",
            "changes": [{"field": "a", "old": None, "new": 1}],
        }
    ]
    assert data["steps"] == [
        {
            "do": "await",
            "id": "a",
            "covers": [],
            "path": "/x",
            "until": {
                "is": "some",
                "path": "items",
                "where": {"is": "equal", "path": "s", "value": 1},
            },
        }
    ]
    assert data["totals"] == {}
    assert data["partnerTenant"] == "t"
