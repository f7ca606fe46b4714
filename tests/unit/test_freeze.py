"""Freeze windows: days, hours and dates, both ends included (manifest-reference.md 11.3)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pcsync.model import frozen, window


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "text, inside, outside",
    [
        ("28..3", ["2026-11-28T00:00", "2026-11-30T12:00", "2026-12-03T23:59:59"], ["2026-12-04"]),
        ("28..3", ["2026-02-28", "2026-03-01"], ["2026-02-27T23:59:59"]),
        ("10..12", ["2026-11-10", "2026-11-12T23:59"], ["2026-11-09", "2026-11-13"]),
        ("5..5", ["2026-11-05T00:00", "2026-11-05T23:59"], ["2026-11-04", "2026-11-06"]),
        (
            "22:00..02:00",
            ["2026-11-23T22:00", "2026-11-23T23:59:59", "2026-11-24T00:00", "2026-11-24T02:00:59"],
            ["2026-11-23T21:59:59", "2026-11-24T02:01"],
        ),
        ("09:00..17:30", ["2026-11-23T09:00", "2026-11-23T17:30:30"], ["2026-11-23T17:31"]),
        (
            "2026-12-21..2027-01-03",
            ["2026-12-21T00:00", "2026-12-31T12:00", "2027-01-03T23:59:59"],
            ["2026-12-20T23:59:59", "2027-01-04T00:00", "2027-12-25T00:00"],
        ),
    ],
)
def test_what_a_window_holds(text: str, inside: list[str], outside: list[str]) -> None:
    found = window(text)
    assert all(found.holds(at(moment)) for moment in inside)
    assert not any(found.holds(at(moment)) for moment in outside)


@pytest.mark.parametrize(
    "text, said",
    [
        ("", "is no window"),
        ("28", "is no window"),
        ("0..3", "is no window"),
        ("28..32", "is no window"),
        ("24:00..02:00", "is no window"),
        ("9:00..10:00", "is no window"),
        ("28..03:00", "is no window"),
        ("2026-12-21..", "is no window"),
        ("2026-02-30..2026-03-01", "2026-02-30 is no day of the calendar"),
        ("2027-01-03..2026-12-21", "ends before it begins"),
    ],
)
def test_what_is_no_window(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        window(text)


def test_the_first_window_that_holds_is_named() -> None:
    windows = ("1..2", "22:00..23:00", "20..25")
    assert frozen(windows, at("2026-11-23T22:30")) == "22:00..23:00"
    assert frozen(windows, at("2026-11-23T12:00")) == "20..25"
    assert frozen(windows, at("2026-11-26T12:00")) is None
    assert frozen((), at("2026-11-26T12:00")) is None
