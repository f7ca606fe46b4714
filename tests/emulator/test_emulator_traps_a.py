"""Traps 1 to 17 of commerce.md 21, stepped into with plain calls in worlds/traps.yaml."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from pcsync.emulator import load_world, running

from .subscribed import code, instructions
from .wire import PREMIUM, Wire

WORLD = Path(__file__).parents[2] / "worlds" / "traps.yaml"
BASIC = "CFQ7TTC0LH18:0001"
SMALL_FIRMS = "39NFJQT1PM6C:0005:39NFJQT1Q5L7"
NEWCOMERS = "39NFJQT1X27S:0002:39NFJQT1Q5LB"
SCHEDULE = "scheduledNextTermInstructions"
SOMEBODY = {"X-Emulator-Unseen": "true"}


@pytest.fixture(scope="module")
def traps() -> Iterator[str]:
    """One server with the world of traps."""
    with running(load_world(WORLD)) as emulator:
        yield emulator.url


@pytest.fixture
def pc(traps: str) -> Iterator[Wire]:
    """A client of it; the world is as in its file."""
    wire = Wire(traps)
    assert wire.control("POST", "reset").status_code < 300
    yield wire
    wire.session.close()


def visit(pc: Wire, name: str) -> None:
    """Have the client speak of this customer."""
    domain = f"{name}.onmicrosoft.com"
    rows = pc.get("/v1/customers")["items"]
    (found,) = [row["id"] for row in rows if row["companyProfile"]["domain"] == domain]
    pc.at = f"/v1/customers/{found}"


def move(pc: Wire, moment: str) -> None:
    """Move the clock to a moment; tokens of before may be too old."""
    assert pc.control("POST", "clock", {"now": moment}).status_code == 200
    pc.tokens.clear()


def done(answer: Any) -> Any:
    """The body of an answer that must be 200."""
    assert answer.status_code == 200, answer.text
    return answer.json()


def rows(pc: Wire) -> list[dict[str, Any]]:
    """The customer's subscriptions as its list has them."""
    found: list[dict[str, Any]] = pc.get(f"{pc.at}/subscriptions")["items"]
    return found


def bill(pc: Wire, number: int) -> list[dict[str, Any]]:
    """What the customer's n-th subscription was billed."""
    wanted = rows(pc)[number]["id"]
    lines = pc.control("GET", f"ledger?customer={pc.at.rpartition('/')[2]}").json()
    return [line for line in lines if line["subscriptionId"] == wanted]


def checkout(pc: Wire, cart: Any) -> Any:
    """The result of a checkout that was answered with 201."""
    answer = pc.send("POST", f"{pc.at}/carts/{cart['id']}/checkout")
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_trap_01_suspend_is_not_cancel(pc: Wire) -> None:
    """commerce.md 21 trap 1: suspending new commerce stays billed, legacy stops and pays back."""
    visit(pc, "contoso-status")
    row = done(pc.edit(0, status="suspended"))
    done(pc.edit(1, status="suspended"))
    assert (row["status"], row["autoRenewEnabled"]) == ("suspended", False)
    billed = len(bill(pc, 0))
    pc.advance("P62D")
    later = bill(pc, 0)[billed:]
    assert [(line["chargeType"], line["quantity"]) for line in later] == [("cycleCharge", 10)] * 2
    last = bill(pc, 1)[-1]
    assert last["chargeType"] == "suspend"
    assert last["subtotal"] < 0


def test_trap_02_reactivate_is_several_writes(pc: Wire) -> None:
    """commerce.md 21 trap 2: active again is without auto-renew and without the old schedule."""
    visit(pc, "contoso-status")
    schedule = pc.subscription()[SCHEDULE]
    done(pc.edit(status="suspended"))
    row = done(pc.edit(status="active", autoRenewEnabled=True))
    assert (row["status"], row["autoRenewEnabled"]) == ("active", False)
    assert SCHEDULE not in row
    assert code(pc.edit(**{SCHEDULE: schedule})) == (400, 800002)
    assert done(pc.edit(autoRenewEnabled=True))["autoRenewEnabled"]
    assert done(pc.edit(**{SCHEDULE: schedule}))[SCHEDULE] == schedule


def test_trap_03_sparse_patch_loses_settings(pc: Wire) -> None:
    """commerce.md 21 trap 3: a rename alone switches auto-renew off; sending all back does not."""
    visit(pc, "contoso-status")
    before = pc.subscription()
    row = done(pc.edit(friendlyName="core"))
    assert row == {**before, "friendlyName": "core"}
    row = done(pc.patch({"friendlyName": "other"}))
    assert not row["autoRenewEnabled"]
    assert SCHEDULE not in row


def test_trap_04_seat_change_deletes_the_schedule(pc: Wire) -> None:
    """commerce.md 21 trap 4: seats first, schedule last; in one body the schedule is lost."""
    visit(pc, "contoso-seats")
    schedule = pc.subscription()[SCHEDULE]
    row = done(pc.edit(quantity=11, **{SCHEDULE: schedule}))
    assert row["quantity"] == 11
    assert SCHEDULE not in row
    assert row["autoRenewEnabled"]
    row = done(pc.edit(**{SCHEDULE: schedule}))
    assert (row["quantity"], row[SCHEDULE]) == (11, schedule)


def test_trap_05_fewer_seats_have_to_wait_for_the_renewal(pc: Wire) -> None:
    """commerce.md 21 trap 5: refused every time outside the window; scheduled, it comes true."""
    visit(pc, "contoso-seats")
    before = pc.subscription()
    assert [code(pc.edit(quantity=8)) for _ in range(2)] == [(400, 800090)] * 2
    assert pc.subscription() == before
    assert before["commitmentEndDate"] == "2027-05-31T00:00:00Z"
    move(pc, "2027-06-01T12:00:00Z")
    row = pc.subscription()
    assert row["quantity"] == before[SCHEDULE]["quantity"] == 8
    assert SCHEDULE not in row


def test_trap_06_schedule_holds_a_second_quantity(pc: Wire) -> None:
    """commerce.md 21 trap 6: both numbers are read; the same schedule again is one more write."""
    visit(pc, "contoso-seats")
    before = pc.subscription()
    assert (before["quantity"], before[SCHEDULE]["quantity"]) == (10, 8)
    again = done(pc.edit(**{SCHEDULE: before[SCHEDULE]}))
    assert (again["quantity"], again[SCHEDULE]) == (10, before[SCHEDULE])
    assert len(pc.get("/v1/auditrecords")["items"]) == 1


def test_trap_07_more_seats_are_locked_in_after_a_week(pc: Wire) -> None:
    """commerce.md 21 trap 7: added seats can go back for seven days and never before the end."""
    visit(pc, "contoso-seats")
    row = done(pc.edit(quantity=15))
    (batch,) = row["refundableQuantity"]["details"]
    assert batch == {"quantity": 5, "allowedUntilDateTime": "2026-11-29T09:00:00Z"}
    move(pc, "2026-11-29T08:59:00Z")
    assert done(pc.edit(quantity=14))["quantity"] == 14
    move(pc, "2026-11-29T09:00:00Z")
    assert code(pc.edit(quantity=13)) == (400, 800090)
    assert pc.subscription()["quantity"] == 14


def test_trap_08_windows_run_from_the_completed_renewal(pc: Wire) -> None:
    """commerce.md 21 trap 8: half a day late, so is the end of both windows; read by id."""
    visit(pc, "fabrikam-term")
    move(pc, "2026-12-01T11:59:00Z")
    row = pc.subscription()
    assert row["commitmentEndDate"] == "2026-11-30T00:00:00Z"
    assert "cancellationAllowedUntilDate" not in row
    move(pc, "2026-12-08T11:59:00Z")
    row = pc.subscription()
    assert row["cancellationAllowedUntilDate"] == "2026-12-08T12:00:00Z"
    assert row["refundableQuantity"]["totalQuantity"] == 10
    assert "refundableQuantity" not in rows(pc)[0]
    assert done(pc.edit(quantity=9))["quantity"] == 9
    move(pc, "2026-12-08T12:00:00Z")
    assert code(pc.patch({"status": "deleted"})) == (400, 900117)


def test_trap_09_the_end_day_is_inclusive(pc: Wire) -> None:
    """commerce.md 21 trap 9: on the last day the end can be arranged; at midnight it can't."""
    visit(pc, "fabrikam-term")
    move(pc, "2026-11-30T23:59:59Z")
    row = pc.subscription()
    assert row["commitmentEndDate"] == "2026-11-30T00:00:00Z"
    assert row["commitmentEndDateTime"] == "2026-11-30T23:59:59Z"
    assert not done(pc.edit(autoRenewEnabled=False))["autoRenewEnabled"]
    assert done(pc.edit(autoRenewEnabled=True))["autoRenewEnabled"]
    move(pc, "2026-12-01T00:00:00Z")
    assert code(pc.edit(autoRenewEnabled=False)) == (409, 800082)
    move(pc, "2026-12-01T12:00:00Z")
    assert pc.subscription()["commitmentEndDate"] == "2027-11-30T00:00:00Z"


def test_trap_10_availability_ids_are_not_identity(pc: Wire) -> None:
    """commerce.md 21 trap 10: they are reissued; what was looked up before can't be bought."""
    visit(pc, "fabrikam-cart")
    old = pc.line()
    cart = pc.cart(old)
    pc.control("POST", "availabilities/rotate")
    new = pc.item()
    assert new != old["catalogItemId"]
    assert new.rpartition(":")[0] == old["catalogItemId"].rpartition(":")[0] == PREMIUM
    path = f"{pc.at}/carts/{cart['id']}/checkout"
    assert pc.refused("POST", path) == (404, 400019)
    assert pc.cart(old)["lineItems"][0]["error"]["errorCode"] == 10001
    visit(pc, "contoso-seats")
    live = pc.subscription()["offerId"]
    assert live != new
    assert live.startswith(f"{PREMIUM}:")


def test_trap_11_a_lost_answer_tempts_to_buy_twice(pc: Wire) -> None:
    """commerce.md 21 trap 11: the list is late; the same cart is safe, another buys again."""
    visit(pc, "fabrikam-cart")
    cart = pc.cart(pc.line())
    pc.control("POST", "faults", {"method": "POST", "path": "*/checkout", "cut": "after"})
    with pytest.raises(requests.ConnectionError):
        pc.send("POST", f"{pc.at}/carts/{cart['id']}/checkout")
    assert pc.get(f"{pc.at}/orders")["items"] == []
    (order,) = checkout(pc, cart)["orders"]
    assert pc.get(f"{pc.at}/orders/{order['id']}")["status"] == "pending"
    assert len(rows(pc)) == 1
    pc.buy(pc.line())
    assert len(rows(pc)) == 2
    pc.advance("PT15M")
    assert len(pc.get(f"{pc.at}/orders")["items"]) == 2


def test_trap_12_success_has_errors_inside(pc: Wire) -> None:
    """commerce.md 21 trap 12: 201 for a cart with a broken line, 201 for a failed checkout."""
    visit(pc, "fabrikam-cart")
    cart = pc.cart(pc.line(quantity=301))
    (line,) = cart["lineItems"]
    assert line["error"]["errorCode"] == 10015
    result = checkout(pc, cart)
    assert result["orders"] == []
    assert [error["code"] for error in result["orderErrors"]] == [800009]
    assert rows(pc) == []


def test_trap_13_promotion_is_dropped_silently(pc: Wire) -> None:
    """commerce.md 21 trap 13: with too many seats the line is good, dear and without it."""
    visit(pc, "fabrikam-cart")
    cart = pc.cart(*(pc.line(quantity=n, promotionId=SMALL_FIRMS) for n in (9, 10)))
    good, large = cart["lineItems"]
    assert (good["promotionId"], good["pricing"]["price"]) == (SMALL_FIRMS, 20.79)
    assert "promotionId" not in large
    assert "error" not in large
    assert large["pricing"]["price"] == 23.10


def test_trap_14_subscription_id_comes_later(pc: Wire) -> None:
    """commerce.md 21 trap 14: for minutes there is an order and a line number, no more."""
    visit(pc, "fabrikam-cart")
    (order,) = pc.buy(pc.line(), pc.line(BASIC))["orders"]
    path = f"{pc.at}/orders/{order['id']}"
    assert [line["lineItemNumber"] for line in order["lineItems"]] == [0, 1]
    pc.advance("PT4M59S")
    assert all("subscriptionId" not in line for line in pc.get(path)["lineItems"])
    pc.advance("PT1S")
    found = [line["subscriptionId"] for line in pc.get(path)["lineItems"]]
    assert found == [row["id"] for row in rows(pc)]


def test_trap_15_half_a_plan_is_bought(pc: Wire) -> None:
    """commerce.md 21 trap 15: the other group is bought; taking it back costs the promotion."""
    visit(pc, "fabrikam-cart")
    cart = pc.cart(pc.line(BASIC), pc.line(billingCycle="annual", quantity=0))
    assert cart["lineItems"][0]["promotionId"] == NEWCOMERS
    result = checkout(pc, cart)
    assert (len(result["orders"]), len(result["orderErrors"])) == (1, 1)
    pc.advance("P2D")
    assert [row["status"] for row in rows(pc)] == ["active"]
    assert done(pc.patch({"status": "deleted"}))["status"] == "deleted"
    assert sum(line["subtotal"] for line in bill(pc, 0)) > 0
    assert "promotionId" not in pc.cart(pc.line(BASIC))["lineItems"][0]


def test_trap_16_product_is_no_key(pc: Wire) -> None:
    """commerce.md 21 trap 16: one SKU stands twice, and another product keeps the id."""
    visit(pc, "adatum-names")
    first, second = rows(pc)[:2]
    assert first["id"] != second["id"]
    assert first["offerId"] == second["offerId"]
    path = f"{pc.at}/subscriptions/{first['id']}/transitions"
    body = {"toCatalogItemId": pc.item(), "quantity": 10, "transitionType": "transition_only"}
    done(pc.send("POST", path, body))
    after = rows(pc)
    assert [row["id"] for row in after[:2]] == [first["id"], second["id"]]
    assert len(after) == 3
    assert after[0]["offerId"].startswith(f"{PREMIUM}:")
    assert after[1] == second


def test_trap_16_scheduled_product_keeps_the_id(pc: Wire) -> None:
    """commerce.md 21 trap 16: a product for the next term arrives under the same id, too."""
    visit(pc, "adatum-names")
    before = pc.subscription()
    wish = instructions(pc, PREMIUM, quantity=10)
    assert done(pc.edit(**{SCHEDULE: wish}))["offerId"] == before["offerId"]
    move(pc, "2027-06-01T12:00:00Z")
    row = pc.subscription()
    assert row["id"] == before["id"]
    assert row["offerId"].startswith(f"{PREMIUM}:")


def test_trap_17_anybody_edits_the_name(pc: Wire) -> None:
    """commerce.md 21 trap 17: a name is the offer's by default, may change, may stand twice."""
    visit(pc, "adatum-names")
    office, warehouse, unnamed = rows(pc)
    assert unnamed["friendlyName"] == unnamed["offerName"]
    path = f"{pc.at}/subscriptions/{warehouse['id']}"
    body = {**pc.get(path), "friendlyName": office["friendlyName"]}
    done(pc.send("PATCH", path, body, headers=SOMEBODY))
    after = rows(pc)
    assert [row["friendlyName"] for row in after[:2]] == ["office", "office"]
    assert [row["id"] for row in after] == [office["id"], warehouse["id"], unnamed["id"]]
    assert pc.get("/v1/auditrecords")["items"] == []
