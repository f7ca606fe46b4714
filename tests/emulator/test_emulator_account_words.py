"""The words of a world file for accounts and the partner: all of them, kept in a state file."""

from __future__ import annotations

from typing import Any

import pytest

from pcsync.emulator import load_world
from pcsync.emulator.codec import form
from pcsync.emulator.customer import Customer
from pcsync.emulator.dump import dump
from pcsync.emulator.section import WorldError
from pcsync.emulator.world import Partner

OTHER = "55555555-5555-4555-8555-555555555555"
PARTNER: dict[str, Any] = {
    "sandbox": False,
    "registrar": True,
    "resellers": [{"name": "Adatum", "mpnId": "4847383", "location": "DE", "agreement": False}],
    "validationCodes": [{"validationId": 7, "organizationName": "Adatum", "maxCreates": 3}],
    "withoutMfa": [{"userPrincipalName": "lee@northwind.com"}],
}
CUSTOMER: dict[str, Any] = {
    "domain": "contoso.onmicrosoft.com",
    "relationship": "reseller",
    "dap": True,
    "associatedPartnerId": "adatum",
    "qualifications": [
        {"qualification": "Education", "vettingStatus": "InReview"},
        {"qualification": "StateOwnedEntity"},
    ],
    "vetting": {"outcome": "Denied", "reason": "Not an Education Customer"},
    "selfServe": ["AzureSavingsPlan"],
    "entitlements": [{"product": "DG7GMGF0D5RK:0004", "expiryDate": "2027-01-01"}],
    "usage": [{"resource": "web", "cost": "1.25", "quantity": 2}],
    "transfers": [
        {
            "sourcePartnerTenantId": OTHER,
            "sourcePartnerName": "Fabrikam",
            "lineItems": [{"product": "CFQ7TTC0LCHC:0002", "quantity": 2}],
        }
    ],
}


def test_every_word_is_kept() -> None:
    world = load_world({"partner": PARTNER, "customers": [CUSTOMER]})
    (customer,) = world.customers.values()
    for kind, value in ((Customer, customer), (Partner, world.partner)):
        written = form(kind).write(value)
        assert form(kind).read(written) == value
    shown = dump(world)["customers"][0]
    account = shown["account"]
    assert shown["azure"] is True
    assert account["associatedPartnerId"] == world.partner.resellers[0].id
    assert account["qualifications"][0]["vettingStatus"] == "InReview"
    assert account["selfServe"] == ["AzureSavingsPlan"]
    assert list(account["transfers"].values()) == ["Active"]


@pytest.mark.parametrize(
    "words, where",
    [
        ({"relationship": "friend"}, "relationship"),
        ({"associatedPartnerId": "nobody"}, "associatedPartnerId"),
        ({"qualifications": [{"qualification": "Club"}]}, "qualification"),
        ({"vetting": {"outcome": "Maybe"}}, "outcome"),
        ({"selfServe": ["Coffee"]}, "selfServe"),
        ({"entitlements": [{"product": "A:B", "type": "seats"}]}, "type"),
        ({"transfers": [{"sourcePartnerTenantId": OTHER, "status": "Lost"}]}, "status"),
        (
            {"transfers": [{"sourcePartnerTenantId": OTHER, "lineItems": [{"product": "A:B"}]}]},
            "product",
        ),
    ],
    ids=str,
)
def test_wrong_words_are_named(words: dict[str, Any], where: str) -> None:
    with pytest.raises(WorldError, match=where):
        load_world({"customers": [{"domain": "contoso.onmicrosoft.com", **words}]})


@pytest.mark.parametrize(
    "settings", [{"exclusivePlans": ["A"]}, {"requiredPlans": []}, {"upgradeTime": "soon"}], ids=str
)
def test_wrong_settings_are_named(settings: dict[str, Any]) -> None:
    with pytest.raises(WorldError, match=next(iter(settings))):
        load_world({"settings": settings})
