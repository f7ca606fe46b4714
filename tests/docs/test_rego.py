"""The Rego of docs/policies.md says of plans what the policy of the example says."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from pcsync.emulator import load_world, running
from pcsync.manifests import load_policies
from pcsync.plan.codec import write
from pcsync.plan.policies import judge, wrong_path
from tests.command import pcsync

regopy = pytest.importorskip("regopy", reason="the extra `rego` is not installed")

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "gitops"
POLICIES = load_policies([EXAMPLE / "policies"], wrong_path)
CASES = [case for policy in POLICIES for case in policy.cases]


def rego(document: Mapping[str, Any]) -> dict[str, set[str]]:
    """What the Rego denies and warns of, without the addresses."""
    interpreter = regopy.Interpreter()
    interpreter.add_module("purchases", (ROOT / "docs" / "purchases.rego").read_text("utf-8"))
    interpreter.set_input(json.loads(write(document)))
    found = interpreter.query("data.pcsync.purchases").results[0].expressions[0]
    return {word: {each.partition(": ")[2] for each in found[word]} for word in ("deny", "warn")}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_cases_of_the_example(case: Any) -> None:
    found = rego(case.plan)
    assert found["deny"] | found["warn"] == set(case.expect)


def test_some_case_denies_and_some_warns() -> None:
    found = [rego(case.plan) for case in CASES]
    assert any(each["deny"] for each in found)
    assert any(each["warn"] for each in found)


def test_a_plan_as_it_is_printed(tmp_path: Path) -> None:
    folder = tmp_path / "gitops"
    shutil.copytree(EXAMPLE, folder)
    manifest = folder / "customers" / "contoso.yaml"
    text = manifest.read_text("utf-8")
    manifest.write_text(text.replace("quantity: 5", "quantity: 24"), "utf-8")
    with running(load_world(folder / "world.yaml")) as server:
        there = {"PCSYNC_EMULATOR_URL": server.url}
        done = pcsync("plan", "--format", "json", folder=folder, environment=there)
    document = json.loads(done.stdout)
    told = {each.what.partition(" (")[0] for each in judge(POLICIES, document)}
    found = rego(document)
    assert told == found["deny"] | found["warn"] == {"more than 20 seats are bought at once"}
