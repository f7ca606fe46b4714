"""Catalogue, carts, checkout, orders: commerce.md 1 to 3."""

from __future__ import annotations

from typing import Any

import pytest

from .wire import E3, PREMIUM, SPB, Wire

AZURE = "DZH318Z0BPS6:0001"
BASIC = "CFQ7TTC0LH18:0001"


@pytest.fixture(autouse=True)
def world(pc: Wire) -> None:
    pc.contoso()


def errors(cart: Any) -> list[int | None]:
    """The error code of each line of a cart, None for a good line."""
    return [line.get("error", {}).get("errorCode") for line in cart["lineItems"]]


@pytest.mark.parametrize("form", ["", "/customers/{c}"])
def test_catalogue_by_country_and_by_customer(pc: Wire, form: str) -> None:
    """commerce.md 1: the same four reads in two forms."""
    base = pc.at + "/products" if form else "/v1/products"
    query = "?" if form else "?country=DE&"
    listed = pc.get(f"{base}{query}targetView=OnlineServices", token="app")
    assert len(listed["items"]) == 14
    assert pc.get(f"{base}/CFQ7TTC0LCHC{query}")["title"] == "Microsoft 365 Business Premium"
    (sku,) = pc.get(f"{base}/CFQ7TTC0LCHC/skus{query}")["items"]
    assert (sku["minimumQuantity"], sku["maximumQuantity"]) == (1, 300)
    assert sku["dynamicAttributes"]["provisioningId"] == SPB
    assert pc.get(f"{base}/cfq7ttc0lchc/skus/0002{query}")["id"] == "0002"
    (found,) = pc.get(f"{base}/CFQ7TTC0LCHC/skus/0002/availabilities{query}")["items"]
    pairs = {(term["duration"], term["billingCycle"]) for term in found["terms"]}
    assert pairs == {("P1M", "Monthly"), ("P1Y", "Monthly"), ("P1Y", "Annual")}
    assert found["catalogItemId"] == f"{PREMIUM}:{found['id']}"
    assert (found["country"], found["defaultCurrency"]["code"]) == ("DE", "EUR")
    one = f"{base}/CFQ7TTC0LCHC/skus/0002/availabilities/{found['id']}{query}"
    assert pc.get(one) == found


def test_azure_plan_has_a_view_of_its_own(pc: Wire) -> None:
    listed = pc.get("/v1/products?country=US&targetView=MicrosoftAzure")["items"]
    assert [row["id"] for row in listed] == ["DZH318Z0BPS6"]


@pytest.mark.parametrize(
    "path, expected",
    [
        ("/v1/products?targetView=OnlineServices", (400, 3000)),
        ("/v1/products?country=DE", (400, 3000)),
        ("/v1/products?country=DE&targetView=Games", (403, 400036)),
        ("/v1/products?country=DE&targetView=Software&targetSegment=military", (403, 400030)),
        ("/v1/products/NONE?country=DE", (404, 400013)),
        ("/v1/products/CFQ7TTC0LCHC/skus/0009?country=DE", (404, 400018)),
        ("/v1/products/CFQ7TTC0LCHC/skus/0002/availabilities/X?country=DE", (404, 400019)),
    ],
)
def test_catalogue_refusals(pc: Wire, path: str, expected: tuple[int, int]) -> None:
    assert pc.refused("GET", path) == expected


def test_other_segments_have_nothing_for_sale(pc: Wire) -> None:
    path = "/v1/products/CFQ7TTC0LCHC/skus/0002/availabilities?country=DE&targetSegment=education"
    assert pc.get(path)["items"] == []


def test_cart_shows_prices_and_buys_nothing(pc: Wire) -> None:
    cart = pc.cart(pc.line(quantity=18, friendlyName="core"))
    (line,) = cart["lineItems"]
    assert line["pricing"]["price"] == 23.10
    assert line["pricing"]["extendedPrice"] == 415.80
    assert (line["currencyCode"], line["orderGroup"], line["friendlyName"]) == ("EUR", "0", "core")
    assert (cart["status"], cart["expirationTimestamp"]) == ("Active", "2026-11-29T09:00:00Z")
    assert pc.get(f"{pc.at}/orders")["items"] == []
    assert pc.get(f"{pc.at}/carts/{cart['id']}")["lineItems"] == cart["lineItems"]


@pytest.mark.parametrize(
    "change, code",
    [
        ({"catalogItemId": "CFQ7TTC0LCHC:0002:OLD"}, 10001),
        ({"catalogItemId": "nonsense"}, 10001),
        ({"catalogItemId": None}, 10001),
        ({"termDuration": "P3Y"}, 10013),
        ({"termDuration": None}, 10013),
        ({"billingCycle": "triennial"}, 10013),
        ({"quantity": 0}, 10010),
        ({"quantity": 301}, 10015),
        ({"currencyCode": "USD"}, 10000),
        ({"promotionId": "39NFJQT1PM6C:0005:39NFJQT1Q5L7"}, 10014),
        ({"participants": [{"key": "nobody", "value": "1"}]}, 10004),
        ({"addonItems": [{"id": 1}]}, 500600),
        ({"customTermEndDate": "2027-01-15T00:00:00Z"}, 10017),
        ({"customTermEndDate": "2028-01-31T00:00:00Z"}, 10017),
    ],
    ids=str,
)
def test_bad_lines_are_marked_in_a_cart_that_is_made(
    pc: Wire, change: dict[str, Any], code: int
) -> None:
    """commerce.md 2.1: still 201; one line's error leaves the others alone."""
    cart = pc.cart(pc.line(**change), pc.line(BASIC))
    assert errors(cart) == [code, None]
    assert "pricing" not in cart["lineItems"][0]


def test_seat_maximum_is_a_pool_over_all_channels(pc: Wire) -> None:
    """commerce.md 13.9: additionalInformation says what is left."""
    pc.contoso(
        seats=[{"sku": "SPB", "total": 200}],
        subscriptions=[{"product": PREMIUM, "quantity": 50}],
    )
    cart = pc.cart(pc.line(quantity=40), pc.line(quantity=11))
    assert errors(cart) == [None, 10002]
    information = cart["lineItems"][1]["error"]["additionalInformation"]
    assert information == {"availableQuantity": 10, "purchasedQuantity": 290}


def test_three_year_terms_start_at_a_hundred_seats(pc: Wire) -> None:
    three_years = {"termDuration": "P3Y", "billingCycle": "annual"}
    cart = pc.cart(
        pc.line(E3, quantity=99, **three_years), pc.line(E3, quantity=100, **three_years)
    )
    assert errors(cart) == [10010, None]


@pytest.mark.parametrize(
    "world, body, expected",
    [
        ({"agreement": False}, {}, (403, 13605)),
        ({"validationStatus": "UnderReview"}, {}, (403, 800073)),
        ({"validationStatus": "NotAllowed"}, {}, (403, 800075)),
        ({}, {"partnerOnRecordAttestationAccepted": None}, (400, 900206)),
        ({}, {"partnerOnRecordAttestationAccepted": False}, (400, 900206)),
        ({}, {"lineItems": []}, (400, 800002)),
        ({}, {"lineItems": [{"billingCycle": "weekly"}]}, (400, 900126)),
    ],
    ids=str,
)
def test_call_level_refusals(
    pc: Wire, world: dict[str, Any], body: dict[str, Any], expected: tuple[int, int]
) -> None:
    pc.contoso(**world)
    sent = {"partnerOnRecordAttestationAccepted": True, "lineItems": [pc.line()]} | body
    assert pc.refused("POST", f"{pc.at}/carts", sent) == expected


@pytest.mark.parametrize(
    "change", [{"friendlyName": 5}, {"participants": [{"key": "transaction_reseller"}]}], ids=str
)
def test_malformed_lines_refuse_the_cart(pc: Wire, change: dict[str, Any]) -> None:
    sent = {"partnerOnRecordAttestationAccepted": True, "lineItems": [pc.line(**change)]}
    assert pc.refused("POST", f"{pc.at}/carts", sent) == (400, 3000)


def test_vetting_without_a_record_does_not_block(pc: Wire) -> None:
    """customers.md 5."""
    pc.contoso(validationStatus="none")
    assert errors(pc.cart(pc.line())) == [None]


def test_checkout_makes_one_order_for_each_billing_cycle(pc: Wire) -> None:
    """commerce.md 2.4; the body is whatever the SDK sends."""
    cart = pc.cart(pc.line(), pc.line(billingCycle="annual"), pc.line(BASIC, friendlyName="b"))
    answer = pc.send("POST", f"{pc.at}/carts/{cart['id']}/checkout", "success")
    assert answer.status_code == 201
    result = answer.json()
    assert result["orderErrors"] == []
    assert [order["billingCycle"] for order in result["orders"]] == ["monthly", "annual"]
    first = result["orders"][0]
    assert (first["status"], len(first["id"]), first["alternateId"]) == (
        "completed",
        12,
        first["id"],
    )
    assert [line["lineItemNumber"] for line in first["lineItems"]] == [0, 1]
    assert first["lineItems"][1]["friendlyName"] == "b"
    ids = {line["subscriptionId"] for order in result["orders"] for line in order["lineItems"]}
    assert ids == {row["id"] for row in pc.get(f"{pc.at}/subscriptions")["items"]}
    assert pc.seats()["SPB"]["totalUnits"] == 10


def test_checkout_is_idempotent_per_cart(pc: Wire) -> None:
    cart = pc.cart(pc.line())
    path = f"{pc.at}/carts/{cart['id']}"
    results = [pc.send("POST", f"{path}/checkout").json() for _ in range(2)]
    assert results[0] == results[1]
    assert len(pc.get(f"{pc.at}/subscriptions")["items"]) == 1
    after = pc.get(path)
    assert (after["status"], after["lineItems"]) == ("Ordered", cart["lineItems"])
    body = {"partnerOnRecordAttestationAccepted": True, "lineItems": [pc.line()]}
    assert pc.refused("PUT", path, body) == (400, 800065)


def test_a_bad_line_holds_up_its_group_only(pc: Wire) -> None:
    cart = pc.cart(pc.line(quantity=0), pc.line(BASIC, billingCycle="annual"))
    result = pc.send("POST", f"{pc.at}/carts/{cart['id']}/checkout").json()
    assert [order["billingCycle"] for order in result["orders"]] == ["annual"]
    assert result["orderErrors"][0]["orderGroupId"] == "0"
    assert result["orderErrors"][0]["code"] == 800009


def test_a_checkout_that_failed_may_be_tried_again(pc: Wire) -> None:
    cart = pc.cart(pc.line(quantity=0))
    path = f"{pc.at}/carts/{cart['id']}"
    assert pc.send("POST", f"{path}/checkout").json()["orders"] == []
    body = {"partnerOnRecordAttestationAccepted": True, "lineItems": [pc.line()]}
    assert pc.send("PUT", path, body).status_code == 201
    assert len(pc.send("POST", f"{path}/checkout").json()["orders"]) == 1


def test_unknown_and_expired_carts(pc: Wire) -> None:
    assert pc.refused("POST", f"{pc.at}/carts/none/checkout") == (404, 800008)
    cart = pc.cart(pc.line())
    pc.advance("P8D")
    assert pc.refused("POST", f"{pc.at}/carts/{cart['id']}/checkout") == (404, 800008)


def test_reissued_availability_is_met_at_checkout(pc: Wire) -> None:
    """commerce.md 1.6: 400019, or 10001 on a new cart."""
    line = pc.line()
    cart = pc.cart(line)
    pc.control("POST", "availabilities/rotate")
    path = f"{pc.at}/carts/{cart['id']}"
    assert pc.refused("POST", f"{path}/checkout") == (404, 400019)
    assert errors(pc.cart(line)) == [10001]
    body = {"partnerOnRecordAttestationAccepted": True, "lineItems": [pc.line()]}
    pc.send("PUT", path, body)
    assert len(pc.send("POST", f"{path}/checkout").json()["orders"]) == 1


def test_prices_can_be_moved(pc: Wire) -> None:
    pc.control("POST", "prices", {PREMIUM: "0.01"})
    cart = pc.cart(pc.line(), pc.line(BASIC))
    prices = [line["pricing"]["price"] for line in cart["lineItems"]]
    assert prices == [23.11, 6.30]


def test_provisioning_takes_its_time(pc: Wire) -> None:
    """commerce.md 15: pending order without subscription id, seats later."""
    pc.contoso(settings={"provisioning": "PT20M"})
    (order,) = pc.buy(pc.line())["orders"]
    path = f"{pc.at}/orders/{order['id']}"
    assert order["status"] == "pending"
    assert "subscriptionId" not in order["lineItems"][0]
    assert pc.subscription()["status"] == "pending"
    assert pc.patch({"autoRenewEnabled": True}).json()["code"] == 800082
    assert pc.get(f"{path}/provisioningstatus")["items"][0]["status"] == "prefulfillmentPending"
    assert pc.seats() == {}
    pc.advance("PT20M")
    done = pc.get(path)
    assert done["status"] == "completed"
    assert done["lineItems"][0]["subscriptionId"] == pc.subscription()["id"]
    assert pc.get(f"{path}/provisioningstatus")["items"][0]["status"] == "fulfilled"
    assert pc.seats()["SPB"]["totalUnits"] == 5
    assert pc.subscription()["status"] == "active"


def test_order_list_lags_and_get_does_not(pc: Wire) -> None:
    """commerce.md 3.3 and 3.4."""
    pc.contoso(settings={"ordersLag": "PT15M"})
    (order,) = pc.buy(pc.line())["orders"]
    assert pc.get(f"{pc.at}/orders")["items"] == []
    assert pc.get(f"{pc.at}/orders/{order['id']}")["id"] == order["id"]
    pc.advance("PT15M")
    assert len(pc.get(f"{pc.at}/orders")["items"]) == 1


def test_order_queries(pc: Wire) -> None:
    pc.buy(pc.line(), pc.line(billingCycle="annual"))
    (annual,) = pc.get(f"{pc.at}/orders?billingType=annual&include_price=true")["items"]
    assert annual["totalPrice"] == 1320
    assert annual["lineItems"][0]["pricing"]["price"] == 264
    assert pc.refused("GET", f"{pc.at}/orders?billingType=weekly") == (400, 900126)
    assert pc.refused("GET", f"{pc.at}/orders/none") == (404, 20000)
    order = annual["id"]
    (row,) = pc.get(f"{pc.at}/subscriptions?order_id={order}")["items"]
    assert row["billingCycle"] == "annual"


def test_azure_plan_is_bought_once(pc: Wire) -> None:
    """commerce.md 7.1: no term; budgets exist from then on."""
    line = pc.line(AZURE, quantity=1, termDuration=None)
    assert errors(pc.cart(line, line)) == [None, 10002]
    pc.buy(line)
    plan = pc.subscription()
    assert (plan["status"], plan["billingType"], plan["quantity"]) == ("active", "usage", 1)
    assert plan["commitmentEndDate"].startswith("9999")
    assert "termDuration" not in plan
    path = f"{pc.at}/subscriptions/{plan['id']}/azureEntitlements"
    assert pc.get(path)["items"][0]["status"] == "active"
    assert pc.send("PATCH", f"{pc.at}/usagebudget", {"amount": 5}).status_code == 200
    assert errors(pc.cart(line)) == [10002]


def test_reseller_comes_from_the_participants(pc: Wire) -> None:
    pc.buy(pc.line(participants=[{"key": "transaction_reseller", "value": "4847383"}]))
    assert pc.subscription()["partnerId"] == "4847383"
    assert len(pc.get(f"{pc.at}/subscriptions?mpn_id=4847383")["items"]) == 1
    assert pc.get(f"{pc.at}/subscriptions?mpn_id=1")["items"] == []


@pytest.mark.parametrize(
    "product, term, date, good",
    [
        (PREMIUM, "P1Y", "2027-06-30", True),
        (PREMIUM, "P1Y", "2027-05-19", True),
        (PREMIUM, "P1Y", "2026-12-04", False),
        (PREMIUM, "P1M", "2026-12-04", True),
        (PREMIUM, "P1M", "2026-11-30", True),
        (PREMIUM, "P1M", "2026-11-28", False),
    ],
)
def test_custom_term_end_dates(pc: Wire, product: str, term: str, date: str, good: bool) -> None:
    """commerce.md 13.4: month end or another subscription's end, but no P1Y to a P1M."""
    yearly = {"product": BASIC, "commitmentEndDate": "2027-05-19"}
    monthly = {"product": BASIC, "termDuration": "P1M", "commitmentEndDate": "2026-12-04"}
    pc.contoso(subscriptions=[yearly, monthly])
    line = pc.line(product, termDuration=term, customTermEndDate=f"{date}T00:00:00Z")
    assert errors(pc.cart(line)) == [None if good else 10017]
    if good:
        pc.buy(line)
        assert pc.subscription(2)["commitmentEndDate"] == f"{date}T00:00:00Z"


def test_purchase_is_audited_with_its_ids(pc: Wire) -> None:
    """insight.md 2.4."""
    pc.buy(pc.line(quantity=7))
    (record,) = pc.get("/v1/auditrecords")["items"]
    data = {row["key"]: row["value"] for row in record["customizedData"]}
    assert (record["operationType"], record["resourceType"]) == ("create_order", "order")
    assert data["Quantity-0"] == "7"
    assert data["SubscriptionId-0"] == pc.subscription()["id"]
    assert data["OrderId"] == pc.subscription()["orderId"]
