"""Customers, profiles, domains, budgets, usage, validations: customers.md 2 to 9 and 14."""

from __future__ import annotations

import copy
import json
from decimal import Decimal
from typing import Any

import pytest

from .test_emulator_conventions import NEW_CUSTOMER
from .wire import Wire


def new(**changes: Any) -> dict[str, Any]:
    """A body for create; `address__city` sets a nested member, None removes it."""
    body: dict[str, Any] = json.loads(NEW_CUSTOMER)
    places = {
        "address": body["billingProfile"]["defaultAddress"],
        "billing": body["billingProfile"],
        "company": body["companyProfile"],
        "body": body,
    }
    for word, value in changes.items():
        place, _, name = word.partition("__")
        places[place][name] = value
        if value is None:
            del places[place][name]
    return body


def test_create_returns_the_password_once(pc: Wire) -> None:
    """customers.md 2: 201, credentials only here, relationship none in this answer."""
    answer = pc.send("POST", "/v1/customers", new(billing__culture="DE-de"), token="app")
    assert answer.status_code == 201
    made = answer.json()
    assert made["userCredentials"]["userName"] == "admin"
    assert made["relationshipToPartner"] == "none"
    read = pc.get(f"/v1/customers/{made['id']}")
    assert "userCredentials" not in read
    assert read["relationshipToPartner"] == "reseller"
    assert read["billingProfile"]["culture"] == "de-DE"
    assert read["companyProfile"]["companyName"] == "Fabrikam"
    assert read["companyProfile"]["tenantId"] == made["id"]
    users = pc.get(f"/v1/customers/{made['id']}/users")["items"]
    assert [row["userPrincipalName"] for row in users] == ["admin@fabrikam.onmicrosoft.com"]


def test_create_reads_pascal_case_and_nulls(pc: Wire) -> None:
    """clients.md: the SDK writes PascalCase and every null."""

    def pascal(value: Any) -> Any:
        if isinstance(value, dict):
            return {name[:1].upper() + name[1:]: pascal(member) for name, member in value.items()}
        return value

    body = pascal(new()) | {"Id": None, "UserCredentials": None, "CustomDomains": None}
    assert pc.send("POST", "/v1/customers", body).status_code == 201


def test_domain_is_taken_afterwards(pc: Wire) -> None:
    """customers.md 14: HEAD gives 404 for free, 200 for taken; a second create is refused."""
    path = "/v1/domains/Fabrikam.onmicrosoft.com"
    assert pc.send("HEAD", path).status_code == 404
    assert pc.send("POST", "/v1/customers", new()).status_code == 201
    taken = pc.send("HEAD", path)
    assert (taken.status_code, taken.content) == (200, b"")
    assert pc.refused("POST", "/v1/customers", new()) == (400, 3000)


@pytest.mark.parametrize(
    "changes",
    [
        {"company__domain": None},
        {"company__domain": "fabrikam.com"},
        {"company__domain": "a" * 28 + ".onmicrosoft.com"},
        {"billing__email": None},
        {"billing__culture": None},
        {"billing__culture": "german"},
        {"billing__language": "deu"},
        {"billing__companyName": " "},
        {"billing__defaultAddress": None},
        {"address__country": "UK"},
        {"address__addressLine1": None},
        {"address__addressLine1": "x" * 201},
        {"address__firstName": None},
        {"address__city": None},
        {"address__postalCode": "1067"},
        {"body__billingProfile": None},
    ],
    ids=str,
)
def test_create_refuses_what_is_missing_or_malformed(pc: Wire, changes: dict[str, Any]) -> None:
    assert pc.refused("POST", "/v1/customers", new(**changes)) == (400, 3000)
    assert pc.get("/v1/customers")["totalCount"] == 0


POLAND = {"address__country": "PL", "address__postalCode": "00-001"}
BELARUS = {"address__country": "BY", "address__postalCode": "220004"}


@pytest.mark.parametrize(
    "changes, expected",
    [
        ({"company__organizationRegistrationNumber": "123"}, 600002),
        (POLAND, 600049),
        ({**POLAND, "company__organizationRegistrationNumber": "5260250274"}, 600051),
        ({**BELARUS, "company__organizationRegistrationNumber": "12"}, 600050),
    ],
    ids=["elsewhere", "missing", "no phone", "wrong form"],
)
def test_registration_numbers(pc: Wire, changes: dict[str, Any], expected: int) -> None:
    """customers.md 2: required in 24 countries with a phone number, refused elsewhere."""
    assert pc.refused("POST", "/v1/customers", new(**changes)) == (400, expected)


def test_registration_number_is_kept(pc: Wire) -> None:
    number = {"company__organizationRegistrationNumber": "5260250274"}
    body = new(**POLAND, **number, address__phoneNumber="+48221234567")
    made = pc.send("POST", "/v1/customers", body).json()
    company = pc.get(f"/v1/customers/{made['id']}/profiles/company")
    assert company["organizationRegistrationNumber"] == "5260250274"


@pytest.mark.parametrize("state, status", [("WA", 201), ("ZZ", 400), (None, 400)])
def test_states_are_checked_where_there_is_a_list(pc: Wire, state: str | None, status: int) -> None:
    changes = {"address__country": "US", "address__postalCode": "98052", "address__state": state}
    if state is None:
        del changes["address__state"]
    assert pc.send("POST", "/v1/customers", new(**changes)).status_code == status


def test_reseller_needs_a_user_and_a_provider(pc: Wire) -> None:
    body = new(body__associatedPartnerId="0d9a1b2c-0000-4000-8000-000000000000")
    assert pc.refused("POST", "/v1/customers", body, token="app") == (403, 900329)
    assert pc.refused("POST", "/v1/customers", body) == (400, 800016)


def test_without_default_gdap_there_is_no_delegation(pc: Wire) -> None:
    body = new(body__enableGDAPByDefault=False)
    made = pc.send("POST", "/v1/customers", body).json()
    assert pc.refused("GET", f"/v1/customers/{made['id']}/users") == (403, 900308)


@pytest.mark.parametrize(
    "agreements, now, later",
    [("immediate", True, True), ("never", False, False), ({"after": "PT10M"}, False, True)],
    ids=["immediate", "never", "after"],
)
def test_agreements_of_new_customers(pc: Wire, agreements: Any, now: bool, later: bool) -> None:
    """customers.md 6: both reads, user only; the default kind of metadata is the retired one."""
    pc.seed(settings={"agreements": agreements})
    made = pc.send("POST", "/v1/customers", new()).json()
    at = f"/v1/customers/{made['id']}"

    def signed() -> tuple[bool, int]:
        listed = pc.get(f"{at}/agreements?agreementType=MicrosoftCustomerAgreement")
        status = pc.get(f"{at}/directSignedMicrosoftCustomerAgreementStatus")
        return status["isSigned"], listed["totalCount"]

    assert signed() == (now, int(now))
    pc.advance("PT10M")
    assert signed() == (later, int(later))


def test_list_items_are_thin(pc: Wire) -> None:
    pc.contoso()
    (item,) = pc.get("/v1/customers")["items"]
    assert "billingProfile" not in item
    assert "commerceId" not in item


def test_billing_profile_is_replaced_whole(pc: Wire) -> None:
    """customers.md 4: what is left out is cleared, unknown members are kept, the etag changes."""
    pc.contoso()
    path = f"{pc.at}/profiles/billing"
    read = pc.get(path)
    body = copy.deepcopy(read)
    del body["lastName"]
    body["companyName"] = "Contoso AG"
    body["defaultAddress"]["middleName"] = "M"
    answer = pc.send("PUT", path, body)
    assert answer.status_code == 200
    after = pc.get(path)
    assert answer.json() == after
    assert "lastName" not in after
    assert after["defaultAddress"]["middleName"] == "M"
    assert after["attributes"]["etag"] != read["attributes"]["etag"]
    assert pc.get(pc.at)["companyProfile"]["companyName"] == "Contoso AG"
    kinds = [row["operationType"] for row in pc.get("/v1/auditrecords")["items"]]
    assert sorted(kinds) == [
        "update_customer_billing_profile",
        "update_customer_partner_contract_company_name",
    ]


def test_etag_from_header_or_body(pc: Wire) -> None:
    """customers.md 4: header first, else the body; 400/2055 if stale or missing."""
    pc.contoso()
    path = f"{pc.at}/profiles/billing"
    read = pc.get(path)
    bare = {name: value for name, value in read.items() if name != "attributes"}
    quoted = {"If-Match": f'"{read["attributes"]["etag"]}"'}
    assert pc.refused("PUT", path, bare) == (400, 2055)
    assert pc.refused("PUT", path, read, headers={"If-Match": '"1"'}) == (400, 2055)
    assert pc.send("PUT", path, bare, headers=quoted).status_code == 200
    assert pc.refused("PUT", path, read) == (400, 2055)


@pytest.mark.parametrize(
    "change", [{"email": None}, {"id": "00000000-0000-4000-8000-000000000000"}, {"culture": "x"}]
)
def test_billing_profile_rules_of_create_apply(pc: Wire, change: dict[str, Any]) -> None:
    pc.contoso()
    path = f"{pc.at}/profiles/billing"
    assert pc.refused("PUT", path, pc.get(path) | change) == (400, 3000)


def test_country_cannot_change(pc: Wire) -> None:
    pc.contoso()
    path = f"{pc.at}/profiles/billing"
    body = pc.get(path)
    body["defaultAddress"] |= {"country": "AT", "postalCode": "1010"}
    assert pc.refused("PUT", path, body) == (400, 3000)


def test_organization_and_domains_are_bare_arrays(pc: Wire) -> None:
    pc.contoso(customDomains=["contoso.com"])
    (organization,) = pc.get(f"{pc.at}/organization")
    assert organization["countryLetterCode"] == "DE"
    assert pc.get(f"{pc.at}/customDomains") == ["contoso.onmicrosoft.com", "contoso.com"]


def test_budget_is_exact_and_null_clears_it(pc: Wire) -> None:
    """customers.md 9: PATCH null means no budget; 0 is a value."""
    pc.contoso(budget=100)
    path = f"{pc.at}/usagebudget"
    assert pc.get(path)["amount"] == 100
    assert pc.send("PATCH", path, {"Amount": 250.55}).json()["amount"] == 250.55
    assert b'"amount":250.55' in pc.send("GET", path).content
    assert "amount" not in pc.send("PATCH", path, {"amount": None}).json()
    assert "amount" not in pc.get(path)
    assert pc.send("PATCH", path, {"amount": 0}).json()["amount"] == 0


@pytest.mark.parametrize("body", [{"amount": -1}, {"amount": "5"}, {"amount": True}, {}])
def test_budget_refuses_nonsense(pc: Wire, body: dict[str, Any]) -> None:
    pc.contoso(budget=100)
    assert pc.refused("PATCH", f"{pc.at}/usagebudget", body) == (400, 3000)


def test_budget_needs_azure(pc: Wire) -> None:
    pc.contoso()
    assert "amount" not in pc.get(f"{pc.at}/usagebudget")
    assert pc.refused("PATCH", f"{pc.at}/usagebudget", {"amount": 5}) == (403, 900108)


def test_usage_records_hold_the_budget(pc: Wire) -> None:
    """insight.md 3.2: customers without Azure are missing; percentUsed has two places."""
    pc.seed(
        customers=[
            {"domain": "a.onmicrosoft.com", "country": "SE", "budget": 20, "spend": "120.568299"},
            {"domain": "b.onmicrosoft.com", "azure": True},
            {"domain": "c.onmicrosoft.com"},
        ]
    )
    first, second = pc.get("/v1/customers/usagerecords")["items"]
    assert Decimal(str(first["percentUsed"])) == Decimal("602.84")
    assert (first["budget"]["amount"], first["currencyCode"]) == (20, "SEK")
    assert second["percentUsed"] == 0
    assert "amount" not in second["budget"]
    assert first["attributes"]["objectType"] == "CustomerMonthlyUsageRecord"


def test_usage_lag_and_new_month(pc: Wire) -> None:
    pc.contoso(settings={"usageLag": "P1D"}, budget=100, spend=40)
    pc.send("PATCH", f"{pc.at}/usagebudget", {"amount": 200})
    (record,) = pc.get("/v1/customers/usagerecords")["items"]
    assert record["budget"]["amount"] == 100
    assert record["lastModifiedDate"] == "2026-11-21T09:00:00Z"
    pc.advance("P1D")
    (record,) = pc.get("/v1/customers/usagerecords")["items"]
    assert (record["budget"]["amount"], record["totalCost"]) == (200, 40)
    pc.advance("P9D")
    (record,) = pc.get("/v1/customers/usagerecords")["items"]
    assert record["totalCost"] == 0


@pytest.mark.parametrize(
    "seeded, expected", [("Allowed", "Allowed"), ("UnderReview", "UnderReview")]
)
def test_validation_status(pc: Wire, seeded: str, expected: str) -> None:
    pc.contoso(validationStatus=seeded)
    assert pc.get(f"{pc.at}/validationStatus?type=Account")["status"] == expected


def test_no_validation_record_has_its_own_error_shape(pc: Wire) -> None:
    """customers.md 5."""
    pc.contoso(validationStatus="none")
    answer = pc.send("GET", f"{pc.at}/validationStatus?type=account")
    assert answer.status_code == 404
    assert answer.json()["errorName"] == "AccountStatusNotFound"
    assert answer.json()["code"] == 600074


@pytest.mark.parametrize(
    "changes, status",
    [
        ({}, "VerifiedShippable"),
        ({"addressLine1": "Hauptstrasse"}, "PremisesPartial"),
        ({"postalCode": "1"}, "InteractionRequired"),
        ({"city": None}, "Multiple"),
        ({"city": None, "addressLine1": None}, "None"),
        ({"country": "XX"}, "NotValidated"),
    ],
    ids=str,
)
def test_address_check_is_always_200(pc: Wire, changes: dict[str, Any], status: str) -> None:
    """customers.md 14."""
    address = new()["billingProfile"]["defaultAddress"] | changes
    found = pc.send("POST", "/v1/validations/address", address, token="app")
    assert (found.status_code, found.json()["status"]) == (200, status)


def test_country_rules(pc: Wire) -> None:
    """customers.md 14: the flat form; UK is not a country."""
    found = pc.get("/v1/countryvalidationrules/US")
    assert (found["iso2Code"], found["isStateRequired"]) == ("US", True)
    assert len(found["supportedStatesList"]) == 51
    assert pc.get("/v1/countryvalidationrules/PT")["supportedStatesList"] == []
    answer = pc.send("GET", "/v1/countryvalidationrules/UK")
    assert answer.status_code == 400
    assert "No validation rules were found for country UK" in answer.json()["description"]
