"""Steps in words: goals, conditions without one, shared calls."""

from __future__ import annotations

import pytest

from pcsync.model import (
    All,
    AtLeast,
    Await,
    Condition,
    Empty,
    Every,
    Is,
    Not,
    Some,
    Verb,
)  # fmt: skip
from pcsync.report import render
from pcsync.report.document import plan_document
from pcsync.report.waits import calls, said

from . import sample


@pytest.mark.parametrize(
    "condition,text",
    [
        (Is("status", "active"), "status is active"),
        (Is("offerId", "CFQ7", prefix=True), "offerId begins with CFQ7"),
        (AtLeast("totalUnits", 1200), "totalUnits is at least 1,200"),
        (Empty("errors"), "errors is empty"),
        (Some("", Empty("x")), "the list has one where x is empty"),
        (Every("items", Is("a", 1)), "in all of items a is 1"),
        (All((Is("a", 1), Not(Is("b", None)))), "a is 1 and it is not so that b is none"),
    ],
)
def test_conditions_read_as_words(condition: Condition, text: str) -> None:
    assert said(condition) == text


def test_a_shared_wait_stands_under_the_calls_it_follows() -> None:
    a, b = (sample.act(f"user/contoso/{name}", Verb.UPDATE) for name in "ab")
    steps = (
        sample.call("1", "POST", "/v1/customers/{c}/carts?x=1", a, b),
        Await("2", (a.id, b.id), "/w", Is("state", "x"), deadline=60, says="both are active"),
    )
    text = render(plan_document(sample.made((a, b), steps)))
    assert text.index("these 2 together: POST carts") < text.index("    then waits until both are")
    assert "then waits until both are active, up to 60 seconds\n" in text


def test_calls_are_named_by_method_and_last_word() -> None:
    a = sample.act("user/contoso/a", Verb.UPDATE)
    steps = [
        sample.call("1", "POST", "/v1/customers/{c}/carts/{id}/checkout", a),
        sample.call("2", "PATCH", "/v1/users/0f3a", a),
        sample.call("3", "PATCH", "/v1/users/{u}", a),
        sample.call("4", "GET", "/v1/users", a),
    ]
    assert calls(steps) == "POST checkout, 2 PATCH users"
