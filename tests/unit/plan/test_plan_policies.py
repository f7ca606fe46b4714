"""Policies held against documents: what each operator means, and what is said of a plan."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from pcsync.model import (
    Clause,
    Operator,
    Place,
    Policy,
    PolicyCase,
    PolicyRule,
    Severity,
)
from pcsync.plan.policies import judge, meeting, refusing, tried, wrong_path

HERE = Place("policies/purchases.yaml", 7, 13)


def rule(*clauses: Clause, where: str = "$.actions[*]", **more: Any) -> PolicyRule:
    words = {"message": "no", "severity": Severity.ERROR, **more}
    return PolicyRule(
        words.get("name", "one"), where, clauses, words["message"], words["severity"], HERE
    )


def policy(*rules: PolicyRule, cases: tuple[PolicyCase, ...] = ()) -> Policy:
    return Policy("purchases", rules, cases, HERE)


ITEM = {
    "address": "subscription/contoso/m365",
    "verb": "create",
    "date": "2027-01-15T00:00:00Z",
    "counts": {"addSeats": 26},
    "price": Decimal("23.10"),
    "protected": True,
    "gone": None,
    "changes": [
        {"field": "quantity", "old": None, "new": 26},
        {"field": "country", "old": None, "new": "NO"},
    ],
}


@pytest.mark.parametrize(
    "path, operator, value, meets",
    [
        ("$.verb", "equals", "create", True),
        ("$.verb", "equals", "Create", False),
        ("$.verb", "notEquals", "update", True),
        ("$.verb", "notEquals", "create", False),
        ("$.nothing", "equals", "create", False),
        ("$.nothing", "notEquals", "create", True),
        # A value is read by the type of what it is compared with: `NO` is a country.
        ("$.changes[*].new", "equals", "NO", True),
        ("$.changes[*].new", "equals", "26", True),
        ("$.changes[*].new", "equals", "26.0", True),
        ("$.changes[*].new", "notEquals", "NO", False),
        ("$.protected", "equals", "true", True),
        ("$.protected", "equals", "1", False),
        ("$.gone", "equals", "null", True),
        ("$.price", "equals", "23.1", True),
        ("$.counts", "equals", "26", False),
        ("$.verb", "in", ("create", "delete"), True),
        ("$.verb", "in", ("update", "delete"), False),
        ("$.verb", "notIn", ("update", "delete"), True),
        ("$.verb", "notIn", ("create", "delete"), False),
        ("$.nothing", "notIn", ("create",), True),
        ("$.address", "matches", "^subscription/contoso/", True),
        ("$.address", "matches", "m365$", True),
        ("$.address", "matches", "^m365", False),
        ("$.counts.addSeats", "matches", "26", False),
        ("$.counts.addSeats", "greaterThan", "25", True),
        ("$.counts.addSeats", "greaterThan", "26", False),
        ("$.counts.addSeats", "atLeast", "26", True),
        ("$.counts.addSeats", "atLeast", "27", False),
        ("$.counts.addSeats", "lessThan", "27", True),
        ("$.counts.addSeats", "lessThan", "26", False),
        ("$.price", "greaterThan", "23.09", True),
        ("$.verb", "greaterThan", "1", False),
        ("$.protected", "greaterThan", "0", False),
        ("$.nothing", "lessThan", "1", False),
        ("$.counts.addSeats", "exists", None, True),
        ("$.gone", "exists", None, True),
        ("$.nothing", "exists", None, False),
        ("$.nothing", "absent", None, True),
        ("$.counts", "absent", None, False),
        ("$.date", "before", "2027-01-16", True),
        ("$.date", "before", "2027-01-15", False),
        ("$.date", "after", "2027-01-14", True),
        ("$.date", "after", "2027-01-14T23:00:00-02:00", False),
        ("$.verb", "before", "2027-01-16", False),
        ("$.nothing", "after", "2027-01-16", False),
    ],
)
def test_an_operator(path: str, operator: str, value: Any, meets: bool) -> None:
    clause = Clause(path, Operator(operator), value)
    assert bool(meeting(rule(clause), {"actions": [ITEM]})) is meets


def test_every_operator_is_held() -> None:
    marks = test_an_operator.pytestmark  # type: ignore[attr-defined]
    assert {row[1] for row in marks[0].args[1]} == {str(each) for each in Operator}


def test_all_clauses_have_to_be_met() -> None:
    create = Clause("$.verb", Operator.EQUALS, "create")
    update = Clause("$.verb", Operator.EQUALS, "update")
    assert meeting(rule(create, create), {"actions": [ITEM]})
    assert not meeting(rule(create, update), {"actions": [ITEM]})
    assert meeting(rule(), {"actions": [ITEM]}) == [ITEM]


def test_items_may_be_plain_values() -> None:
    big = rule(Clause("$", Operator.GREATER_THAN, "10"), where="$.totals.writes")
    assert meeting(big, {"totals": {"writes": 11}}) == [11]
    assert not meeting(big, {"totals": {"writes": 10}})


def test_a_rule_is_one_finding_that_names_what_it_is_about() -> None:
    actions = [{"address": f"subscription/contoso/s{n}"} for n in range(5)]
    (found,) = judge([policy(rule(message="no more"))], {"actions": actions})
    names = "subscription/contoso/s0, subscription/contoso/s1, subscription/contoso/s2"
    assert found.what == f"no more ({names} and 2 more)"
    assert found.advice.endswith("the rule is purchases/one, policies/purchases.yaml:7:13")
    assert (found.code, found.severity, found.address) == ("policy", Severity.ERROR, None)


def test_only_errors_refuse() -> None:
    both = policy(rule(), rule(name="two", severity=Severity.WARNING))
    found = judge([both], {"actions": [ITEM]})
    assert [each.severity for each in found] == [Severity.ERROR, Severity.WARNING]
    assert refusing(found) == found[:1]


def test_what_policies_said_before_is_not_looked_at() -> None:
    every = rule(where="$.findings[*]")
    findings = [{"code": "policy"}, {"code": "end-of-term-undecided"}]
    assert judge([policy(every)], {"findings": findings[:1]}) == []
    assert len(judge([policy(every)], {"findings": findings})) == 1


@pytest.mark.parametrize(
    "path, wrong",
    [
        ("$", False),
        ("$.actions[?@.verb == 'create'].counts", False),
        ("$..changes[*]", False),
        ("actions", True),
        ("$.actions[", True),
        ("$.actions[?@.verb = 'create']", True),
        ("", True),
    ],
)
def test_what_is_a_path(path: str, wrong: bool) -> None:
    assert bool(wrong_path(path)) is wrong


@pytest.mark.parametrize(
    "expect, holds", [(("no",), True), ((), False), (("no", "no"), False), (("yes",), False)]
)
def test_a_case_holds_where_the_messages_are_as_expected(
    expect: tuple[str, ...], holds: bool
) -> None:
    case = PolicyCase("a purchase", {"actions": [ITEM]}, expect, HERE)
    (found,) = tried([policy(rule(), cases=(case,))])
    assert found.found == ("no",)
    assert found.holds is holds
