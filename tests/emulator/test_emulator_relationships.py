"""Ending relationships, resellers, the sandbox: customers.md 2 and 3."""

from __future__ import annotations

from typing import Any

import pytest

from pcsync.emulator.call import ok
from pcsync.emulator.faults import Fault
from pcsync.emulator.routing import Routes, Table

from .test_emulator_customers import new
from .wire import CONTOSO, E3, PREMIUM, Wire

END = {"RelationshipToPartner": "none", "Attributes": {"ObjectType": "Customer"}}
NO_DAP = {"allowDelegatedAccess": False, "attributes": {"objectType": "Customer"}}
RESELLER = "44444444-4444-4444-8444-444444444444"
CUSTOMER = {"id": CONTOSO, "domain": "contoso.onmicrosoft.com", "country": "DE"}


def one(pc: Wire, partner: dict[str, Any], **words: Any) -> None:
    pc.seed(partner=partner, customers=[{**CUSTOMER, **words}])


def test_end_answers_in_pascal_case_and_the_customer_is_gone(pc: Wire) -> None:
    pc.contoso(subscriptions=[{"product": PREMIUM, "status": "suspended"}])
    answer = pc.send("PATCH", pc.at, END)
    assert answer.status_code == 200
    body = answer.json()
    assert body["RelationshipToPartner"] == "none"
    assert body["Id"] is None
    assert pc.get("/v1/customers")["items"] == []
    assert pc.refused("GET", pc.at) == (403, 20002)
    assert pc.refused("GET", f"{pc.at}/users") == (403, 20002)
    assert pc.send("HEAD", "/v1/domains/contoso.onmicrosoft.com").status_code == 200
    (record,) = pc.get("/v1/auditrecords")["items"]
    assert record["operationType"] == "remove_partner_customer_relationship"
    assert record["resourceOldValue"] == '{"RelationshipToPartner":"reseller"}'


@pytest.mark.parametrize(
    "words",
    [
        {"subscriptions": [{"product": PREMIUM}]},
        {"subscriptions": [{"product": PREMIUM, "status": "suspended"}, {"product": E3}]},
        {"entitlements": [{"product": "DG7GMGF0D5RK:0004"}]},
    ],
    ids=("active", "one of two", "software"),
)
def test_end_needs_everything_suspended_or_cancelled(pc: Wire, words: dict[str, Any]) -> None:
    pc.contoso(**words)
    assert pc.refused("PATCH", pc.at, END) == (417, 800036)
    assert pc.get(pc.at)["relationshipToPartner"] == "reseller"


@pytest.mark.parametrize(
    "body, code",
    [
        ({}, 3000),
        ({"relationshipToPartner": "reseller"}, 3000),
        ({"relationshipToPartner": "friend"}, 900126),
        ({"allowDelegatedAccess": True}, 3000),
        ({"relationshipToPartner": None, "allowDelegatedAccess": None}, 3000),
    ],
)
def test_nothing_else_can_be_patched(pc: Wire, body: dict[str, Any], code: int) -> None:
    pc.contoso()
    assert pc.refused("PATCH", pc.at, body) == (400, code)


def test_ending_is_for_users(pc: Wire) -> None:
    pc.contoso()
    assert pc.refused("PATCH", pc.at, END, token="app") == (403, 900329)


def test_dap_can_be_dropped_and_dropped_again(pc: Wire) -> None:
    """remove-dap.md: reselling stays; with DAP the company's address and domains are shown."""
    pc.contoso(dap=True)
    before = pc.get(pc.at)
    assert before["allowDelegatedAccess"] is True
    assert before["customDomains"] == ["contoso.onmicrosoft.com"]
    assert before["companyProfile"]["email"]
    for _ in range(2):
        answer = pc.send("PATCH", pc.at, NO_DAP)
        assert answer.status_code == 200
        assert answer.json()["allowDelegatedAccess"] is False
    after = pc.get(pc.at)
    assert "customDomains" not in after
    assert "email" not in after["companyProfile"]
    assert after["relationshipToPartner"] == "reseller"


def test_password_by_patch_needs_dap(pc: Wire) -> None:
    """dap-api-impact.md: under GDAP there is resetpassword."""
    kim = "11111111-1111-4111-8111-111111111111"
    user = {"id": kim, "userPrincipalName": "kim@contoso.onmicrosoft.com"}
    body = {"passwordProfile": {"password": "Secret-12345", "forceChangePassword": True}}
    pc.contoso(users=[user])
    assert pc.refused("PATCH", f"{pc.at}/users/{kim}", body) == (403, 900308)
    pc.contoso(users=[user], dap=True)
    answer = pc.send("PATCH", f"{pc.at}/users/{kim}", body)
    assert answer.json()["passwordProfile"] == body["passwordProfile"]


def test_create_for_a_reseller(pc: Wire) -> None:
    """create-a-customer-for-an-indirect-reseller.md: user only, one of the partner's own."""
    pc.seed(partner={"resellers": [{"id": RESELLER, "name": "Adatum"}]})
    body = {**new(), "associatedPartnerId": RESELLER.upper()}
    assert pc.refused("POST", "/v1/customers", body, token="app") == (403, 900329)
    made = pc.send("POST", "/v1/customers", body).json()
    assert made["relationshipToPartner"] == "reseller"
    assert made["associatedPartnerId"] == RESELLER
    assert pc.get(f"/v1/customers/{made['id']}")["associatedPartnerId"] == RESELLER
    for value, count in ((RESELLER, 1), (CONTOSO, 0)):
        raw = f'{{"Field":"IndirectReseller","Value":"{value}","Operator":"starts_with"}}'
        found = pc.send("GET", "/v1/customers", params={"filter": raw}).json()
        assert len(found["items"]) == count


def test_unknown_reseller_is_refused(pc: Wire) -> None:
    body = {**new(), "associatedPartnerId": RESELLER}
    assert pc.refused("POST", "/v1/customers", body) == (400, 800016)


def test_delete_is_for_the_sandbox(pc: Wire) -> None:
    pc.contoso()
    assert pc.refused("DELETE", pc.at) == (403, 600006)
    one(pc, {"sandbox": True}, subscriptions=[{"product": PREMIUM}])
    answer = pc.send("DELETE", pc.at, token="app")
    assert (answer.status_code, answer.content) == (204, b"")
    assert pc.refused("GET", pc.at) == (404, 1000)
    assert pc.send("HEAD", "/v1/domains/contoso.onmicrosoft.com").status_code == 404


def test_delete_waits_for_reservations_and_software(pc: Wire) -> None:
    item = {"product": "DG7GMGF0D5RK:0004"}
    one(pc, {"sandbox": True}, entitlements=[item])
    assert pc.refused("DELETE", pc.at) == (417, 800036)
    one(pc, {"sandbox": True}, entitlements=[{**item, "cancelled": True}])
    assert pc.send("DELETE", pc.at).status_code == 204


def test_sandbox_has_no_budgets_invitations_transfers(pc: Wire) -> None:
    one(pc, {"sandbox": True}, azure=True)
    for method, path, body in (
        ("GET", f"{pc.at}/usagebudget", None),
        ("PATCH", f"{pc.at}/usagebudget", {"amount": 1}),
        ("GET", "/v1/customers/relationshiprequests", None),
        ("POST", f"{pc.at}/transfers", {}),
    ):
        assert pc.refused(method, path, body) == (400, 900127)


def test_sandbox_limits(pc: Wire) -> None:
    """test-and-debug.md: 75 customers, 5 subscriptions a customer, 25 licences each."""
    rows = [{"domain": f"contoso{n}.onmicrosoft.com"} for n in range(74)]
    pc.seed(
        partner={"sandbox": True},
        customers=[{**CUSTOMER, "subscriptions": [{"product": PREMIUM, "quantity": 5}] * 4}, *rows],
    )
    assert pc.refused("POST", "/v1/customers", new()) == (400, 800018)
    cart = pc.cart(pc.line(E3, quantity=26), pc.line(E3), pc.line(E3))
    codes = [line.get("error", {}).get("errorCode") for line in cart["lineItems"]]
    assert codes == [10009, None, 10009]
    refused = pc.edit(quantity=26)
    assert (refused.status_code, refused.json()["code"]) == (400, 800018)


def test_verified_domain(pc: Wire) -> None:
    """customers.md 4: for registrars; the answer has its own words."""
    body: dict[str, Any] = {
        "VerifiedDomainName": "contoso.com",
        "Domain": {
            "AuthenticationType": "Managed",
            "Capability": "Email",
            "Name": "contoso.com",
            "Status": "Verified",
            "VerificationMethod": "None",
            "IsDefault": None,
        },
    }
    path = f"{pc.at}/verifieddomain"
    pc.contoso()
    assert pc.refused("POST", path, body) == (403, 600006)
    one(pc, {"registrar": True})
    made = pc.send("POST", path, body, token="app")
    assert made.status_code == 201
    assert made.json()["verificationMethod"] == "dns_record"
    assert made.json()["authenticationType"] == "managed"
    assert pc.get(f"{pc.at}/customDomains") == ["contoso.onmicrosoft.com", "contoso.com"]
    assert pc.refused("POST", path, body) == (400, 3000)
    body["Domain"]["AuthenticationType"] = "Federated"
    assert pc.refused("POST", path, body) == (400, 3000)
    body["Domain"]["Status"] = "Sold"
    assert pc.refused("POST", path, body) == (400, 900126)


def test_documented_operations_that_are_missing_are_named() -> None:
    """A path of the reference that nothing serves says which operation it stands for."""
    with pytest.raises(Fault) as refused:
        Table([]).find("GET", f"/v1/Customers/{CONTOSO}/managedServices/")
    assert (refused.value.status, refused.value.code) == (501, "emulator-unknown-operation")
    assert "'List managed services of a customer'" in refused.value.description


def test_a_missing_operation_is_no_other_one() -> None:
    """A fixed path that is documented and not served does not fall to one with a variable."""
    routes = Routes()
    routes("GET", "/v1/customers/{customer}/subscriptions/{subscription}", "p.md")(lambda _: ok({}))
    table = Table([routes])
    assert table.find("GET", "/v1/customers/a/subscriptions/b")[1]["subscription"] == "b"
    with pytest.raises(Fault, match="overage settings"):
        table.find("GET", "/v1/customers/a/subscriptions/overage")
