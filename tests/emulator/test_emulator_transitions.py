"""Transitions over raw HTTP: all seats, some, into another subscription (commerce.md 6.4, 6.5)."""

from __future__ import annotations

from typing import Any

import pytest

from .subscribed import OLD, instructions
from .wire import CONTOSO, E3, PREMIUM, Wire

BASIC = "CFQ7TTC0LH18:0001"
STANDARD = "CFQ7TTC0LDPB:0001"
AT = f"/v1/customers/{CONTOSO}/subscriptions"


def rows(*more: dict[str, Any]) -> list[dict[str, Any]]:
    base = {"product": BASIC, "quantity": 10, "creationDate": OLD, "refundable": 0}
    return [{**base, **row} for row in more]


def seed(pc: Wire, *more: dict[str, Any], **settings: Any) -> None:
    pc.contoso(settings=settings, subscriptions=rows(*(more or ({},))))


def move(pc: Wire, target: str = PREMIUM, number: int = 0, **more: Any) -> Any:
    body = {
        "toCatalogItemId": pc.item(target),
        "quantity": 10,
        "transitionType": "transition_with_license_transfer",
        **more,
    }
    path = f"{AT}/{pc.subscription(number)['id']}/transitions"
    return pc.send("POST", path, {k: v for k, v in body.items() if v is not None})


def refused(answer: Any) -> tuple[int, int]:
    return answer.status_code, answer.json()["code"]


def done(answer: Any) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_all_seats_keep_their_id_and_take_the_licences_along(pc: Wire) -> None:
    user = {
        "userPrincipalName": "ana@contoso.onmicrosoft.com",
        "displayName": "Ana Weber",
        "usageLocation": "DE",
        "licenses": ["O365_BUSINESS_ESSENTIALS"],
    }
    pc.contoso(users=[user], subscriptions=rows({}))
    before = pc.subscription()
    answer = done(move(pc))
    after = pc.subscription()
    assert after["id"] == before["id"] == answer["toSubscriptionId"]
    assert after["offerId"].startswith(PREMIUM)
    assert (after["quantity"], after["commitmentEndDate"]) == (10, before["commitmentEndDate"])
    events = {row["name"]: row["status"] for row in answer["events"]}
    assert events == {"Conversion": "Completed", "LicenseReassignment": "Completed"}
    (ana,) = pc.control("GET", "world").json()["customers"][0]["users"]
    assert list(ana["licenses"]) == ["SPB"]
    assert set(pc.seats()) == {"SPB"}


def test_some_seats_become_a_child_that_ends_with_its_source(pc: Wire) -> None:
    seed(pc)
    answer = done(move(pc, quantity=4, transitionType="transition_only"))
    source, child = pc.subscription(0), pc.subscription(1)
    assert (source["quantity"], child["quantity"]) == (6, 4)
    assert child["id"] == answer["toSubscriptionId"]
    assert child["commitmentEndDate"] == source["commitmentEndDate"]
    assert child["offerId"].startswith(PREMIUM)
    assert "cancellationAllowedUntilDate" not in child
    assert [row["name"] for row in answer["events"]] == ["Conversion"]


def test_a_child_has_the_window_of_its_source(pc: Wire) -> None:
    pc.contoso(subscriptions=[])
    pc.buy(pc.line(BASIC))
    pc.advance("P2D")
    done(move(pc, quantity=2))
    source, child = pc.subscription(0), pc.subscription(1)
    assert child["cancellationAllowedUntilDate"] == source["cancellationAllowedUntilDate"]


def test_seats_go_into_a_subscription_that_is_there(pc: Wire) -> None:
    seed(pc, {}, {"product": PREMIUM, "quantity": 3})
    target = pc.subscription(1)
    done(move(pc, toSubscriptionId=target["id"]))
    after = pc.subscription(1)
    assert after["quantity"] == 13
    assert after["commitmentEndDate"] == target["commitmentEndDate"]
    assert pc.subscription(0)["status"] == "deleted"


MERGES: list[tuple[dict[str, Any], int]] = [
    ({"product": PREMIUM, "status": "suspended"}, 900258),
    ({"product": STANDARD}, 900260),
    ({"product": PREMIUM, "status": "pending"}, 900261),
    ({"product": PREMIUM, "commitmentEndDate": "2027-01-31"}, 900236),
    ({"product": PREMIUM, "termDuration": "P1M"}, 900267),
]


@pytest.mark.parametrize("target, code", MERGES, ids=lambda value: str(value))
def test_a_merge_is_refused(pc: Wire, target: dict[str, Any], code: int) -> None:
    seed(pc, {}, target)
    answer = move(pc, toSubscriptionId=pc.subscription(1)["id"])
    assert refused(answer) == (400, code)
    assert pc.subscription(0)["quantity"] == 10


def test_a_merge_into_itself_or_nothing_is_refused(pc: Wire) -> None:
    seed(pc)
    assert refused(move(pc, toSubscriptionId=pc.subscription()["id"])) == (400, 900259)
    unknown = "00000000-0000-4000-8000-000000000000"
    assert refused(move(pc, toSubscriptionId=unknown)) == (404, 20003)


def test_it_takes_its_time_and_can_be_polled(pc: Wire) -> None:
    seed(pc, transitionTime="PT36M")
    answer = done(move(pc))
    assert answer["events"][0]["status"] == "Started"
    assert pc.subscription()["offerId"].startswith(BASIC)
    assert refused(move(pc)) == (409, 900278)
    pc.advance("PT36M")
    assert pc.subscription()["offerId"].startswith(PREMIUM)
    path = f"{AT}/{pc.subscription()['id']}/transitions"
    (polled,) = pc.get(f"{path}?operationId={answer['operationId']}")["items"]
    assert polled["events"][0]["status"] == "Completed"


def test_it_fails_if_its_source_is_suspended_meanwhile(pc: Wire) -> None:
    seed(pc, transitionTime="PT36M")
    done(move(pc))
    assert pc.edit(status="suspended").status_code == 200
    pc.advance("PT1H")
    (polled,) = pc.get(f"{AT}/{pc.subscription()['id']}/transitions")["items"]
    assert polled["events"][0]["status"] == "Failed"
    assert polled["events"][0]["errors"]
    assert pc.subscription()["offerId"].startswith(BASIC)


def test_it_deletes_the_schedule(pc: Wire) -> None:
    seed(pc)
    wish = instructions(pc, BASIC, quantity=8)
    assert pc.edit(scheduledNextTermInstructions=wish).status_code == 200
    done(move(pc, quantity=4))
    assert "scheduledNextTermInstructions" not in pc.subscription()


def test_refusals(pc: Wire) -> None:
    seed(pc, {"termDuration": "P1Y"}, {"status": "suspended"}, {"product": PREMIUM})
    assert refused(move(pc, quantity=11)) == (400, 900275)
    assert refused(move(pc, quantity=0)) == (400, 900275)
    assert refused(move(pc, number=1)) == (400, 800091)
    assert refused(move(pc, target=BASIC, number=2)) == (400, 800002)
    assert refused(move(pc, termDuration="P1M", billingCycle="monthly")) == (400, 900267)
    assert refused(move(pc, termDuration="P1Y", billingCycle="triennial")) == (400, 900270)
    assert refused(move(pc, transitionType="sideways")) == (400, 900126)
    stale = f"{PREMIUM}:CFQ7TTC0XXXX"
    assert refused(move(pc, toCatalogItemId=stale)) == (404, 400019)
    assert refused(move(pc, fromCatalogItemId=pc.item(E3))) == (400, 800002)


def test_eligibilities_name_targets_and_subscriptions_to_merge_into(pc: Wire) -> None:
    seed(pc, {}, {"product": PREMIUM, "termDuration": "P1M", "commitmentEndDate": "2026-12-05"})
    path = f"{AT}/{pc.subscription()['id']}/transitionEligibilities"
    found = {row["title"]: row for row in pc.get(path)["items"]}
    assert set(found) == {
        "Microsoft 365 Business Standard",
        "Microsoft 365 Business Premium",
        "Microsoft 365 E3",
    }
    (merge,) = found["Microsoft 365 Business Premium"]["subscriptionEligibilities"]
    assert not merge["isEligible"]
    assert {error["code"] for error in merge["errors"]} == {3, 4}


def test_downgrades_are_for_the_next_term_only(pc: Wire) -> None:
    seed(pc, {"product": PREMIUM})
    path = f"{AT}/{pc.subscription()['id']}/transitionEligibilities"
    now = {row["title"] for row in pc.get(path)["items"]}
    later = pc.get(f"{path}?eligibilityType=scheduled")["items"]
    assert now == {"Microsoft 365 E3"}
    assert "Microsoft 365 Business Basic" in {row["title"] for row in later}
    assert all(row["subscriptionEligibilities"] == [] for row in later)


def test_a_suspended_source_is_not_eligible(pc: Wire) -> None:
    seed(pc, {"status": "suspended"})
    path = f"{AT}/{pc.subscription()['id']}/transitionEligibilities"
    (first, *_) = pc.get(path)["items"]
    assert {row["isEligible"] for row in first["eligibilities"]} == {False}
    assert first["eligibilities"][0]["errors"][0]["code"] == 2
