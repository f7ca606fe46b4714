"""MONEY of what begins later: fewer seats at a renewal, an end, purchases that wait for people."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from pcsync.model import Action, Due, Figure, Money, Plan, Rate, Verb
from pcsync.plan.build import totals
from pcsync.plan.money import behind
from pcsync.report.money import money

from . import sample

RENEWS = datetime(2027, 1, 2, tzinfo=UTC)
FREE = Figure(Decimal(0))


def rate(seats: int, each: str, cycle: str = "monthly", *, assumed: bool = False) -> Rate:
    return Rate(seats, Figure(Decimal(each), "s", "2026-11", assumed), cycle)


def fewer(name: str, before: Rate, after: Rate | None, *due: int) -> Action:
    """A change at the renewal, with charges of so many days from now on still to come."""
    days = tuple(
        Due(sample.NOW + timedelta(days=day), Decimal("23.10") * 2 if after else before.amount)
        for day in due
    )
    owed = Figure(sum((each.amount or Decimal(0) for each in days), Decimal(0))) if days else None
    found = Money("EUR", "FI", FREE, before, after, RENEWS, owed, due=days, back_until=RENEWS)
    return sample.act(f"subscription/contoso/{name}", Verb.UPDATE, date=RENEWS, money=found)


def priced(*actions: Action) -> Plan:
    plan = sample.made(actions)
    return replace(plan, totals=totals(actions, ()))


def lines(*actions: Action) -> list[str]:
    return money(priced(*actions), 80)[1:]


def test_fewer_seats_are_told_as_what_they_save() -> None:
    m365 = fewer("m365", rate(25, "23.10"), rate(23, "23.10", assumed=True), 9)
    copilot = fewer("copilot", rate(5, "360", "annual"), rate(4, "360", "annual"))
    assert lines(m365, copilot) == [
        "  now                       0.00   nothing is billed by this plan",
        "  still to be billed       46.20   for 2 idle m365 seats, charge of 2 Dec",
        "  from 2 Jan 2027         -46.20   a month (m365), 2 x 23.10",
        "                         -360.00   a year (copilot), 1 x 360.00",
        "  first year saved        914.40",
        "  to take back                     until 1 Jan 2027, in 39 days",
        "  renewal prices         unknown   January's sheet is previewed in December; the",
        "                                   figures use today's prices",
    ]


def test_an_end_says_what_is_billed_all_the_same() -> None:
    mail = fewer("mail", rate(8, "4.20"), None, 25, 56, 87)
    told = lines(mail)
    assert told[1:4] == [
        "  still to be billed      100.80   mail: 3 charges of 33.60 (8 x 4.20), as",
        "                                   committed; ending it saves none of them",
        "  from 2 Jan 2027         -33.60   a month",
    ]
    gone = replace(priced(mail), removed=(mail.address,))
    assert "removing it saves none of them" in " ".join(" ".join(money(gone, 80)).split())


def test_what_a_new_customer_buys_is_no_charge_of_now() -> None:
    """Domain rule PU5: nobody can buy before people have decided."""
    until = sample.NOW + timedelta(days=365)
    bought = Money(
        "EUR",
        "PL",
        Figure(Decimal("231.00")),
        after=rate(10, "23.10"),
        committed=Figure(Decimal("2772.00")),
        until=until,
        back_until=sample.NOW + timedelta(days=7),
        whole_until=sample.NOW + timedelta(days=1),
    )
    new = sample.act("customer/contoso", Verb.CREATE, counts={"createCustomers": 1})
    m365 = sample.act("subscription/contoso/m365", Verb.CREATE, money=bought)
    assert behind((new, m365)) == {m365.id}
    assert lines(new, m365) == [
        "  now                       0.00   the customer record costs nothing",
        "  each month              231.00   m365",
        "  first charges           231.00",
        "  committed             2,772.00   to the end of the terms (one year)",
        "  to take back                     7 days from purchase; in full for 24 hours",
    ]
    assert "  now                     231.00" in lines(m365)
    told = " ".join(" ".join(lines(m365)).split())
    assert "in 7 days; in full until 2026-11-24 09:00 UTC" in told
