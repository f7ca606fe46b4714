"""Qualifications, agreements, self-serve policies, entitlements: customers.md 5 to 8."""

from __future__ import annotations

from typing import Any

import pytest

from .wire import CONTOSO, TENANT, Wire

EDUCATION = {"Qualification": "Education", "EducationSegment": "K12", "Website": None}
GOVERNMENT = {"qualification": "GovernmentCommunityCloud", "validationCode": "123"}
STATE = {"qualification": "StateOwnedEntity"}
CODES = {"validationCodes": [{"validationId": 123, "organizationName": "Adatum"}]}
OLD = {"contract": "2023-10"}
MCA = "117a77b0-9360-443b-8795-c6dedc750cf9"
POLICY = "/v1/SelfServePolicy"


def seed(pc: Wire, settings: dict[str, Any] | None = None, **words: Any) -> None:
    customer = {"id": CONTOSO, "domain": "contoso.onmicrosoft.com", **words}
    pc.seed(partner=CODES, settings=settings or {}, customers=[customer])


@pytest.mark.parametrize(
    "vetting, after",
    [
        ({}, {"vettingStatus": "Approved"}),
        (
            {"outcome": "Denied", "reason": "Not an Academic Domain"},
            {"vettingStatus": "Denied", "vettingReason": "Not an Academic Domain"},
        ),
    ],
)
def test_vetting_takes_days_and_ends_as_the_world_says(
    pc: Wire, vetting: dict[str, Any], after: dict[str, Any]
) -> None:
    seed(pc, vetting=vetting)
    path = f"{pc.at}/qualifications"
    assert pc.get(path) == []
    made = pc.send("POST", path, EDUCATION)
    assert made.status_code == 201
    review = {
        "qualification": "Education",
        "vettingStatus": "InReview",
        "vettingCreateDate": "2026-11-22T09:00:00Z",
    }
    assert made.json() == review
    assert pc.get(path, token="app") == [review]
    pc.advance("P1D")
    assert pc.get(path) == [review]
    pc.advance("P1D")
    assert pc.get(path) == [{**review, **after}]


def test_denied_can_be_sent_again(pc: Wire) -> None:
    seed(pc, qualifications=[{"qualification": "Education", "vettingStatus": "Denied"}])
    assert pc.send("POST", f"{pc.at}/qualifications", EDUCATION).status_code == 201
    assert [row["vettingStatus"] for row in pc.get(f"{pc.at}/qualifications")] == ["InReview"]


@pytest.mark.parametrize(
    "first, second, works",
    [
        (EDUCATION, GOVERNMENT, False),
        (GOVERNMENT, EDUCATION, False),
        (EDUCATION, EDUCATION, False),
        (EDUCATION, STATE, True),
        (STATE, GOVERNMENT, True),
    ],
)
def test_what_excludes_what(
    pc: Wire, first: dict[str, Any], second: dict[str, Any], works: bool
) -> None:
    seed(pc)
    path = f"{pc.at}/qualifications"
    assert pc.send("POST", path, first).status_code == 201
    assert (pc.send("POST", path, second).status_code == 201) is works


@pytest.mark.parametrize(
    "body, code",
    [
        ({"qualification": "Nonprofit"}, 900126),
        ({"qualification": "None"}, 900126),
        ({"qualification": "Education"}, 3000),
        ({"qualification": "Education", "educationSegment": "Kindergarten"}, 3000),
        ({"qualification": "GovernmentCommunityCloud"}, 3000),
        ({**GOVERNMENT, "validationCode": "124"}, 3000),
        ({}, 3000),
    ],
)
def test_qualifications_that_are_refused(pc: Wire, body: dict[str, Any], code: int) -> None:
    seed(pc)
    assert pc.refused("POST", f"{pc.at}/qualifications", body) == (400, code)
    assert pc.get(f"{pc.at}/qualifications") == []
    (record,) = pc.get("/v1/auditrecords")["items"]
    assert record["operationType"] == "update_customer_qualification"
    assert record["operationStatus"] == "failed"


def test_state_owned_has_no_vetting(pc: Wire) -> None:
    seed(pc)
    made = pc.send("POST", f"{pc.at}/qualifications", STATE)
    assert made.json() == {"qualification": "StateOwnedEntity"}
    assert pc.refused("POST", f"{pc.at}/qualifications", STATE, token="app") == (403, 900329)


def test_old_code_in_the_query(pc: Wire) -> None:
    """api-change-log.md shows ?code=; the body is asked for since May 2023."""
    seed(pc)
    body = {"qualification": "GovernmentCommunityCloud"}
    assert pc.send("POST", f"{pc.at}/qualifications?code=123", body).status_code == 201


def test_validation_codes(pc: Wire) -> None:
    seed(pc)
    (row,) = pc.get("/v1/customers/all/validations", token="app")
    assert (row["partnerId"], row["validationId"]) == (TENANT, 123)
    assert row["eTag"].startswith('W/"')
    assert row["maxCreates"] is None


def test_the_old_synchronous_form(pc: Wire) -> None:
    path = f"{pc.at}/qualification"
    seed(pc)
    assert pc.refused("GET", path) == (404, 1000)
    seed(pc, OLD)
    assert pc.get(path) == "none"
    for body, word in (
        (3, "governmentcommunitycloud"),
        ("nonprofit", "nonprofit"),
        (1, "education"),
    ):
        answer = pc.send("PUT", f"{path}?code=123", body)
        assert (answer.status_code, answer.json()) == (200, word)
    assert pc.refused("PUT", path, 0) == (400, 3000)
    assert pc.refused("PUT", path, 9) == (400, 900126)


AGREED: dict[str, Any] = {
    "primaryContact": {"firstName": "Kim", "lastName": "Akers", "email": "kim@contoso.com"},
    "templateId": MCA,
    "dateAgreed": "2026-11-01T00:00:00Z",
    "type": "MicrosoftCustomerAgreement",
}


def test_confirming_an_agreement_under_the_old_contract(pc: Wire) -> None:
    seed(pc, OLD, agreement=False)
    path = f"{pc.at}/agreements"
    assert pc.get(path)["items"] == []
    made = pc.send("POST", path, AGREED)
    assert made.status_code == 201
    assert made.json()["dateAgreed"] == "2026-11-01T00:00:00Z"
    assert pc.refused("POST", path, AGREED) == (400, 600061)
    other = {**AGREED, "primaryContact": {**AGREED["primaryContact"], "phoneNumber": "1"}}
    assert pc.send("POST", path, other).status_code == 201
    assert len(pc.get(f"{path}?agreementType=MicrosoftCustomerAgreement")["items"]) == 2
    assert pc.get(f"{path}?agreementType=MicrosoftCloudAgreement")["items"] == []
    status = f"{pc.at}/directSignedMicrosoftCustomerAgreementStatus"
    assert pc.get(status) == {"isSigned": False}
    assert pc.refused("POST", path, AGREED, token="app") == (403, 900329)
    assert pc.get("/v1/auditrecords")["items"][-1]["operationType"] == "create_agreement"


def test_the_partners_word_no_longer_counts(pc: Wire) -> None:
    """customers.md 6: ended on 5 January 2026."""
    seed(pc, agreement=False)
    assert pc.refused("POST", f"{pc.at}/agreements", AGREED) == (400, 900141)
    attested = {**AGREED, "attestationId": CONTOSO}
    assert pc.refused("POST", f"{pc.at}/agreements", attested, token="app") == (400, 3000)
    assert pc.get(f"{pc.at}/agreements")["items"] == []


@pytest.mark.parametrize(
    "change",
    [
        {"dateAgreed": "2026-11-23T00:00:00Z"},
        {"dateAgreed": None},
        {"templateId": CONTOSO},
        {"primaryContact": None},
        {"primaryContact": {"firstName": "Kim", "lastName": "Akers"}},
        {"type": "Handshake"},
    ],
    ids=str,
)
def test_agreements_that_are_refused(pc: Wire, change: dict[str, Any]) -> None:
    seed(pc, OLD, agreement=False)
    assert pc.send("POST", f"{pc.at}/agreements", {**AGREED, **change}).status_code == 400


def test_agreement_document(pc: Wire) -> None:
    path = f"/v1/agreementtemplates/{MCA}/document"
    found = pc.get(path)
    assert (found["language"], found["country"]) == ("en-US", "US")
    assert pc.get(f"{path}?language=de-DE&country=DE")["downloadUri"].endswith("/de-DE/DE.pdf")
    assert pc.refused("GET", f"{path}?country=de") == (400, 3000)
    assert pc.refused("GET", f"/v1/agreementtemplates/{MCA.upper()}/document") == (404, 1000)
    assert pc.refused("GET", path, token="app") == (403, 900329)


def policy(**changes: Any) -> dict[str, Any]:
    return {
        "selfServeEntity": {"selfServeEntityType": "customer", "tenantID": CONTOSO},
        "grantor": {"grantorType": "billToPartner", "tenantID": TENANT},
        "permissions": [{"resource": "AzureReservedInstances", "action": "Purchase"}],
        **changes,
    }


def test_self_serve_policy_comes_and_goes(pc: Wire) -> None:
    seed(pc)
    made = pc.send("POST", POLICY, policy())
    assert made.status_code == 201
    key = f"{TENANT}_{CONTOSO}"
    assert made.json()["id"] == key
    assert made.json()["attributes"]["etag"].startswith('"')
    assert pc.refused("POST", POLICY, policy()) == (409, 600041)
    assert pc.get(f"{POLICY}?entity_Id={CONTOSO}")["items"] == [made.json()]
    both = [{"Resource": "AzureSavingsPlan", "Action": "Purchase"}, policy()["permissions"][0]]
    changed = pc.send("PUT", f"{POLICY}/{key}", {**made.json(), "permissions": both})
    assert changed.status_code == 200
    assert len(changed.json()["permissions"]) == 2
    assert pc.refused("PUT", POLICY, made.json()) == (400, 2055)
    again = pc.send("PUT", POLICY, changed.json())
    assert again.json()["attributes"]["etag"] != changed.json()["attributes"]["etag"]
    assert pc.send("DELETE", f"{POLICY}/{key}").status_code == 204
    for method in ("GET", "DELETE"):
        assert pc.refused(method, f"{POLICY}/{key}") == (404, 600039)
    kinds = [row["operationType"] for row in pc.get("/v1/auditrecords")["items"]]
    assert "update_self_serve_policy" in kinds


@pytest.mark.parametrize(
    "change, status, code",
    [
        ({"permissions": []}, 400, 3000),
        ({"permissions": [{"resource": "Coffee", "action": "Purchase"}]}, 400, 900126),
        ({"permissions": [{"resource": "AzureSavingsPlan", "action": "Sell"}]}, 400, 900126),
        ({"grantor": {"grantorType": "billToPartner", "tenantID": CONTOSO}}, 400, 3000),
        ({"selfServeEntity": {"selfServeEntityType": "customer", "tenantID": TENANT}}, 404, 1000),
    ],
)
def test_policies_that_are_refused(
    pc: Wire, change: dict[str, Any], status: int, code: int
) -> None:
    seed(pc)
    assert pc.refused("POST", POLICY, policy(**change)) == (status, code)


def test_policy_id_must_agree(pc: Wire) -> None:
    seed(pc, selfServe=["AzureSavingsPlan"])
    key = f"{TENANT}_{CONTOSO}"
    body = {**policy(), "id": f"{TENANT}_{TENANT}"}
    assert pc.refused("PUT", f"{POLICY}/{key}", body) == (404, 600040)
    assert pc.refused("PUT", POLICY, body) == (404, 600039)
    assert pc.refused("GET", f"{POLICY}/{key}", token="app") == (403, 900329)


def test_entitlements(pc: Wire) -> None:
    software = {"product": "DG7GMGF0D5RK:0004", "orderId": "a1", "quantity": 3}
    reserved = {
        "product": "DZH318Z0BQ4W:0001",
        "type": "reservedinstance",
        "expiryDate": "2027-11-22",
    }
    seed(pc, entitlements=[software, reserved])
    path = f"{pc.at}/entitlements"
    rows = pc.get(path)["items"]
    assert [row["entitlementType"] for row in rows] == ["software", "reservedinstance"]
    assert rows[0]["referenceOrder"]["id"] == "a1"
    assert rows[0]["referenceOrder"]["lineItemId"] == "0"
    assert "expiryDate" not in rows[1]
    for word in ("reservedInstance", "virtualmachinereservedinstance"):
        (row,) = pc.get(f"{path}?entitlementType={word}&showExpiry=true")["items"]
        assert row["expiryDate"].startswith("2027-11-22")
    assert pc.refused("GET", f"{path}?entitlementType=seats") == (400, 900126)
    assert pc.refused("GET", path, token="app") == (403, 900329)
