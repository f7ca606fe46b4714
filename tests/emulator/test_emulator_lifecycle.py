"""What the clock does: commerce.md 5.9, 5.10, 13.1, 13.2, 13.6, 18 and 20.1."""

from __future__ import annotations

from typing import Any

import pytest

from .subscribed import CANCEL, EXTEND, code, instructions
from .wire import E3, PREMIUM, SPB, Wire

KIM = "11111111-1111-4111-8111-111111111111"
E3_SKU = "05e9a617-0261-4cee-bb44-138d3ef5d965"
LAST_DAY = "2026-11-30"
RENEWED = "2026-12-01T00:00:00Z"


def seed(pc: Wire, settings: dict[str, Any] | None = None, **words: Any) -> None:
    """A yearly subscription of ten seats with one holder, whose last day is 30 November."""
    row = {"product": PREMIUM, "quantity": 10, "commitmentEndDate": LAST_DAY, "refundable": 0}
    row |= {"creationDate": "2025-12-01T10:00:00Z"}
    user = {
        "id": KIM,
        "userPrincipalName": "kim@contoso.onmicrosoft.com",
        "usageLocation": "DE",
        "licenses": ["SPB"],
    }
    pc.contoso(settings=settings, subscriptions=[row | words], users=[user])


def at(pc: Wire, moment: str) -> dict[str, Any]:
    """The subscription when the clock shows `moment`."""
    assert pc.control("POST", "clock", {"now": moment}).status_code == 200
    pc.tokens.clear()
    return pc.subscription()


def test_renewal_starts_after_the_inclusive_last_day(pc: Wire) -> None:
    """commerce.md 13.6: the id stays, the end moves, windows are new, a system order appears."""
    seed(pc)
    before = pc.subscription()
    assert at(pc, "2026-11-30T23:59:59Z")["commitmentEndDate"] == "2026-11-30T00:00:00Z"
    row = at(pc, "2026-12-01T06:00:00Z")
    assert (row["id"], row["status"], row["quantity"]) == (before["id"], "active", 10)
    assert row["commitmentEndDate"] == "2027-11-30T00:00:00Z"
    assert row["effectiveStartDate"] == RENEWED
    assert row["cancellationAllowedUntilDate"] == "2026-12-08T00:00:00Z"
    assert row["refundableQuantity"]["totalQuantity"] == 10
    order = pc.get(f"{pc.at}/orders")["items"][-1]
    assert order["transactionType"] == "SystemPurchase"
    assert order["lineItems"][0]["transactionType"] == "renew"
    assert order["lineItems"][0]["subscriptionId"] == before["id"]
    assert pc.get("/v1/auditrecords")["items"] == []


def test_several_terms_pass_in_one_move(pc: Wire) -> None:
    seed(pc, termDuration="P1M")
    assert at(pc, "2027-03-15T00:00:00Z")["commitmentEndDate"] == "2027-03-31T00:00:00Z"


def test_renewal_applies_what_was_scheduled_and_forgets_it(pc: Wire) -> None:
    seed(pc)
    wish = instructions(pc, termDuration="P1M", quantity=7)
    assert pc.edit(scheduledNextTermInstructions=wish).status_code == 200
    row = at(pc, RENEWED)
    assert (row["quantity"], row["termDuration"]) == (7, "P1M")
    assert row["commitmentEndDate"] == "2026-12-31T00:00:00Z"
    assert "scheduledNextTermInstructions" not in row
    assert pc.seats()["SPB"]["totalUnits"] == 7


@pytest.mark.parametrize("quantity, moved", [(10, True), (12, False)])
def test_licences_follow_a_new_product_only_with_the_same_quantity(
    pc: Wire, quantity: int, moved: bool
) -> None:
    """domain-rules LI15."""
    seed(pc)
    pc.edit(scheduledNextTermInstructions=instructions(pc, E3, quantity=quantity))
    row = at(pc, RENEWED)
    assert (row["offerName"], row["friendlyName"]) == ("Microsoft 365 E3", "Microsoft 365 E3")
    held = pc.get(f"{pc.at}/users/{KIM}/licenses")["items"]
    assert [item["productSku"]["id"] for item in held] == [E3_SKU if moved else SPB]


def test_action_to_renew_works_without_auto_renew(pc: Wire) -> None:
    """commerce.md 20.1, 2025+; a schedule beside an action does not count."""
    seed(pc, autoRenewEnabled=False)
    action = {"scheduleType": "TermEnd", "actionType": "RenewToNewTerm"}
    action["instructions"] = instructions(pc, quantity=6)  # type: ignore[assignment]
    assert pc.edit(scheduledActions=[action]).json()["scheduledActions"] == [action]
    row = at(pc, RENEWED)
    assert (row["quantity"], row["status"]) == (6, "active")
    assert row["scheduledActions"] == []


def test_custom_end_at_renewal(pc: Wire) -> None:
    seed(pc)
    wish = instructions(pc) | {"customTermEndDate": "2027-06-30T00:00:00Z"}
    pc.edit(scheduledNextTermInstructions=wish)
    assert at(pc, RENEWED)["commitmentEndDate"] == "2027-06-30T00:00:00Z"


def test_queued_renewal_keeps_what_it_reads(pc: Wire) -> None:
    """commerce.md 13.6: up to 24 hours; windows run from its completion."""
    seed(pc, settings={"renewalTime": "PT20H"})
    row = at(pc, "2026-12-01T08:00:00Z")
    assert row["commitmentEndDate"] == "2026-11-30T00:00:00Z"
    assert code(pc.edit(autoRenewEnabled=False)) == (409, 800082)
    assert code(pc.edit(status="suspended")) == (409, 800082)
    assert pc.edit(friendlyName="core").status_code == 200
    row = at(pc, "2026-12-01T20:00:00Z")
    assert row["commitmentEndDate"] == "2027-11-30T00:00:00Z"
    assert row["effectiveStartDate"] == RENEWED
    assert row["cancellationAllowedUntilDate"] == "2026-12-08T20:00:00Z"


def test_suspended_at_the_end_is_disabled_then_deleted(pc: Wire) -> None:
    """commerce.md 13.1: 30 + 90 days after the term."""
    seed(pc, status="suspended")
    assert at(pc, RENEWED)["status"] == "disabled"
    assert pc.seats()["SPB"]["suspendedUnits"] == 10
    assert at(pc, "2027-03-30T23:59:59Z")["status"] == "disabled"
    assert at(pc, "2027-03-31T00:00:00Z")["status"] == "deleted"


def test_free_grace_for_what_was_bought_before_april_2025(pc: Wire) -> None:
    """commerce.md 5.10, table: expired 30 days, users still work; disabled 90; deleted."""
    seed(pc, autoRenewEnabled=False, termDuration="P3Y", creationDate="2023-12-01T10:00:00Z")
    assert at(pc, RENEWED)["status"] == "expired"
    seats = pc.seats()["SPB"]
    assert (seats["warningUnits"], seats["totalUnits"], seats["capabilityStatus"]) == (
        10,
        10,
        "Warning",
    )
    assert at(pc, "2026-12-31T00:00:00Z")["status"] == "disabled"
    assert at(pc, "2027-03-31T00:00:00Z")["status"] == "deleted"


@pytest.mark.parametrize(
    "start, end, contract, status",
    [
        ("2025-03-31", "2026-05-10", "2026-05", "expired"),
        ("2025-04-01", "2026-05-03", "2026-05", "expired"),
        ("2025-04-01", "2026-05-04", "2026-05", "active"),
        ("2025-04-01", "2026-05-04", "2023-10", "expired"),
    ],
)
def test_who_enters_an_extended_term(
    pc: Wire, start: str, end: str, contract: str, status: str
) -> None:
    """commerce.md 5.10, table of eligibility."""
    row = {
        "product": PREMIUM,
        "creationDate": start,
        "effectiveStartDate": start,
        "commitmentEndDate": end,
        "autoRenewEnabled": False,
    }
    customer = {"id": pc.at.rpartition("/")[2], "domain": "c.onmicrosoft.com"}
    world = {"now": "2026-05-01T00:00:00Z", "settings": {"contract": contract}}
    pc.seed(**world, customers=[{**customer, "subscriptions": [row]}])
    assert at(pc, "2026-05-12T00:00:00Z")["status"] == status


def test_extended_term_is_month_to_month_with_another_sku(pc: Wire) -> None:
    """commerce.md 5.10: same id, other SKU, cancel any day, nothing else."""
    seed(pc, autoRenewEnabled=False)
    before = pc.subscription()
    row = at(pc, RENEWED)
    assert (row["id"], row["status"], row["termDuration"]) == (before["id"], "active", "P1M")
    assert row["offerId"].split(":")[:2] == ["CFQ7TTC0LCHC", "E002"]
    assert row["commitmentEndDate"] == "2026-12-31T00:00:00Z"
    assert row["cancellationAllowedUntilDate"] == "2026-12-31T23:59:59Z"
    assert pc.seats()["SPB"]["totalUnits"] == 10
    sku = pc.get(f"{pc.at}/products/CFQ7TTC0LCHC/skus/E002")
    assert sku["dynamicAttributes"]["provisioningId"] == SPB
    for change in ({"quantity": 11}, {"friendlyName": "x"}, {"status": "suspended"}):
        assert code(pc.edit(**change)) == (400, 900280)
    assert at(pc, "2027-02-10T00:00:00Z")["commitmentEndDate"] == "2027-02-28T00:00:00Z"
    assert pc.patch({"status": "deleted"}).json()["status"] == "deleted"


def test_extended_term_can_be_converted(pc: Wire) -> None:
    seed(pc, autoRenewEnabled=False)
    at(pc, RENEWED)
    answer = pc.edit(termDuration="P1Y", billingCycle="annual", quantity=8)
    row = answer.json()
    assert answer.status_code == 200
    assert row["offerId"].startswith(PREMIUM)
    assert (row["quantity"], row["autoRenewEnabled"]) == (8, True)
    assert row["commitmentEndDate"] == "2027-11-30T00:00:00Z"
    assert pc.seats()["SPB"]["totalUnits"] == 8


@pytest.mark.parametrize("action, status", [(CANCEL, "deleted"), (EXTEND, "active")])
def test_end_of_term_actions(pc: Wire, action: dict[str, Any], status: str) -> None:
    seed(pc)
    assert pc.edit(autoRenewEnabled=False, scheduledActions=[action]).status_code == 200
    assert at(pc, "2026-11-30T23:00:00Z")["status"] == "active"
    assert at(pc, RENEWED)["status"] == status


def test_seeded_schedules_run(pc: Wire) -> None:
    """A world file may leave the availability out; unknown products are refused."""
    product = {"productId": "CFQ7TTC0LFLX", "skuId": "0001", "termDuration": "P1Y"}
    action = {"actionType": "Transition", "instructions": {"product": product, "quantity": 9}}
    seed(pc, scheduledActions=[action])
    assert at(pc, RENEWED)["offerName"] == "Microsoft 365 E3"
    row = {"product": PREMIUM, "scheduledNextTermInstructions": {"product": {"productId": "X"}}}
    world = {"customers": [{"domain": "a.onmicrosoft.com", "subscriptions": [row]}]}
    assert pc.control("POST", "seed", world).status_code == 400


def test_cancelled_subscription_is_left_alone_by_the_clock(pc: Wire) -> None:
    pc.contoso()
    pc.buy(pc.line(termDuration="P1M"))
    pc.patch({"status": "deleted"})
    row = at(pc, "2027-06-01T00:00:00Z")
    assert (row["status"], row["commitmentEndDate"]) == ("deleted", "2026-12-21T00:00:00Z")


def test_longer_term_moves_the_renewal(pc: Wire) -> None:
    seed(pc, termDuration="P1M")
    pc.edit(termDuration="P1Y", billingCycle="monthly")
    assert at(pc, "2026-12-15T00:00:00Z")["commitmentEndDate"] == "2027-11-21T00:00:00Z"
    assert at(pc, "2027-11-22T00:00:00Z")["commitmentEndDate"] == "2028-11-21T00:00:00Z"


@pytest.mark.parametrize(
    "bought, term, last_day",
    [
        ("2026-11-22T09:00:00Z", "P1Y", "2027-11-21T00:00:00Z"),
        ("2026-11-22T23:59:59Z", "P1M", "2026-12-21T00:00:00Z"),
        ("2027-01-31T09:00:00Z", "P1M", "2027-02-27T00:00:00Z"),
        ("2028-02-29T09:00:00Z", "P1Y", "2029-02-27T00:00:00Z"),
    ],
)
def test_last_days(pc: Wire, bought: str, term: str, last_day: str) -> None:
    """commerce.md 4.1: inclusive; a month that is too short ends on its last day."""
    pc.contoso()
    pc.control("POST", "clock", {"now": bought})
    pc.tokens.clear()
    pc.buy(pc.line(termDuration=term))
    assert pc.subscription()["commitmentEndDate"] == last_day
