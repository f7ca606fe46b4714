"""The documents: their shapes, how drift reads a plan, which exit an apply has."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from pcsync.errors import Exit
from pcsync.model import Action, Await, Is, Outcome, Verb
from pcsync.plan.codec import from_data, to_data
from pcsync.report import render
from pcsync.report.document import apply_document, drift_document, plan_document
from pcsync.report.work import groups, writes

from . import sample


def test_a_plan_document_is_the_plan_and_its_command() -> None:
    document = plan_document(sample.everything())
    assert document == {**to_data(sample.everything()), "command": "plan", "format": 1}


@pytest.mark.parametrize(
    "document",
    [
        plan_document(sample.everything()),
        drift_document(sample.everything()),
        apply_document(sample.halted()),
    ],
    ids=["plan", "drift", "apply"],
)
def test_json_comes_back_and_reads_the_same(document: dict[str, Any]) -> None:
    back = json.loads(render(document, "json"), parse_float=Decimal)
    assert back == document
    assert render(back) == render(document)


def test_drift_reads_actions_the_other_way_round() -> None:
    document = drift_document(sample.everything())
    found = {each["address"]: each for each in document["differences"]}
    assert list(found) == sorted(found)
    assert found["user/contoso/ana"]["how"] == "differs"
    assert found["user/contoso/ana"]["fields"][1] == {
        "field": "department",
        "declared": None,
        "live": "Sales",
    }
    assert found["user/contoso/ana"]["place"]["line"] == 12
    assert found["user/contoso/cora"]["how"] == "missing"
    assert found["user/contoso/ben"]["how"] == "extra"
    assert "subscription/contoso/copilot" not in found
    assert "subscription/contoso/visio" not in found
    assert document["totals"] == {"fields": 7, "resources": 5, "missing": 8, "extra": 5}


def test_no_drift() -> None:
    document = drift_document(sample.nothing())
    assert document["differences"] == []
    assert render(document).endswith("\nNo drift.\n")


@pytest.mark.parametrize(
    "first,second,code",
    [
        (Outcome.DONE, Outcome.DONE, Exit.FINE),
        (Outcome.DONE, Outcome.DEFERRED, Exit.FINE),
        (Outcome.DONE, Outcome.FAILED, Exit.PARTIAL),
        (Outcome.DONE, Outcome.STALE, Exit.PARTIAL),
        (Outcome.DONE, Outcome.NOT_STARTED, Exit.PARTIAL),
        (Outcome.DONE, Outcome.SKIPPED, Exit.PARTIAL),
        (Outcome.DONE, Outcome.PENDING, Exit.WAITING),
        (Outcome.PENDING, Outcome.SKIPPED, Exit.WAITING),
        (Outcome.PENDING, Outcome.FAILED, Exit.PARTIAL),
        (Outcome.FAILED, Outcome.SKIPPED, Exit.FAILED),
        (Outcome.FAILED, Outcome.STALE, Exit.FAILED),
        (Outcome.UNKNOWN, Outcome.SKIPPED, Exit.FAILED),
        (Outcome.STALE, Outcome.SKIPPED, Exit.STALE),
        (Outcome.STALE, Outcome.NOT_STARTED, Exit.STALE),
    ],
)
def test_exit_of_an_apply(first: Outcome, second: Outcome, code: Exit) -> None:
    a, b = (sample.act(f"user/contoso/{name}", Verb.UPDATE) for name in "ab")
    ended = {a.id: (first, "", ""), b.id: (second, "", "")}
    document = apply_document(sample.applied(sample.made((a, b)), ended))
    assert document["exit"] == code
    assert sum(document["counts"].values()) == 2
    assert (
        render(document).rstrip().rpartition("\n")[2].startswith("Applied: 1 ") or first is second
    )


def test_an_apply_says_what_to_do() -> None:
    said = {
        Outcome.FAILED: "Mend what failed",
        Outcome.STALE: "a new plan shows how",
        Outcome.PENDING: "nothing goes twice",
        Outcome.UNKNOWN: "it looks what came of the unknown first",
        Outcome.NOT_STARTED: "for what was not started",
        Outcome.DONE: "The next plan is empty",
    }
    action = sample.act("user/contoso/ana", Verb.UPDATE)
    for outcome, text in said.items():
        one = sample.applied(sample.made((action,)), {action.id: (outcome, "", "")})
        assert text in " ".join(render(apply_document(one)).split())


def test_no_changes_is_not_claimed_of_what_is_unknown() -> None:
    plan = replace(sample.nothing(), unknown=(sample.address("user/contoso/ana"),))
    text = render(plan_document(plan))
    assert "as declared" not in text
    assert text.endswith("No changes in what could be planned; 1 resource unknown.\n")


def test_writes_at_the_right_edge_add_up() -> None:
    for plan in (sample.small(), sample.everything()):
        found = groups(plan.actions, plan.steps)
        assert sum(group.writes for group in found) == plan.totals.writes == writes(plan.steps)
        assert sorted(a.id for group in found for a in group.actions) == sorted(
            action.id for action in plan.actions
        )


def test_actions_that_share_calls_stand_side_by_side() -> None:
    a, b, c = (sample.act(f"user/contoso/{name}", Verb.UPDATE) for name in "abc")
    steps = (sample.call("1", "POST", "/x", a, c), sample.call("2", "POST", "/y", b))
    found = groups((a, b, c), steps)
    assert [[_name(action) for action in group.actions] for group in found] == [["a", "c"], ["b"]]
    assert [group.writes for group in found] == [1, 1]


def _name(action: Action) -> str:
    return action.address.path[-1]


def test_a_document_can_be_read_back_as_its_plan() -> None:
    document = plan_document(sample.small())
    assert from_data({k: v for k, v in document.items() if k != "command"}) == sample.small()


def test_alike_customers_are_told_once_unless_it_can_not_be_undone() -> None:
    def plan(counts: dict[str, int]) -> str:
        names = [f"user/{name}/ana" for name in ("contoso", "fabrikam", "adatum")]
        lost = ("can be restored until 2026-12-23",) if counts else ()
        made = (sample.act(name, Verb.DELETE, counts=counts, forever=lost) for name in names)
        actions = tuple(made)
        return render(plan_document(sample.made(actions)))

    assert "NOW   the same change in 3 customers\n- user/*/ana\n" in plan({})
    assert "    adatum, contoso, fabrikam\n" in plan({})
    assert "the same" not in plan({"deleteUsers": 1})
    assert plan({"deleteUsers": 1}).count("can be restored until 2026-12-23") == 3


def test_actions_stand_in_the_order_of_their_calls_and_a_wait_ties_nothing() -> None:
    a, b, c = (sample.act(f"user/contoso/{name}", Verb.UPDATE) for name in "abc")
    wait = Await("0", (b.id, c.id), "/w", Is("state", "active"))
    steps = (wait, sample.call("1", "POST", "/x", c), sample.call("2", "POST", "/y", b))
    found = groups((a, b, c), steps)
    assert [[_name(action) for action in group.actions] for group in found] == [["c"], ["b"], ["a"]]
    assert [step.id for step in found[1].own[b.id]] == ["0", "2"]


def test_calls_that_only_some_of_a_group_share_name_them() -> None:
    a, b, c = (sample.act(f"user/contoso/{name}", Verb.UPDATE) for name in "abc")
    steps = (sample.call("1", "POST", "/x", a, b, c), sample.call("2", "POST", "/y", a, b))
    text = render(plan_document(sample.made((a, b, c), steps)))
    assert "    these 3 together: POST x      " in text
    assert "    a, b together: POST y      " in text
