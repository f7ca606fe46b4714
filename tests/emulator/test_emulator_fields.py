"""Every member that a case expects is named by the section it cites, and so is every code."""

from __future__ import annotations

import json

import pytest

from . import fields
from .cases import Case, load

KNOWN: dict[str, list[str]] = json.loads(fields.FACTS.read_text("utf-8"))


@pytest.mark.parametrize("case", load(), ids=lambda case: case.name)
def test_cited_sections_name_what_the_case_expects(case: Case) -> None:
    for source in case.sources:
        assert source in KNOWN, f"{source}: run python -m tests.emulator.fields"
    assert not fields.unspoken(case, KNOWN)


@pytest.mark.skipif(not fields.REFERENCE.exists(), reason="the reference is not beside the checkout")
def test_facts_are_those_of_the_reference() -> None:
    """Regenerate with `python -m tests.emulator.fields`."""
    assert fields.facts() == KNOWN
    assert fields.FACTS.read_text("utf-8") == "\n".join(fields.lines()) + "\n"
