"""Every member that a case expects is named by the section it cites, and so is every code."""

from __future__ import annotations

import json

import pytest

from . import fields
from .cases import load

KNOWN: dict[str, list[str]] = json.loads(fields.FACTS.read_text("utf-8"))


def test_cited_sections_are_known() -> None:
    """Run `python -m tests.emulator.fields` after citing another one."""
    assert {source for case in load() for source in case.sources}.difference(KNOWN) == set()


def test_cited_sections_name_what_the_cases_expect() -> None:
    found = {case.name: fields.unspoken(case, KNOWN) for case in load()}
    assert {name: missing for name, missing in found.items() if missing} == {}


@pytest.mark.skipif(
    not fields.REFERENCE.exists(), reason="the reference is not beside the checkout"
)
def test_facts_are_those_of_the_reference() -> None:
    """Regenerate with `python -m tests.emulator.fields`."""
    assert fields.facts() == KNOWN
    assert fields.FACTS.read_text("utf-8") == "\n".join(fields.lines()) + "\n"
