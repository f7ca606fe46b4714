"""Migrations of legacy subscriptions to new commerce over raw HTTP (commerce.md 10)."""

from __future__ import annotations

from typing import Any

import pytest

from . import legacy_world
from .legacy_world import BASE, BIGGER, EXTRA, NEW, TRIAL, addon
from .subscribed import code
from .wire import CONTOSO, Wire

AT = f"/v1/customers/{CONTOSO}/migrations/newcommerce"


def migrate(pc: Wire, **more: Any) -> Any:
    return pc.send("POST", AT, {"currentSubscriptionId": BASE, **more})


def names(pc: Wire) -> list[str]:
    rows = pc.get(f"{AT}/events?current_subscription_id={BASE}")
    return [row["eventName"] for row in rows]


def test_it_has_a_new_id_and_the_old_one_is_suspended(pc: Wire) -> None:
    legacy_world.seed(pc)
    before = pc.subscription()
    made = migrate(pc).json()
    old, new = pc.subscription(0), pc.subscription(1)
    assert made["newCommerceSubscriptionId"] == new["id"] != BASE
    assert (new["migratedFromSubscriptionId"], new["quantity"]) == (BASE, 10)
    assert new["offerId"].startswith(NEW)
    assert new["orderId"] == made["newCommerceOrderId"]
    assert new["commitmentEndDate"] == before["commitmentEndDate"]
    assert new["cancellationAllowedUntilDate"] == "2026-11-29T09:00:00Z"
    assert old["status"] == "suspended"
    assert code(pc.edit(0, status="active")) == (400, 800040)


def test_it_takes_its_time_without_loss_of_seats(pc: Wire) -> None:
    legacy_world.seed(pc, settings={"migrationTime": "PT6H"})
    made = migrate(pc).json()
    assert made["status"] == "Processing"
    assert "newCommerceSubscriptionId" not in made
    assert names(pc) == ["MigrationStarted"]
    assert pc.seats()["O365_BUSINESS_PREMIUM"]["totalUnits"] == 10
    assert code(migrate(pc)) == (400, 900216)
    pc.advance("PT6H")
    assert pc.get(f"{AT}/{made['id']}")["status"] == "Completed"
    assert pc.seats()["O365_BUSINESS_PREMIUM"]["totalUnits"] == 10
    assert names(pc) == [
        "MigrationStarted",
        "NewCommerceSubscriptionCreated",
        "NewCommerceSubscriptionProvisioned",
        "MigrationCompleted",
    ]


def test_the_old_one_is_deleted_after_120_days(pc: Wire) -> None:
    legacy_world.seed(pc, creationDate="2025-12-20T00:00:00Z")
    migrate(pc)
    pc.advance("P119D")
    assert pc.subscription()["status"] == "suspended"
    pc.advance("P1D")
    assert pc.subscription()["status"] == "deleted"


def test_another_term_and_a_full_one(pc: Wire) -> None:
    legacy_world.seed(pc)
    wanted = {"termDuration": "P1M", "billingCycle": "Monthly", "quantity": 7}
    made = migrate(pc, **wanted, purchaseFullTerm=True).json()
    assert (made["quantity"], made["termDuration"], made["billingCycle"]) == (7, "P1M", "monthly")
    assert pc.subscription(1)["commitmentEndDate"] == "2026-12-21T00:00:00Z"


def test_addons_move_with_their_base(pc: Wire) -> None:
    legacy_world.seed(pc, addon())
    assert code(migrate(pc)) == (400, 900219)
    made = migrate(pc, addOnMigrations=[{"currentSubscriptionId": EXTRA}]).json()
    assert len(made["addOnMigrations"]) == 1
    rows = pc.get(f"{pc.at}/subscriptions")["items"]
    assert [row["status"] for row in rows] == ["suspended", "suspended", "active", "active"]
    assert rows[3]["migratedFromSubscriptionId"] == EXTRA
    assert rows[2]["orderId"] == rows[3]["orderId"]


REFUSED: list[tuple[dict[str, Any], dict[str, Any], tuple[int, int]]] = [
    ({"status": "suspended"}, {}, (400, 900215)),
    ({"commitmentEndDate": "2026-11-22"}, {}, (400, 900217)),
    ({"promotionId": "39NFJQT1PJPX:0001:39NFJQT1Q5KK"}, {}, (400, 900218)),
    ({"product": BIGGER}, {}, (400, 900220)),
    ({"product": TRIAL}, {}, (400, 900220)),
    ({}, {"termDuration": "P3Y", "billingCycle": "annual"}, (400, 900222)),
    ({"creationDate": "2026-11-01T00:00:00Z"}, {}, (403, 900226)),
    ({}, {"customTermEndDate": "2029-01-31T00:00:00Z"}, (400, 900291)),
    ({}, {"customTermEndDate": "2027-01-17T00:00:00Z"}, (400, 900292)),
    ({}, {"quantity": 301}, (400, 900275)),
]


@pytest.mark.parametrize("words, wish, refusal", REFUSED, ids=lambda value: str(value)[:60])
def test_refusals_and_their_validation(
    pc: Wire, words: dict[str, Any], wish: dict[str, Any], refusal: tuple[int, int]
) -> None:
    legacy_world.seed(pc, **words)
    body = {"currentSubscriptionId": BASE, **wish}
    verdict = pc.send("POST", f"{AT}/validate", body).json()
    known = 5 if refusal[1] == 900220 else refusal[1]
    assert not verdict["isEligible"]
    assert known in [error["code"] for error in verdict["errors"]]
    assert code(migrate(pc, **wish)) == refusal
    assert len(pc.get(f"{pc.at}/subscriptions")["items"]) == 1


def test_age_does_not_count_in_a_sandbox(pc: Wire) -> None:
    partner = {"sandbox": True}
    legacy_world.seed(pc, partner=partner, creationDate="2026-11-20T00:00:00Z")
    assert migrate(pc).status_code == 201


def test_addon_refusals(pc: Wire) -> None:
    legacy_world.seed(pc, addon(status="suspended"))
    row = {"currentSubscriptionId": EXTRA}
    assert code(migrate(pc, addOnMigrations=[row])) == (400, 900262)
    legacy_world.seed(pc, addon())
    assert code(migrate(pc, addOnMigrations=[row, row])) == (400, 900248)
    alone = pc.send("POST", AT, row)
    assert code(alone) == (400, 900219)


def plan(pc: Wire, **more: Any) -> Any:
    return pc.send("POST", f"{AT}/schedules", {"currentSubscriptionId": BASE, **more})


def test_a_schedule_runs_on_its_day(pc: Wire) -> None:
    legacy_world.seed(pc)
    made = plan(pc, targetDate="2026-12-24T00:00:00Z", quantity=4).json()
    pc.advance("P31D")
    assert pc.subscription()["status"] == "active"
    pc.advance("P1D")
    after = pc.get(f"{AT}/schedules/{made['id']}")
    assert after["status"] == "Completed"
    assert pc.get(f"{AT}/{after['newCommerceMigrationId']}")["quantity"] == 4
    assert pc.subscription(1)["quantity"] == 4


def test_a_schedule_on_renewal_begins_a_new_term(pc: Wire) -> None:
    legacy_world.seed(pc, creationDate="2025-12-01T00:00:00Z")
    plan(pc, migrateOnRenewal=True)
    pc.advance("P10D")
    new = pc.subscription(1)
    assert (new["creationDate"], new["commitmentEndDate"]) == (
        "2026-12-01T00:00:00Z",
        "2027-11-30T00:00:00Z",
    )


def test_a_moved_or_cancelled_schedule_does_not_run(pc: Wire) -> None:
    legacy_world.seed(pc)
    made = plan(pc, targetDate="2026-12-24T00:00:00Z").json()
    path = f"{AT}/schedules/{made['id']}"
    body = {"currentSubscriptionId": BASE, "targetDate": "2027-01-10T00:00:00Z"}
    assert pc.send("PUT", path, body).status_code == 200
    pc.advance("P35D")
    assert pc.get(path)["status"] == "Created"
    assert pc.send("POST", f"{path}/cancel").json()["status"] == "Cancelled"
    assert code(pc.send("POST", f"{path}/cancel")) == (400, 800002)
    pc.advance("P35D")
    assert len(pc.get(f"{pc.at}/subscriptions")["items"]) == 1


def test_a_schedule_fails_if_the_subscription_is_suspended(pc: Wire) -> None:
    legacy_world.seed(pc)
    made = plan(pc, targetDate="2026-12-24T00:00:00Z").json()
    pc.edit(status="suspended")
    pc.advance("P32D")
    after = pc.get(f"{AT}/schedules/{made['id']}")
    assert (after["status"], after["errorCode"]) == ("Failed", 900215)
