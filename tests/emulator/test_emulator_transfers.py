"""Transfers between partners, in both flows: commerce.md 11."""

from __future__ import annotations

from typing import Any

import pytest

from .wire import E3, PREMIUM, TENANT, Wire

OTHER = "55555555-5555-4555-8555-555555555555"
KEY = "66666666-6666-4666-8666-666666666666"


def path(pc: Wire, rest: str = "") -> str:
    return f"{pc.at}/transfers{rest}"


def given(pc: Wire, **changes: Any) -> dict[str, Any]:
    """A request of the old flow: away from this partner."""
    lines = [{"subscriptionId": pc.subscription()["id"]}]
    body = {"SourcePartnerTenantId": TENANT, "TargetPartnerTenantId": OTHER, "LineItems": lines}
    return {**body, **changes}


def incoming(**words: Any) -> dict[str, Any]:
    lines = [{"product": PREMIUM, "quantity": 7, "friendlyName": "Mail"}]
    return {"id": KEY, "sourcePartnerTenantId": OTHER, "lineItems": lines, **words}


def test_away_and_withdrawn(pc: Wire) -> None:
    pc.contoso(subscriptions=[{"product": PREMIUM}, {"product": E3, "status": "suspended"}])
    ask = f"{pc.at}/transferseligibility?transferType=DirectToIndirect"
    assert [row["isEligible"] for row in pc.get(ask, token="app")] == [True, False]
    made = pc.send("POST", path(pc), given(pc), token="app")
    assert made.status_code == 201
    assert (made.json()["status"], made.json()["partnertenantid"]) == ("Active", TENANT)
    (line,) = made.json()["lineItems"]
    assert (line["id"], line["offerId"], line["addonItems"]) == (0, PREMIUM, [])
    assert pc.get(path(pc)) == [made.json()]
    assert pc.refused("POST", path(pc), given(pc)) == (409, 900101)
    assert pc.get(ask)[0]["reason"]
    one = path(pc, f"/{made.json()['id']}")
    assert pc.refused("POST", one + "/accept") == (403, 2032)
    assert pc.refused("PATCH", one, {"status": "reject"}) == (403, 2032)
    assert pc.send("DELETE", one).status_code == 204
    assert pc.refused("GET", one) == (404, 900100)
    kinds = [row["operationType"] for row in pc.get("/v1/auditrecords")["items"]]
    assert kinds.count("create_transfer") == 2
    assert kinds.count("update_transfer") == 3


@pytest.mark.parametrize(
    "change, status, code",
    [
        ({"SourcePartnerTenantId": None}, 400, 900136),
        ({"TargetPartnerTenantId": TENANT}, 400, 900148),
        ({"TargetPartnerTenantId": None}, 400, 3000),
        ({"SourcePartnerTenantId": OTHER, "TargetPartnerTenantId": TENANT}, 403, 2032),
        ({"LineItems": [{"subscriptionId": OTHER}]}, 400, 800078),
        ({"LineItems": []}, 403, 2032),
    ],
    ids=str,
)
def test_requests_that_are_refused(
    pc: Wire, change: dict[str, Any], status: int, code: int
) -> None:
    pc.contoso(subscriptions=[{"product": PREMIUM}])
    assert pc.refused("POST", path(pc), given(pc, **change)) == (status, code)


def test_incoming_is_accepted_with_new_ids(pc: Wire) -> None:
    pc.contoso(transfers=[incoming()])
    (before,) = pc.get(path(pc))
    answer = pc.send("POST", path(pc, f"/{KEY}/accept"))
    assert answer.status_code == 200
    (order,) = answer.json()["orders"]
    assert answer.json()["transferErrors"] == []
    new = pc.subscription()
    assert (new["quantity"], new["friendlyName"]) == (7, "Mail")
    assert new["id"] != before["lineItems"][0]["subscriptionId"]
    assert order["lineItems"][0]["subscriptionId"] == new["id"]
    assert new["commitmentEndDate"].startswith("2027-11-21")
    assert pc.get(path(pc, f"/{KEY}"))["status"] == "Complete"
    assert pc.refused("POST", path(pc, f"/{KEY}/accept")) == (400, 900102)
    assert pc.refused("DELETE", path(pc, f"/{KEY}")) == (403, 2032)


def test_partial_success(pc: Wire) -> None:
    """Traps for a reconciler: errors inside a 200."""
    lines = [{"product": PREMIUM}, {"product": E3, "error": "The offer is not for sale."}]
    pc.contoso(transfers=[incoming(lineItems=lines)])
    answer = pc.send("POST", path(pc, f"/{KEY}/accept")).json()
    assert len(answer["orders"]) == 1
    (error,) = answer["transferErrors"]
    assert error["lineItems"][0]["transferError"] == "The offer is not for sale."
    assert pc.get(path(pc, f"/{KEY}"))["status"] == "PartiallyComplete"


def test_reject_and_expiry(pc: Wire) -> None:
    pc.contoso(transfers=[incoming()])
    answer = pc.send("PATCH", path(pc, f"/{KEY}"), {"Id": KEY, "Status": "Reject"})
    assert (answer.status_code, answer.json()["status"]) == (200, "Reject")
    pc.contoso(transfers=[incoming()])
    pc.advance("P30D")
    assert pc.get(path(pc, f"/{KEY}"))["status"] == "Expired"
    assert pc.refused("PATCH", path(pc, f"/{KEY}"), {"status": "reject"}) == (400, 900102)


def test_target_asks_in_the_new_flow(pc: Wire) -> None:
    pc.contoso()
    body = {
        "sourcePartnerTenantId": OTHER,
        "sourcePartnerName": "Fabrikam",
        "customerEmailId": "kim@contoso.com",
        "targetProductTypes": ["onlineServicesNCE"],
    }
    made = pc.send("POST", path(pc), body)
    assert made.status_code == 201
    assert made.json()["targetProductTypes"] == ["OnlineServicesNCE"]
    one = path(pc, f"/{made.json()['id']}")
    assert pc.refused("POST", one + "/accept") == (403, 2032)
    assert pc.send("DELETE", one).status_code == 204
    for change in ({"sourcePartnerName": None}, {"customerEmailId": None}):
        assert pc.send("POST", path(pc), {**body, **change}).status_code == 400
    bad = {**body, "targetProductTypes": ["Coffee"]}
    assert pc.refused("POST", path(pc), bad) == (400, 900126)


def test_source_adds_lines_and_accepts_in_the_new_flow(pc: Wire) -> None:
    asked = {"id": KEY, "targetPartnerTenantId": OTHER, "createdBy": "target"}
    pc.contoso(subscriptions=[{"product": PREMIUM}], transfers=[asked])
    one = path(pc, f"/{KEY}")
    assert pc.refused("POST", one + "/accept") == (400, 800078)
    lines = {"lineItems": [{"subscriptionId": pc.subscription()["id"]}]}
    assert len(pc.send("PATCH", one, lines).json()["lineItems"]) == 1
    assert pc.send("POST", one + "/accept").json()["orders"] == []
    assert pc.subscription()["status"] == "deleted"


def test_unknown_words(pc: Wire) -> None:
    pc.contoso(transfers=[incoming()])
    assert pc.refused("PATCH", path(pc, f"/{KEY}"), {"status": "maybe"}) == (400, 900126)
    for query in ("", "?transferType=sideways"):
        assert pc.refused("GET", f"{pc.at}/transferseligibility{query}") == (400, 900126)
    body = {"customers": [{"domain": "contoso.onmicrosoft.com", "transfers": [{}]}]}
    assert pc.control("POST", "seed", body).status_code == 400
