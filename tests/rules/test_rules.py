"""Every domain rule has its case, or says why it has none; the page about it is current."""

from __future__ import annotations

import re

import pytest

from tests.rules.table import ROOT, ROWS, RULE, TESTS, cases, elsewhere, rows, rules, table, text

HELD = table()
# Groups of which every rule is about what is planned for the kinds.
WHOLE = ("ID", "RM", "PE", "LI", "WI", "PU", "PR", "AZ", "LE")
NO_TEXT = {"PE16"}


@pytest.mark.parametrize("rule", rules())
def test_a_rule_is_held_or_says_why_not(rule: str) -> None:
    held = HELD[rule]
    assert held.cases or held.tests or held.reason


def test_what_is_planned_is_held_by_cases() -> None:
    bare = [
        r
        for r, h in HELD.items()
        if r.startswith(WHOLE) and not h.cases and not h.tests and r not in NO_TEXT
    ]
    assert not bare, bare


def test_cases_name_rules_that_exist() -> None:
    known = set(rules())
    for file, name, numbers in cases():
        wrong = [number for number in numbers if RULE.fullmatch(number) and number not in known]
        assert not wrong, (file, name)


@pytest.mark.parametrize("rule", elsewhere())
def test_what_stands_elsewhere_is_there(rule: str) -> None:
    assert rule in rules()
    for test in elsewhere()[rule].get("tests", ()):
        path, _, name = test.partition("::")
        found = (TESTS / path).read_text("utf-8")
        assert re.search(rf"^(async )?def {name}\(" if name else "^def test_", found, re.M), test


def test_a_row_names_cases_that_are_there() -> None:
    names = {name for _, name, _ in cases()}
    for section, found in rows().items():
        for row, by in found.items():
            if isinstance(by, dict):
                assert by["reason"], (section, row)
            else:
                assert set([by] if isinstance(by, str) else by) <= names, (section, row, by)


def test_all_rows_are_there() -> None:
    assert {section: len(found) for section, found in rows().items()} == {
        "20.1": 37,
        "20.2": 10,
        "21": 34,
        "22": 29,
    }, ROWS


def test_the_page_is_current() -> None:
    page = ROOT / "docs" / "rules.md"
    assert page.read_text("utf-8") == text(), "run `python -m tests.rules.table > docs/rules.md`"
