"""JSON both ways."""

from __future__ import annotations

import json
from decimal import Decimal
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcsync.client import decode, encode, fold_names


class Word(StrEnum):
    NONE = "none"


class Number(IntEnum):
    ONE = 1


@pytest.mark.parametrize(
    "value,text",
    [
        (None, "null"),
        (True, "true"),
        (12, "12"),
        (Decimal("12"), "12"),
        (Decimal("12.00"), "12"),
        (Decimal("1E+3"), "1000"),
        (Decimal("-0"), "0"),
        (Decimal("0.10"), "0.10"),
        (Decimal("19.99"), "19.99"),
        (Decimal("1E-7"), "0.0000001"),
        (Decimal("12345678901234567890.12"), "12345678901234567890.12"),
        (0.1, "0.1"),
        (2.0, "2"),
        (Word.NONE, '"none"'),
        (Number.ONE, "1"),
        ('a"b\n', '"a\\"b\\n"'),
        ((1, [Decimal("2.5")]), "[1,[2.5]]"),
        (MappingProxyType({"a": MappingProxyType({})}), '{"a":{}}'),
    ],
)
def test_encode(value: Any, text: str) -> None:
    assert encode(value) == text.encode()


@pytest.mark.parametrize("value", [{1, 2}, b"x", object(), {1: "a"}, [{None: 1}]])
def test_encode_refuses_what_json_cannot_hold(value: Any) -> None:
    with pytest.raises(TypeError, match="not a JSON"):
        encode(value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("NaN"), Decimal("Infinity")])
def test_encode_refuses_numbers_that_are_none(value: Any) -> None:
    with pytest.raises(ValueError, match="not a JSON number"):
        encode(value)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(VALUES)
def test_encode_says_what_the_standard_library_says(value: Any) -> None:
    assert json.loads(encode(value)) == value


@settings(deadline=None, derandomize=True)
@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15))
def test_a_decimal_comes_back_as_it_was(value: Decimal) -> None:
    assert Decimal(decode(encode(value))) == value


@pytest.mark.parametrize("content", [b"", b"  \r\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf \n"])
def test_an_empty_body_is_none(content: bytes) -> None:
    assert decode(content) is None


@pytest.mark.parametrize(
    "content", [b"<html>", b"{", b'{"a": NaN}', b"\xff\xfe", b"Unauthorized", b"[" * 100_000]
)
def test_what_is_not_json(content: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        decode(content)


def test_fold_names_at_every_depth_and_never_values() -> None:
    value = {"TotalCount": 1, "Items": [{"Id": "ABC", "Links": {"Next": None}}], "eTag": "X"}
    folded = {"totalCount": 1, "items": [{"id": "ABC", "links": {"next": None}}], "eTag": "X"}
    assert fold_names(value) == folded
    assert fold_names(folded) == folded


@pytest.mark.parametrize("value", [{"Id": 1, "id": 2}, {"id": 2, "Id": 1}])
def test_of_both_casings_the_folded_one_counts(value: dict[str, int]) -> None:
    assert fold_names(value) == {"id": 2}
