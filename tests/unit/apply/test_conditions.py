"""Conditions over answers, as a table; and what is kept of an answer."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from pcsync.apply.conditions import holds, kept, members, value_at
from pcsync.model import All, AtLeast, AtMost, Condition, Empty, Every, Is, Keep, Not, Some

LIST = {"items": [{"id": 1, "on": True}, {"id": 2, "on": False}]}
TABLE: list[tuple[Condition, Any, bool]] = [
    (Is("a", 1), {"a": 1}, True),
    (Is("a", 1), {"a": Decimal("1.0")}, True),
    (Is("a", 1), {"a": "1"}, False),
    (Is("a", 1), {"a": True}, False),
    (Is("a", True), {"a": 1}, False),
    (Is("a", False), {}, False),
    (Is("a", None), {}, True),
    (Is("a", None), {"a": ""}, True),
    (Is("a", None), {"a": []}, True),
    (Is("a", ""), {"a": None}, True),
    (Is("a", None), {"a": 0}, False),
    (Is("a", 0), {"a": None}, False),
    (Is("a", "x"), {}, False),
    (Is("a.b", 1), {"a": {"b": 1}}, True),
    (Is("a.b", 1), {"a": None}, False),
    (Is("a.b", 1), {"a": [1]}, False),
    (Is("A.b", 1), {"a": {"B": 1}}, True),
    (Is("", {"a": 1}), {"a": 1, "b": 2}, True),
    (Is("a", "One_Time"), {"a": "onetime"}, False),
    (Is("a", "One_Time", fold=True), {"a": "onetime"}, True),
    (Is("a", "P:1:", prefix=True), {"a": "P:1:XYZ"}, True),
    (Is("a", "P:1:", prefix=True), {"a": "p:1:xyz"}, False),
    (Is("a", "P:1:", fold=True, prefix=True), {"a": "p:1:xyz"}, True),
    (Is("a", "P:1:", prefix=True), {"a": "P:10:XYZ"}, False),
    (Is("a", "P:1:", prefix=True), {}, False),
    (Is("a", {"b": 1}), {"a": {"b": 1, "c": 2}}, True),
    (Is("a", {"b": 1, "c": 2}), {"a": {"b": 1}}, False),
    (Is("a", [{"b": "X"}], fold=True), {"a": [{"b": "x", "c": 1}]}, True),
    (Is("a", [1, 2]), {"a": [1]}, False),
    (Is("a", [1, 2]), {"a": [2, 1]}, False),
    (AtLeast("a", 3), {"a": 3}, True),
    (AtLeast("a", 3), {"a": Decimal(4)}, True),
    (AtLeast("a", 3), {"a": 2}, False),
    (AtLeast("a", 3), {}, False),
    (AtLeast("a", 3), {"a": "many"}, False),
    (AtMost("a", Decimal("23.10")), {"a": Decimal("23.10")}, True),
    (AtMost("a", Decimal("23.10")), {"a": Decimal("23.11")}, False),
    (AtMost("a", Decimal("23.10")), {"a": 23}, True),
    (AtMost("a", Decimal("23.10")), {}, False),
    (Empty("a"), {}, True),
    (Empty("a"), {"a": {}}, True),
    (Empty("a"), {"a": 0}, False),
    (Empty("a"), {"a": ["x"]}, False),
    (Some("items", Is("id", 2)), LIST, True),
    (Some("items", Is("id", 3)), LIST, False),
    (Some("items", Is("id", 3)), {}, False),
    (Some("items", Is("id", 3)), {"items": None}, False),
    (Every("items", AtLeast("id", 1)), LIST, True),
    (Every("items", Is("on", True)), LIST, False),
    (Every("items", Is("id", 9)), {}, True),
    (Every("a", Empty("error")), {"a": {"error": "x"}}, False),
    (All((Is("a", 1), Is("b", 2))), {"a": 1, "b": 2}, True),
    (All((Is("a", 1), Is("b", 2))), {"a": 1}, False),
    (All(()), None, True),
    (Not(Is("a", 1)), {"a": 2}, True),
    (Not(Empty("")), None, False),
    (Some("items", Some("x", Is("", 1))), {"items": [{"x": [2, 1]}]}, True),
]


@pytest.mark.parametrize("condition, body, expected", TABLE, ids=str)
def test_holds(condition: Condition, body: Any, expected: bool) -> None:
    assert holds(condition, body) is expected


@pytest.mark.parametrize("body", [None, "", 3, [], [1], "text"])
def test_a_path_into_what_is_no_mapping_leads_nowhere(body: Any) -> None:
    assert value_at(body, "a.b") is None
    assert members(body, "a") == ()


def test_kept_takes_the_first_that_fits() -> None:
    among = Keep("x#id", "id", "items", Is("on", True))
    assert kept(among, LIST) == 1
    assert kept(Keep("x#id", "id", "items"), LIST) == 1
    assert kept(Keep("x#id", "items"), LIST) == LIST["items"]
    assert kept(Keep("x#id", "id", "items", Is("id", 9)), LIST) is None
    assert kept(Keep("x#id", "id", "none"), LIST) is None
