"""Scalars take the type of their field: manifest-reference 1.1, row by row (domain rule ID20)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from pcsync.manifests.nodes import Pairs, Scalar
from pcsync.manifests.parse import parse
from pcsync.manifests.scalars import Complaint, Type, value


def scalar(written: str) -> Scalar:
    """The scalar of a line `field: written`."""
    (document,) = parse(f"field: {written}\n", "a.yaml").documents
    assert isinstance(document, Pairs)
    node = document.entries[0].value
    assert isinstance(node, Scalar)
    return node


def read(written: str, kind: Type, clearable: bool = False, decimals: int | None = None) -> Any:
    return value(scalar(written), kind, clearable, decimals)


@pytest.mark.parametrize(
    "written,kind,expected",
    [
        ("NO", Type.TEXT, "NO"),
        ("01067", Type.TEXT, "01067"),
        ("+48583001122", Type.TEXT, "+48583001122"),
        ("5842751979", Type.TEXT, "5842751979"),
        ("0042", Type.TEXT, "0042"),
        ("6500.00", Type.DECIMAL, Decimal("6500.00")),
        ("2026-12-02", Type.DATE, "2026-12-02"),
        ("18", Type.INTEGER, 18),
        ("-3", Type.INTEGER, -3),
        ('"5"', Type.INTEGER, 5),
        ("0", Type.DECIMAL, Decimal(0)),
        ("true", Type.BOOLEAN, True),
        ("false", Type.BOOLEAN, False),
        ("12:30", Type.TEXT, "12:30"),
        ("1e3", Type.TEXT, "1e3"),
        ("2026-12-02", Type.TEXT, "2026-12-02"),
        ('"null"', Type.TEXT, "null"),
        ('""', Type.TEXT, ""),
        ("'~'", Type.TEXT, "~"),
        ("$5", Type.TEXT, "$5"),
        ("Zielińska", Type.TEXT, "Zielińska"),
    ],
)
def test_a_text_is_read_as_its_field_wants_it(written: str, kind: Type, expected: Any) -> None:
    found = read(written, kind)
    assert (found, type(found)) == (expected, type(expected))


def test_decimals_keep_every_digit() -> None:
    assert str(read("6500.00", Type.DECIMAL)) == "6500.00"


@pytest.mark.parametrize(
    "written", ["1_000", "12:30", "0x10", "1e3", "1.0", "+1", "\u0663", "9" * 19, "true", '""']
)
def test_integers_are_digits_only(written: str) -> None:
    found = read(written, Type.INTEGER)
    assert isinstance(found, Complaint)
    assert "digits only" in found.advice


@pytest.mark.parametrize(
    "written", ["1_000.5", "1e3", ".5", "5.", ".inf", ".nan", "1,5", "\u0661.5"]
)
def test_decimals_are_digits_and_a_point(written: str) -> None:
    assert isinstance(read(written, Type.DECIMAL), Complaint)


def test_decimals_are_not_rounded_silently() -> None:
    found = read("1.234", Type.DECIMAL, decimals=2)
    assert isinstance(found, Complaint)
    assert found.advice == "round it to 2 digits after the point"


@pytest.mark.parametrize("written", ["yes", "no", "on", "True", "TRUE", "1", "y"])
def test_booleans_are_true_or_false(written: str) -> None:
    found = read(written, Type.BOOLEAN)
    assert isinstance(found, Complaint)
    assert found.advice == "write `true` or `false`"


@pytest.mark.parametrize(
    "written", ["2026-13-01", "2026-02-30", "02.12.2026", "2026-12", "20261202"]
)
def test_dates_are_days_that_exist(written: str) -> None:
    assert isinstance(read(written, Type.DATE), Complaint)


@pytest.mark.parametrize("kind", list(Type))
def test_nothing_after_the_colon_is_an_error(kind: Type) -> None:
    found = read("", kind, clearable=True)
    assert isinstance(found, Complaint)
    assert found.advice == "write `null` to clear, or leave the line out"


@pytest.mark.parametrize("written", ["null", "~", "Null", "NULL"])
def test_null_clears_where_the_field_can_be_cleared(written: str) -> None:
    assert read(written, Type.DECIMAL, clearable=True) is None
    assert isinstance(read(written, Type.DECIMAL), Complaint)


def test_variables_are_read_in_manifests_only() -> None:
    found = read('"site ${env:SITE}"', Type.TEXT)
    assert isinstance(found, Complaint)
    assert found == ("`${env:SITE}` is not read here", "write the value itself")


@pytest.mark.parametrize("written", ['"a\\x1b[31m"', '"\\0"', '"\\x9b"'])
def test_control_characters_are_no_text(written: str) -> None:
    found = read(written, Type.TEXT)
    assert isinstance(found, Complaint)
    assert found.advice == "remove it"
    assert read('"a\\tb\\nc"', Type.TEXT) == "a\tb\nc"
