"""The figures of a plan against what the emulator bills: its ledger knows nothing of our sums."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from harness import Box

from pcsync.model import Money, Outcome

PREMIUM, STANDARD = "CFQ7TTC0LCHC:0002", "CFQ7TTC0LDPB:0001"
M365 = {
    "name": "m365",
    "product": PREMIUM,
    "termDuration": "P1Y",
    "billingCycle": "monthly",
    "quantity": 10,
}
LIVE = {"product": PREMIUM, "quantity": 10}
YEAR = {**LIVE, "creationDate": "2026-11-10", "commitmentEndDate": "2027-11-09"}
FRESH = {**LIVE, "creationDate": "2026-11-20", "commitmentEndDate": "2027-11-19", "refundable": 5}
MONTH = {**YEAR, "termDuration": "P1M", "commitmentEndDate": "2026-12-09"}
BELOW = {**MONTH, "product": STANDARD, "quantity": 18}
RAISE = {PREMIUM: "2.00"}

# What is live, and what is declared.
CASES: dict[str, tuple[Mapping[str, Any] | None, Mapping[str, Any]]] = {
    "bought, billed monthly": (None, M365),
    "bought, billed annually": (None, {**M365, "billingCycle": "annual"}),
    "bought for a month": (None, {**M365, "termDuration": "P1M", "endOfTerm": "cancel"}),
    "bought to the end of a month": (None, {**M365, "alignEnd": "calendarMonth"}),
    "seven seats more": (YEAR, {**M365, "quantity": 17}),
    "three seats less": (FRESH, {**M365, "quantity": 7}),
    "another product for the rest of a month": (
        BELOW,
        {**M365, "termDuration": "P1M", "quantity": 18, "change": {"product": "now"}},
    ),
    "another product for a year": (
        BELOW,
        {**M365, "quantity": 18, "change": {"product": "now", "term": "now"}},
    ),
    "a longer term": (MONTH, {**M365, "change": {"term": "now"}}),
    "cancelled": (FRESH, {**M365, "state": "absent", "onRemove": "cancel"}),
    "suspended": (YEAR, {**M365, "state": "suspended"}),
}


def lines(box: Box) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = box.colleague.control("GET", "ledger")
    return found


def billed(box: Box) -> Decimal:
    return sum((Decimal(line["subtotal"]) for line in lines(box)), Decimal(0))


def seed(box: Box, live: Mapping[str, Any] | None) -> None:
    box.seed({"contoso": {"country": "DE", "subscriptions": {"m365": live} if live else {}}})
    box.price({"prices/2026-11/DE.csv": box.price_sheet("DE", "EUR")})
    box.settings = replace(box.settings, rules=replace(box.settings.rules, billing_currency="EUR"))


def carried_out(box: Box, spec: Mapping[str, Any]) -> tuple[Money, Decimal]:
    """The money of the one action, and what its apply has put into the ledger."""
    plan = box.plan({"contoso": {"subscriptions": [spec]}})
    (action,) = plan.actions
    assert action.money is not None
    before = billed(box)
    applied = box.apply(plan)
    assert {result.outcome for result in applied.steps} == {Outcome.DONE}
    return action.money, billed(box) - before


@pytest.mark.parametrize("name", CASES)
def test_what_a_plan_says_of_now_is_what_the_ledger_gets(box: Box, name: str) -> None:
    live, spec = CASES[name]
    seed(box, live)
    money, got = carried_out(box, spec)
    assert money.now.amount == got


@pytest.mark.parametrize("name", [name for name, (live, _) in CASES.items() if live is None])
def test_all_charges_of_a_term_are_what_is_committed(box: Box, name: str) -> None:
    seed(box, None)
    money, _ = carried_out(box, CASES[name][1])
    assert money.committed is not None
    assert money.until is not None
    box.colleague.control("POST", "clock", {"until": f"{money.until:%Y-%m-%d}T23:00:00Z"})
    assert billed(box) == money.committed.amount


def test_a_month_costs_what_the_plan_says_of_a_month(box: Box) -> None:
    seed(box, YEAR)
    money, _ = carried_out(box, {**M365, "quantity": 17})
    assert money.before is not None
    assert money.after is not None
    before = billed(box)
    box.advance("P20D")  # the charge of 10 December
    assert billed(box) - before == money.after.amount == Decimal("392.70")
    assert money.before.amount == Decimal("231.00")


def test_seats_of_an_old_term_cost_what_they_did_after_a_rise(box: Box) -> None:
    """The sheet of the month in which the term began knows it; the one of today does not (MO5)."""
    seed(box, YEAR)
    box.colleague.control("POST", "clock", {"advance": "P1D"})
    old = box.price_sheet("DE", "EUR")
    box.advance("P30D")
    lines(box)
    box.set_live("contoso/subscriptions/m365", quantity=11)  # the service settles its price
    box.colleague.control("POST", "prices", RAISE)
    new = box.price_sheet("DE", "EUR")
    assert old != new
    box.price({"prices/2026-11/DE.csv": old, "prices/2026-12/DE.csv": new})
    money, got = carried_out(box, {**M365, "quantity": 13})
    assert money.now.amount == got
    assert money.after is not None
    assert money.after.each.amount == Decimal("23.10")


def test_a_renewal_is_charged_as_the_preview_says(box: Box) -> None:
    soon = {**LIVE, "creationDate": "2025-12-01", "commitmentEndDate": "2026-11-30"}
    seed(box, soon)
    box.price({"prices/2026-12/DE.csv": box.price_sheet("DE", "EUR")})
    money, got = carried_out(box, {**M365, "quantity": 8})
    assert got == 0
    assert money.after is not None
    assert money.after.amount == Decimal("184.80")
    before = billed(box)
    box.colleague.control("POST", "clock", {"until": "2026-12-05T00:00:00Z"})
    assert billed(box) - before == money.after.amount
