"""What every kind has to hold, whoever wrote it: a new folder is tested before it has tests.

Above all: no change can be had by not comparing. For every field that a schema offers a colleague
changes the live value, and the plan has to name exactly that field.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from harness import Box, acting, lines
from jsonschema import Draft202012Validator
from kinds.cases import load

from pcsync.kinds import load_kinds
from pcsync.model import Outcome
from pcsync.plan.order import has_steps

from .live import FULL, ROWS, SHOWN, TOLD

KINDS = load_kinds()
IDENTITY = frozenset(
    {"customer", "user", "subscription", "sku", "id", "tenantId", "offerId", "state"}
)
APART = ("createOnly", "secret", "kind", "manifestOnly", "notYet", "owner")
STAGES = ("apply", "cli", "client", "emulator", "live", "manifests", "plan", "report")
IMPORT = re.compile(r"^\s*(?:from|import)\s+(pcsync[\w.]*)", re.MULTILINE)
EXAMPLES = {"contoso": {"azure": True, "users": {"anna": {"usageLocation": "DE"}}}}

each_kind = pytest.mark.parametrize("name", KINDS)


def properties(
    schema: Mapping[str, Any], above: str = ""
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """All properties by dotted name, with what is inside of them."""
    for name, inner in schema.get("properties", {}).items():
        yield f"{above}{name}", inner
        yield from properties(inner, f"{above}{name}.")


def compared(schema: Mapping[str, Any], above: str = "") -> Iterator[str]:
    """The fields that a plan has to compare: what is neither identity nor set apart."""
    for name, inner in schema.get("properties", {}).items():
        if any(f"x-{word}" in inner for word in APART) or (name in IDENTITY and not above):
            continue
        if "properties" in inner:
            yield from compared(inner, f"{above}{name}.")
        if inner.get("type") != "object":
            yield f"{above}{name}"


@each_kind
def test_the_schema_is_one_and_closed(name: str) -> None:
    schema = KINDS[name].schema
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["title"]
    assert schema["description"]
    for place, inner in [("", schema), *properties(schema)]:
        if "properties" in inner:
            assert inner["additionalProperties"] is False, place


@each_kind
def test_the_folder_is_named_like_the_kind(name: str) -> None:
    assert KINDS[name].name == name
    assert type(KINDS[name]).__module__ == f"pcsync.kinds.{name}.kind"


@each_kind
def test_every_property_says_what_it_is_and_shows_one(name: str) -> None:
    for place, inner in properties(KINDS[name].schema):
        assert inner.get("description"), place
        assert inner.get("examples"), place


@each_kind
def test_every_example_of_a_property_is_valid(name: str) -> None:
    for place, inner in properties(KINDS[name].schema):
        for example in inner["examples"]:
            assert Draft202012Validator(inner).is_valid(example), (place, example)


@each_kind
def test_the_example_is_planned_and_applied_and_then_nothing_is_left(name: str, box: Box) -> None:
    box.seed(EXAMPLES)
    example = files(f"pcsync.kinds.{name}").joinpath("example.yaml").read_text("utf-8")
    plan = box.plan(example)
    assert not plan.findings
    assert not [step for step in box.apply(plan).steps if step.outcome is not Outcome.DONE]
    assert lines(box.plan(example)) == []


@each_kind
def test_kinds_import_no_stage_and_no_sibling(name: str) -> None:
    siblings = [f"pcsync.kinds.{other}" for other in KINDS if other != name]
    forbidden = tuple([f"pcsync.{stage}" for stage in STAGES] + siblings)
    folder = Path(str(files(f"pcsync.kinds.{name}")))
    for path in sorted(folder.glob("*.py")):
        for module in IMPORT.findall(path.read_text("utf-8")):
            assert not module.startswith(forbidden), path.name


@each_kind
def test_every_kind_has_a_full_example_and_a_row_for_every_field(name: str) -> None:
    assert name in FULL, f"add {name} to tests/contract/live.py: a world and manifests"
    rows = [*ROWS[name], *TOLD.get(name, ()), *SHOWN.get(name, ())]
    assert sorted(rows) == sorted(compared(KINDS[name].schema)), "add the missing rows"


@pytest.mark.parametrize("name, field", [(name, field) for name in ROWS for field in ROWS[name]])
def test_a_change_of_every_field_is_seen_and_nothing_else(name: str, field: str, box: Box) -> None:
    world, manifest = FULL[name]
    row = ROWS[name][field]
    box.seed(world)
    first = box.plan(manifest)
    box.apply(first)
    assert lines(box.plan(manifest)) == []
    row.do(box)
    plan = box.plan(manifest)
    assert [(a.address.kind, [c.field for c in a.changes]) for a in plan.actions] == [
        (name, [field])
    ]
    (change,) = plan.actions[0].changes
    assert change.old == row.live
    assert change.new == declared(name, field)
    box.apply(plan)
    assert acting(box.plan(manifest)) == []


@pytest.mark.parametrize("name, field", [(name, field) for name in TOLD for field in TOLD[name]])
def test_what_is_told_for_the_next_term_is_seen_when_it_is_taken_back(
    name: str, field: str, box: Box
) -> None:
    world, manifest, changes, back = TOLD[name][field]
    box.seed(world)
    box.apply(box.plan(manifest))
    assert acting(box.plan(manifest)) == []
    box.advance("PT1H")
    box.set_live("contoso/subscriptions/told", **back)
    plan = box.plan(manifest)
    (action,) = plan.actions
    assert has_steps(action)
    assert [(c.field, c.old, c.new) for c in action.changes] == list(changes)
    box.apply(plan)
    assert acting(box.plan(manifest)) == []


@pytest.mark.parametrize("name, field", [(name, field) for name in SHOWN for field in SHOWN[name]])
def test_what_nobody_changes_by_itself_has_a_case_that_says_it(name: str, field: str) -> None:
    (case,) = (case for case in load(name) if case.name == SHOWN[name][field])
    first, last = field.split(".")
    assert any(last in spec[first] for spec in case.manifest.values())


def declared(name: str, field: str) -> Any:
    """What the full example says of a field."""
    spec: Any = FULL[name].manifest["contoso"]
    inner = {
        "subscription": "subscriptions",
        "user": "users",
        "license": "users",
        "budget": "budget",
    }
    spec = spec[inner[name]] if name in inner else spec
    spec = spec[0] if isinstance(spec, list) else spec
    spec = spec["licenses"][0] if name == "license" else spec
    for part in field.split("."):
        spec = spec[part]
    return spec
