"""Cart lines by kind of product, promotions, checkout settings (commerce.md 2, 7.7, 7.8, 13.7)."""

from __future__ import annotations

from typing import Any

import pytest

from .test_emulator_purchase import errors
from .wire import CONTOSO, PREMIUM, Wire

CLOUD_PC, GEO, MACHINE, PLAN = (
    "CFQ7TTC0EX4M:0001",
    "CFQ7TTC0GEO1:0001",
    "DZH318Z0BQ3P:0039",
    "DZH318Z09V6F:0001",
)
BASIC = "CFQ7TTC0LH18:0001"
AZURE = "DZH318Z0BPS6:0001"
PROMOTION = "39NFJQT1PM6C:0005:39NFJQT1Q5L7"
BASE, ADDON, OLD = "offer-base", "offer-addon", "offer-old"
AZURE_ID = "61111111-1111-4111-8111-111111111111"
MONTHLY = {"termDuration": "P1Y", "billingCycle": "monthly", "chargePrice": 10}
ONCE = {"termDuration": "P1Y", "billingCycle": "onetime", "chargePrice": 500}
PRODUCTS = [
    {"product": CLOUD_PC, "attestation": "Windows365", "terms": [MONTHLY]},
    {
        "product": GEO,
        "prerequisites": [PREMIUM],
        "baseMinimum": 5,
        "share": 50,
        "terms": [MONTHLY],
    },
    {"product": MACHINE, "kind": "reservation", "region": "westeurope", "terms": [ONCE]},
    {"product": PLAN, "kind": "savings", "terms": [ONCE], "maximumQuantity": 1},
]
OFFERS = [
    {"id": BASE, "licence": "STANDARDPACK", "prices": {"monthly": 8, "annual": 90}},
    {"id": ADDON, "prerequisiteOffers": [BASE], "prices": {"monthly": 1}},
    {"id": OLD, "isAvailableForPurchase": False, "replacedBy": [PREMIUM]},
]


def world(
    pc: Wire,
    catalog: dict[str, Any] | None = None,
    settings: dict[str, Any] | None = None,
    **words: Any,
) -> None:
    customer = {"id": CONTOSO, "domain": "contoso.onmicrosoft.com", "country": "DE", **words}
    found = {"products": PRODUCTS, "offers": OFFERS, **(catalog or {})}
    pc.seed(catalog=found, settings=settings or {}, customers=[customer])


def promoted(**words: Any) -> dict[str, Any]:
    return {"promotions": [{"id": PROMOTION, "product": PREMIUM, "percent": 10, **words}]}


def offer(name: str, **more: Any) -> dict[str, Any]:
    return {"catalogItemId": name, "quantity": 5, "billingCycle": "monthly", **more}


def test_attestation_has_to_be_accepted(pc: Wire) -> None:
    world(pc)
    cart = pc.cart(pc.line(CLOUD_PC), pc.line(CLOUD_PC, attestationAccepted=True))
    assert errors(cart) == [10012, None]


def test_an_addon_needs_its_base_and_its_share(pc: Wire) -> None:
    """commerce.md 6.1: owned, or in the same cart wherever it stands."""
    world(pc)
    assert errors(pc.cart(pc.line(GEO))) == [400041]
    assert errors(pc.cart(pc.line(GEO), pc.line(quantity=10))) == [None, None]
    assert errors(pc.cart(pc.line(GEO), pc.line(quantity=4))) == [10018, None]
    assert errors(pc.cart(pc.line(GEO), pc.line(quantity=11))) == [10019, None]
    world(pc, subscriptions=[{"product": PREMIUM, "quantity": 10}])
    assert errors(pc.cart(pc.line(GEO))) == [None]


def test_a_promotion_applies_by_itself_or_is_dropped_in_silence(pc: Wire) -> None:
    """commerce.md 13.7."""
    world(pc, promoted(maxSeats=9))
    good, large = pc.cart(pc.line(), pc.line(quantity=10))["lineItems"]
    assert (good["promotionId"], good["pricing"]["price"]) == (PROMOTION, 20.79)
    assert good["pricing"]["listPrice"] == 23.10
    assert (large.get("promotionId"), large["pricing"]["price"]) == (None, 23.10)
    named = pc.cart(pc.line(quantity=10, promotionId=PROMOTION))["lineItems"][0]
    assert "promotionId" not in named
    assert "error" not in named
    (order,) = pc.buy(pc.line())["orders"]
    assert order["lineItems"][0]["promotionId"] == PROMOTION
    assert pc.subscription()["promotionId"] == PROMOTION


def test_a_promotion_that_is_not_automatic_has_to_be_named(pc: Wire) -> None:
    world(pc, promoted(isAutoApplicable=False))
    rows = pc.cart(pc.line(), pc.line(promotionId=PROMOTION), pc.line(BASIC, promotionId=PROMOTION))
    assert [row.get("promotionId") for row in rows["lineItems"]] == [None, PROMOTION, PROMOTION]
    assert errors(rows) == [None, None, 10014]


def test_redemptions_are_counted(pc: Wire) -> None:
    world(pc, promoted(redemptions=1))
    pc.buy(pc.line())
    assert "promotionId" not in pc.cart(pc.line())["lineItems"][0]


@pytest.mark.parametrize("state, code", [("none", 10011), ("suspended", 10008), ("gone", 10007)])
def test_a_reservation_needs_a_registered_azure_subscription(
    pc: Wire, state: str, code: int
) -> None:
    row = {"id": AZURE_ID, "product": AZURE}
    if state == "suspended":
        row["status"] = "suspended"
    world(pc, subscriptions=[] if state == "gone" else [row])
    context = {"scope": "shared", "subscriptionId": AZURE_ID, "duration": "1Year"}
    line = pc.line(MACHINE, quantity=1, billingCycle="one_time", provisioningContext=context)
    assert errors(pc.cart(line)) == [code]
    assert errors(pc.cart(line | {"provisioningContext": {"scope": "shared"}})) == [10010]


def test_a_reservation_is_an_order_and_an_entitlement(pc: Wire) -> None:
    """commerce.md 7.7: no subscription; registering takes its time."""
    world(pc, settings={"registration": "PT5M"}, subscriptions=[{"id": AZURE_ID, "product": AZURE}])
    path = f"{pc.at}/subscriptions/{AZURE_ID}"
    assert pc.get(f"{path}/registrationstatus")["status"] == "notregistered"
    assert pc.send("POST", f"{path}/registrations").status_code == 202
    assert pc.get(f"{path}/registrationstatus")["status"] == "registering"
    pc.advance("PT5M")
    assert pc.get(f"{path}/registrationstatus")["status"] == "registered"
    context = {"scope": "shared", "subscriptionId": AZURE_ID, "duration": "1Year"}
    line = pc.line(MACHINE, quantity=1, billingCycle="one_time", provisioningContext=context)
    (order,) = pc.buy(line)["orders"]
    assert (order["billingCycle"], order["status"]) == ("one_time", "completed")
    assert "subscriptionId" not in order["lineItems"][0]
    assert len(pc.get(f"{pc.at}/subscriptions")["items"]) == 1
    (owned,) = pc.get(f"{pc.at}/entitlements?entitlementType=reservedInstance")["items"]
    assert owned["referenceOrder"]["id"] == order["id"]
    body = {"id": order["id"], "status": "cancelled"}
    assert pc.refused("PATCH", f"{pc.at}/orders/{order['id']}", body) == (403, 800019)


def test_without_capacity_nothing_is_reserved(pc: Wire) -> None:
    machine = {**PRODUCTS[2], "restrictedRegions": ["westeurope"]}
    world(pc, {"products": [machine]}, subscriptions=[{"id": AZURE_ID, "product": AZURE}])
    pc.send("POST", f"{pc.at}/subscriptions/{AZURE_ID}/registrations")
    context = {"scope": "shared", "subscriptionId": AZURE_ID, "duration": "1Year"}
    line = pc.line(MACHINE, quantity=1, billingCycle="one_time", provisioningContext=context)
    assert errors(pc.cart(line)) == [10003]


def test_a_savings_plan_is_bought_and_then_only_read(pc: Wire) -> None:
    """commerce.md 7.8."""
    world(pc, subscriptions=[{"id": AZURE_ID, "product": AZURE}])
    more = {
        "quantity": 1,
        "billingCycle": "one_time",
        "provisioningContext": {"scope": "shared", "subscriptionId": AZURE_ID},
    }
    hourly = {"amount": 1.5, "grain": "hourly", "currency": "EUR"}
    assert errors(pc.cart(pc.line(PLAN, **more))) == [10010]
    pc.buy(pc.line(PLAN, purchaseCommitment=hourly, **more))
    plan = pc.subscription(1)
    assert (plan["billingType"], plan["unitType"]) == ("benefit", "Benefit")
    assert plan["productOrderId"] == plan["orderId"]
    assert plan["lineItems"][0]["purchaseCommitment"]["amount"] == 1.5
    refused = pc.edit(1, friendlyName="other")
    assert (refused.status_code, refused.json()["code"]) == (403, 900321)


def test_legacy_offers_are_a_group_of_their_own(pc: Wire) -> None:
    """commerce.md 2.1: OMS-0; add-ons within; what is not sold any more names its successor."""
    world(pc)
    bundle = offer(BASE, addonItems=[offer(ADDON, quantity=2)])
    cart = pc.cart(pc.line(), bundle, offer(ADDON), offer(OLD))
    assert errors(cart) == [None, None, None, 500600]
    assert PREMIUM in cart["lineItems"][3]["error"]["errorDescription"]
    assert [row["orderGroup"] for row in cart["lineItems"]] == ["0", "OMS-0", "OMS-0", "OMS-0"]
    assert errors(pc.cart(offer(ADDON))) == [400041]
    (order,) = pc.buy(bundle)["orders"]
    assert "-" in order["id"]
    base, addon = pc.get(f"{pc.at}/subscriptions")["items"]
    assert (base["offerId"], addon["parentSubscriptionId"]) == (BASE, base["id"])
    assert pc.get(f"{pc.at}/subscriptions/{base['id']}/addons")["items"][0]["id"] == addon["id"]
    parent = {"parentSubscriptionId": base["id"]}
    assert errors(pc.cart(offer(ADDON, provisioningContext=parent))) == [None]


def test_a_segment_is_checked_at_checkout(pc: Wire) -> None:
    """commerce.md 2.4: 800020 in orderErrors, the other group is bought."""
    school = {"product": CLOUD_PC, "segments": ["education"], "terms": [MONTHLY]}
    world(pc, {"products": [school]})
    path = "/v1/products/CFQ7TTC0EX4M/skus/0001/availabilities?country=DE"
    item = pc.get(path)["items"][0]["catalogItemId"]
    result = pc.buy(pc.line(catalogItemId=item), pc.line(billingCycle="annual"))
    assert [row["code"] for row in result["orderErrors"]] == [800020]
    assert len(result["orders"]) == 1


def test_a_world_can_refuse_products_at_checkout(pc: Wire) -> None:
    """commerce.md 2.4: half of the cart is bought, and a repeat says so again."""
    world(pc, settings={"purchases": {"refused": [PREMIUM]}})
    cart = pc.cart(pc.line(), pc.line(BASIC, billingCycle="annual"))
    path = f"{pc.at}/carts/{cart['id']}/checkout"
    first, again = (pc.send("POST", path).json() for _ in range(2))
    assert [row["code"] for row in first["orderErrors"]] == [800020]
    assert len(first["orders"]) == 1
    assert first == again


@pytest.mark.parametrize(
    "rules, code",
    [({"credit": "limit"}, 800023), ({"credit": "blocked"}, 900121), ({"risk": True}, 800069)],
    ids=str,
)
def test_credit_and_risk_refuse_a_checkout(pc: Wire, rules: dict[str, Any], code: int) -> None:
    world(pc, settings={"purchases": rules})
    cart = pc.cart(pc.line())
    assert pc.refused("POST", f"{pc.at}/carts/{cart['id']}/checkout") == (403, code)
    assert pc.get(f"{pc.at}/carts/{cart['id']}")["status"] == "Active"


def test_a_repeated_checkout_can_be_an_error(pc: Wire) -> None:
    """commerce.md 19: accept both."""
    world(pc, settings={"purchases": {"repeat": "error"}})
    cart = pc.cart(pc.line())
    path = f"{pc.at}/carts/{cart['id']}/checkout"
    assert pc.send("POST", path).status_code == 201
    assert pc.refused("POST", path) == (400, 800065)


def test_an_account_of_unknown_standing_cannot_buy(pc: Wire) -> None:
    world(pc, validationStatus="Unknown")
    body = {"partnerOnRecordAttestationAccepted": True, "lineItems": [pc.line()]}
    assert pc.refused("POST", f"{pc.at}/carts", body) == (403, 800074)


def test_a_free_trial_says_what_it_becomes(pc: Wire) -> None:
    free = {"termDuration": "P1M", "billingCycle": "none", "chargePrice": 0}
    trial = {"product": CLOUD_PC, "kind": "saas", "terms": [free]}
    world(pc, {"products": [trial]})
    line = pc.line(
        CLOUD_PC, termDuration="P1M", billingCycle="none", renewsTo={"termDuration": "P1Y"}
    )
    (order,) = pc.buy(line)["orders"]
    assert order["lineItems"][0]["renewsTo"] == {"termDuration": "P1Y"}
