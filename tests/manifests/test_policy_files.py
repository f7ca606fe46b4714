"""Policy documents: what they say, and every mistake in them at its place."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from pcsync.errors import ManifestProblems
from pcsync.manifests import load_policies
from pcsync.model import Clause, Operator, Policy, Severity
from pcsync.plan.policies import wrong_path

HEAD = "apiVersion: pcsync/v1\nkind: Policy\nmetadata: {name: purchases}\nspec:\n"
RULE = """\
  rules:
    - name: one
      where: $.actions[*]
      when:
        - {path: $.verb, operator: equals, value: NO}
        - {path: $.verb, operator: in, value: [create, 01067]}
        - {path: $.date, operator: exists}
      message: not this
"""


def load(folder: Path, text: str, name: str = "a.yaml") -> tuple[Policy, ...]:
    (folder / name).write_text(text, "utf-8")
    return load_policies([folder], wrong_path, folder)


def problems(folder: Path, text: str) -> list[str]:
    with pytest.raises(ManifestProblems) as caught:
        load(folder, text)
    return [str(problem) for problem in caught.value.problems]


def test_a_policy_with_a_case(tmp_path: Path) -> None:
    tests = """\
  tests:
    - name: typed as JSON is
      plan: {a: 1, b: 1.5, c: true, d: null, e: "1", f: [NO, 0x10, 007], g: {h: text}, i: 9.}
      expect: [not this]
"""
    (found,) = load(tmp_path, HEAD + RULE + tests)
    (rule,), (case,) = found.rules, found.cases
    assert (found.name, rule.name, rule.where) == ("purchases", "one", "$.actions[*]")
    assert (rule.severity, rule.message) == (Severity.ERROR, "not this")
    assert str(rule.place) == "a.yaml:6:13"
    assert rule.when == (
        Clause("$.verb", Operator.EQUALS, "NO"),
        Clause("$.verb", Operator.IN, ("create", "01067")),
        Clause("$.date", Operator.EXISTS),
    )
    assert case.plan["a"] == 1
    assert case.plan["b"] == Decimal("1.5")
    assert [case.plan[name] for name in "cde"] == [True, None, "1"]
    assert case.plan["f"] == ["NO", "0x10", 7]
    assert (case.plan["g"], case.plan["i"]) == ({"h": "text"}, "9.")
    assert case.expect == ("not this",)


@pytest.mark.parametrize(
    "old, new, problem",
    [
        ("operator: exists", "operator: exist", "a.yaml:11:36: `spec.rules.0.when.2.operator`:"),
        ("value: NO", "valeu: NO", "a.yaml:9:44"),
        (
            "where: $.actions[*]",
            "where: actions",
            "a.yaml:7:14: `spec.rules.0.where`: `actions` is",
        ),
        ("path: $.date", "path: '$.date['", "a.yaml:11:18: `spec.rules.0.when.2.path`:"),
        ("equals, value: NO", "equals, value: [NO]", "`equals` needs one value"),
        ("equals, value: NO", "equals", "`equals` needs a `value`; add it"),
        (
            "[create, 01067]",
            "create",
            "a.yaml:10:47: `spec.rules.0.when.1.value`: `in` needs a list",
        ),
        ("[create, 01067]", "[]", "`in` needs a list"),
        ("operator: exists", "operator: exists, value: 1", "`exists` has no value; remove it"),
        ("equals, value: NO", "greaterThan, value: many", "`many` is no number"),
        ("equals, value: NO", "before, value: soon", "`soon` is no day and no time"),
        ("equals, value: NO", "matches, value: '('", "`(` is no regular expression"),
        ("message: not this", "massage: not this", "a.yaml:12:7"),
        ("message: not this", "message: no\n      severity: info", "write `error` or `warning`"),
        ("name: one", "name: One rule", "a.yaml:6:13"),
        ("{name: purchases}", "{name: purchases, labels: {}}", "a.yaml:3:"),
    ],
)
def test_a_mistake_is_told_at_its_place(tmp_path: Path, old: str, new: str, problem: str) -> None:
    assert old in HEAD + RULE
    found = problems(tmp_path, (HEAD + RULE).replace(old, new))
    assert any(problem in each for each in found), found


def test_rules_and_policies_have_names_of_their_own(tmp_path: Path) -> None:
    again = "    - {name: one, where: $, message: x}\n"
    found = problems(tmp_path, HEAD + RULE + again)
    assert found == [
        "a.yaml:13:14: `spec.rules.1.name`: two rules are called `one`; give one another name"
    ]
    two = problems(tmp_path, HEAD + RULE + "---\n" + HEAD + RULE)
    assert two == [
        "a.yaml:16:18: `purchases` is the name of the policy at a.yaml:3:18, too; "
        "give one of them another name"
    ]


def test_all_mistakes_of_all_files_come_at_once(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text(HEAD + RULE.replace("one", "ONE"))
    found = problems(tmp_path, HEAD + RULE.replace("$.actions", "$["))
    assert [each.partition(":")[0] for each in found] == ["a.yaml", "b.yaml"]


def test_a_customer_is_no_policy(tmp_path: Path) -> None:
    text = "apiVersion: pcsync/v1\nkind: Customer\nmetadata: {name: contoso}\nspec: {}\n"
    assert any("a.yaml:2:7: `kind`" in each for each in problems(tmp_path, text))


def test_what_other_tools_keep_there_is_passed_over(tmp_path: Path) -> None:
    assert load(tmp_path, "kind: ConstraintTemplate\napiVersion: templates.example/v1\n") == ()


def test_a_case_is_a_mapping(tmp_path: Path) -> None:
    tests = "  tests:\n    - {name: x, plan: [1], expect: []}\n"
    assert any("`spec.tests.0.plan`" in each for each in problems(tmp_path, HEAD + RULE + tests))
