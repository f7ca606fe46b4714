"""The SEATS table: three moments side by side, and sentences where a line is too short for it."""

from __future__ import annotations

from datetime import UTC, datetime

from pcsync.model import Address, Seats
from pcsync.report.seats import table

CONTOSO = Address("customer", ("contoso",))
RENEWAL = datetime(2027, 1, 2, tzinfo=UTC)
SPB = Seats(CONTOSO, "p1", "SPB", (25, 25), (25, 23), (23, 23), RENEWAL)
COPILOT = Seats(CONTOSO, "p2", "Microsoft_365_Copilot", (1005, 5), (1005, 4))


def test_three_moments_stand_side_by_side() -> None:
    assert table([SPB, COPILOT], 80) == [
        "SEATS                                 now     after merge      from 2 Jan",
        "                             seats people    seats people    seats people",
        "  Microsoft_365_Copilot      1,005      5    1,005      4    1,005      4",
        "  SPB                           25     25       25     23       23     23",
    ]


def test_without_a_renewal_there_are_two() -> None:
    assert table([COPILOT], 80) == [
        "SEATS                                 now     after merge",
        "                             seats people    seats people",
        "  Microsoft_365_Copilot      1,005      5    1,005      4",
    ]


def test_a_short_line_gets_sentences() -> None:
    assert table([SPB], 40) == [
        "SEATS",
        "  SPB",
        "    now 25 seats, 25 people; after the",
        "    merge 25 seats, 23 people; from 2",
        "    Jan 2027 23 seats, 23 people",
    ]


def test_no_line_is_wider_than_it_may_be() -> None:
    long = Seats(CONTOSO, "p", "A_PART_NUMBER_" * 6, (1, 1), (2, 2), (3, 3), RENEWAL)
    for width in range(40, 141):
        assert all(len(line) <= width for line in table([SPB, long], width)), width


def test_of_a_new_tenant_it_says_what_is_free() -> None:
    new = Seats(CONTOSO, "p1", "SPB", (0, 0), (10, 9))
    assert table([new], 80) == [
        "SEATS     seats  people    free",
        "  SPB        10       9       1",
    ]


def test_where_nothing_moves_there_is_no_table() -> None:
    assert table([], 80) == []
