"""Each limit below, at and above itself; what lifts one; what stays within (rules RO1, RO2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from pcsync.manifests.limits import limits_of, shipped
from pcsync.model import (
    UNKNOWN,
    Action,
    Address,
    Due,
    Figure,
    Finding,
    Level,
    Limits,
    Measure,
    Money,
    Plan,
    Rate,
    Resource,
    Severity,
    Used,
    Verb,
    View,
    When,
)
from pcsync.plan.access import counted
from pcsync.plan.build import build
from pcsync.plan.codec import from_data, to_data
from pcsync.plan.draft import Draft
from pcsync.plan.guards import OVER, Counting, again, numbers, refusals, told, used
from pcsync.report.limits import refused, within

from .fakes import AT, FRAME, Fake, kinds

DEFAULTS = {
    "suspend": 0,
    "cancel": 0,
    "deleteUsers": 0,
    "P3Y": 0,
    "createCustomers": 3,
    "customers": 10,
    "addSeats": 25,
}
DECEMBER = datetime(2026, 12, 3, tzinfo=UTC)
BY_ACTION = sorted(set(DEFAULTS) - {"customers"})


def contract(number: int, customer: str = "contoso", **members: Any) -> Action:
    address = Address("contract", (customer, f"c{number}"))
    return Action(address, members.pop("verb", Verb.UPDATE), **members)


def person(name: str, sku: str) -> Action:
    address = Address("seat", ("contoso", name, sku))
    owner = Address("person", ("contoso", name))
    return Action(address, Verb.DELETE, owner, counts={Measure.LOSE_LICENCE: 1})


def money(each: str | None, cycle: str = "monthly", before: str | None = None) -> Money:
    def rate(text: str | None) -> Rate:
        return Rate(1, Figure(None if text is None else Decimal(text)), cycle)

    old = rate(before) if before else None
    return Money("EUR", "DE", Figure(Decimal(0)), before=old, after=rate(each))


def due(amount: str | None, day: datetime = DECEMBER) -> Money:
    charge = Due(day, None if amount is None else Decimal(amount))
    return Money("EUR", "DE", Figure(Decimal(0)), upfront=(charge,))


def over(limits: Limits, *actions: Action, **lifted: int | str) -> list[str]:
    """The measures that these actions are over."""
    return [row.measure for row in used(Counting(actions), (), limits) if row.over(lifted)]


def test_what_holds_without_any_setting() -> None:
    """Rule RO1."""
    assert {name: int(limit.most) for name, limit in shipped().run.items()} == DEFAULTS
    assert all(limit.shipped and not limit.percent for limit in shipped().run.values())
    assert not shipped().customer


@pytest.mark.parametrize("measure", BY_ACTION)
@pytest.mark.parametrize("beside", [-1, 0, 1])
def test_a_default_is_exceeded_by_one(measure: str, beside: int) -> None:
    """Rule RO1: below and at the limit nothing is said; one more is refused, with the flag."""
    number = DEFAULTS[measure] + beside
    if number < 0:
        assert over(shipped(), contract(1)) == []
        return
    actions = [contract(1, counts={measure: number})]
    rows = used(Counting(actions), (), shipped())
    found = list(refusals(rows, {}))
    if beside < 1:
        assert found == []
    else:
        (finding,) = found
        assert (finding.severity, finding.code, finding.address) == (Severity.ERROR, OVER, None)
        limit = DEFAULTS[measure]
        assert finding.what == f"{measure} {number}, and the limit is {limit} (the default)"
        assert finding.advice == f"lift it once: --allow {measure}={number}"


@pytest.mark.parametrize("measure", [*BY_ACTION, "loseLicence", "loseAccess"])
@pytest.mark.parametrize("limit", [0, 1, 7])
def test_a_limit_of_the_project_below_at_and_above(measure: str, limit: int) -> None:
    limits = limits_of({measure: limit})

    def many(number: int) -> list[Action]:
        if measure == "loseLicence":
            return [person(f"p{each}", "SPB") for each in range(number)]
        return [contract(each, counts={measure: 1}) for each in range(number)]

    for number in {max(limit - 1, 0), limit}:
        assert over(limits, *many(number)) == []
    assert over(limits, *many(limit + 1)) == [measure]


@pytest.mark.parametrize("number, wrong", [(9, False), (10, False), (11, True)])
def test_customers_are_counted_once_and_only_where_something_is_done(
    number: int, wrong: bool
) -> None:
    actions = [contract(each, f"c{at}") for at in range(number) for each in (1, 2)]
    idle = [contract(1, f"idle{at}", when=When.BLOCKED) for at in range(9)]
    assert over(shipped(), *actions, *idle) == (["customers"] if wrong else [])


def test_a_person_who_loses_two_licences_is_one() -> None:
    found = numbers(
        Counting([person("ana", "SPB"), person("ana", "POWER_BI"), person("bo", "SPB")])
    )
    assert found["loseLicence"] == 2


@pytest.mark.parametrize("number, wrong", [(1, False), (2, False), (3, True)])
def test_what_left_git(number: int, wrong: bool) -> None:
    gone = [Address("contract", ("contoso", f"c{each}")) for each in range(number)]
    rows = used(Counting([], gone), (), limits_of({"removals": "2"}))
    assert [row.over({}) for row in rows] == [wrong]


@pytest.mark.parametrize("amount, wrong", [("99.99", False), ("100", False), ("100.01", True)])
def test_money_that_is_added_a_month(amount: str, wrong: bool) -> None:
    limits = limits_of({"addPerMonth": Decimal(100)})
    found = over(limits, contract(1, money=money(amount)))
    assert found == (["addPerMonth"] if wrong else [])


def test_a_yearly_charge_is_twelve_months_and_what_ends_is_taken_off() -> None:
    actions = [
        contract(1, money=money("1200", "annual")),
        contract(2, money=money("3600", "triennial")),
        contract(3, money=money("10", before="60")),
    ]
    assert numbers(Counting(actions))["addPerMonth"] == Decimal(150)
    assert "addPerMonth" not in numbers(Counting(actions[2:]))


@pytest.mark.parametrize("amount, wrong", [("59.99", False), ("60", False), ("60.01", True)])
def test_money_that_is_due_in_one_month(amount: str, wrong: bool) -> None:
    limits = limits_of({"upfront": Decimal(100)})
    later = due("99", datetime(2027, 1, 1, tzinfo=UTC))
    costs = [due("40"), due(amount), later]
    actions = [contract(at, money=each) for at, each in enumerate(costs)]
    assert over(limits, *actions) == (["upfront"] if wrong else [])


@pytest.mark.parametrize(
    "limit, cost", [("addPerMonth", money(None)), ("upfront", due(None)), ("upfront", due("1"))]
)
def test_an_unknown_price_is_over_every_limit_of_money(limit: str, cost: Money) -> None:
    limits = Limits({limit: limits_of({limit: Decimal(10**9)}).run[limit]})
    action = contract(1, money=cost)
    unpriced = {action.id} if cost == due("1") else set()
    (row,) = used(Counting([action], unpriced=unpriced), (), limits)
    assert row.number is None
    assert row.over({})
    assert row.over({limit: 10**9})
    assert not row.over({limit: UNKNOWN})
    assert told(row).startswith(f"{limit} unknown, and the limit is 1,000,000,000.00")
    assert row.flag == f"--allow {limit}=unknown"


def counting_of(measure: Measure, number: int) -> Counting:
    """What a plan uses so much of: of the measure, and of nothing else that has a limit."""
    match measure:
        case Measure.LOSE_LICENCE:
            return Counting([person(f"p{each}", "SPB") for each in range(number)])
        case Measure.CUSTOMERS:
            return Counting([contract(1, f"c{each}") for each in range(number)])
        case Measure.REMOVALS:
            gone = [Address("contract", ("contoso", f"c{each}")) for each in range(number)]
            return Counting([], gone)
        case Measure.ADD_PER_MONTH:
            return Counting([contract(1, money=money(str(number)))])
        case Measure.UPFRONT:
            return Counting([contract(1, money=due(str(number)))])
        case _:
            return Counting([contract(each, counts={measure: 1}) for each in range(number)])


@pytest.mark.parametrize("measure", list(Measure))
@pytest.mark.parametrize("beside, wrong", [(-1, False), (0, False), (1, True)])
def test_every_measure_below_at_and_above_its_limit(
    measure: Measure, beside: int, wrong: bool
) -> None:
    """Rules RO1, RO2: whatever is in the closed list, with the flag that lifts it once."""
    limits = limits_of({measure.value: 4})
    only = Limits({measure.value: limits.run[measure.value]}, source=limits.source)
    rows = used(counting_of(measure, 4 + beside), (), only)
    assert [row.over({}) for row in rows] == [wrong]
    assert [row.flag for row in rows if row.over({})] == [f"--allow {measure}=5"] * wrong
    assert not any(row.over({measure.value: 5}) for row in rows)


def priced(each: str, cycle: str, day: datetime | None = None, *, assumed: bool = False) -> Money:
    """What is billed from a day on; assumed: by the price of today."""
    figure = Figure(Decimal(each), assumed=assumed)
    upfront = (Due(day, Decimal(each)),) if day and cycle == "annual" else ()
    rate = Rate(1, figure, cycle)
    return Money("EUR", "DE", Figure(Decimal(0)), after=rate, begins=day, upfront=upfront)


MARCH = datetime(2027, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize("limit", ["addPerMonth", "upfront"])
def test_todays_price_of_a_later_term_is_not_known(limit: str) -> None:
    """Rules MO6, MO10: what is only assumed counts as unknown, beside what is known of it."""
    limits = limits_of({limit: Decimal(1000)})
    actions = [
        contract(1, money=priced("120", "annual", DECEMBER)),
        contract(2, money=priced("60", "annual", MARCH, assumed=True)),
    ]
    (row,) = used(Counting(actions), (), Limits({limit: limits.run[limit]}))
    assert row.number is None
    assert row.over({limit: 10**9})
    assert not row.over({limit: UNKNOWN})
    assert row.flag == f"--allow {limit}=unknown"
    assert (row.known, row.month) == (
        (Decimal(10), "") if limit == "addPerMonth" else (Decimal(120), "2026-12")
    )
    (known,) = used(Counting(actions[:1]), (), Limits({limit: limits.run[limit]}))
    assert not known.over({})


@pytest.mark.parametrize("cycle", ["onetime", "none", "biennial"])
def test_a_cycle_that_is_no_number_of_months_is_unknown(cycle: str) -> None:
    assert numbers(Counting([contract(1, money=priced("60", cycle))]))["addPerMonth"] is None


def test_the_month_of_a_sum_is_said() -> None:
    limits = limits_of({"upfront": Decimal(100)})
    limits = Limits({"upfront": limits.run["upfront"]}, source=limits.source)
    (row,) = used(Counting([contract(1, money=due("120.50"))]), (), limits)
    assert told(row) == ("upfront 120.50 due in Dec 2026, and the limit is 100.00 (pcsync.yaml)")
    half = contract(2, money=priced("60", "annual", MARCH, assumed=True))
    (row,) = used(Counting([contract(1, money=due("120.50")), half]), (), limits)
    assert told(row).startswith("upfront 120.50 due in Dec 2026, and more that is unknown, and")


def test_a_percentage_is_of_what_is_declared() -> None:
    people = {
        address: Resource(address, {})
        for number in range(29)
        for address in [Address("person", ("contoso", f"p{number}"))]
    }
    view = View(AT, Address("tenant", ("contoso",)), wants=people)
    limits = Limits({"deleteUsers": limits_of({"deleteUsers": "10%"}).run["deleteUsers"]})

    def rows(number: int) -> tuple[Used, ...]:
        found = [Action(a, Verb.DELETE, counts={"deleteUsers": 1}) for a in list(people)[:number]]
        return used(Counting(found), [view], limits)

    assert [(row.limit, row.of) for row in rows(2)] == [(Decimal(2), 29)]
    assert [row.over({}) for row in (*rows(1), *rows(2), *rows(3))] == [False, False, True]


def test_a_limit_for_one_customer_holds_for_each() -> None:
    limits = limits_of({"addSeats": 100, "perCustomer": {"addSeats": 10}})
    actions = [
        contract(1, "adatum", counts={"addSeats": 10}),
        contract(1, counts={"addSeats": 6}),
        contract(2, counts={"addSeats": 5}),
    ]
    found = [row for row in used(Counting(actions), (), limits) if row.over({})]
    assert [(row.customer, row.number) for row in found] == [("contoso", Decimal(11))]
    assert told(found[0]) == (
        "contoso: addSeats 11, and the limit for one customer is 10 (pcsync.yaml)"
    )
    assert not found[0].over({"addSeats": 11})


@pytest.mark.parametrize("lifted, wrong", [({}, 1), ({"suspend": 1}, 1), ({"suspend": 2}, 0)])
def test_a_flag_lifts_as_far_as_its_number(lifted: Mapping[str, int | str], wrong: int) -> None:
    """Rule RO2."""
    rows = used(Counting([contract(1, counts={"suspend": 2})]), (), shipped())
    assert len(list(refusals(rows, lifted))) == wrong


def test_a_flag_never_tightens_a_limit() -> None:
    assert over(shipped(), contract(1, counts={"addSeats": 20}), addSeats=5) == []


# --- access -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "total, taken, people",
    [(10, 3, 0), (10, 6, 1), (10, 10, 5), (5, 5, 5), (4, 5, 4), (None, 0, 5)],
)
def test_people_without_a_seat_lose_access(total: int | None, taken: int, people: int) -> None:
    """Of 5 seats that go, those are lost that somebody needs; without figures it is all of them."""
    owner = Address("tenant", ("contoso",))
    want = Resource(Address("contract", ("contoso", "c1")), {}, holds={"office": 5})
    level = {} if total is None else {"office": Level(owner, "office", total, taken)}
    view = View(AT, owner, wants={want.address: want}, levels=level)
    (found,) = counted(view, [contract(1, verb=Verb.SUSPEND, counts={"suspend": 1})])
    assert found.counts.get("loseAccess", 0) == people
    assert found.counts["suspend"] == 1


def test_what_only_changes_locks_nobody_out() -> None:
    want = Resource(Address("contract", ("contoso", "c1")), {}, holds={"office": 5})
    view = View(AT, wants={want.address: want})
    actions = [contract(1), contract(1, verb=Verb.SUSPEND, when=When.BLOCKED)]
    assert list(counted(view, actions)) == actions


# --- in a plan ----------------------------------------------------------------------------------


def planned(limits: Limits, numbers: Mapping[str, int], **frame: Any) -> Plan:
    """A plan that adds so many seats at each customer; odd ones are in the second wave."""
    drafts = []
    for at, (name, seats) in enumerate(numbers.items()):
        owner = Address("tenant", (name,))
        labels = {"wave": str(1 + at % 2), "name": name}
        action = contract(1, name, counts={"addSeats": seats})
        view = View(AT, owner, wants={owner: Resource(owner, {}, labels=labels)})
        drafts.append(
            Draft(replace(view, actions={action.id: action}), {action.id: action}, (), (), ())
        )
    return build(kinds(Fake("contract")), drafts, replace(FRAME, limits=limits, **frame))


ADDED = {"adatum": 10, "contoso": 20, "fabrikam": 9}


def test_the_plan_is_there_and_says_why_it_is_refused() -> None:
    plan = planned(shipped(), ADDED)
    assert plan.totals.writes == 3
    (finding,) = plan.findings
    assert finding.code == OVER
    assert finding.advice == (
        "lift it once: --allow addSeats=39; or go in waves: --label wave=1 (2 customers)"
    )
    assert from_data(to_data(plan)) == plan
    assert refused(plan, 80) == [
        "  REFUSED BY 1 LIMIT (the default)",
        "    addSeats  39 bought, limit 25; lift once: --allow addSeats=39",
        "    or in waves: --label wave=1 (2 customers)",
    ]
    assert within(plan) == ""


def test_no_wave_is_named_that_is_over_a_limit_itself() -> None:
    (finding,) = planned(limits_of({"addSeats": 5}), ADDED).findings
    assert finding.advice == "lift it once: --allow addSeats=39"


def test_what_was_lifted_is_in_the_plan_with_who_asked() -> None:
    """Rule RO2."""
    plan = planned(shipped(), ADDED, lifted={"addSeats": 39}, lifted_by="f.lang")
    assert plan.findings == ()
    assert (plan.lifted, plan.lifted_by) == ({"addSeats": 39}, "f.lang")
    assert within(plan) == "addSeats 39 of 25 (lifted to 39 by f.lang)"
    assert planned(shipped(), {"adatum": 15}, lifted_by="f.lang").lifted_by == ""
    assert within(planned(shipped(), {"adatum": 15})) == "addSeats 15 of 25"


def test_a_saved_plan_is_held_against_the_limits_of_today() -> None:
    plan = planned(shipped(), {"adatum": 15})

    def refused_by(limits: Limits, **lifted: int | str) -> list[str]:
        return [row.measure for row in again(plan, limits) if row.over(lifted)]

    assert refused_by(shipped()) == []
    assert refused_by(limits_of({"addSeats": 14})) == ["addSeats"]
    assert refused_by(limits_of({"addSeats": 14}), addSeats=15) == []
    assert refused_by(limits_of({"perCustomer": {"addSeats": 14}})) == ["addSeats"]
    assert refused_by(limits_of({"customers": "99%"})) == ["customers"]
    assert refused_by(limits_of({"customers": "100%"})) == []


def test_without_limits_nothing_is_refused_or_recorded() -> None:
    plan = planned(Limits(), {"adatum": 10**6})
    assert (plan.findings, plan.limits) == ((), ())
    assert plan.totals.measures == {"addSeats": 10**6, "customers": 1}


def test_errors_of_resources_stay_beside_the_refusal() -> None:
    other = Finding(Severity.WARNING, "x", "y", "z")
    plan = build(kinds(Fake("contract")), (), replace(FRAME, limits=shipped()), [other])
    assert plan.findings == (other,)
