"""Legacy licences over raw HTTP: PATCH, add-ons, trials, upgrades (commerce.md 6, 20.2)."""

from __future__ import annotations

from typing import Any

from . import legacy_world
from .legacy_world import ADDON, BASE, BIGGER, OFFER, TRIAL, addon
from .subscribed import code
from .wire import CONTOSO, Wire

AT = f"/v1/customers/{CONTOSO}/subscriptions"


def test_it_looks_like_one(pc: Wire) -> None:
    legacy_world.seed(pc, addon())
    row = pc.subscription()
    assert row["offerId"] == OFFER
    assert "productType" not in row
    assert "cancellationAllowedUntilDate" not in row
    assert "refundableQuantity" not in row
    assert row["links"]["offer"]["uri"] == f"/offers/{OFFER}"
    assert pc.subscription(1)["parentSubscriptionId"] == BASE
    assert pc.seats()["O365_BUSINESS_PREMIUM"]["totalUnits"] == 10


def test_seats_go_both_ways_within_the_offer(pc: Wire) -> None:
    legacy_world.seed(pc)
    assert pc.edit(quantity=12).json()["quantity"] == 12
    pc.advance("P30D")
    assert pc.edit(quantity=3).json()["quantity"] == 3
    assert code(pc.edit(quantity=301)) == (400, 2002)


def test_every_change_makes_a_new_etag_and_an_old_one_is_refused(pc: Wire) -> None:
    legacy_world.seed(pc)
    before = pc.subscription()
    after = pc.patch({**before, "friendlyName": "one"}).json()
    assert after["attributes"]["etag"] != before["attributes"]["etag"]
    assert code(pc.patch({**before, "friendlyName": "two"})) == (400, 2055)
    headers = {"If-Match": f'"{before["attributes"]["etag"]}"'}
    path = f"{AT}/{BASE}"
    assert code(pc.send("PATCH", path, {"friendlyName": "x"}, headers=headers)) == (400, 2055)
    assert pc.send("PATCH", path, {"friendlyName": "x"}).status_code == 200


def test_it_is_suspended_and_never_cancelled(pc: Wire) -> None:
    legacy_world.seed(pc)
    assert code(pc.edit(status="deleted")) == (400, 800040)
    assert code(pc.edit(billingCycle="annual")) == (400, 2054)
    assert pc.edit(status="suspended").json()["status"] == "suspended"
    assert code(pc.edit(quantity=3)) == (400, 2001)
    assert pc.edit(status="active").json()["status"] == "active"


def test_ninety_days_after_suspension_it_is_deleted(pc: Wire) -> None:
    legacy_world.seed(pc, creationDate="2026-11-01T00:00:00Z")
    pc.edit(status="suspended")
    pc.advance("P89D")
    assert pc.subscription()["status"] == "suspended"
    pc.advance("P1D")
    assert pc.subscription()["status"] == "deleted"
    assert code(pc.edit(status="active")) == (400, 2011)


def test_a_term_that_ends_earlier_deletes_it_earlier(pc: Wire) -> None:
    legacy_world.seed(pc, creationDate="2025-12-22T00:00:00Z")
    pc.edit(status="suspended")
    pc.advance("P30D")
    assert pc.subscription()["status"] == "deleted"


def test_reactivated_in_time_it_lives(pc: Wire) -> None:
    legacy_world.seed(pc, creationDate="2026-11-01T00:00:00Z")
    pc.edit(status="suspended")
    pc.advance("P60D")
    pc.edit(status="active")
    pc.advance("P60D")
    assert pc.subscription()["status"] == "active"


def test_addons_follow_their_base_down_and_come_after_it_up(pc: Wire) -> None:
    legacy_world.seed(pc, addon())
    pc.edit(status="suspended")
    assert pc.subscription(1)["status"] == "suspended"
    assert code(pc.edit(1, status="active")) == (409, 27009)
    pc.edit(status="active")
    assert pc.subscription(1)["status"] == "suspended"
    assert pc.edit(1, status="active").json()["status"] == "active"
    assert [row["offerId"] for row in pc.get(f"{AT}/{BASE}/addons")["items"]] == [ADDON]


def test_it_renews_by_itself(pc: Wire) -> None:
    legacy_world.seed(pc, creationDate="2025-12-22T00:00:00Z")
    pc.advance("P31D")
    row = pc.subscription()
    assert (row["status"], row["commitmentEndDate"]) == ("active", "2027-12-21T00:00:00Z")


def test_a_trial_expires_unless_it_is_converted(pc: Wire) -> None:
    legacy_world.seed(pc, product=TRIAL, creationDate="2026-11-10T00:00:00Z", quantity=25)
    assert pc.subscription()["isTrial"]
    assert code(pc.edit(quantity=26)) == (400, 800095)
    assert code(pc.edit(status="suspended")) == (400, 800040)
    pc.advance("P30D")
    assert pc.subscription()["status"] == "expired"


def test_a_converted_trial_keeps_its_id(pc: Wire) -> None:
    legacy_world.seed(pc, product=TRIAL, creationDate="2026-11-10T00:00:00Z", quantity=25)
    (offered,) = pc.get(f"{AT}/{BASE}/conversions")["items"]
    assert offered["targetOfferId"] == OFFER
    answer = pc.send("POST", f"{AT}/{BASE}/conversions", {**offered, "quantity": 8}).json()
    assert "error" not in answer
    row = pc.subscription()
    assert (row["id"], row["offerId"], row["quantity"]) == (BASE, OFFER, 8)
    assert (row["isTrial"], row["billingCycle"]) == (False, "monthly")
    assert row["commitmentEndDate"] == "2027-11-21T00:00:00Z"


def test_a_conversion_that_is_not_possible_is_a_success_with_an_error(pc: Wire) -> None:
    legacy_world.seed(pc, product=TRIAL, creationDate="2026-11-10T00:00:00Z", quantity=25)
    body: dict[str, Any] = {"offerId": TRIAL, "targetOfferId": OFFER, "quantity": 999}
    answer = pc.send("POST", f"{AT}/{BASE}/conversions", body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (200, "Other")


def test_an_upgrade_takes_all_seats_to_a_new_id(pc: Wire) -> None:
    ana = {
        "userPrincipalName": "ana@contoso.onmicrosoft.com",
        "displayName": "Ana Weber",
        "usageLocation": "DE",
        "licenses": ["O365_BUSINESS_PREMIUM"],
    }
    legacy_world.seed(pc, users=[ana])
    offered = pc.get(f"{AT}/{BASE}/upgrades")["items"]
    assert [row["upgradeType"] for row in offered] == [
        "upgrade_only",
        "upgrade_with_license_transfer",
    ]
    answer = pc.send("POST", f"{AT}/{BASE}/upgrades", offered[1]).json()
    new = pc.subscription(1)
    assert answer["targetSubscriptionId"] == new["id"] != BASE
    assert (new["offerId"], new["quantity"]) == (BIGGER, 10)
    assert pc.subscription(0)["status"] == "deleted"
    assert list(pc.seats()) == ["SPE_E3"]
    (user,) = pc.control("GET", "world").json()["customers"][0]["users"]
    assert list(user["licenses"]) == ["SPE_E3"]


def test_an_upgrade_with_addons_is_not_eligible(pc: Wire) -> None:
    legacy_world.seed(pc, addon())
    (first, _) = pc.get(f"{AT}/{BASE}/upgrades")["items"]
    assert not first["isEligible"]
    answer = pc.send("POST", f"{AT}/{BASE}/upgrades", first)
    assert answer.status_code == 200
    assert [row["code"] for row in answer.json()["upgradeErrors"]] == [6]
    assert "targetSubscriptionId" not in answer.json()
