"""The ends of terms of one customer: what follows, when, at what price (MO6, MO11, RO10)."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from pcsync.kinds.subscription import calendar
from pcsync.model import (
    Action,
    Address,
    AtEnd,
    Change,
    PriceRow,
    Prices,
    ProjectRules,
    Renewal,
    Resource,
    Sheet,
    State,
    Verb,
    View,
    When,
)

OWNER = Address("customer", ("contoso",))
MINE = Address("subscription", ("contoso", "m365"))
E3 = "CFQ7TTC0LFLX:0001"
FAR = datetime(9999, 12, 31, tzinfo=UTC)


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def want(state: State = State.PRESENT, **spec: Any) -> Resource:
    plain = {"product": E3, "termDuration": "P1Y", "billingCycle": "monthly", "quantity": 10}
    return Resource(MINE, {**plain, "state": "active", **spec}, owner=OWNER, state=state)


def live(ends: str | None, **words: Any) -> Resource:
    """A live one; words that are no fields stand in what only the service knows."""
    spec = {
        "product": E3,
        "termDuration": "P1Y",
        "billingCycle": "monthly",
        "quantity": 10,
        "endOfTerm": "renew",
        "state": "active",
    }
    remote = {
        "id": "1",
        "type": "license",
        "starts": day("2026-01-15"),
        "ends": day(ends) if ends else None,
        "cancellable_until": None,
        "refundable_until": None,
        "next": None,
        "next_cycle": None,
        "promotion": None,
        "trial": False,
        "extended": False,
    }
    for name, value in words.items():
        (spec if name in spec else remote)[name] = value
    return Resource(MINE, spec, owner=OWNER, remote=remote)


def view(have: Resource | None, wanted: Resource | None = None, **more: Any) -> View:
    customer = Resource(OWNER, {}, remote={"id": "c", "country": "DE"})
    haves = {OWNER: customer, **({MINE: have} if have else {})}
    rules = ProjectRules(billing_currency="EUR")
    wants = {MINE: wanted or want()}
    at = more.pop("at", day("2026-11-22"))
    return View(at, OWNER, rules=rules, wants=wants, haves=haves, **more)


def one(seen: View) -> Renewal:
    (found,) = calendar.renewals(seen, "subscription")
    return found


# Domain rule MO11, typed in: last day of the term that runs, the next term, its first and last day.
@pytest.mark.parametrize(
    "ends, term, begins, last",
    [
        ("2027-11-21", "P1Y", "2027-11-22", "2028-11-21"),
        ("2026-12-21", "P1M", "2026-12-22", "2027-01-21"),
        ("2027-11-21", "P3Y", "2027-11-22", "2030-11-21"),
        ("2028-02-28", "P1Y", "2028-02-29", "2029-02-27"),
        ("2027-02-28", "P1Y", "2027-03-01", "2028-02-29"),
        ("2027-12-31", "P1Y", "2028-01-01", "2028-12-31"),
    ],
)
def test_mo11_last_days_are_inclusive(ends: str, term: str, begins: str, last: str) -> None:
    found = one(view(live(ends, termDuration=term), want(termDuration=term)))
    assert found.now.last_day == day(ends)
    assert found.blocked == day(begins)
    assert found.next is not None
    assert found.next.last_day == day(last)


def test_mo11_a_next_term_that_is_told_to_end_with_another_does() -> None:
    told = {"product": E3, "termDuration": "P1Y", "billingCycle": "monthly", "quantity": 10}
    found = one(view(live("2027-01-14", next={**told, "alignEnd": "2027-06-30"})))
    assert found.next is not None
    assert found.next.last_day == day("2027-06-30")


def test_mo11_the_hours_of_a_last_day_do_not_count() -> None:
    have = live("2027-01-14")
    late = Resource(MINE, have.spec, remote={**have.remote, "ends": day("2027-01-14T16:57:14")})
    assert one(view(late)).blocked == day("2027-01-15")


@pytest.mark.parametrize(
    "words, happens, follows",
    [
        ({"endOfTerm": "renew"}, AtEnd.RENEWS, "P1Y"),
        ({"endOfTerm": "cancel"}, AtEnd.ENDS, None),
        ({"endOfTerm": "extend"}, AtEnd.EXTENDS, "P1M"),
        ({"state": "suspended"}, AtEnd.ENDS, None),
        ({"extended": True, "endOfTerm": "renew"}, AtEnd.EXTENDS, "P1M"),
        ({"extended": True, "endOfTerm": "extend"}, AtEnd.EXTENDS, "P1M"),
        ({"extended": True, "endOfTerm": "cancel"}, AtEnd.ENDS, None),
    ],
)
def test_what_becomes_of_it(words: dict[str, Any], happens: AtEnd, follows: str | None) -> None:
    found = one(view(live("2027-01-14", **words)))
    assert found.happens is happens
    assert (found.next.duration if found.next else None) == follows


def test_the_next_term_is_as_it_is_scheduled() -> None:
    told = {"product": "OTHER:0001", "termDuration": "P3Y", "billingCycle": "annual", "quantity": 7}
    found = one(view(live("2027-01-14", next=told))).next
    assert found is not None
    assert (found.product, found.duration, found.cycle) == ("OTHER:0001", "P3Y", "annual")
    assert (found.quantity, found.last_day) == (7, day("2030-01-14"))


def test_another_cycle_from_the_next_charge_on_is_the_one_of_the_next_term() -> None:
    found = one(view(live("2027-01-14", termDuration="P3Y", next_cycle="annual"))).next
    assert found is not None
    assert found.cycle == "annual"


@pytest.mark.parametrize(
    "ends, words",
    [
        (None, {}),
        ("9999-12-31", {}),
        ("2027-01-14", {"type": "azurePlan"}),
        ("2027-01-14", {"type": "reservation"}),
        ("2027-01-14", {"state": "deleted"}),
    ],
)
def test_what_has_no_end_of_a_term(ends: str | None, words: dict[str, Any]) -> None:
    assert not list(calendar.renewals(view(live(ends, **words)), "subscription"))


def test_what_is_not_there_yet_has_none() -> None:
    assert not list(calendar.renewals(view(None), "subscription"))


# Domain rule WI8: 46 and 45 days before the renewal, by the term.
@pytest.mark.parametrize(
    "term, ends, ask_from, findings",
    [
        ("P1Y", "2027-01-06", "2026-11-23", []),
        ("P1Y", "2027-01-05", "2026-11-22", ["end-of-term-undecided"]),
        ("P3Y", "2027-02-20", "2026-11-23", []),
        ("P3Y", "2027-02-19", "2026-11-22", ["end-of-term-undecided"]),
        ("P1M", "2026-11-23", None, []),
    ],
)
def test_wi8_a_decision_is_asked_for(
    term: str, ends: str, ask_from: str | None, findings: list[str]
) -> None:
    found = one(view(live(ends, termDuration=term), want(termDuration=term)))
    assert found.ask_from == (day(ask_from) if ask_from else None)
    assert [finding.code for finding in found.findings] == findings


@pytest.mark.parametrize("wanted", [want(endOfTerm="cancel"), want(State.ABSENT)])
def test_what_is_decided_asks_nothing(wanted: Resource) -> None:
    found = one(view(live("2026-12-01"), wanted))
    assert found.decided
    assert (found.ask_from, found.findings) == (None, ())


@pytest.mark.parametrize(
    "words, movable",
    [({}, True), ({"state": "suspended"}, False), ({"extended": True}, False)],
)
def test_until_when_the_next_term_can_be_chosen(words: dict[str, Any], movable: bool) -> None:
    assert one(view(live("2027-01-14", **words))).movable is movable


def test_a_window_is_the_services_and_only_while_it_is_open() -> None:
    open_ = live("2027-01-14", refundable_until=day("2026-11-25T20:00:00"))
    assert one(view(open_)).back_until == day("2026-11-25T20:00:00")
    assert one(view(open_, at=day("2026-11-26"))).back_until is None


def test_what_is_planned_and_not_told_is_said() -> None:
    rename, fewer = Change("friendlyName", "a", "b"), Change("quantity", 10, 8)
    now = Action(MINE, Verb.UPDATE, changes=(rename,))
    later = Action(MINE, Verb.UPDATE, changes=(fewer,), date=day("2027-01-15"))
    known = Action(MINE, Verb.UPDATE, changes=(fewer,), when=When.PENDING)
    actions = {action.id: action for action in (now, later, known)}
    assert one(view(live("2027-01-14"), actions=actions)).untold == (fewer,)


@pytest.mark.parametrize(
    "words, says",
    [
        ({"trial": True}, "a trial"),
        ({"state": "suspended"}, "it is not renewed"),
        ({"extended": True}, "can be cancelled any day"),
        ({"promotion": "P:S:A"}, "its promotion P:S:A ends 2027-01-14, unless"),
        (
            {"promotion": "P:S:A", "next": {"promotionId": "P:S:B"}},
            "the next term is told P:S:B",
        ),
    ],
)
def test_ro10_what_is_said_besides(words: dict[str, Any], says: str) -> None:
    assert says in " ".join(one(view(live("2027-01-14", **words))).notes)


def test_wi15_on_the_day_of_the_renewal_nothing_is_written() -> None:
    found = one(view(live("2026-11-21"), at=day("2026-11-22T10:00:00")))
    assert "no writes before 2026-11-23 00:00 UTC" in " ".join(found.notes)


# --- prices -------------------------------------------------------------------------------------


def row(month: str, unit: str, begins: str, term: str = "P1Y", cycle: str = "monthly") -> PriceRow:
    sheet = Sheet(f"prices-{month}.csv", month)
    return PriceRow(E3, "DE", "EUR", term, cycle, Decimal(unit), day(begins), FAR, sheet)


NOVEMBER = row("2026-11", "120", "2025-01-01")
DECEMBER = row("2026-12", "144", "2026-12-01")
BEGAN = row("2026-01", "108", "2025-01-01")


def priced(*rows: PriceRow) -> Prices:
    return Prices({E3: rows}, tuple(each.sheet for each in rows))


def test_without_sheets_a_price_is_unknown() -> None:
    found = one(view(live("2026-12-14")))
    assert found.now.pays.amount is None
    assert found.next is not None
    assert found.next.pays.each.amount is None


def test_mo6_a_renewal_next_month_has_the_price_of_the_preview() -> None:
    prices = priced(BEGAN, NOVEMBER, DECEMBER)
    found = one(view(live("2026-12-14"), prices=prices))
    assert found.now.pays.amount == Decimal("90.00")
    assert found.next is not None
    assert found.next.pays.amount == Decimal("120.00")
    assert not found.next.pays.each.assumed


def test_mo6_beyond_the_preview_it_is_todays_and_marked() -> None:
    found = one(view(live("2027-02-14"), prices=priced(NOVEMBER, DECEMBER))).next
    assert found is not None
    assert found.pays.amount == Decimal("100.00")
    assert found.pays.each.assumed


def test_ro10_a_rise_in_the_preview_is_listed() -> None:
    prices = priced(NOVEMBER, DECEMBER)
    (found,) = calendar.price_changes(view(live("2027-01-14"), prices=prices), "subscription")
    assert found.begins == day("2026-12-01")
    assert (found.old.each.amount, found.new.each.amount) == (Decimal("10.00"), Decimal("12.00"))
    assert found.renews == day("2027-01-15")


def test_ro10_what_is_bought_later_is_met_as_well() -> None:
    prices = priced(NOVEMBER, DECEMBER)
    (found,) = calendar.price_changes(view(None, prices=prices), "subscription")
    assert found.renews is None


@pytest.mark.parametrize(
    "prices",
    [
        None,
        priced(NOVEMBER),
        priced(NOVEMBER, row("2026-12", "120", "2025-01-01")),
        priced(NOVEMBER, row("2026-12", "500", "2026-12-01", "P1M")),
    ],
)
def test_no_change_of_a_price_is_none(prices: Prices | None) -> None:
    seen = view(live("2027-01-14"), prices=prices)
    assert not list(calendar.price_changes(seen, "subscription"))
