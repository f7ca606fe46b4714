"""The catalogue of a world: own products, segments, promotions, legacy offers (commerce.md 1)."""

from __future__ import annotations

from typing import Any

import pytest

from .wire import CONTOSO, PREMIUM, Wire

CLOUD_PC = "CFQ7TTC0EX4M:0001"
PROMOTION = "39NFJQT1PM6C:0005:39NFJQT1Q5L7"
ANNUAL = {"termDuration": "P1Y", "billingCycle": "annual", "chargePrice": 100}
MONTHLY = {"termDuration": "P1Y", "billingCycle": "monthly", "chargePrice": 10}


def world(pc: Wire, catalog: dict[str, Any], **words: Any) -> None:
    customer = {"id": CONTOSO, "domain": "contoso.onmicrosoft.com", "country": "DE", **words}
    pc.seed(catalog=catalog, customers=[customer])


def own(**words: Any) -> dict[str, Any]:
    return {"products": [{"product": CLOUD_PC, "terms": [MONTHLY, ANNUAL], **words}]}


def promotion(**words: Any) -> dict[str, Any]:
    return {"promotions": [{"id": PROMOTION, "product": PREMIUM, "percent": 10, **words}]}


def verdict(pc: Wire, **change: Any) -> dict[str, Any]:
    row = {
        "id": 1,
        "catalogItemId": pc.item(),
        "quantity": 5,
        "termDuration": "P1Y",
        "billingCycle": "monthly",
        **change,
    }
    answer = pc.send("POST", f"{pc.at}/promotionEligibilities", {"items": [row]})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["items"][0]["eligibilities"][0]
    return found


def test_a_world_has_products_of_its_own(pc: Wire) -> None:
    world(pc, own(title="Windows 365 Business", attestation="Windows365", licence="FLOW_FREE"))
    sku = pc.get("/v1/products/CFQ7TTC0EX4M/skus/0001?country=DE")
    assert sku["attestationProperties"] == {
        "attestationType": "Windows365",
        "enforceAttestation": True,
    }
    pc.contoso()
    assert pc.refused("GET", "/v1/products/CFQ7TTC0EX4M?country=DE") == (404, 400013)


@pytest.mark.parametrize(
    "words, told",
    [
        ({"products": [{"product": CLOUD_PC}]}, "at least one term"),
        ({"products": [{"product": "X", "terms": [MONTHLY]}]}, "product:sku"),
        (own(segments=["military"]), "segments"),
        (own(licence="NONE"), "part number"),
        ({"promotions": [{"id": "X", "product": "A:B"}]}, "has no A:B"),
        ({"offers": [{"id": "X", "prices": {"weekly": 1}}]}, "prices"),
    ],
    ids=str,
)
def test_a_wrong_catalogue_is_refused(pc: Wire, words: dict[str, Any], told: str) -> None:
    answer = pc.control("POST", "seed", {"catalog": words})
    assert answer.status_code == 400
    assert told in answer.json()["description"]


def test_segments_need_their_qualification(pc: Wire) -> None:
    """commerce.md 1.12: without one all but nonprofit, of a customer what it may have."""
    segments = ["commercial", "education", "nonprofit"]
    world(pc, own(segments=segments))
    path = "products/CFQ7TTC0EX4M/skus/0001/availabilities"
    rows = pc.get(f"/v1/{path}?country=DE")["items"]
    assert [row["segment"] for row in rows] == ["commercial", "education"]
    assert len({row["id"] for row in rows}) == 2
    (nonprofit,) = pc.get(f"/v1/{path}?country=DE&targetSegment=nonprofit")["items"]
    assert pc.get(f"/v1/{path}/{nonprofit['id']}?country=DE")["segment"] == "nonprofit"
    assert [row["segment"] for row in pc.get(f"{pc.at}/{path}")["items"]] == ["commercial"]
    refused = pc.refused("GET", f"{pc.at}/{path}?targetSegment=education")
    assert refused == (403, 400030)
    world(pc, own(segments=segments), qualifications=[{"qualification": "Education"}])
    found = pc.get(f"{pc.at}/{path}?targetSegment=education")["items"]
    assert [row["segment"] for row in found] == ["education"]


def test_promotions_of_today(pc: Wire) -> None:
    """commerce.md 1.9: by id whatever the day."""
    world(pc, promotion(endDate="2026-01-01T00:00:00Z"))
    listed = "/v1/productpromotions?country=DE&segment="
    assert pc.get(listed + "commercial")["items"] == []
    assert pc.get(f"/v1/productpromotions/{PROMOTION}?country=DE")["id"] == PROMOTION
    world(pc, promotion())
    assert len(pc.get(listed + "commercial")["items"]) == 1
    assert pc.get(listed + "education")["items"] == []


@pytest.mark.parametrize(
    "words, change, expected",
    [
        ({}, {}, None),
        ({}, {"catalogItemId": "NONE:0001:X"}, {"type": "InvalidCatalogItemId"}),
        ({}, {"promotionId": "NONE"}, {"type": "InvalidPromotion"}),
        ({"product": CLOUD_PC}, {}, {"type": "NoPromotionsAvailable"}),
        ({"requires": [CLOUD_PC]}, {}, {"type": "PrerequisiteProductOwnership"}),
        (
            {"minSeats": 6, "maxSeats": 9},
            {},
            {"type": "SeatCount", "minimumRequiredSeats": 6, "maximumRequiredSeats": 9},
        ),
        (
            {"redemptions": 0},
            {},
            {"type": "RedemptionLimit", "maxPromotionRedemptionCount": 0},
        ),
        (
            {"termDuration": "P1M"},
            {},
            {"type": "Term", "eligibleTerms": [{"billingCycle": "monthly", "duration": "P1M"}]},
        ),
    ],
    ids=str,
)
def test_why_a_promotion_does_not_fit(
    pc: Wire, words: dict[str, Any], change: dict[str, Any], expected: dict[str, Any] | None
) -> None:
    world(pc, {**own(), **promotion(**words)})
    found = verdict(pc, **change)
    assert found["isEligible"] is (expected is None)
    if expected:
        assert expected.items() <= found["errors"][0].items()


def test_first_purchases_are_used_up_by_what_was_cancelled(pc: Wire) -> None:
    """commerce.md 13.7."""
    row = {"product": PREMIUM, "status": "deleted"}
    world(pc, promotion(firstPurchase=True), subscriptions=[row])
    assert verdict(pc)["errors"][0]["type"] == "OfferPurchasedPreviously"


def test_legacy_offers_are_paged_and_filtered(pc: Wire) -> None:
    offers = [{"id": f"offer-{n}", "name": f"Offer {n}"} for n in range(3)]
    offers.append({"id": "old", "isAvailableForPurchase": False, "category": "Government"})
    world(pc, {"offers": offers})
    listed = pc.get("/v1/offers?country=DE&offset=1&size=2", headers={"X-Locale": "de-DE"})
    assert [row["id"] for row in listed["items"]] == ["offer-1", "offer-2"]
    assert listed["items"][0]["locale"] == "de-de"
    found = pc.get("/v1/offers?country=DE&offer_category_id=government_key")["items"]
    assert [row["id"] for row in found] == ["old"]
    assert len(pc.get(f"{pc.at}/offers")["items"]) == 3
    assert pc.refused("GET", "/v1/offers/none?country=DE") == (404, 1000)
