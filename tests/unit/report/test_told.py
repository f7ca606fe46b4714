"""What a plan tells beside its actions: what was used, what stays, which lines changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from pcsync.model import (
    NOTHING,
    Action,
    Bill,
    Due,
    Edited,
    Fate,
    Figure,
    Kept,
    Limits,
    Money,
    Place,
    Rate,
    Seats,
    Severity,
    Usage,
    Used,
    Verb,
    Way,
    When,
)
from pcsync.model import Finding as Found
from pcsync.plan.guards import refusals
from pcsync.plan.money import billed
from pcsync.report import choices, edited, everywhere, kept, moved, yearly
from pcsync.report.document import plan_document
from pcsync.report.human import render
from pcsync.report.usage import usage

from . import sample

LINE = Place("blueprints/office.yaml", 10, 21)
FATES = {
    "adatum": Fate.SCHEDULED,
    "contoso": Fate.OWN,
    "fabrikam": Fate.CANNOT,
    "northwind": Fate.UNKNOWN,
}


def used(name: str, before: str | None, after: str | None) -> Usage:
    amounts = (None if text is None else Decimal(text) for text in (before, after))
    day = datetime(2026, 11, 22, 7, tzinfo=UTC)
    return Usage(sample.address(f"budget/{name}"), Decimal("4310.22"), day, "EUR", *amounts)


def test_a_budget_is_projected_by_the_days_of_the_figures() -> None:
    """MO16: 4,310.22 / 22 x 30 = 5,877.57; of 5,000 and of 6,500."""
    plan = replace(sample.made(()), usage=(used("contoso", "5000", "6500"),))
    assert usage(plan, 80) == [
        "MONEY   Azure, EUR, without tax and credits; Microsoft's estimate of 22 Nov",
        "  1 to 22 Nov           4,310.22   86 % of 5,000; 66 % of 6,500",
        "  at this pace          5,877.57   by 30 Nov: 118 % of 5,000; 90 % of 6,500",
        "  A budget warns by mail from 80 % on. It stops nothing.",
    ]


def test_many_budgets_are_told_by_name_the_first_of_them() -> None:
    found = tuple(used(f"c{at}", None, "6500") for at in range(5))
    told = usage(replace(sample.made(()), usage=found), 80)
    assert "  c0, 1 to 22 Nov" in told[1]
    assert "  and 2 more budgets." in told
    assert usage(sample.made(()), 80) == []


def test_what_stays_has_a_line_and_what_somebody_could_do() -> None:
    found = [
        Kept(sample.address("subscription/contoso/azure"), "active, protected"),
        Kept(sample.address("subscription/contoso/bi"), "ended 2026-11-14", ("Buy it.",)),
    ]
    assert kept.kept(found, 80) == [
        "NO CHANGE",
        "= subscription/contoso/azure  active, protected",
        "= subscription/contoso/bi     ended 2026-11-14",
        "    Buy it.",
    ]
    assert kept.kept([found[0]] * 12, 80)[-1] == "  and 2 more resources"
    assert kept.kept([], 80) == []


def line(**fates: Fate) -> Edited:
    names = {name: fate.value for name, fate in fates.items()}
    return Edited(LINE, "subscription/*/m365", "billingCycle", "monthly", "annual", names)


def test_a_line_says_what_becomes_of_it_at_each_customer() -> None:
    plan = replace(sample.made(()), edited=(line(**FATES),))
    assert edited.verdict(plan, 80) == [
        "  1 line changed: blueprints/office.yaml:10  billingCycle: monthly -> annual",
        "  4 customers use it: 1 scheduled, 1 keep their own, 1 can't, 1 unknown",
    ]
    stands = Kept(sample.address("subscription/fabrikam/m365"), "suspended, as declared")
    plan = replace(plan, kept=(stands,))
    assert edited.left_out(plan, 80) == [
        ["KEEP THEIR OWN   1", "  contoso (their own file says otherwise)"],
        ["CAN'T   1", "# fabrikam  suspended, as declared"],
    ]
    assert edited.not_told(plan) == []
    assert edited.verdict(sample.made(()), 80) == []


def test_all_that_is_done_may_be_what_becomes_of_a_line() -> None:
    plan = replace(sample.made(()), edited=(line(**FATES),))
    change = ("billingCycle", "monthly", "annual")
    mine = sample.act("subscription/adatum/m365", Verb.UPDATE, change)
    other = sample.act("subscription/adatum/m365", Verb.UPDATE, ("quantity", 1, 2))
    assert edited.covers(plan, [mine])
    assert not edited.covers(plan, [mine, other])
    assert not edited.covers(sample.made(()), [mine])


def test_customers_that_were_not_read_stand_together_with_the_reason() -> None:
    plan = sample.made((), (), (), ("adatum", "contoso"))
    plan = replace(plan, unread={"adatum": "503"}, edited=(line(adatum=Fate.UNKNOWN),))
    assert everywhere.unread(plan, 80) == [
        "UNKNOWN   1 customer was not read: nothing is planned or assumed for them",
        "? adatum  503; inherits the changed line",
    ]
    assert everywhere.unread(replace(plan, customers=("adatum",)), 80) == []


# --- questions ----------------------------------------------------------------------------------

WAYS = (Way("now", "change: {term: now}"), Way("later", "change: {term: atRenewal}"))


def asks(name: str = "contoso") -> Found:
    where = sample.address(f"subscription/{name}/m365")
    what = "this longer term can never be taken back"
    return Found(Severity.WARNING, "decision-needed", what, "say which", where, LINE, WAYS)


def held(name: str = "contoso") -> Action:
    change = ("termDuration", "P1M", "P1Y")
    notes = ("asked",)
    address = f"subscription/{name}/m365"
    return sample.act(address, Verb.UPDATE, change, when=When.BLOCKED, notes=notes)


def test_a_plan_that_is_nothing_but_a_question_is_refused_with_the_lines_to_write() -> None:
    told = render(plan_document(sample.made((held(),), (), (asks(),))))
    assert "REFUSED: this longer term can never be taken back. Say which (line 10).\n" in told
    assert "NEXT  Nothing is written (exit 3). Add to subscription m365 one of:\n" in told
    assert told.endswith("        change: {term: atRenewal}\n        change: {term: now}\n")
    assert "BLOCKED" not in told
    assert "NEEDS A DECISION" not in told


def test_beside_other_work_a_question_stands_in_its_section() -> None:
    other = sample.act("user/contoso/ana", Verb.CREATE)
    steps = (sample.call("1", "POST", "/v1/users", other),)
    told = render(plan_document(sample.made((held(), other), steps, (asks(),))))
    assert "REFUSED" not in told
    assert "NEEDS A DECISION\n  warning  blueprints/office.yaml:10:21  decision-needed\n" in told
    assert "      Add to subscription m365 one of:\n" in told


def test_one_question_of_several_customers_is_asked_once() -> None:
    found = [asks(name) for name in ("adatum", "contoso")]
    told = choices.shared(found, 80)
    assert told[0] == "NEEDS A DECISION   2, decision-needed, blueprints/office.yaml:10"
    assert told[1].startswith("# adatum")
    assert "  One of:" in told
    actions = tuple(held(name) for name in ("adatum", "contoso"))
    plan = sample.made(actions, (), tuple(found))
    assert next(choices.answers(plan, 80)) == (
        "      Add to subscription m365 of adatum, contoso one of:"
    )


# --- later terms --------------------------------------------------------------------------------


def later(name: str, days: int) -> tuple[str, Money]:
    """A renewal that costs 2,640.00 at once in place of 231.00 a month."""
    day = sample.NOW.replace(hour=0) + timedelta(days=days)
    rates = [
        Rate(10, Figure(Decimal("23.10")), "monthly"),
        Rate(10, Figure(Decimal("264.00")), "annual"),
    ]
    cash = (Due(day, Decimal("2640.00")),)
    money = Money("EUR", "DE", Figure(Decimal(0)), *rates, begins=day, upfront=cash)
    return name, replace(money, committed=Figure(Decimal("2640.00")), back_until=day)


def bill_of(number: int) -> tuple[Bill, list[Action]]:
    rows = [later(f"c{at}", 9 + 31 * at) for at in range(number)]
    actions = [
        sample.act(f"subscription/{name}/m365", Verb.UPDATE, money=money, date=money.begins)
        for name, money in rows
    ]
    bill = billed(actions).money
    assert bill is not None
    return bill, actions


def test_many_renewals_are_told_by_the_year_and_by_the_month() -> None:
    """MO12: 8 x 12 x 231.00 = 22,176.00; 8 x 2,640.00 = 21,120.00; 1,056.00 less."""
    bill, actions = bill_of(8)
    limit = Used("upfront", Decimal(2640), Decimal(2000))
    plan = replace(sample.made(tuple(actions)), limits=(limit,))
    assert yearly.many(bill)
    rows = [(row.label.strip(), row.amount, row.note) for row in yearly.rows(bill, plan)]
    assert rows[0] == ("per year", "22,176.00", "-> 21,120.00, 1,056.00 less")
    assert rows[1] == ("but paid up front, at each renewal:", "", "")
    assert rows[2] == ("Dec 2026", "2,640.00", "1 customer, 10 seats; over the limit")
    assert len(rows) == 2 + 8 + 1
    few, _ = bill_of(2)
    assert not yearly.many(few)


def test_a_limit_says_the_month_in_which_it_is_exceeded() -> None:
    row = Used("upfront", Decimal("135168"), Decimal(120000), month="2026-12")
    (finding,) = refusals((row,), NOTHING)
    assert finding.what.startswith("upfront 135,168.00 due in Dec 2026, and the limit is")
    assert Limits().run == NOTHING


def seats(pool: str, title: str, now: int, then: int) -> Seats:
    date = datetime(2026, 12, 3, tzinfo=UTC)
    owner = sample.address("customer/contoso")
    levels = ((now, now), (now, now), (then, then))
    return Seats(owner, pool, pool, *levels, date, title)


@pytest.mark.parametrize("titled", [True, False])
def test_who_moves_with_a_product_is_told_by_its_name(titled: bool) -> None:
    names = ("Microsoft 365 Business Standard", "Microsoft 365 Business Premium")
    old, new = names if titled else ("", "")
    rows = [seats("O365_BUSINESS_PREMIUM", old, 18, 0), seats("SPB", new, 0, 18)]
    (pair,) = moved.pairs(rows)
    named = (
        ("Business Standard", "Business Premium") if titled else ("O365_BUSINESS_PREMIUM", "SPB")
    )
    assert moved.named(*pair) == named
    text = " ".join(" ".join(moved.by_the_service(rows, 80)).split())
    called = "O365_BUSINESS_PREMIUM (= Business Standard)" if titled else "O365_BUSINESS_PREMIUM"
    assert text.startswith(f"> 18 licences {called} -> SPB by the service on 2026-12-03;")
    assert list(moved.afterwards(rows)) == [
        "No writes to what renews on 3 Dec; the plan of 4 Dec shows what the service did."
    ]
    assert list(moved.pairs(rows[:1])) == []
