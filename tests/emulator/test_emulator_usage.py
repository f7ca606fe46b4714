"""Usage of Azure and the move to an Azure plan: insight.md 3."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from .wire import CONTOSO, PREMIUM, TENANT, Wire

PLAN = {"product": "DZH318Z0BPS6:0001", "friendlyName": "Azure plan"}
LEGACY = {"product": "MS-AZR-0145P", "friendlyName": "Old Azure"}
USAGE: list[dict[str, Any]] = [
    {"resource": "web", "meter": "D2 v3", "quantity": "10", "cost": "4.50"},
    {"resource": "web", "meter": "Disk", "quantity": "2", "cost": "0.25"},
    {"resource": "db", "meter": "D2 v3", "quantity": "5", "cost": "2.25"},
]
FAMILY = {"customerId": CONTOSO, "productFamily": "Azure"}
UPGRADES = "/v1/productUpgrades"


def exact(pc: Wire, path: str, **more: Any) -> Any:
    return json.loads(pc.send("GET", path, **more).text, parse_float=Decimal)


def test_customer_summary(pc: Wire) -> None:
    pc.contoso(budget=10, usage=USAGE, subscriptions=[PLAN])
    found = exact(pc, f"{pc.at}/usagesummary")
    assert found["budget"]["amount"] == 10
    assert (found["totalCost"], found["currencyCode"]) == (Decimal("7.00"), "EUR")
    assert found["usdTotalCost"] == Decimal("7.7000")
    assert found["billingStartDate"] == "2026-11-01T00:00:00Z"
    assert found["billingEndDate"] == "2026-12-01T00:00:00Z"
    assert pc.refused("GET", f"{pc.at}/usagesummary", token="app") == (403, 900329)


def test_customer_without_azure_has_no_usage(pc: Wire) -> None:
    pc.contoso(subscriptions=[{"product": PREMIUM}])
    assert pc.refused("GET", f"{pc.at}/usagesummary") == (404, 3000)
    assert pc.get(f"{pc.at}/subscriptions/usagerecords")["items"] == []
    one = f"{pc.at}/subscriptions/{pc.subscription()['id']}"
    for path in ("usagesummary", "meterusagerecords", "resourceusagerecords"):
        assert pc.refused("GET", f"{one}/{path}") == (404, 3000)
    missing = f"{pc.at}/subscriptions/{CONTOSO}/usagesummary"
    assert pc.refused("GET", missing) == (404, 20003)


def test_plan_by_resource_and_meter(pc: Wire) -> None:
    pc.contoso(usage=USAGE, subscriptions=[PLAN])
    plan = pc.subscription()["id"]
    one = f"{pc.at}/subscriptions/{plan}"
    (row,) = exact(pc, f"{pc.at}/subscriptions/usagerecords")["items"]
    assert (row["id"], row["totalCost"]) == (plan, Decimal("7.00"))
    assert row["offerId"].startswith("DZH318Z0BPS6:0001:")
    assert exact(pc, f"{one}/usagesummary")["totalCost"] == Decimal("7.00")
    resources = exact(pc, f"{one}/resourceusagerecords")["items"]
    assert [(row["name"], row["totalCost"]) for row in resources] == [
        ("web", Decimal("4.75")),
        ("db", Decimal("2.25")),
    ]
    assert resources[0]["entitlementId"] in resources[0]["resourceUri"]
    meters = exact(pc, f"{one}/meterusagerecords")["items"]
    assert [(row["meterName"], row["quantityUsed"], row["totalCost"]) for row in meters] == [
        ("D2 v3", 15, Decimal("6.75")),
        ("Disk", 2, Decimal("0.25")),
    ]
    assert meters[0]["meterId"] == "DZH318Z0BPS6-0001-D2 v3"
    assert pc.refused("GET", f"{one}/usagerecords/resources") == (400, 900141)


def test_a_new_month_begins_at_zero(pc: Wire) -> None:
    pc.contoso(spend="4.50", subscriptions=[PLAN])
    one = f"{pc.at}/subscriptions/{pc.subscription()['id']}"
    assert len(pc.get(f"{one}/meterusagerecords")["items"]) == 1
    pc.advance("P10D")
    assert pc.get(f"{one}/meterusagerecords")["items"] == []
    assert pc.get(f"{pc.at}/usagesummary")["totalCost"] == 0


def test_legacy_azure_has_shapes_of_its_own(pc: Wire) -> None:
    pc.contoso(budget=5, usage=USAGE, subscriptions=[LEGACY])
    old = pc.subscription()
    assert (old["offerId"], old["billingType"]) == ("MS-AZR-0145P", "usage")
    one = f"{pc.at}/subscriptions/{old['id']}"
    rows = exact(pc, f"{one}/usagerecords/resources", token="app")["items"]
    assert [row["name"] for row in rows] == ["D2 v3", "Disk"]
    assert rows[0]["currencyLocale"] == "de-DE"
    assert "usdTotalCost" not in rows[0]
    assert pc.refused("GET", f"{one}/resourceusagerecords") == (400, 900141)
    (record,) = pc.get("/v1/customers/usagerecords")["items"]
    assert record["isUpgraded"] is False
    assert record["customerSpendingBudget"] == record["budget"]
    assert "currencyCode" not in record


def test_partner_summary_leaves_plans_out(pc: Wire) -> None:
    def row(name: str, **words: Any) -> dict[str, Any]:
        return {"domain": f"{name}.onmicrosoft.com", **words}

    pc.seed(
        customers=[
            row("contoso", budget=5, spend=6, subscriptions=[LEGACY]),
            row("fabrikam", budget=10, spend=8, subscriptions=[LEGACY]),
            row("adatum", budget=100, spend=1, subscriptions=[LEGACY]),
            row("northwind", budget=1, spend=1000, subscriptions=[PLAN]),
        ]
    )
    found = pc.get("/v1/usagesummary")
    assert found["customersWithUsageBasedSubscription"] == 3
    assert (found["customersOverBudget"], found["customersTrendingOver"]) == (1, 2)
    assert (found["totalCost"], found["id"]) == (15, TENANT)
    assert pc.refused("GET", "/v1/usagesummary", token="app") == (403, 900329)


def test_usage_must_add_up(pc: Wire) -> None:
    body = {"customers": [{"domain": "contoso.onmicrosoft.com", "usage": USAGE, "spend": 1}]}
    assert pc.control("POST", "seed", body).status_code == 400


def ask(pc: Wire, path: str = "") -> tuple[int, Any]:
    answer = pc.send("POST", UPGRADES + path, FAMILY)
    return answer.status_code, answer.json() if answer.content else None


def test_upgrade_to_an_azure_plan(pc: Wire) -> None:
    pc.contoso({"upgradeTime": "PT1H"}, subscriptions=[LEGACY])
    old = pc.subscription()["id"]
    assert ask(pc, "/eligibility")[1]["isEligible"] is True
    started = pc.send("POST", "/v1/productupgrades", FAMILY)
    assert (started.status_code, started.content) == (202, b"")
    place = started.headers["Location"]
    assert place.startswith("productUpgrades/")
    status = f"/v1/{place}/status"
    assert pc.send("POST", status, FAMILY).json()["status"] == "InProgress"
    assert pc.refused("POST", UPGRADES, FAMILY) == (409, 900109)
    running = ask(pc, "/eligibility")[1]
    assert (running["isEligible"], running["upgradeId"]) == (False, place.partition("/")[2])
    pc.advance("PT1H")
    done = pc.send("POST", status, FAMILY).json()
    assert (done["status"], done["lineItems"][0]["sourceProduct"]["id"]) == ("Completed", old)
    rows = pc.get(f"{pc.at}/subscriptions")["items"]
    assert [row["status"] for row in rows] == ["deleted", "active"]
    assert rows[1]["id"] == done["lineItems"][0]["targetProduct"]["id"]
    assert pc.get("/v1/customers/usagerecords")["items"][0]["isUpgraded"] is True
    assert pc.refused("POST", UPGRADES, FAMILY) == (400, 900110)


@pytest.mark.parametrize(
    "subscriptions, status, code",
    [
        ([], 403, 900108),
        ([{"product": PREMIUM}], 403, 900108),
        ([PLAN], 400, 900110),
        ([{**LEGACY, "status": "suspended"}], 403, 900105),
    ],
)
def test_upgrades_that_are_refused(
    pc: Wire, subscriptions: list[dict[str, Any]], status: int, code: int
) -> None:
    pc.contoso(subscriptions=subscriptions)
    assert pc.refused("POST", UPGRADES, FAMILY) == (status, code)
    answer = ask(pc, "/eligibility")[1]
    assert answer["isEligible"] is False
    assert answer["reason"]


def test_upgrade_of_somebody_else(pc: Wire) -> None:
    other = {"domain": "fabrikam.onmicrosoft.com", "subscriptions": [LEGACY]}
    mine = {"id": CONTOSO, "domain": "contoso.onmicrosoft.com", "subscriptions": [LEGACY]}
    pc.seed(customers=[mine, other])
    place = pc.send("POST", UPGRADES, FAMILY).headers["Location"]
    tenant = pc.get("/v1/customers")["items"][1]["id"]
    theirs = {**FAMILY, "customerId": tenant}
    assert pc.refused("POST", f"/v1/{place}/status", theirs) == (400, 900111)
    assert pc.refused("POST", f"{UPGRADES}/{CONTOSO}/status", FAMILY) == (404, 900106)
    wrong = {**FAMILY, "productFamily": "office"}
    assert pc.refused("POST", UPGRADES, wrong) == (400, 900126)
    assert pc.refused("POST", UPGRADES, FAMILY, token="app") == (403, 900329)
