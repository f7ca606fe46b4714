"""Orders without a cart, their changes, documents, activation (commerce.md 3, 8, 9, 12)."""

from __future__ import annotations

from typing import Any

import pytest

from .test_emulator_carts import ADDON, BASE, OLD, world
from .wire import CONTOSO, PREMIUM, Wire

SERVER, DATABASE, WITH_PO, BACKUP = (
    "DG7GMGF0D5RK:0001",
    "DG7GMGF0D5VX:0002",
    "DG7GMGF0D7FT:0001",
    "DZH318Z0BXWC:0001",
)
ONCE = {"termDuration": "none", "billingCycle": "onetime", "chargePrice": 900}
YEARLY = {"termDuration": "P1Y", "billingCycle": "annual", "chargePrice": 300}
MONTHLY = {"termDuration": "P1M", "billingCycle": "monthly", "chargePrice": 5}
SOFTWARE = {
    "products": [
        {"product": SERVER, "kind": "perpetual", "terms": [ONCE]},
        {"product": WITH_PO, "kind": "perpetual", "terms": [ONCE]},
        {"product": DATABASE, "kind": "software", "terms": [YEARLY]},
        {"product": BACKUP, "kind": "saas", "terms": [MONTHLY]},
    ]
}


def line(number: int, item: str, **more: Any) -> dict[str, Any]:
    return {"lineItemNumber": number, "offerId": item, "quantity": 5, **more}


def order(pc: Wire, *lines: dict[str, Any], **more: Any) -> Any:
    body = {"partnerOnRecordAttestationAccepted": True, "lineItems": list(lines), **more}
    return pc.send("POST", f"{pc.at}/orders", body)


def server(pc: Wire, item: str = SERVER, **more: Any) -> dict[str, Any]:
    answer = order(pc, line(0, pc.item(item), **more), billingCycle="one_time")
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_direct_order_buys_at_once_and_again(pc: Wire) -> None:
    """commerce.md 3.2: not idempotent beyond the request id."""
    pc.contoso()
    row = line(0, pc.item(), termDuration="P1Y")
    found = [order(pc, row).json()["id"] for _ in range(2)]
    assert len(set(found)) == 2
    assert len(pc.get(f"{pc.at}/subscriptions")["items"]) == 2


@pytest.mark.parametrize(
    "row, more, expected",
    [
        ({"termDuration": "P1Y"}, {"partnerOnRecordAttestationAccepted": None}, (400, 900206)),
        ({"termDuration": "P1Y"}, {"lineItems": []}, (400, 800002)),
        ({"lineItemNumber": None}, {}, (400, 800071)),
        ({"offerId": "CFQ7TTC0LCHC:0002:OLD"}, {}, (404, 400019)),
        ({"termDuration": "P9Y"}, {}, (400, 900269)),
        ({"termDuration": "P1Y", "quantity": 0}, {}, (400, 900275)),
        ({"termDuration": "P1Y"}, {"currencyCode": "USD"}, (400, 900169)),
        ({"offerId": OLD}, {}, (403, 2091)),
        ({"offerId": ADDON}, {}, (400, 800029)),
        ({"offerId": "nonsense"}, {}, (400, 800004)),
    ],
    ids=str,
)
def test_a_bad_line_refuses_the_order(
    pc: Wire, row: dict[str, Any], more: dict[str, Any], expected: tuple[int, int]
) -> None:
    world(pc)
    answer = order(pc, line(0, pc.item(), **{"termDuration": "P1Y"} | row), **more)
    if "offerId" in row:
        answer = order(pc, line(0, **{"item": row["offerId"], "termDuration": "P1Y"}), **more)
    assert (answer.status_code, answer.json()["code"]) == expected
    assert pc.get(f"{pc.at}/orders")["items"] == []


def test_legacy_and_new_do_not_share_an_order(pc: Wire) -> None:
    world(pc)
    answer = order(pc, line(0, pc.item(), termDuration="P1Y"), line(1, BASE))
    assert (answer.status_code, answer.json()["code"]) == (400, 800004)


def test_an_offer_can_be_limited(pc: Wire) -> None:
    """commerce.md 1.8: Concurrent counts what lives, LifeTime what ever was."""
    limited = {"id": "one", "limit": 1, "limitUnitOfMeasure": "LifeTime"}
    pc.seed(
        catalog={"offers": [limited]},
        customers=[{"id": CONTOSO, "domain": "contoso.onmicrosoft.com"}],
    )
    assert order(pc, line(0, "one")).status_code == 201
    assert order(pc, line(0, "one")).json()["code"] == 27006


def test_perpetual_software_is_an_order_and_an_entitlement(pc: Wire) -> None:
    """commerce.md 8: thirty days to cancel, through the order."""
    world(pc, SOFTWARE)
    bought = server(pc)
    path = f"{pc.at}/orders/{bought['id']}"
    assert pc.get(f"{pc.at}/subscriptions")["items"] == []
    (owned,) = pc.get(f"{pc.at}/entitlements")["items"]
    assert (owned["productId"], owned["quantity"]) == ("DG7GMGF0D5RK", 5)
    pc.advance("P29D")
    body = {"id": bought["id"], "status": "cancelled"}
    assert pc.send("PATCH", path, body).json()["status"] == "cancelled"
    assert pc.get(f"{pc.at}/entitlements")["items"] == []
    assert pc.get(f"{path}/provisioningstatus")["items"][0]["status"] == "unfulfilled"
    assert pc.refused("PATCH", path, body) == (400, 800061)


def test_software_comes_when_it_is_provisioned(pc: Wire) -> None:
    world(pc, SOFTWARE, settings={"provisioning": "PT15M"})
    assert server(pc)["status"] == "pending"
    assert pc.get(f"{pc.at}/entitlements")["items"] == []
    pc.advance("PT15M")
    assert len(pc.get(f"{pc.at}/entitlements")["items"]) == 1


def test_one_of_two_software_lines_can_be_cancelled(pc: Wire) -> None:
    """commerce.md 3.5: completed while a line is left."""
    world(pc, SOFTWARE)
    item = pc.item(DATABASE)
    rows = [line(n, item, termDuration="P1Y") for n in range(2)]
    found = order(pc, *rows, billingCycle="annual").json()
    body = {"status": "cancelled", "lineItems": [{"lineItemNumber": 1}]}
    answer = pc.send("PATCH", f"{pc.at}/orders/{found['id']}", body).json()
    assert answer["status"] == "completed"
    assert [row["quantity"] for row in answer["lineItems"]] == [5, 0]
    statuses = [row["status"] for row in pc.get(f"{pc.at}/subscriptions")["items"]]
    assert statuses == ["active", "deleted"]


@pytest.mark.parametrize(
    "item, sandbox, expected",
    [
        (PREMIUM, False, (400, 800063)),
        (PREMIUM, True, (400, 800063)),
        (BACKUP, False, (403, 800077)),
        (BACKUP, True, None),
    ],
)
def test_which_call_cancels_what(
    pc: Wire, item: str, sandbox: bool, expected: tuple[int, int] | None
) -> None:
    """The table of commerce.md 3.5."""
    customer = {"id": CONTOSO, "domain": "contoso.onmicrosoft.com"}
    pc.seed(partner={"sandbox": sandbox}, catalog=SOFTWARE, customers=[customer])
    term = "P1M"
    found = order(pc, line(0, pc.item(item), termDuration=term)).json()
    path, body = f"{pc.at}/orders/{found['id']}", {"status": "cancelled"}
    if expected:
        assert pc.refused("PATCH", path, body) == expected
    else:
        assert pc.send("PATCH", path, body).json()["status"] == "cancelled"


def test_sandbox_orders_get_too_old(pc: Wire) -> None:
    customer = {"id": CONTOSO, "domain": "contoso.onmicrosoft.com"}
    pc.seed(partner={"sandbox": True}, catalog=SOFTWARE, customers=[customer])
    bought = server(pc)
    pc.advance("P60D")
    body = {"status": "cancelled"}
    assert pc.refused("PATCH", f"{pc.at}/orders/{bought['id']}", body) == (400, 800061)


def test_an_order_waits_for_its_document(pc: Wire) -> None:
    """commerce.md 12: pending_po_upload, po_upload_complete, completed."""
    world(pc, SOFTWARE, settings={"poReview": "P1D"})
    bought = server(pc, WITH_PO)
    path = f"{pc.at}/orders/{bought['id']}"
    assert bought["status"] == "pending_po_upload"
    form = {
        "metadata": (None, '{"customerPrice": 900, "currency": "EUR"}', "application/json"),
        "pofiles": ("po.pdf", b"x" * 1500, "application/pdf"),
    }
    answer = pc.send("POST", f"{path}/attachment", files=form)
    assert answer.status_code == 201, answer.text
    (uploaded,) = answer.json()["items"]
    assert (uploaded["fileName"], uploaded["sizeInKB"]) == ("po.pdf", 2)
    assert pc.get(f"{path}/attachments")["items"] == [uploaded]
    assert pc.get(f"{path}/attachment/{uploaded['attachmentId']}") == "x" * 1500
    assert pc.get(path)["status"] == "po_upload_complete"
    pc.advance("P1D")
    assert pc.get(path)["status"] == "completed"
    assert len(pc.get(f"{pc.at}/entitlements")["items"]) == 1


@pytest.mark.parametrize(
    "metadata, code",
    [("{}", 900254), ('{"customerPrice": 9, "currency": "EUR", "isPartofTender": true}', 900253)],
)
def test_documents_need_their_words(pc: Wire, metadata: str, code: int) -> None:
    world(pc, SOFTWARE)
    path = f"{pc.at}/orders/{server(pc, WITH_PO)['id']}/attachment"
    form = {"metadata": (None, metadata), "pofiles": ("po.pdf", b"x")}
    assert pc.refused("POST", path, files=form) == (400, code)
    assert pc.refused("POST", path, {"no": "form"}) == (400, 800002)


def test_an_addon_is_bought_on_the_order_of_its_base(pc: Wire) -> None:
    """commerce.md 3.5 and 6.1: same order, same end date."""
    world(pc)
    made = order(pc, line(0, BASE)).json()
    parent = made["lineItems"][0]["subscriptionId"]
    path = f"{pc.at}/orders/{made['id']}"
    row = line(0, ADDON, parentSubscriptionId=parent)
    after = pc.send("PATCH", path, {"lineItems": [row]}).json()
    assert [item["offerId"] for item in after["lineItems"]] == [BASE, ADDON]
    base, addon = pc.get(f"{pc.at}/subscriptions")["items"]
    assert addon["commitmentEndDate"] == base["commitmentEndDate"]
    assert after["attributes"]["etag"] != made["attributes"]["etag"]
    wrong = {"lineItems": [line(0, BASE, parentSubscriptionId=parent)]}
    assert pc.send("PATCH", path, wrong).status_code == 200
    other = {"lineItems": [line(0, OLD, parentSubscriptionId=parent)]}
    assert pc.refused("PATCH", path, other) == (403, 2091)


def test_the_billing_cycle_of_a_legacy_order(pc: Wire) -> None:
    """commerce.md 3.5: the term of twelve months begins again, the id stays."""
    world(pc)
    made = order(pc, line(0, BASE)).json()
    path = f"{pc.at}/orders/{made['id']}"
    pc.advance("P30D")
    assert pc.send("PATCH", path, {"billingCycle": "annual"}).json()["billingCycle"] == "annual"
    (row,) = pc.get(f"{pc.at}/subscriptions")["items"]
    assert (row["billingCycle"], row["commitmentEndDate"]) == ("annual", "2027-12-21T00:00:00Z")
    assert pc.refused("PATCH", path, {"billingCycle": "annual"}) == (400, 6000)
    assert pc.refused("PATCH", path, {"billingCycle": "triennial"}) == (400, 800080)
    assert pc.refused("PATCH", path, {}) == (400, 800002)
    new = order(pc, line(0, pc.item(), termDuration="P1Y")).json()
    body = {"billingCycle": "annual"}
    assert pc.refused("PATCH", f"{pc.at}/orders/{new['id']}", body) == (400, 800085)


@pytest.mark.parametrize("contract, window", [("2026-05", "P3D"), ("2023-10", "P1D")])
def test_marketplace_subscriptions_wait_for_their_setup(
    pc: Wire, contract: str, window: str
) -> None:
    """commerce.md 9: no change before it is set up; windows by the contract."""
    customer = {"id": CONTOSO, "domain": "contoso.onmicrosoft.com"}
    pc.seed(
        partner={"sandbox": True},
        settings={"contract": contract},
        catalog=SOFTWARE,
        customers=[customer],
    )
    made = order(pc, line(0, pc.item(BACKUP), termDuration="P1M")).json()
    path = f"{pc.at}/subscriptions/{made['lineItems'][0]['subscriptionId']}"
    refused = pc.edit(friendlyName="other")
    assert (refused.status_code, refused.json()["code"]) == (400, 800081)
    links = [f"{pc.at}/orders/{made['id']}/activationlinks", f"{path}/activationlinks"]
    rows = [pc.get(link)["items"] for link in links]
    assert rows[0] == rows[1]
    assert rows[0][0]["link"]["uri"].startswith("https://")
    pc.advance("P5D")
    assert pc.send("POST", f"{path}/activate").json()["status"] == "Success"
    assert pc.subscription()["effectiveStartDate"] == "2026-11-27T09:00:00Z"
    assert pc.refused("POST", f"{path}/activate") == (400, 800041)
    assert pc.edit(friendlyName="other").status_code == 200
    pc.advance(window)
    assert pc.edit(status="deleted").json()["code"] == 900117


def test_only_a_sandbox_sets_up(pc: Wire) -> None:
    world(pc, SOFTWARE)
    made = order(pc, line(0, pc.item(BACKUP), termDuration="P1M")).json()
    path = f"{pc.at}/subscriptions/{made['lineItems'][0]['subscriptionId']}"
    assert pc.refused("POST", f"{path}/activate")[0] == 403
    body = {"subscription": made["lineItems"][0]["subscriptionId"]}
    assert pc.control("POST", "setup", body).status_code == 204
    assert pc.control("POST", "setup", body).json()["code"] == 800041
    assert pc.control("POST", "setup", {"subscription": "x"}).json()["code"] == 20003
    assert pc.edit(friendlyName="other").status_code == 200
