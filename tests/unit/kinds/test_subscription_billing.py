"""Terms in charges and cents: the published credits by hand, the rounding, the inclusive ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcsync.kinds.subscription import billing, terms

DAY = timedelta(days=1)
prices = st.decimals("0.01", 5000, places=2)
seats = st.integers(1, 2000)
days = st.datetimes(datetime(2024, 1, 1), datetime(2032, 12, 31), timezones=st.just(UTC))


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# Domain rule MO9, each step by hand: a day for all seats, the days, one seat, all seats.
@pytest.mark.parametrize(
    "each, count, unused, of, credit",
    [
        # 270.00 / 30 = 9.00; x 9 = 81.00; / 18 = 4.50; x 18
        ("15.00", 18, 9, 30, "81.00"),
        # 91.91 / 31 = 2.9648 -> 2.96; x 11 = 32.56; / 7 = 4.6514 -> 4.65; x 7
        ("13.13", 7, 11, 31, "32.55"),
        # 69.30 / 30 = 2.31; x 20 = 46.20; / 3 = 15.40; x 3
        ("23.10", 3, 20, 30, "46.20"),
        # 40.00 / 30 = 1.3333 -> 1.33; x 23 = 30.59; / 2 = 15.295 -> 15.30; x 2
        ("20.00", 2, 23, 30, "30.60"),
        # 4.20 / 28 = 0.15; x 1 = 0.15
        ("4.20", 1, 1, 28, "0.15"),
        # 33.60 / 31 = 1.0839 -> 1.08; x 30 = 32.40; / 8 = 4.05; x 8
        ("4.20", 8, 30, 31, "32.40"),
        # 2,640.00 / 365 = 7.2329 -> 7.23; x 200 = 1,446.00; / 10 = 144.60; x 10
        ("264.00", 10, 200, 365, "1446.00"),
        # 5.00 / 31 = 0.1613 -> 0.16; x 3 = 0.48; / 500 = 0.00096 -> 0.00
        ("0.01", 500, 3, 31, "0.00"),
        # all of it, without any rounding
        ("13.13", 7, 31, 31, "91.91"),
        ("13.13", 7, 0, 31, "0.00"),
        # 462.00 / 31 = 14.9032 -> 14.90; x 17 = 253.30; / 20 = 12.665 -> 12.67; x 20
        ("23.10", 20, 17, 31, "253.40"),
        # 25.00 / 30 = 0.8333 -> 0.83; x 29 = 24.07; / 1
        ("25.00", 1, 29, 30, "24.07"),
    ],
)
def test_credits_by_hand(each: str, count: int, unused: int, of: int, credit: str) -> None:
    assert billing.prorated(Decimal(each), count, unused, of) == Decimal(credit)


@given(prices, seats, st.integers(28, 366), st.data())
def test_a_part_is_whole_cents_a_seat_and_near_the_exact_one(
    each: Decimal, count: int, of: int, data: st.DataObject
) -> None:
    some = data.draw(st.integers(0, of))
    found = billing.prorated(each, count, some, of)
    assert found >= 0
    assert (found / count).quantize(billing.CENT) * count == found
    exact = each * count * some / of
    # half a cent a day for all of them, half a cent for each seat
    assert abs(found - exact) <= Decimal("0.005") * (some + count)


@given(prices, seats, st.integers(28, 366))
def test_no_day_is_nothing_and_all_days_are_all(each: Decimal, count: int, of: int) -> None:
    assert billing.prorated(each, count, 0, of) == 0
    assert billing.prorated(each, count, of, of) == each * count


@given(st.decimals("0.01", 100000, places=2), st.sampled_from(["P1M", "P1Y", "P3Y"]))
def test_a_charge_is_its_share_to_half_a_cent(unit: Decimal, term: str) -> None:
    """A unit price is for the whole term (MO2)."""
    for cycle, months in billing.MONTHS.items():
        if months <= terms.LENGTH[term]:
            number = billing.charges(term, cycle)
            assert number * months == terms.LENGTH[term]
            assert abs(billing.cents(unit / number) * number - unit) <= number * Decimal("0.005")


@pytest.mark.parametrize(
    "term, cycle, number",
    [
        ("P1M", "monthly", 1),
        ("P1Y", "monthly", 12),
        ("P1Y", "annual", 1),
        ("P3Y", "monthly", 36),
        ("P3Y", "annual", 3),
        ("P3Y", "triennial", 1),
        ("", "onetime", 1),
    ],
)
def test_how_often_a_term_is_charged(term: str, cycle: str, number: int) -> None:
    assert billing.charges(term, cycle) == number


def test_a_month_of_what_is_billed_for_a_year_is_a_twelfth() -> None:
    assert billing.cents(Decimal("277.20") / billing.charges("P1Y", "monthly")) == Decimal("23.10")


# Domain rule MO11: the last day is inclusive, the renewal is on the day after it.
@pytest.mark.parametrize(
    "start, term, last",
    [
        ("2026-11-22", "P1M", "2026-12-21"),
        ("2026-11-22", "P1Y", "2027-11-21"),
        ("2026-11-22", "P3Y", "2029-11-21"),
        ("2028-02-29", "P1M", "2028-03-28"),
        ("2028-02-29", "P1Y", "2029-02-27"),
        ("2028-02-29", "P3Y", "2031-02-27"),
        ("2027-02-28", "P1Y", "2028-02-27"),
        ("2027-01-31", "P1M", "2027-02-27"),
    ],
)
def test_last_days_are_inclusive(start: str, term: str, last: str) -> None:
    assert terms.last_day(day(f"{start}T09:00:00"), term) == day(last)


def test_a_term_that_ends_with_another_is_charged_in_part_at_its_end() -> None:
    """Bought on 22 Nov, to end on 31 Jan: two whole months, then 22 to 31 Jan, 10 of 31 days."""
    found = list(billing.periods(day("2026-11-22"), day("2027-02-01"), 1))
    assert [(each.start, each.end, each.days) for each in found] == [
        (day("2026-11-22"), day("2026-12-22"), 30),
        (day("2026-12-22"), day("2027-01-22"), 31),
        (day("2027-01-22"), day("2027-02-01"), 31),
    ]
    # 462.00 / 31 = 14.90; x 10 = 149.00; / 20 = 7.45; x 20
    assert billing.charge(Decimal("23.10"), 20, found[2]) == Decimal("149.00")


@given(days, st.sampled_from(["P1M", "P1Y", "P3Y"]), st.sampled_from([1, 12, 36]))
def test_periods_cover_a_term_without_a_gap(start: datetime, term: str, months: int) -> None:
    ends = terms.last_day(start, term) + DAY
    found = list(billing.periods(start, ends, months))
    assert found[0].start == terms.midnight(start)
    assert found[-1].end == ends
    assert all(one.end == two.start for one, two in pairwise(found))
    middle = found[len(found) // 2]
    assert billing.period(start, ends, months, middle.start) == middle
    assert billing.period(start, ends, months, middle.end - DAY) == middle


@given(prices, seats, days)
def test_seats_that_come_are_paid_from_today_and_those_that_go_credited_from_tomorrow(
    each: Decimal, count: int, start: datetime
) -> None:
    ends = terms.last_day(start, "P1Y") + DAY
    first = billing.period(start, ends, 1, terms.midnight(start))
    assert billing.added(each, count, first, start) == each * count
    last = first.end - timedelta(hours=1)
    assert billing.unused(each, count, first, last) == 0
