"""Licences: customers.md 1 and 12."""

from __future__ import annotations

from typing import Any

import pytest

from .wire import PREMIUM, SPB, TEAMS1, Wire

KIM = "11111111-1111-4111-8111-111111111111"
LEE = "22222222-2222-4222-8222-222222222222"
E3_SKU = "05e9a617-0261-4cee-bb44-138d3ef5d965"
PLAN1 = "4b9405b0-7788-4568-add1-99614e613b69"
PLAN2 = "19ec0d23-8335-4cbd-94ac-6050e30712fa"
MINECRAFT = "984df360-9a74-4647-8cf8-696749f6247a"


@pytest.fixture(autouse=True)
def world(pc: Wire) -> None:
    seed(pc)


def seed(pc: Wire, kim: dict[str, Any] | None = None, **more: Any) -> None:
    users = [
        {
            "id": KIM,
            "userPrincipalName": "kim@contoso.onmicrosoft.com",
            "usageLocation": "DE",
            **(kim or {}),
        },
        {"id": LEE, "userPrincipalName": "lee@contoso.onmicrosoft.com", "licenses": ["SPB"]},
    ]
    seats = more.pop("seats", [{"sku": "SPB", "total": 1}, {"sku": "MEE_FACULTY", "total": 5}])
    pc.contoso(
        users=users, seats=seats, subscriptions=[{"product": PREMIUM, "quantity": 1}], **more
    )


def assign(*skus: str, excluded: list[str] | None = None) -> dict[str, Any]:
    return {"licensesToAssign": [{"skuId": sku, "excludedPlans": excluded} for sku in skus]}


def update(pc: Wire, user: str, body: dict[str, Any]) -> Any:
    return pc.send("POST", f"{pc.at}/users/{user}/licenseupdates", body)


def held(pc: Wire, user: str) -> dict[str, list[str]]:
    """SKU ids of a user with the names of the plans that are on."""
    items = pc.get(f"{pc.at}/users/{user}/licenses")["items"]
    return {
        row["productSku"]["id"]: [plan["serviceName"] for plan in row["servicePlans"]]
        for row in items
    }


def test_seats_count_every_channel(pc: Wire) -> None:
    """customers.md 12: one subscription of ours and one seat from elsewhere."""
    seats = pc.seats()["SPB"]
    assert (seats["totalUnits"], seats["activeUnits"], seats["consumedUnits"]) == (2, 2, 1)
    assert seats["availableUnits"] == 1
    assert seats["capabilityStatus"] == "Enabled"
    assert seats["productSku"]["id"] == SPB
    assert TEAMS1 in [plan["id"] for plan in seats["servicePlans"]]


def test_groups_are_asked_for_by_name(pc: Wire) -> None:
    """clients.md: the parameter is repeated; group 1 alone is the default."""
    path = f"{pc.at}/subscribedskus"

    def numbers(query: str) -> list[str]:
        items = pc.get(path + query)["items"]
        return [row["productSku"]["skuPartNumber"] for row in items]

    assert numbers("") == ["SPB"]
    assert numbers("?licenseGroupIds=Group2") == ["MEE_FACULTY"]
    both = numbers("?licenseGroupIds=Group1&licenseGroupIds=Group2")
    assert both == ["SPB", "MEE_FACULTY"]
    assert pc.refused("GET", path + "?licenseGroupIds=Group3") == (400, 900126)


def test_assign_and_remove_in_one_step(pc: Wire) -> None:
    answer = update(pc, KIM, assign(SPB))
    assert answer.status_code == 201
    assert answer.json()["licensesToAssign"] == [{"skuId": SPB}]
    assert answer.json()["licenseWarnings"] == []
    assert "TEAMS1" in held(pc, KIM)[SPB]
    assert update(pc, KIM, {"LicensesToRemove": [SPB.upper()]}).status_code == 201
    assert held(pc, KIM) == {}


def test_excluded_plans_are_not_listed_and_null_turns_all_on(pc: Wire) -> None:
    update(pc, KIM, assign(SPB, excluded=[TEAMS1]))
    assert "TEAMS1" not in held(pc, KIM)[SPB]
    assert update(pc, KIM, assign(SPB)).status_code == 201
    assert "TEAMS1" in held(pc, KIM)[SPB]


def test_no_seats_left_has_the_documented_body(pc: Wire) -> None:
    update(pc, KIM, assign(SPB))
    user = {
        "userPrincipalName": "sam@contoso.onmicrosoft.com",
        "displayName": "Sam",
        "usageLocation": "DE",
        "passwordProfile": {"password": "Secret-12345"},
    }
    sam = pc.send("POST", f"{pc.at}/users", user).json()["id"]
    answer = update(pc, sam, assign(SPB))
    assert answer.status_code == 400
    body = answer.json()
    assert (body["code"], body["source"]) == (60012, "PartnerFD")
    assert body["data"][0].startswith("LicenseQuotaExceededException : ")


def test_a_held_licence_can_be_assigned_again_without_a_free_seat(pc: Wire) -> None:
    update(pc, KIM, assign(SPB))
    assert pc.seats()["SPB"]["availableUnits"] == 0
    assert update(pc, KIM, assign(SPB, excluded=[TEAMS1])).status_code == 201
    swap = assign(SPB) | {"licensesToRemove": [SPB]}
    assert update(pc, KIM, swap).status_code == 201


def test_usage_location_comes_first(pc: Wire) -> None:
    seed(pc, kim={"usageLocation": None})
    answer = update(pc, KIM, assign(SPB))
    assert (answer.status_code, answer.json()["code"]) == (400, 3000)
    assert "usage location" in answer.json()["description"]
    pc.send("PATCH", f"{pc.at}/users/{KIM}", {"usageLocation": "DE"})
    assert update(pc, KIM, assign(SPB)).status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        assign(E3_SKU),
        assign("no-guid"),
        assign(SPB, MINECRAFT),
        assign(SPB, excluded=["00000000-0000-4000-8000-000000000000"]),
        {"licensesToRemove": [SPB]},
        {"licensesToAssign": None, "licensesToRemove": []},
        {"licensesToAssign": "SPB"},
    ],
    ids=["not owned", "no sku", "two groups", "plan", "not held", "nothing", "no list"],
)
def test_refusals_change_nothing(pc: Wire, body: dict[str, Any]) -> None:
    assert update(pc, KIM, body).json()["code"] == 3000
    assert held(pc, KIM) == {}


def test_group_two_works_alone(pc: Wire) -> None:
    assert update(pc, KIM, assign(MINECRAFT)).status_code == 201
    assert held(pc, KIM) == {}
    listed = pc.get(f"{pc.at}/users/{KIM}/licenses?licenseGroupIds=Group2")
    assert listed["items"][0]["productSku"]["licenseGroupId"] == "group2"


def test_licence_of_a_group_cannot_be_taken_away(pc: Wire) -> None:
    """domain-rules LI3: the removal is accepted and the licence is still there."""
    seed(pc, kim={"inherited": ["SPB"]})
    assert update(pc, KIM, {"licensesToRemove": [SPB]}).status_code == 201
    assert SPB in held(pc, KIM)
    assert pc.seats()["SPB"]["consumedUnits"] == 2


def test_over_assigned_pools_are_possible(pc: Wire) -> None:
    """customers.md 12: available may be below zero."""
    seed(pc, kim={"licenses": ["SPB"]}, seats=[])
    assert pc.seats()["SPB"]["availableUnits"] == -1


def test_warning_is_success_with_a_remark(pc: Wire) -> None:
    seed(
        pc,
        kim={"licenses": ["EXCHANGESTANDARD"]},
        seats=[{"sku": "EXCHANGEENTERPRISE", "total": 1}],
    )
    answer = update(pc, KIM, assign(PLAN2))
    assert answer.status_code == 201
    (warning,) = answer.json()["licenseWarnings"]
    assert warning["code"] == "MutuallyExclusiveViolation"
    assert set(held(pc, KIM)) == {PLAN1, PLAN2}


def test_seats_follow_the_subscription(pc: Wire) -> None:
    """Suspended seats are in no total; a cancelled subscription leaves none."""
    seed(pc, seats=[])
    pc.edit(status="suspended")
    seats = pc.seats()["SPB"]
    assert (seats["totalUnits"], seats["suspendedUnits"]) == (0, 1)
    assert (seats["capabilityStatus"], seats["availableUnits"]) == ("Suspended", -1)
    assert update(pc, KIM, assign(SPB)).json()["code"] == 3000
