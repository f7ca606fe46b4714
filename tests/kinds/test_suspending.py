"""What suspending does by type, and clouds without Azure (domain rules LE3, AZ2)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from harness import Box, acting, codes

from pcsync.model import Plan

OFFER = "2b3b8d2d-10aa-4be4-b5fd-7f2feb0c3091"
CATALOG = {"offers": [{"id": OFFER, "name": "Office 365 E3", "prices": {"monthly": 20}}]}
M365 = {
    "name": "it",
    "product": "CFQ7TTC0LCHC:0002",
    "termDuration": "P1Y",
    "billingCycle": "monthly",
    "quantity": 10,
}
LEGACY = {"name": "it", "type": "legacy", "offerId": OFFER, "quantity": 10}
AZURE = {"name": "it", "type": "azurePlan", "product": "DZH318Z0BPS6:0001"}


def _suspended(box: Box, row: dict[str, Any], declared: dict[str, Any]) -> Plan:
    box.seed({"catalog": CATALOG, "contoso": {"subscriptions": {"it": row}}})
    return box.plan({"contoso": {"subscriptions": [{**declared, "state": "suspended"}]}})


def _effects(plan: Plan) -> str:
    (action,) = plan.actions
    return "; ".join(action.effects)


def test_new_commerce_stays_billed(box: Box) -> None:
    said = _effects(_suspended(box, {"product": M365["product"], "quantity": 10}, M365))
    assert "stays billed" in said
    assert "billing stops" not in said


def test_legacy_is_billed_no_more_and_has_a_last_day(box: Box) -> None:
    row = {"product": OFFER, "quantity": 10}
    said = _effects(_suspended(box, row, LEGACY))
    assert "billing stops" in said
    assert "about 2027-02-20" in said
    assert "stays billed" not in said


def test_an_azure_plan_is_suspended_once_its_last_azure_subscription_is_inactive(box: Box) -> None:
    wish = {"contoso": {"subscriptions": [{**AZURE, "state": "suspended"}]}}
    assert codes(_suspended(box, {"product": AZURE["product"]}, AZURE).findings) == [
        "azure-plan-in-use"
    ]
    path = box.path("contoso/subscriptions/it") + "/azureEntitlements"
    (found,) = box.colleague.send("GET", path)["items"]
    reason = {"cancellationReason": "compromise"}
    box.colleague.send("POST", f"{path}/{found['id']}/cancel", reason)
    box.advance("PT15M")
    plan = box.plan(wish)
    assert acting(plan) == ["suspend subscription/contoso/it state active -> suspended"]
    box.apply(plan)
    assert box.facts()["contoso"]["subscriptions"]["it"]["status"] == "suspended"
    assert acting(box.plan(wish)) == []


def test_a_cloud_without_azure_sells_no_plan_and_shows_nothing_below_one(box: Box) -> None:
    box.seed({"contoso": {}})
    # The emulator plays any cloud: only the name counts.
    box.settings = replace(box.settings, cloud=replace(box.settings.cloud, name="china"))
    watched = {"expect": ["prod"], "others": "warn"}
    plan = box.plan({"contoso": {"subscriptions": [AZURE], "azureSubscriptions": watched}})
    assert codes(plan.findings) == ["cloud-lacks", "cloud-lacks"]
    assert plan.steps == ()
    assert not [read for read in box.reads() if "azureEntitlements" in read]
