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


def test_who_suspended_a_subscription_and_what_is_below_an_azure_plan() -> None:
    """Words of a subscription: the activity log and the entitlements show them."""
    offer = "2b3b8d2d-10aa-4be4-b5fd-7f2feb0c3091"
    rows: list[dict[str, Any]] = [
        {"product": "DZH318Z0BPS6:0001", "azureSubscriptions": ["prod", "dev"]},
        {
            "product": offer,
            "status": "suspended",
            "suspendedAt": "2026-10-05T13:40:00Z",
            "suspendedBy": "lee@northwind.com",
        },
    ]
    catalog = {"offers": [{"id": offer, "name": "E3", "licence": "SPE_E3"}]}
    customer = {"domain": "contoso.onmicrosoft.com", "azure": True, "subscriptions": rows}
    world = load_world({"catalog": catalog, "customers": [customer]})
    (found,) = world.customers.values()
    azure, old = found.subscriptions.values()
    assert [azure.azure_names[each] for each in azure.entitlements] == ["prod", "dev"]
    assert form(Customer).read(form(Customer).write(found)) == found
    (record,) = world.audit
    assert record.at == old.suspended_at
    assert record.body["userPrincipalName"] == "lee@northwind.com"
    assert record.body["operationDate"].startswith("2026-10-05T13:40")
    assert '"Status":"suspended"' in record.body["resourceNewValue"].replace(" ", "")
