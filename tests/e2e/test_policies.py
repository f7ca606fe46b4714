"""Policies: a plan that one says no to is shown and refused, and so is its apply."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.checkout import Checkout, checkout, customer

EXAMPLE = Path(__file__).parents[2] / "examples" / "gitops"
PROJECT = """\
apiVersion: pcsync/v1
kind: Project
partner: {tenantId: 2f1c6f0e-5a3b-4d0c-9a57-0f6f6a1f4b11, name: northwind-cloud}
cloud: emulator
"""


def policy(most: int = 200, severity: str = "error", expect: str = "[a budget this large]") -> str:
    return f"""\
apiVersion: pcsync/v1
kind: Policy
metadata: {{name: budgets}}
spec:
  rules:
    - name: not-too-large
      where: $.actions[*]
      when:
        - {{path: "$.changes[?@.field == 'amount'].new", operator: greaterThan, value: {most}}}
      message: a budget this large
      severity: {severity}
  tests:
    - name: a large one
      plan: {{actions: [{{changes: [{{field: amount, old: 100, new: 201}}]}}]}}
      expect: {expect}
"""


@pytest.fixture
def repo(tmp_path: Path) -> Iterator[Checkout]:
    with checkout(tmp_path) as found:
        yield found


def codes(found: dict[str, Any]) -> list[str]:
    return [each["code"] for each in found["findings"]]


def test_an_error_refuses_plan_and_apply(repo: Checkout) -> None:
    repo.commit({"contoso.yaml": customer("contoso", 250), "policies/a.yaml": policy()})
    planned = repo.run("plan", "--out", "plan.json")
    assert planned.returncode == 3
    text = " ".join(planned.stdout.split())
    assert "REFUSED: a budget this large (budget/contoso)" in text
    assert "budgets/not-too-large, policies/a.yaml:6:13" in text
    for words in (["apply", "--yes"], ["apply", "--plan", "plan.json", "--yes"]):
        done = repo.run(*words)
        assert done.returncode == 3, done.stdout
        assert "a policy says no: a budget this large (budget/contoso)" in done.stderr
    assert repo.calls(write=True) == []


def test_a_warning_is_told_and_no_more(repo: Checkout) -> None:
    warning = policy(severity="warning")
    repo.commit({"contoso.yaml": customer("contoso", 250), "policies/a.yaml": warning})
    assert codes(repo.plan()) == ["policy"]
    assert repo.run("apply", "--yes").returncode == 0
    assert len(repo.calls(write=True)) == 1


def test_what_no_rule_meets_passes(repo: Checkout) -> None:
    repo.commit({"contoso.yaml": customer("contoso", 200), "policies/a.yaml": policy()})
    assert codes(repo.plan()) == []
    assert repo.run("apply", "--yes").returncode == 0


def test_a_saved_plan_is_held_to_the_policies_of_today(repo: Checkout) -> None:
    repo.commit({"contoso.yaml": customer("contoso", 250)})
    assert repo.run("plan", "--out", "plan.json").returncode == 0
    repo.commit({"policies/a.yaml": policy()})
    assert repo.run("apply", "--plan", "plan.json", "--yes").returncode == 3
    assert repo.calls(write=True) == []


def test_se4_a_change_does_not_loosen_the_policy_that_it_is_held_to(repo: Checkout) -> None:
    before = repo.commit({"contoso.yaml": customer("contoso"), "policies/a.yaml": policy()})
    repo.commit({"contoso.yaml": customer("contoso", 250), "policies/a.yaml": policy(999)})
    assert codes(repo.plan()) == []
    refused = repo.run("plan", "--base", before, "--out", "plan.json")
    assert refused.returncode == 3
    assert f"{before[:7]}/policies/a.yaml:6:13" in "".join(refused.stdout.split())
    assert repo.run("apply", "--plan", "plan.json", "--yes").returncode == 3
    assert repo.run("apply", "--base", before, "--yes").returncode == 3
    assert repo.calls(write=True) == []


def test_se4_policies_of_a_base_that_is_a_folder(repo: Checkout) -> None:
    old = repo.folder / "old"
    (old / "policies").mkdir(parents=True)
    (old / "policies" / "a.yaml").write_text(policy())
    settings = PROJECT + "paths: [new]\n"
    repo.commit({"new/contoso.yaml": customer("contoso", 250), "pcsync.yaml": settings})
    done = repo.run("plan", "--base", "old")
    assert done.returncode == 3, done.stderr
    assert "old/policies/a.yaml:6:13" in "".join(done.stdout.split())


def test_a_policy_that_is_new_holds_from_the_next_change_on(repo: Checkout) -> None:
    before = repo.commit({"contoso.yaml": customer("contoso")})
    repo.commit({"contoso.yaml": customer("contoso", 250), "policies/a.yaml": policy()})
    assert repo.run("plan", "--base", before).returncode == 0


def test_another_folder_of_policies(repo: Checkout) -> None:
    settings = PROJECT + "paths: [customers]\npolicies: [rules]\n"
    files = {"pcsync.yaml": settings, "customers/contoso.yaml": customer("contoso", 250)}
    repo.commit({**files, "rules/a.yaml": policy()})
    assert repo.run("plan").returncode == 3
    (repo.folder / "pcsync.yaml").write_text(settings.replace("rules", "nowhere"))
    missing = repo.run("plan")
    assert missing.returncode == 1
    assert "nowhere:1:1: can't be read" in missing.stderr


def test_a_policy_where_nothing_reads_it_is_an_error(repo: Checkout) -> None:
    repo.commit({"contoso.yaml": customer("contoso", 250), "rules/a.yaml": policy()})
    for words in (["validate"], ["plan"], ["apply", "--yes"]):
        done = repo.run(*words)
        assert done.returncode == 1
        assert "rules/a.yaml:1:1: a policy stands here, where nothing reads it" in done.stderr
    assert repo.calls(write=True) == []


def test_mistakes_are_found_by_validate(repo: Checkout) -> None:
    wrong = policy().replace("greaterThan", "moreThan")
    repo.commit({"contoso.yaml": customer("contoso"), "policies/a.yaml": wrong})
    done = repo.run("validate")
    assert done.returncode == 1
    assert "policies/a.yaml:9:67: `spec.rules.0.when.0.operator`: `moreThan`" in done.stderr


def test_cases_are_run(repo: Checkout) -> None:
    repo.commit({"policies/a.yaml": policy()})
    passed = repo.run("policy", "test")
    assert passed.returncode == 0
    assert passed.stdout.endswith("\n1 case: 1 passed.\n")
    repo.commit({"policies/a.yaml": policy(expect="[a budget this small]")})
    failed = repo.run("policy", "test")
    assert failed.returncode == 1
    assert "FAILED  a large one" in failed.stdout
    assert "expected, and no rule says it: a budget this small" in failed.stdout
    assert "said, and not expected: a budget this large" in failed.stdout
    assert failed.stdout.endswith("\n1 case: 0 passed, 1 failed.\n")
    found = json.loads(repo.run("policy", "test", "policies", "--format", "json").stdout)
    assert found["totals"] == {"policies": 1, "cases": 1, "failed": 1}
    assert repo.calls(write=False) == []


def test_no_policies_is_said(repo: Checkout) -> None:
    done = repo.run("policy", "test")
    assert (done.returncode, done.stdout[:12]) == (0, "No policies:")


def test_the_example_holds(repo: Checkout) -> None:
    shutil.copytree(EXAMPLE / "policies", repo.folder / "policies")
    done = repo.run("policy", "test")
    assert done.returncode == 0, done.stdout
    assert "4 cases: 4 passed." in done.stdout
