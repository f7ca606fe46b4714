"""The section MONEY: the same rows in every plan, unknown as a word, within its width."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from pcsync.model import (
    Action,
    Address,
    Bill,
    Figure,
    Money,
    Month,
    Plan,
    Rate,
    Rates,
    Saving,
    Sum,
    Totals,
    Verb,
)
from pcsync.report.figures import amount, cost, told
from pcsync.report.money import money

NOW = datetime(2026, 11, 24, 10, 20, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 3, tzinfo=UTC)


def known(text: str, parts: int = 1) -> Sum:
    return Sum(Decimal(text), 0, parts)


UPGRADE = Bill(
    "EUR",
    now=known("0"),
    rates=(Rates("monthly", known("270.00"), known("415.80"), DECEMBER),),
    committed=known("4989.60"),
    until=datetime(2027, 12, 2, tzinfo=UTC),
    back_until=DECEMBER,
    savings=(Saving("billed annually", ("subscription/vermeer/m365",), Decimal("237.60")),),
    sheets=("2026-12",),
    markets=("NL",),
)


def plan(bill: Bill | None, unpriced: int = 0, *actions: Action) -> Plan:
    totals = Totals(money=bill, unpriced=unpriced)
    return Plan(1, "", NOW, "global", "t", "m", None, {}, {}, {}, actions, (), (), totals)


def shown(bill: Bill | None, width: int = 80) -> str:
    return "\n".join(money(plan(bill), width))


def test_the_upgrade_of_the_sample_plan() -> None:
    assert shown(UPGRADE).splitlines() == [
        "MONEY   your cost in EUR without tax; price sheet 2026-12 (preview), market NL",
        "  now                          0.00   nothing is billed by this plan",
        "  each month from 3 Dec      415.80   today 270.00",
        "  difference                +145.80   a month",
        "  committed                4,989.60   to 2027-12-02, the last day",
        "  to take back                        until 2 Dec 2026, in 8 days",
        "  hint                                billed annually, m365 costs 237.60 less",
        "                                      over the year",
    ]


def test_the_same_rows_where_nothing_is_new() -> None:
    assert shown(Bill("EUR")).splitlines() == [
        "MONEY   your cost in EUR without tax",
        "  now                       0.00   nothing is billed by this plan",
        "  each month                0.00   as before",
    ]


def test_what_can_not_be_taken_back_is_said_where_something_is_bought() -> None:
    text = shown(replace(UPGRADE, now=known("5.00"), committed=None, back_until=None))
    assert "to take back nothing of it" in " ".join(text.split())


def test_credits_are_estimates() -> None:
    """Domain rule MO9."""
    back = Money("EUR", "NL", Figure(Decimal("-41.58")))
    action = Action(Address("subscription", ("vermeer", "m365")), Verb.CANCEL, money=back)
    assert money(plan(UPGRADE, 0, action), 80)[0].startswith(
        "MONEY   your cost in EUR without tax, credits estimated; price sheet"
    )


def test_cash_in_one_sum_and_what_runs_on() -> None:
    text = shown(
        replace(
            UPGRADE,
            rates=(Rates("annual", Sum(), known("2640.00")),),
            owed=known("100.80"),
            upfront=(Month("2026-12", known("2640.00")), Month("2027-12", known("2640.00"))),
            assumed=True,
        )
    )
    assert "  each month                0.00   as before" in text
    assert "  once a year           2,640.00" in text
    assert "  in one sum 2026-12    2,640.00" in text
    assert "  still to be billed      100.80   of terms that run, whatever happens" in text
    assert "  renewal prices         unknown   the figures use today's prices" in text


def test_unknown_is_a_word_and_a_sum_says_at_least() -> None:
    """Domain rule MO10."""
    assert told(Sum(Decimal(0), 2, 2)) == "unknown"
    assert told(Sum(Decimal("12.50"), 1, 2)) == "at least 12.50"
    assert told(Sum(Decimal("1234.5"), 0, 2)) == "1,234.50"
    assert amount(None) == "unknown"
    bill = replace(
        UPGRADE,
        now=Sum(Decimal("5.00"), 1, 2),
        rates=(Rates("monthly", Sum(Decimal(0), 1, 1), Sum(Decimal(0), 1, 1)),),
        unknown=tuple(f"no price sheet of 2026-0{month}" for month in range(1, 6)),
    )
    text = shown(bill)
    assert "  now                 at least 5.00" in text
    assert "  each month                unknown   so far unknown" in text
    assert "no price sheet of 2026-01" in text
    assert "and 2 more reasons" in text


def test_without_price_sheets_it_is_one_line() -> None:
    assert money(plan(None, 3), 80) == [
        "MONEY   prices unknown: no price sheets (prices: in pcsync.yaml)"
    ]
    assert money(plan(None), 80) == []


@pytest.mark.parametrize("width", [40, 60, 80, 140])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    long = replace(
        UPGRADE,
        unknown=("it has a promotion, and price sheets hold none of those that there are",),
        sheets=tuple(f"2026-{month:02}" for month in range(1, 13)),
    )
    assert all(len(line) <= width for line in shown(long, width).splitlines())


def test_now_says_which_part_is_of_which() -> None:
    def bought(name: str, now: str) -> Action:
        found = Money("EUR", "DE", Figure(Decimal(now)))
        return Action(Address("subscription", ("contoso", name)), Verb.CREATE, money=found)

    two = (bought("mail", "12.60"), bought("m365", "231.00"), bought("free", "0"))
    lines = money(plan(replace(UPGRADE, now=known("243.60", 3)), 0, *two), 80)
    assert lines[1].endswith("243.60   mail 12.60, m365 231.00")


def rate(each: str | None, seats: int, cycle: str = "monthly", source: str = "s") -> Rate:
    return Rate(seats, Figure(None if each is None else Decimal(each), source), cycle)


@pytest.mark.parametrize(
    "words, lines",
    [
        (
            {"now": "231.00", "after": rate("23.10", 10)},
            ["10 x 23.10 = 231.00 a month"],
        ),
        (
            {"now": "41.58", "before": rate("23.10", 10), "after": rate("23.10", 13)},
            [
                "13 x 23.10 = 300.30 a month, so far 10 x 23.10 = 231.00 a month",
                "41.58 now",
            ],
        ),
        (
            {"now": "-41.58", "before": rate("264", 10, "annual")},
            ["10 x 264.00 = 2,640.00 a year no more", "41.58 credited, estimated"],
        ),
        (
            {"now": "0", "before": rate("23.10", 1), "begins": DECEMBER},
            ["1 x 23.10 = 23.10 a month until then"],
        ),
        (
            {"now": "0", "before": rate("23.10", 1), "after": rate("23.10", 1), "notes": ("why",)},
            ["1 x 23.10 = 23.10 a month, as before", "why"],
        ),
        (
            {"now": None, "before": rate(None, 10), "after": rate(None, 12)},
            ["12 x unknown a month (s), so far 10 x unknown a month"],
        ),
    ],
)
def test_the_lines_of_an_action(words: dict[str, Any], lines: list[str]) -> None:
    now = words.pop("now")
    figure = Figure(None if now is None else Decimal(now))
    assert list(cost(Money("EUR", "DE", figure, **words))) == lines
