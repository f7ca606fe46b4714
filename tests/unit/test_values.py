"""Values in one form: ids, words, times, amounts, and when two of them are one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcsync.values import absent, amount, guid, is_guid, moment, same, text, word

ID = "2f1c6f0e-5a3b-4d0c-9a57-0f6f6a1f4b11"
PLAIN = (
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.text(max_size=3)
    | st.decimals(-9, 9, places=2)
)
VALUES = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner),
    max_leaves=8,
)


@pytest.mark.parametrize(
    "written", [ID, ID.upper(), f"{{{ID}}}", ID.replace("-", ""), f"urn:uuid:{ID}"]
)
def test_a_guid_in_any_form_is_one(written: str) -> None:
    assert is_guid(written)
    assert guid(written) == ID


@pytest.mark.parametrize("other", ["", "Contoso", ID[:-1], f"{ID}0", ID.replace("2", "g", 1)])
def test_other_ids_are_folded_only(other: str) -> None:
    assert not is_guid(other)
    assert guid(other) == other.lower()


@settings(deadline=None, derandomize=True)
@given(st.uuids() | st.text())
def test_guid_is_stable(found: UUID | str) -> None:
    once = guid(str(found))
    assert guid(once) == once
    assert guid(str(found).upper()) == guid(str(found).upper().lower())


@pytest.mark.parametrize("form", ["one_time", "OneTime", "ONETIME", "One_Time"])
def test_enum_words_are_one(form: str) -> None:
    assert word(form) == "onetime"
    assert same(form, "one_time", fold=True)
    assert not same(form, "none", fold=True)


def test_nothing_is_no_word() -> None:
    assert (word(None), text(""), text(None), text(" ")) == ("", None, None, " ")


@pytest.mark.parametrize(
    "written, expected",
    [
        ("2026-11-23T09:00:00Z", datetime(2026, 11, 23, 9, tzinfo=UTC)),
        ("2026-11-23T09:00:00", datetime(2026, 11, 23, 9, tzinfo=UTC)),
        ("2026-11-23T10:00:00+01:00", datetime(2026, 11, 23, 9, tzinfo=UTC)),
        ("2026-11-23", datetime(2026, 11, 23, tzinfo=UTC)),
        ("2026-11-23T09:00:00.5Z", datetime(2026, 11, 23, 9, 0, 0, 500_000, tzinfo=UTC)),
        ("2026-11-23T09:00:00.1234567Z", datetime(2026, 11, 23, 9, 0, 0, 123_456, tzinfo=UTC)),
        ("2026-11-23T09:00:00.1234567", datetime(2026, 11, 23, 9, 0, 0, 123_456, tzinfo=UTC)),
        ("9999-12-31T23:59:59.9999999Z", datetime.max.replace(tzinfo=UTC)),
        ("0001-01-01T00:00:00", None),
        ("0001-01-01T00:00:00.0000000Z", None),
        ("", None),
        (None, None),
    ],
)
def test_moments(written: str | None, expected: datetime | None) -> None:
    assert moment(written) == expected


@settings(deadline=None, derandomize=True)
@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)),
    st.integers(-14, 14),
    st.integers(0, 7),
)
def test_a_moment_is_the_same_however_it_is_written(at: datetime, zone: int, digits: int) -> None:
    step = 10 ** max(0, 6 - digits)
    at = at.replace(microsecond=at.microsecond // step * step, tzinfo=UTC)
    local = at.astimezone(timezone(timedelta(hours=zone)))
    fraction = f".{at.microsecond:06}0"[: digits + 1] if digits else ""
    assert moment(f"{local:%Y-%m-%dT%H:%M:%S}{fraction}{zone:+03}:00") == at


@pytest.mark.parametrize(
    "written, shown",
    [
        (None, "None"),
        (0, "0"),
        ("6500.00", "6500"),
        (0.1, "0.1"),
        ("1e3", "1000"),
        ("-0.50", "-0.5"),
    ],
)
def test_amounts(written: Any, shown: str) -> None:
    assert str(amount(written)) == shown


@settings(deadline=None, derandomize=True)
@given(st.decimals(-(10**9), 10**9, places=4))
def test_an_amount_keeps_its_value(value: Decimal) -> None:
    found = amount(str(value))
    assert found == value
    assert amount(found) == found
    assert str(amount(found)) == str(found)


@pytest.mark.parametrize("value", [None, "", [], (), {}, MappingProxyType({})])
def test_what_is_absent_is_one(value: Any) -> None:
    assert absent(value)
    assert same(value, None)
    assert same("", value)


@pytest.mark.parametrize("value", [0, False, Decimal(0), " ", [None], {"a": None}])
def test_what_is_there_is_not_absent(value: Any) -> None:
    assert not absent(value)
    assert not same(value, None)
    assert not same(None, value)


@pytest.mark.parametrize(
    "old, new, expected",
    [
        (1, Decimal("1.00"), True),
        (1.5, Decimal("1.5"), True),
        (1, True, False),
        (0, False, False),
        (True, True, True),
        ("1", 1, False),
        ("a", "A", False),
        (["a", "b"], ("a", "b"), True),
        (["a", "b"], ["b", "a"], False),
        ({"a": 1, "more": 2}, {"a": 1}, True),
        ({"a": 1}, {"a": 1, "more": 2}, False),
        ({"a": 1}, {"a": 1, "more": None}, True),
        (MappingProxyType({"a": 1}), {"a": 1}, True),
        ({"a": 1}, ["a"], False),
        ([{"a": 1, "id": 7}], [{"a": 1}], True),
    ],
)
def test_same(old: Any, new: Any, expected: bool) -> None:
    assert same(old, new) is expected


@settings(deadline=None, derandomize=True)
@given(VALUES, st.booleans())
def test_a_value_is_the_same_as_itself(value: Any, fold: bool) -> None:
    assert same(value, value, fold=fold)


@settings(deadline=None, derandomize=True)
@given(PLAIN | st.lists(PLAIN), PLAIN | st.lists(PLAIN))
def test_without_mappings_both_ways_are_one(old: Any, new: Any) -> None:
    assert same(old, new) == same(new, old)
    assert same(old, new, fold=True) or not same(old, new)
