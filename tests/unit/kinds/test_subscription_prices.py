"""Which row of which sheet holds on a day, and why none does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from pcsync.kinds.subscription import prices
from pcsync.kinds.subscription.prices import Book, Sold
from pcsync.model import PriceRow, Prices, Sheet

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
PRODUCT = "CFQ7TTC0LCHC:0002"
YEARLY = Sold(PRODUCT, "P1Y", "monthly", 10)
FOR_EVER = "9999-12-31"


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def row(unit: str, begins: str = "2026-01-01", ends: str = FOR_EVER, **more: object) -> PriceRow:
    month = str(more.pop("month", "2026-11"))
    sheet = Sheet(f"prices/{month}/DE.csv", month)
    found = PriceRow(
        PRODUCT, "DE", "EUR", "P1Y", "monthly", Decimal(unit), day(begins), day(ends), sheet
    )
    return replace(found, **more)  # type: ignore[arg-type]


def book(rows: Iterable[PriceRow], market: str = "DE", currency: str = "EUR") -> Book:
    found = tuple(rows)
    return Book(Prices({PRODUCT: found}, ()), market, currency, NOW)


def each(rows: Iterable[PriceRow], at: datetime = NOW, what: Sold = YEARLY) -> Decimal | None:
    return prices.each(book(rows), what, at).amount


def why(rows: Iterable[PriceRow], what: Sold = YEARLY, at: datetime = NOW, **of: str) -> str:
    found = prices.each(book(rows, **of), what, at)
    assert found.amount is None
    return found.source


def test_the_row_of_market_currency_term_and_cycle() -> None:
    """MO1: a partner billed in GBP with a customer in Germany: German sheet, row in GBP."""
    rows = [
        row("277.20"),
        row("240.00", currency="GBP"),
        row("999.00", market="GB", currency="GBP"),
        row("264.00", cycle="annual"),
        row("26.40", term="P1M"),
    ]
    found = prices.each(book(rows, currency="GBP"), YEARLY, NOW)
    assert (found.amount, found.sheet) == (Decimal("20.00"), "2026-11")
    assert found.source == "price sheet prices/2026-11/DE.csv"
    assert each(rows, what=replace(YEARLY, cycle="annual")) == Decimal("264.00")


def test_a_seat_of_a_year_is_never_priced_with_the_row_of_a_month() -> None:
    """MO4."""
    assert why([row("26.40", term="P1M")]) == "no price for P1Y billed monthly"


@pytest.mark.parametrize(
    "on, unit",
    [("2026-10-31", "240"), ("2026-11-02", "240"), ("2026-11-03", "240"), ("2026-11-04", "300")],
)
def test_in_an_overlap_the_older_row_holds_until_its_own_end(on: str, unit: str) -> None:
    """MO1: an overlap of 1 to 3 November."""
    rows = [
        row("240", "2026-01-01", "2026-11-03T23:59:59", month="2026-10"),
        row("300", "2026-11-01"),
    ]
    assert each(rows, day(f"{on}T12:00:00")) == Decimal(unit) / 12


def test_an_open_end_goes_when_another_row_begins() -> None:
    rows = [row("240", "2025-01-01"), row("300", "2026-11-01")]
    assert each(rows) == Decimal("25.00")


def test_a_sheet_speaks_for_its_month_only() -> None:
    """MO5 and MO6: its rows have open ends, and the next sheet may say otherwise."""
    rows = [row("240", month="2026-03"), row("277.20"), row("300", "2026-12-01", month="2026-12")]
    assert each(rows, day("2026-03-15")) == Decimal("20.00")
    assert each(rows) == Decimal("23.10")
    assert each(rows, day("2026-12-31")) == Decimal("25.00")
    assert why(rows, at=day("2026-05-15")) == "no price sheet of 2026-05"
    assert why(rows, at=day("2027-01-01")) == "no price sheet of 2027-01"


def test_a_sheet_without_a_month_speaks_to_the_month_of_its_latest_row() -> None:
    preview = Sheet("next.csv", "", day("2026-12-01"))
    rows = [
        row("277.20", sheet=Sheet("now.csv", "", day("2026-01-01"))),
        row("300", "2026-12-01", sheet=preview),
    ]
    assert each(rows, day("2026-02-01")) == Decimal("23.10")
    assert each(rows, day("2026-12-15")) == Decimal("25.00")
    assert why(rows, at=day("2027-01-15")) == "no price sheet of 2027-01"


def test_beyond_the_preview_it_is_the_price_of_today_and_marked_so() -> None:
    """MO6."""
    found = prices.foreseen(book([row("277.20")]), YEARLY, day("2027-02-22"))
    assert (found.amount, found.assumed) == (Decimal("23.10"), True)
    assert found.source == (
        "today's price (price sheet prices/2026-11/DE.csv); no price sheet of 2027-02"
    )
    past = prices.foreseen(book([row("277.20")]), YEARLY, day("2026-02-22"))
    assert past.amount is None


def test_rows_of_a_number_of_seats() -> None:
    rows = [row("277.20", most=299), row("240.00", least=300)]
    assert each(rows) == Decimal("23.10")
    assert each(rows, what=replace(YEARLY, seats=300)) == Decimal("20.00")


def test_why_nothing_is_known() -> None:
    """MO10: a reason, never 0."""
    assert why([]) == f"no price sheet has {PRODUCT}"
    assert why([row("1", market="AT")]) == "no price sheet of the market DE"
    assert why([row("1", currency="CHF")]) == "no price in EUR"
    assert why([row("1", least=300)]) == "no price for 10 seats"
    assert why([row("1", "2026-11-25")]) == "no row holds on 2026-11-22"
    assert why([row("1")], currency="") == prices.NO_CURRENCY
    assert why([row("1")], market="") == prices.NO_MARKET


def test_an_extended_term_by_the_month_and_without_one() -> None:
    """MO13: 26.40 x 1.03 = 27.192; 264.00 / 12 = 22.00 x 1.23 = 27.06; of 720.00 / 36 = 20.00
    x 1.23 = 24.60, where only three years are sold."""
    monthly = [row("26.40", term="P1M"), row("277.20")]
    assert prices.extended(book(monthly), YEARLY, NOW).amount == Decimal("27.19")
    yearly = [row("264.00", cycle="annual"), row("720.00", term="P3Y", cycle="annual")]
    assert prices.extended(book(yearly), YEARLY, NOW).amount == Decimal("27.06")
    longest = [row("720.00", term="P3Y", cycle="triennial")]
    assert prices.extended(book(longest), YEARLY, NOW).amount == Decimal("24.60")
    assert prices.extended(book([]), YEARLY, NOW).amount is None
