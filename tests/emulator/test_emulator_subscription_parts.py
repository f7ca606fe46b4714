"""Azure subscriptions, overage, support contacts, end dates (commerce.md 4.4, 5.11, 7)."""

from __future__ import annotations

from typing import Any

import pytest

from .wire import CONTOSO, PREMIUM, Wire

AZURE = "DZH318Z0BPS6:0001"
CALLING = "CFQ7TTC0LH0T:0001"
MONTHLY = {"termDuration": "P1Y", "billingCycle": "monthly", "chargePrice": 8}


def world(pc: Wire, *rows: dict[str, Any], **more: Any) -> None:
    customer = {"id": CONTOSO, "domain": "contoso.onmicrosoft.com", "subscriptions": list(rows)}
    products = [{"product": CALLING, "overage": True, "terms": [MONTHLY]}]
    pc.seed(catalog={"products": products}, customers=[customer], **more)


def entitlement(pc: Wire, number: int = 0) -> str:
    """The path of the first Azure subscription."""
    path = f"{pc.at}/subscriptions/{pc.subscription(number)['id']}/azureEntitlements"
    return f"{path}/{pc.get(path)['items'][0]['id']}"


def test_an_azure_subscription_is_cancelled_and_comes_back(pc: Wire) -> None:
    """commerce.md 7.3: inactive after ten minutes; then the plan can be suspended."""
    world(pc, {"product": AZURE})
    path = entitlement(pc)
    assert pc.edit(status="suspended").json()["code"] == 900115
    body = {"cancellationReason": "compromise"}
    assert pc.send("POST", f"{path}/cancel", body).json()["status"] == "active"
    assert pc.refused("POST", f"{path}/reactivate") == (400, 900337)
    pc.advance("PT10M")
    assert pc.get(path)["status"] == "inactive"
    assert pc.get(path.rpartition("/")[0])["items"][0]["status"] == "inactive"
    assert pc.send("POST", f"{path}/reactivate").status_code == 202
    assert pc.get(path)["status"] == "active"
    pc.send("POST", f"{path}/cancel", body)
    pc.advance("PT10M")
    assert pc.edit(status="suspended").json()["status"] == "suspended"
    assert pc.edit(status="active").json()["status"] == "active"


@pytest.mark.parametrize(
    "rows, code",
    [([{"product": AZURE}], 800112), ([{"product": CALLING}], 800114)],
    ids=["no such product", "no plan"],
)
def test_overage_needs_product_and_plan(pc: Wire, rows: list[dict[str, Any]], code: int) -> None:
    world(pc, *rows)
    body = {"azureEntitlementId": "x", "overageEnabled": True}
    assert pc.refused("PUT", f"{pc.at}/subscriptions/overage", body) == (403, code)
    assert pc.get(f"{pc.at}/subscriptions/overage")["items"] == []


def test_overage_is_switched_and_read(pc: Wire) -> None:
    """commerce.md 7.9: one per customer, the same again changes nothing."""
    world(pc, {"product": AZURE}, {"product": CALLING})
    azure = entitlement(pc).rpartition("/")[2]
    path, body = f"{pc.at}/subscriptions/overage", {"azureEntitlementId": azure}
    for enabled in (True, True, False):
        answer = pc.send("PUT", path, {**body, "overageEnabled": enabled}).json()
        assert (answer["type"], answer["overageEnabled"]) == ("PhoneServices", enabled)
        assert pc.get(path)["items"] == [answer]
    assert pc.refused("PUT", path, body) == (400, 3000)


def test_support_contacts_are_resellers(pc: Wire) -> None:
    """commerce.md 4.4."""
    reseller = {"id": "5a5a5a5a-5a5a-4a5a-8a5a-5a5a5a5a5a5a", "name": "fourth-coffee"}
    world(pc, {"product": "MS-AZR-0145P"}, partner={"resellers": [reseller]})
    path = f"{pc.at}/subscriptions/{pc.subscription()['id']}/supportcontact"
    assert pc.get(path)["name"] == "northwind-cloud"
    body = {"supportTenantId": reseller["id"], "supportMpnId": "1", "name": "Fourth Coffee"}
    assert pc.send("PUT", path, body).status_code == 200
    assert pc.get(path)["name"] == "Fourth Coffee"
    assert pc.refused("PUT", path, {**body, "supportTenantId": "x"}) == (400, 800016)


def dates(pc: Wire, query: str, kind: str) -> list[str]:
    rows = pc.get(f"{pc.at}/subscriptions/customTermEndDates?{query}")["items"]
    wanted = (row for row in rows if row["allowedCustomTermEndDateType"] == kind)
    return [row["allowedCustomTermEndDate"][:10] for row in wanted]


def test_end_dates_that_a_purchase_may_take(pc: Wire) -> None:
    """commerce.md 13.4: inside the first term; longer terms may end years later on that day."""
    world(pc, {"product": PREMIUM, "commitmentEndDate": "2027-03-09T00:00:00Z"})
    assert dates(pc, "term_duration=P1Y", "subscriptionAligned") == ["2027-03-09"]
    years = ["2027-03-09", "2028-03-09", "2029-03-09"]
    assert dates(pc, "TermDuration=P3Y", "subscriptionAligned") == years
    months = dates(pc, "term_duration=P1Y", "calendarMonthAligned")
    assert (len(months), months[0], months[-1]) == (12, "2026-11-30", "2027-10-31")
    assert dates(pc, "term_duration=P1M", "calendarMonthAligned") == ["2026-11-30"]
    later = "term_duration=P1M&term_start_date=2026-12-05"
    assert dates(pc, later, "calendarMonthAligned") == ["2026-12-31"]
    own = f"term_duration=P1Y&target_coterm_subscription_id={pc.subscription()['id']}"
    assert dates(pc, own, "calendarMonthAligned") == []
    cart = pc.cart(pc.line(customTermEndDate="2027-03-09T00:00:00Z"))
    assert "error" not in cart["lineItems"][0]
