"""Subscriptions that are no plain licences: software, SaaS, savings plans, trials; and what every
PATCH has to pass (commerce.md 4.5, 5, 13.8, 20.3)."""

from __future__ import annotations

from typing import Any

import pytest

from .subscribed import OLD, code, instructions
from .subscribed import seed as licence
from .wire import CONTOSO, PREMIUM, Wire

AT = f"/v1/customers/{CONTOSO}/subscriptions"
YEAR = {"termDuration": "P1Y", "billingCycle": "annual", "chargePrice": "100"}
MONTH = {"termDuration": "P1M", "billingCycle": "monthly", "chargePrice": "10"}
SOFTWARE, SAAS = "DG7GMGF0D3SJ:0003", "DZH318Z0BXWC:0002"
SAVINGS, TRIAL = "DZH318Z09V6F:0001", "CFQ7TTC0LCHC:0T02"
PRODUCTS: list[dict[str, Any]] = [
    {"product": SOFTWARE, "title": "Server", "kind": "software", "terms": [YEAR]},
    {"product": SAAS, "title": "Sign documents", "kind": "saas", "terms": [MONTH, YEAR]},
    {"product": SAVINGS, "title": "Savings plan", "kind": "savings", "terms": [YEAR]},
    {
        "product": TRIAL,
        "title": "Premium Trial",
        "licence": "SPB",
        "isTrial": True,
        "minimumQuantity": 25,
        "maximumQuantity": 25,
        "terms": [{"termDuration": "P1M", "billingCycle": "none", "chargePrice": "0"}],
    },
]


def seed(pc: Wire, product: str, settings: dict[str, Any] | None = None, **words: Any) -> None:
    row = {"product": product, "quantity": 5, "termDuration": "P1Y", "billingCycle": "annual"}
    customer = {"id": CONTOSO, "domain": "contoso.onmicrosoft.com", "country": "DE"}
    customers = [{**customer, "subscriptions": [{**row, **words}]}]
    pc.seed(catalog={"products": PRODUCTS}, settings=settings or {}, customers=customers)


def test_software_takes_more_seats_and_gives_none_back(pc: Wire) -> None:
    seed(pc, SOFTWARE, creationDate="2026-11-21T09:00:00Z")
    assert pc.subscription()["productType"]["id"] == "Software"
    assert pc.edit(quantity=8).json()["quantity"] == 8
    assert code(pc.edit(quantity=7)) == (400, 800090)
    assert pc.edit(status="deleted").json()["status"] == "deleted"


def test_software_cannot_be_cancelled_after_seven_days(pc: Wire) -> None:
    seed(pc, SOFTWARE, creationDate=OLD)
    assert code(pc.edit(status="deleted")) == (400, 900117)


def test_software_has_no_extended_term_and_no_custom_end(pc: Wire) -> None:
    seed(pc, SOFTWARE, creationDate="2025-12-01T00:00:00Z", autoRenewEnabled=False)
    assert "scheduledActions" not in pc.subscription()
    pc.advance("P10D")
    assert pc.subscription()["status"] == "expired"
    seed(pc, SOFTWARE)
    wish = instructions(pc, SOFTWARE, billingCycle="Annual")
    wish["customTermEndDate"] = "2027-12-31T00:00:00Z"
    assert code(pc.edit(scheduledNextTermInstructions=wish)) == (400, 900244)


def test_saas_takes_no_change_before_its_setup(pc: Wire) -> None:
    seed(pc, SAAS, activated=False)
    assert code(pc.edit(friendlyName="sign")) == (400, 800081)
    assert pc.control("GET", "ledger").json() == []


WINDOWS = [
    ("2026-05", "P1Y", "annual", "2026-11-24T09:00:00Z"),
    ("2023-10", "P1Y", "annual", "2026-12-05T09:00:00Z"),
    ("2023-10", "P1M", "monthly", "2026-11-22T09:00:00Z"),
]


@pytest.mark.parametrize("contract, term, cycle, until", WINDOWS)
def test_windows_of_saas(pc: Wire, contract: str, term: str, cycle: str, until: str) -> None:
    pair = {"termDuration": term, "billingCycle": cycle}
    bought = "2026-11-21T09:00:00Z"
    seed(pc, SAAS, {"contract": contract}, **pair, creationDate=bought)
    shown = pc.subscription().get("cancellationAllowedUntilDate", "2026-11-22T09:00:00Z")
    assert shown == until


def test_saas_is_cancelled_in_its_window_and_not_renewed_later(pc: Wire) -> None:
    seed(pc, SAAS, creationDate="2026-11-22T08:00:00Z")
    pc.advance("P4D")
    assert code(pc.edit(status="deleted")) == (400, 900117)
    assert pc.edit(autoRenewEnabled=False).json()["autoRenewEnabled"] is False


@pytest.mark.parametrize(
    "wish", [{"friendlyName": "x"}, {"status": "deleted"}, {"status": "suspended"}, {"quantity": 2}]
)
def test_a_savings_plan_is_not_managed_here(pc: Wire, wish: dict[str, Any]) -> None:
    seed(pc, SAVINGS)
    row = pc.subscription()
    assert (row["billingType"], row["unitType"]) == ("benefit", "Benefit")
    assert code(pc.edit(**wish)) == (403, 900321)


def trial(pc: Wire) -> None:
    seed(pc, TRIAL, quantity=25, creationDate="2026-11-22T09:00:00Z")


def test_a_trial_has_its_schedule_from_the_beginning(pc: Wire) -> None:
    trial(pc)
    row = pc.subscription()
    assert (row["isTrial"], row["billingCycle"]) == (True, "none")
    assert row["commitmentEndDate"] == "2026-12-21T00:00:00Z"
    product = row["scheduledNextTermInstructions"]["product"]
    assert f"{product['productId']}:{product['skuId']}" == PREMIUM
    assert (product["termDuration"], product["billingCycle"]) == ("P1Y", "Monthly")


def test_a_trial_is_bought_once(pc: Wire) -> None:
    customer = {"id": CONTOSO, "domain": "contoso.onmicrosoft.com", "country": "DE"}
    paid = {"product": PREMIUM, "quantity": 40}
    customers = [{**customer, "subscriptions": [paid]}]
    pc.seed(catalog={"products": PRODUCTS}, customers=customers)
    line = pc.line(TRIAL, quantity=25, termDuration="P1M", billingCycle="none")
    pc.buy(line)
    row = pc.subscription(1)
    assert (row["isTrial"], row["quantity"], row["commitmentEndDate"]) == (
        True,
        25,
        "2026-12-21T00:00:00Z",
    )
    assert row["scheduledNextTermInstructions"]["quantity"] == 25
    assert pc.cart(line)["lineItems"][0]["error"]["errorCode"] == 10002


def test_a_cart_takes_the_price_of_the_sheet(pc: Wire) -> None:
    prices = [{"product": PREMIUM, "termDuration": "P1Y", "unitPrice": "288"}]
    pc.contoso(settings={"prices": prices})
    pc.buy(pc.line(PREMIUM, quantity=2))
    (line,) = pc.control("GET", "ledger").json()
    assert (line["unitPrice"], line["subtotal"]) == (24, 48)


def test_a_trial_takes_no_quantity_status_or_term(pc: Wire) -> None:
    trial(pc)
    assert code(pc.edit(quantity=24)) == (400, 800095)
    assert code(pc.edit(status="suspended")) == (400, 800040)
    assert code(pc.edit(status="deleted")) == (400, 800040)
    assert code(pc.edit(termDuration="P1Y", billingCycle="monthly")) == (400, 800107)


def test_a_trial_becomes_paid_by_itself(pc: Wire) -> None:
    trial(pc)
    pc.advance("P30D")
    row = pc.subscription()
    assert (row["isTrial"], row["termDuration"], row["status"]) == (False, "P1Y", "active")
    assert row["offerId"].startswith(PREMIUM)
    lines = pc.control("GET", "ledger").json()
    assert [(line["chargeType"], line["subtotal"]) for line in lines] == [("renew", 577.5)]


def test_a_trial_without_renewal_expires(pc: Wire) -> None:
    trial(pc)
    answer = pc.edit(autoRenewEnabled=False)
    assert "scheduledNextTermInstructions" not in answer.json()
    pc.advance("P30D")
    assert pc.subscription()["status"] == "expired"
    assert pc.control("GET", "ledger").json() == []


def test_a_trial_becomes_paid_by_transition_with_all_its_seats(pc: Wire) -> None:
    trial(pc)
    body = {
        "toCatalogItemId": pc.item(PREMIUM),
        "quantity": 10,
        "transitionType": "transition_only",
    }
    path = f"{AT}/{pc.subscription()['id']}/transitions"
    assert code(pc.send("POST", path, body)) == (400, 900275)
    answer = pc.send("POST", path, {**body, "quantity": 25})
    assert answer.status_code == 200, answer.text
    row = pc.subscription()
    assert (row["isTrial"], row["termDuration"], row["billingCycle"]) == (False, "P1Y", "monthly")
    assert pc.seats()["SPB"]["totalUnits"] == 25


def test_one_change_per_patch_where_the_world_says_so(pc: Wire) -> None:
    licence(pc, settings={"oneChangePerPatch": True})
    assert code(pc.edit(friendlyName="x", quantity=12)) == (400, 800002)
    assert pc.edit(quantity=12).status_code == 200
    wish = instructions(pc)
    together = pc.edit(autoRenewEnabled=True, scheduledNextTermInstructions=wish)
    assert together.status_code == 200
    longer = pc.edit(autoRenewEnabled=False, scheduledNextTermInstructions=None)
    assert longer.status_code == 200
    assert pc.edit(status="suspended", autoRenewEnabled=False).status_code == 200


def test_several_changes_are_fine_without_that_switch(pc: Wire) -> None:
    licence(pc)
    assert pc.edit(friendlyName="x", quantity=12).status_code == 200


def test_a_changed_subscription_is_locked_for_a_while(pc: Wire) -> None:
    licence(pc, settings={"updateLock": "PT24H"})
    assert pc.edit(friendlyName="one").status_code == 200
    assert code(pc.edit(friendlyName="two")) == (409, 900278)
    pc.advance("PT24H")
    assert pc.edit(friendlyName="two").status_code == 200


def test_after_1200_updates_it_takes_no_more(pc: Wire) -> None:
    licence(pc, updates=1199)
    assert pc.edit(friendlyName="the last").status_code == 200
    assert code(pc.edit(friendlyName="one more")) == (400, 900311)


def test_the_next_charge_instruction_survives_suspension_and_bills_the_rest_of_the_year(
    pc: Wire,
) -> None:
    three = {"termDuration": "P3Y", "billingCycle": "monthly", "chargePrice": "10"}
    upfront = {"termDuration": "P3Y", "billingCycle": "annual", "chargePrice": "114"}
    product = {"product": "CFQ7TTC0TEST:0001", "title": "Three years", "terms": [three, upfront]}
    row = {"product": product["product"], "quantity": 1, "termDuration": "P3Y"}
    row |= {"billingCycle": "monthly", "creationDate": "2026-11-22T09:00:00Z"}
    customer = {"id": CONTOSO, "domain": "contoso.onmicrosoft.com", "country": "DE"}
    customers = [{**customer, "subscriptions": [row]}]
    pc.seed(catalog={"products": [product]}, customers=customers)
    wish = instructions(pc, "CFQ7TTC0TEST:0001", quantity=1, billingCycle="Annual")
    assert pc.edit(nextChargeInstructions=wish).status_code == 200
    assert pc.edit(status="suspended").json()["nextChargeInstructions"]
    assert pc.edit(status="active").status_code == 200
    pc.advance("P30D")
    assert pc.subscription()["billingCycle"] == "annual"
    lines = pc.control("GET", "ledger").json()
    assert [line["chargeEndDate"][:10] for line in lines] == ["2026-12-21", "2027-11-21"]


def test_custom_ends_are_month_ends_and_those_of_others(pc: Wire) -> None:
    licence(pc)
    one = pc.subscription()
    rows = pc.get(f"{AT}/customTermEndDates?term_duration=P1Y")["items"]
    days = [row["allowedCustomTermEndDate"][:10] for row in rows]
    assert days[:3] == [one["commitmentEndDate"][:10], "2026-11-30", "2026-12-31"]
    assert rows[0]["cotermSubscriptionIds"] == [one["id"]]
    query = f"term_duration=P1Y&target_coterm_subscription_id={one['id']}"
    assert len(pc.get(f"{AT}/customTermEndDates?{query}")["items"]) == 1


def test_a_year_does_not_end_with_a_month(pc: Wire) -> None:
    """commerce.md 13.4: P1Y and P3Y cannot align to P1M; P1M can align to anything."""
    licence(pc, termDuration="P1M", creationDate="2026-11-10T09:00:00Z")
    year = pc.get(f"{AT}/customTermEndDates?term_duration=P1Y")["items"]
    month = pc.get(f"{AT}/customTermEndDates?term_duration=P1M")["items"]
    assert {row["allowedCustomTermEndDateType"] for row in year} == {"calendarMonthAligned"}
    assert "subscriptionAligned" in {row["allowedCustomTermEndDateType"] for row in month}


def test_a_scheduled_end_has_to_match_one(pc: Wire) -> None:
    licence(pc)
    wish = instructions(pc)
    wish["customTermEndDate"] = "2027-09-17T00:00:00Z"
    assert code(pc.edit(scheduledNextTermInstructions=wish)) == (400, 900246)
    wish["customTermEndDate"] = "2027-09-30T00:00:00Z"
    assert pc.edit(scheduledNextTermInstructions=wish).status_code == 200
