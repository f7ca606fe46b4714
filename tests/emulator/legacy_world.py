"""Legacy offers and subscriptions for tests."""

from __future__ import annotations

from typing import Any

from .wire import CONTOSO, Wire

OFFER = "031c9e47-4802-4248-838e-778fb1d2cc05"
BIGGER = "796b6b5f-613c-4e24-a17c-eba730d49c02"
ADDON = "c94271d8-b431-4a25-a3c5-a57737a1c909"
TRIAL = "a5d1a5ad-3a4e-4f6c-8fdb-3b4d2e0ad801"
BASE = "33333333-3333-4333-8333-333333333333"
EXTRA = "44444444-4444-4444-8444-444444444444"
NEW = "CFQ7TTC0LDPB:0001"
OFFERS: list[dict[str, Any]] = [
    {
        "id": OFFER,
        "name": "Business Premium",
        "licence": "O365_BUSINESS_PREMIUM",
        "prices": {"monthly": 15, "annual": 150},
        "maximumQuantity": 300,
        "replacedBy": [NEW],
        "upgradeTargetOffers": [BIGGER],
    },
    {"id": BIGGER, "name": "Enterprise", "licence": "SPE_E3", "prices": {"monthly": 20}},
    {
        "id": ADDON,
        "name": "Directory add-on",
        "licence": "AAD_PREMIUM",
        "prices": {"monthly": 4},
        "prerequisiteOffers": [OFFER],
        "replacedBy": ["CFQ7TTC0LFLS:0002"],
    },
    {
        "id": TRIAL,
        "name": "Business Premium Trial",
        "licence": "O365_BUSINESS_PREMIUM",
        "category": "Trial",
        "prices": {"none": 0},
        "isTrial": True,
    },
]
BOUGHT = "2026-03-01T09:00:00Z"


def seed(
    pc: Wire,
    *more: dict[str, Any],
    users: list[dict[str, Any]] | None = None,
    partner: dict[str, Any] | None = None,
    settings: dict[str, Any] | None = None,
    **words: Any,
) -> None:
    """A base with 10 seats, bought on 1 March, and further subscriptions."""
    row = {"id": BASE, "product": OFFER, "quantity": 10, "creationDate": BOUGHT, **words}
    customer = {
        "id": CONTOSO,
        "domain": "contoso.onmicrosoft.com",
        "country": "DE",
        "users": users or [],
        "subscriptions": [row, *more],
    }
    world = {"catalog": {"offers": OFFERS}, "partner": partner or {}, "settings": settings or {}}
    pc.seed(**world, customers=[customer])


def addon(**more: Any) -> dict[str, Any]:
    """An add-on of the base."""
    row = {"id": EXTRA, "product": ADDON, "quantity": 10, "creationDate": BOUGHT}
    return {**row, "parentSubscriptionId": BASE, **more}
