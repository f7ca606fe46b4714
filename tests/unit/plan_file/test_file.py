"""The plan file: it comes back as it was, and whoever changed it is told."""

from __future__ import annotations

import json
from dataclasses import MISSING, fields
from datetime import UTC, datetime
from decimal import Decimal
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from pcsync.errors import PlanFileError
from pcsync.model import (
    Action,
    Address,
    Await,
    Call,
    Change,
    Is,
    Plan,
    Some,
    Totals,
    Verb,
)  # fmt: skip
from pcsync.plan import codec, file

from .plans import plans

SCHEMA: dict[str, Any] = json.loads(
    files("pcsync.plan").joinpath("plan.schema.json").read_text(encoding="utf-8")
)


def text() -> str:
    """A small plan file."""
    change = Change("amount", None, Decimal("2.50"))
    action = Action(Address("budget", ("contoso",)), Verb.UPDATE, changes=(change,))
    steps = (
        Call("1", (action.id,), "PATCH", "/v1/usagebudget", {"amount": Decimal("2.50")}),
        Await("2", (action.id,), "/v1/usagebudget", Some("items", Is("state", "set"))),
    )
    plan = Plan(
        1, "", datetime(2026, 11, 23, tzinfo=UTC), "global", "t", "m", None, {}, {}, {}, (action,),
        steps, (), Totals({"update": 1}, writes=1), ("contoso",),
    )  # fmt: skip
    return file.dump(codec.from_data({**codec.to_data(plan), "id": codec.digest(plan)}))


@settings(max_examples=20, deadline=None)
@given(plans)
def test_what_is_dumped_loads_and_dumps_the_same(plan: Plan) -> None:
    told = file.dump(plan)
    assert file.load(told, "plan.json") == plan
    assert file.dump(file.load(told, "plan.json")) == told


def test_layout_of_the_text() -> None:
    told = text()
    assert told.startswith('{\n  "actions": [\n    {\n      "address": "budget/contoso",\n')
    assert told.endswith("}\n")
    assert '"new": 2.50' in told


def test_layout_does_not_count_content_does() -> None:
    data = json.loads(text(), parse_float=Decimal)
    assert file.load(codec.write(dict(reversed(data.items())), None), "x") == file.load(text(), "x")


@pytest.mark.parametrize(
    "old,new",
    [
        ('"update"', '"delete"'),
        ('"new": 2.50', '"new": 2.5'),
        ('"old": null', '"old": 1'),
        ("2026-11-23T00", "2026-11-23T01"),
        ('"path": "/v1/usagebudget"', '"path": "/v1/customers"'),
        ('"writes": 1', '"writes": 0'),
    ],
)
def test_a_change_by_hand_is_found(old: str, new: str) -> None:
    assert old in text()
    with pytest.raises(PlanFileError, match=r"^plan.json: this plan was changed by hand") as error:
        file.load(text().replace(old, new), "plan.json")
    assert "change the manifests instead" in error.value.advice


@pytest.mark.parametrize(
    "old,new,what",
    [
        ('{\n  "actions"', '{{\n  "actions"', r"plan.json:1:2: not JSON \(Expecting"),
        ('"base": null', '"base": NaN', "NaN is not a JSON number"),
        ('"base": null', '"base": null, "base": "x"', "a member is there twice: base"),
        ('"format": 1', '"format": 2', "format 2, and this pcsync reads format 1"),
        ('"format": 1', '"format": true', "format True"),
        ('"format": 1,', "", "not a plan: it has no `format`"),
        ('"verb": "update"', '"verb": "melt"', r"\$\.actions\[0\]\.verb: 'melt' is not one of"),
        ('"do": "call"', '"do": "call", "sudo": 1', r"\$\.steps\[0\]: Additional properties"),
        ('"is": "equal"', '"is": "like"', r"\$\.steps\[1\]\.until\.where\.is: 'like'"),
        ('"cloud": "global",', "", r"\$: 'cloud' is a required property"),
        ("2026-11-23T", "2026-13-23T", "a value can't be read"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(old: str, new: str, what: str) -> None:
    assert old in text()
    with pytest.raises(PlanFileError, match=what) as error:
        file.load(text().replace(old, new, 1), "plan.json")
    assert str(error.value).startswith("plan.json:")
    assert error.value.advice


@pytest.mark.parametrize("deep", ["[" * 100_000, '{"format":' * 100_000])
def test_depth_is_no_traceback(deep: str) -> None:
    with pytest.raises(PlanFileError):
        file.load(deep, "plan.json")


def test_long_values_stay_out_of_the_error() -> None:
    long = text().replace('"cloud": "global"', f'"cloud": [{"1, " * 999}1]')
    with pytest.raises(PlanFileError, match=r"\$\.cloud: does not fit its `type`") as error:
        file.load(long, "plan.json")
    assert len(str(error.value)) < 200


def test_the_schema_is_sound_closed_and_described() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    for name, part in {"plan": SCHEMA, **SCHEMA["$defs"]}.items():
        assert part.get("description"), name
        if "properties" in part and "allOf" not in part:
            assert part["additionalProperties"] is False, name
            for member, shape in part["properties"].items():
                assert "$ref" in shape or "description" in shape or "const" in shape, member


@pytest.mark.parametrize("part", sorted(codec.PARTS, key=str), ids=lambda part: part.__name__)
def test_the_schema_names_every_member_of_the_nouns(part: type) -> None:
    tags = {**{key: {"do"} for key in codec.STEPS}, **{key: {"is"} for key in codec.CONDITIONS}}
    name = codec.CONDITIONS.get(part) or part.__name__.lower()
    shape = SCHEMA if part is Plan else SCHEMA["$defs"][name]
    members = {codec.member(field.name) for field in fields(part)}
    assert set(shape["properties"]) == members | tags.get(part, set())
    must = {
        codec.member(field.name)
        for field in fields(part)
        if field.default is MISSING and field.default_factory is MISSING
    }
    assert set(shape["required"]) == must | tags.get(part, set())
