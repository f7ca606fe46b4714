"""How values read."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcsync.report.shown import CONTROL, clean, far, listed, short, shown, span

from .sample import NOW


@pytest.mark.parametrize(
    "value,text",
    [
        (None, "none"),
        ("", "none"),
        ([], "none"),
        ("none", '"none"'),
        (" x", '" x"'),
        (True, "true"),
        (1250, "1,250"),
        (Decimal("1195286.40"), "1,195,286.40"),
        (Decimal("1E+3"), "1,000"),
        (Decimal("1E+999999"), "1E+999999"),
        ("01067", "01067"),
        ("+48583001122", "+48583001122"),
        ("2026-11-23T09:00:00Z", "2026-11-23 09:00 UTC"),
        ("2026-99-23T09:00:00Z", "2026-99-23T09:00:00Z"),
        (["a", 1200], "a, 1,200"),
        ({"b": 1, "a": None}, "a: none, b: 1"),
    ],
)
def test_values(value: Any, text: str) -> None:
    assert shown(value) == text


def test_secrets_and_control_codes_stop_at_the_door() -> None:
    given_ = {"password": {"$secret": "env:X"}, "list": [{"$secret": "y"}], "n\x1b": "\x9b2J\u202e"}
    assert clean(given_) == {
        "password": "(secret)",
        "list": ["(secret)"],
        "n\\x1b": "\\x9b2J\\u202e",
    }


@given(st.text())
def test_what_is_clean_can_be_printed_anywhere(text: str) -> None:
    assert not CONTROL.search(clean(text))
    clean(text).encode()


@pytest.mark.parametrize(
    "days,text", [(0, "today"), (1, "tomorrow"), (40, "in 40 days"), (-1, "1 day ago")]
)
def test_distance(days: int, text: str) -> None:
    time: datetime = NOW + timedelta(days=days)
    assert far(time, NOW) == text


def test_names_in_a_row() -> None:
    assert listed(["a", "b"], 2) == "a, b"
    assert listed(["a", "b", "c"], 2) == "a, b and 1 more"


def test_long_field_names_are_shortened_where_that_is_clear() -> None:
    names = ["companyProfile.companyName", "state", "defaultAddress.fields.state", "a.b"]
    assert short(names) == ["companyName", "state", "defaultAddress.fields.state", "a.b"]


def test_spans() -> None:
    assert [span(1), span(119.6), span(1800)] == ["1 second", "120 seconds", "30 minutes"]
