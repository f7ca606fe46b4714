"""What a plan costs: sums that keep what is unknown apart, and cost apart from cash."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from pcsync.model import (
    Action,
    Address,
    Due,
    Figure,
    Hint,
    Money,
    Month,
    Rate,
    Rates,
    Saving,
    Sum,
    Verb,
    When,
)
from pcsync.plan.money import billed, total

DECEMBER, MAY = datetime(2026, 12, 3, tzinfo=UTC), datetime(2027, 5, 3, tzinfo=UTC)
UNKNOWN = Figure(None, "no price sheet of 2026-03")


def figure(amount: str, **more: Any) -> Figure:
    return Figure(Decimal(amount), "price sheet prices/2026-11/DE.csv", "2026-11", **more)


def rate(each: Figure, seats: int = 10, cycle: str = "monthly") -> Rate:
    return Rate(seats, each, cycle)


def action(name: str, money: Money | None, **more: Any) -> Action:
    address = Address("mail", ("contoso", name))
    return Action(address, Verb.UPDATE, money=money, **more)


def money(now: Figure, **more: Any) -> Money:
    return Money("EUR", "DE", now, **more)


def test_a_sum_with_an_unknown_part_is_at_least_the_rest() -> None:
    """Domain rule MO10: never 0."""
    assert total([Decimal("1.10"), None, Decimal("2.20")]) == Sum(Decimal("3.30"), 1, 3)
    assert total([None]) == Sum(Decimal(0), 1, 1)
    assert total([]) == Sum()


def test_rows_by_cycle_and_day() -> None:
    old, new = rate(figure("15.00")), rate(figure("23.10"))
    bill = billed(
        [
            action("a", money(figure("231.00"), after=new)),
            action("b", money(figure("0"), before=old, after=new, begins=DECEMBER)),
            action("c", money(figure("0"), before=old, begins=MAY)),
            action("d", money(UNKNOWN, after=rate(UNKNOWN, cycle="annual"))),
        ]
    ).money
    assert bill is not None
    assert bill.now == Sum(Decimal("231.00"), 1, 4)
    assert bill.rates == (
        Rates("monthly", Sum(), Sum(Decimal("231.00"), 0, 1)),
        Rates("annual", Sum(), Sum(Decimal(0), 1, 1)),
        Rates("monthly", Sum(Decimal("150.00"), 0, 1), Sum(Decimal("231.00"), 0, 1), DECEMBER),
        Rates("monthly", Sum(Decimal("150.00"), 0, 1), Sum(), MAY),
    )
    assert bill.unknown == ("no price sheet of 2026-03",)
    assert (bill.sheets, bill.markets, bill.currency) == (("2026-11",), ("DE",), "EUR")


def test_what_stays_as_it_was_is_no_row() -> None:
    same = rate(figure("23.10"))
    bill = billed([action("a", money(figure("0"), before=same, after=same))]).money
    assert bill is not None
    assert bill.rates == ()


def test_cost_and_cash_are_apart() -> None:
    """Domain rule MO12: cheaper over the year, and due in one sum in December."""
    yearly = rate(figure("264.00"), cycle="annual")
    one = money(
        figure("0"),
        before=rate(figure("23.10")),
        after=yearly,
        begins=DECEMBER,
        committed=figure("2640.00"),
        upfront=(Due(DECEMBER, Decimal("2640.00")),),
    )
    other = money(figure("0"), upfront=(Due(DECEMBER, None), Due(MAY, Decimal("10.00"))))
    bill = billed([action("a", one), action("b", one), action("c", other)]).money
    assert bill is not None
    assert bill.upfront == (
        Month("2026-12", Sum(Decimal("5280.00"), 1, 3), 1, 20),
        Month("2027-05", Sum(Decimal("10.00"), 0, 1), 1),
    )
    assert bill.committed == Sum(Decimal("5280.00"), 0, 2)
    assert [(row.cycle, row.after.known) for row in bill.rates] == [
        ("monthly", Decimal(0)),
        ("annual", Decimal("5280.00")),
    ]


def test_the_last_day_of_all_and_the_first_end_of_a_way_back() -> None:
    first = money(
        figure("1"), committed=figure("12"), until=MAY, back_until=DECEMBER, owed=figure("3")
    )
    last = money(figure("1"), committed=figure("12"), until=DECEMBER, back_until=MAY)
    bill = billed([action("a", first), action("b", last)]).money
    assert bill is not None
    assert (bill.until, bill.back_until) == (MAY, DECEMBER)
    assert bill.owed == Sum(Decimal(3), 0, 1)


def test_hints_are_summed_by_their_way() -> None:
    """Domain rule MO18."""
    hint = Hint("billed annually", Decimal("66.00"))
    longer = Hint("with a term of one year", Decimal("396.00"))
    bill = billed(
        [
            action("a", money(figure("1"), hints=(hint, longer))),
            action("b", money(figure("1"), hints=(hint,))),
        ]
    ).money
    assert bill is not None
    assert bill.savings == (
        Saving("billed annually", ("mail/contoso/a", "mail/contoso/b"), Decimal("132.00")),
        Saving("with a term of one year", ("mail/contoso/a",), Decimal("396.00")),
    )


def test_todays_price_in_place_of_a_later_one_is_said() -> None:
    later = rate(figure("23.10", assumed=True))
    bill = billed([action("a", money(figure("0"), after=later, begins=MAY))]).money
    assert bill is not None
    assert bill.assumed


def test_without_prices_what_changes_seats_is_counted() -> None:
    found = billed(
        [
            action("a", None, counts={"addSeats": 2}),
            action("b", None, later={"pool": -1}),
            action("c", None, counts={"addSeats": 2}, when=When.BLOCKED),
            action("d", None, counts={"deleteUsers": 2}),
        ]
    )
    assert (found.money, found.unpriced) == (None, 2)
