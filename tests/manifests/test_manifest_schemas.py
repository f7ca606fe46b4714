"""The schemas: valid, described, their examples true; the published ones current and complete."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from pcsync.kinds import load_kinds
from pcsync.manifests import load, schema_files
from pcsync.manifests.form import form_of
from pcsync.manifests.grammar import grammars
from pcsync.manifests.parse import parse
from pcsync.manifests.spec import data, shared
from pcsync.model import Place

KINDS = load_kinds()
PUBLISHED = schema_files(KINDS)
AUTHORED: dict[str, Mapping[str, Any]] = {
    **{name: kind.schema for name, kind in KINDS.items()},
    "shared": shared(),
    "project": data("project.schema.json"),
    "lock": data("lock.schema.json"),
    "policy": data("policy.schema.json"),
}
FOLDER = Path(__file__).parents[2]


def properties(schema: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    """Every property at every level with its path."""
    for name, each in schema.get("properties", {}).items():
        yield f"{path}{name}", each
        yield from properties(each, f"{path}{name}.")
    for name in ("items", "additionalProperties"):
        if isinstance(schema.get(name), Mapping):
            yield from properties(schema[name], f"{path}{name}.")


@pytest.mark.parametrize("name", sorted(AUTHORED))
def test_authored_schemas_are_valid_and_described(name: str) -> None:
    schema = AUTHORED[name]
    Draft202012Validator.check_schema(schema)
    for path, each in properties(schema):
        assert each.get("description", "").endswith("."), path
        assert each.get("examples"), path


@pytest.mark.parametrize("name", sorted(AUTHORED))
def test_examples_of_fields_are_true(name: str) -> None:
    for path, each in properties(AUTHORED[name]):
        validator = Draft202012Validator(each)
        for example in each["examples"]:
            assert list(validator.iter_errors(example)) == [], path


@pytest.mark.parametrize("name", sorted({*KINDS, "project"}))
def test_examples_are_read_as_pcsync_reads_them(name: str) -> None:
    for path, each in properties(AUTHORED[name]):
        if each.get("x-notYet") or "x-kind" in each:
            continue
        for example in each["examples"]:
            (node,) = parse(json.dumps(example, ensure_ascii=False), "a.yaml").documents
            assert node is not None
            found = form_of(each).read(node, "a.yaml", Place("a.yaml", 1, 1)).problems
            assert found == [], path


@pytest.mark.parametrize("name", sorted(KINDS))
def test_a_kind_knows_only_what_it_names(name: str) -> None:
    schema = KINDS[name].schema
    assert schema["additionalProperties"] is False
    assert set(schema["x-common"]) <= set(shared()["properties"])
    for path, each in properties(schema):
        closed = each.get("type") != "object" or each.get("x-notYet") or "x-kind" in each
        closed = closed or "x-partial" in each or isinstance(each["additionalProperties"], Mapping)
        assert closed or each["additionalProperties"] is False, path


@pytest.mark.parametrize("name", sorted(KINDS))
def test_the_example_of_a_kind_is_valid(name: str) -> None:
    path = Path(str(files(f"pcsync.kinds.{name}").joinpath("example.yaml")))
    manifests = load([path], KINDS)
    assert name in {each.address.kind for each in manifests.resources}
    any_manifest = Draft202012Validator(PUBLISHED["manifest.schema.json"])
    for document in yaml.safe_load_all(path.read_text("utf-8")):
        own = Draft202012Validator(PUBLISHED[f"{_file(document)}.schema.json"])
        assert list(own.iter_errors(document)) == []
        assert list(any_manifest.iter_errors(document)) == []


def _file(document: Mapping[str, Any]) -> str:
    return next(name for name, kind in KINDS.items() if kind.schema["title"] == document["kind"])


def test_schemas_are_current() -> None:
    written = {path.name: path.read_text("utf-8") for path in FOLDER.joinpath("schemas").iterdir()}
    assert written == {
        name: json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
        for name, schema in PUBLISHED.items()
    }


def test_published_schemas_are_valid_and_complete() -> None:
    names = {*KINDS, "blueprint", "manifest", "settings", "lock"}
    assert {f"{name}.schema.json" for name in names} <= set(PUBLISHED)
    for name, schema in PUBLISHED.items():
        Draft202012Validator.check_schema(schema)
        assert schema["$id"] == f"https://pcsync.example/schemas/{name}"


@pytest.mark.parametrize(
    "text,right",
    [
        ("{users: [{userPrincipalName: a@b.example, licenses: [m365, {sku: SPB}]}]}", True),
        ("{users: [{userPrincipalName: a@b.example, licenses: [{sku: SPB, user: a}]}]}", False),
        ("{users: [{userPrincipalName: a@b.example, colour: red}]}", False),
        ("{users: []}", False),
        ("{users: [{userPrincipalName: ana, persona: office, licenses: [+m365]}]}", True),
        ("{budget: {amount: null}}", True),
        ("{budget: {amount: 1, customer: a}}", False),
        ("{billingProfile: {defaultAddress: {postalCode: 01067, country: NO}}}", True),
        ("{companyProfile: {organizationRegistrationNumber: 5842751979}}", True),
        ("{personas: {office: [m365, {sku: SPB}]}}", True),
        ("{personas: {office: [+m365]}}", False),
        ("{userDefaults: {usageLocation: NO, domain: contoso.example}}", True),
        ("{userDefaults: {displayName: Ana}}", False),
        ("{extends: [office], subscriptions: [{name: m365, quantity: 42}]}", True),
        ("{extends: [office], subscriptions: [{name: m365, quantity: many}]}", False),
        ("{extends: [office], subscriptions: [{name: m365, omit: true}]}", True),
        ("{subscriptions: [{name: m365, quantity: 42}]}", False),
        ("{subscriptions: [{name: a}]}", False),
        ("{licenses: [{user: a, sku: SPB, subscription: b}]}", False),
        ("{licenses: [{user: a, sku: SPB}]}", True),
    ],
)
def test_editors_see_into_nested_kinds(text: str, right: bool) -> None:
    document = {
        "apiVersion": "pcsync/v1",
        "kind": "Customer",
        "metadata": {"name": "contoso"},
        "spec": yaml.safe_load(text),
    }
    for name in ("customer.schema.json", "manifest.schema.json"):
        assert Draft202012Validator(PUBLISHED[name]).is_valid(document) is right


def test_the_lock_schema_takes_a_lock_file() -> None:
    lock = """\
version: 1
partner: 2f1c6f0e-5a3b-4d0c-9a57-0f6f6a1f4b11
applied:
  contoso: 91d20aa4c1f0e6b2d7a95c3e8b4f1d60a2c7e935
ids:
  customer/contoso: 5b2a9c1e-77d0-4f3a-9a1e-3f6c2b8d9e10
  license/contoso/ana/SPB: cbdc14ab-d96c-4c30-b9f4-6ada7cdc1d46
"""
    validator = Draft202012Validator(PUBLISHED["lock.schema.json"])
    assert list(validator.iter_errors(yaml.safe_load(lock))) == []
    assert not validator.is_valid({"version": 1, "ids": {"customer/contoso": "x"}})
    assert not validator.is_valid({"version": 1, "etag": "x"})


def test_nothing_is_made_twice_for_a_run() -> None:
    made = grammars(KINDS)
    titles = [kind.schema["title"] for kind in KINDS.values()]
    assert sorted(made) == sorted([*titles, "Blueprint"])
    assert made["LicenseAssignment"].refers == ("subscription", "sku")
