"""Lines fit, columns count as a terminal counts, and no number is cut."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pcsync.report.layout import chop, columns, cut, flush, paragraph, rows, wrap


def test_columns_are_those_of_a_terminal() -> None:
    assert [columns(text) for text in ("abc", "Zielińska", "e\u0301", "株式")] == [3, 9, 1, 4]


def test_a_cut_never_ends_inside_a_number() -> None:
    assert cut("total 1,195,286.40 EUR", 12) == "total …"
    assert cut("total 1,195 EUR", 13) == "total 1,195 …"
    assert cut("id-1234567", 8) == "id-…"
    assert cut("short", 5) == "short"


@given(st.text(), st.integers(8, 60))
def test_wrapped_text_fits(text: str, width: int) -> None:
    assert all(columns(line) <= width for line in wrap(text, width))


@given(st.text(st.characters(exclude_categories=["Z", "C"])), st.integers(12, 60))
def test_chopped_text_fits_and_is_whole(text: str, width: int) -> None:
    lines = chop(text, width, 4)
    assert all(columns(line) <= width for line in lines)
    assert "".join(line.strip() for line in lines) == text


def test_text_at_the_right_edge() -> None:
    assert flush("~ a", "1 write", 20) == ["~ a          1 write"]
    assert flush("~ a/long/address", "1 write", 20) == ["~ a/long/address", "             1 write"]
    assert flush("~ a/very/long/address/indeed", "", 20) == ["~ a/very/long/", "  address/indeed"]


def test_rows_are_aligned_and_wrap_in_their_column() -> None:
    assert rows([("why", "one two three"), ("quantity", "5")], 24) == [
        "    why       one two",
        "              three",
        "    quantity  5",
    ]


def test_a_label_that_is_too_long_stands_alone() -> None:
    assert rows([("a", "1"), ("x" * 30, "2")], 40) == ["    a  1", "    " + "x" * 30, "       2"]


def test_paragraphs() -> None:
    assert paragraph("one two three", 12, 6, "NEXT") == ["NEXT  one", "      two", "      three"]
    assert paragraph("Plan: a b c d", 10, 4, hanging=True) == ["Plan:", "    a b c", "    d"]
