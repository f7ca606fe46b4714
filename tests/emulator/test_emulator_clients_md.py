"""What independent clients send and expect, fact by fact: clients.md.

The SDK's calls are those of sdk.py: its headers, no User-Agent, a new connection for each call.
"""

from __future__ import annotations

from uuid import uuid4

import jwt
import pytest

from .sdk import UNSET, Sdk, uris, whole_user
from .wire import CONTOSO, PREMIUM, SPB, TENANT, Wire

KIM = "11111111-1111-4111-8111-111111111111"
GONE = "22222222-2222-4222-8222-222222222222"


@pytest.fixture
def sdk(pc: Wire) -> Sdk:
    pc.contoso(
        companyName="Contoso GmbH",
        budget=1,
        seats=[{"sku": "SPB", "total": 5}, {"sku": "EMS", "total": 1}],
        users=[
            {
                "id": KIM,
                "userPrincipalName": "kim@contoso.onmicrosoft.com",
                "displayName": "Kim Akers",
                "firstName": "Kim",
                "usageLocation": "DE",
            },
            {
                "id": GONE,
                "userPrincipalName": "lee@contoso.onmicrosoft.com",
                "displayName": "Lee Gu",
                "deleted": True,
            },
        ],
        subscriptions=[{"product": PREMIUM, "quantity": 5}],
    )
    return Sdk(pc)


# --- bodies ------------------------------------------------------------------------------------


def test_pascal_case_with_every_null_creates_a_customer(sdk: Sdk) -> None:
    nothing = dict.fromkeys(("Id", "CommerceId", "UserCredentials", "CustomDomains", "Links"))
    address = {
        "AddressLine1": "1 Main Street",
        "AddressLine2": None,
        "City": "Springfield",
        "State": "WA",
        "PostalCode": "98052",
        "Country": "US",
        "Region": None,
        "FirstName": "Kim",
        "MiddleName": None,
        "LastName": "Akers",
        "PhoneNumber": None,
    }
    body = {
        **nothing,
        "AssociatedPartnerId": None,
        "RelationshipToPartner": "none",
        "AllowDelegatedAccess": None,
        "CompanyProfile": {
            "TenantId": None,
            "Domain": "adatum.onmicrosoft.com",
            "CompanyName": None,
            "Address": None,
            "Email": None,
            "Links": None,
            "Attributes": {"ObjectType": "CustomerCompanyProfile"},
        },
        "BillingProfile": {
            "Id": None,
            "FirstName": "Kim",
            "LastName": "Akers",
            "Email": "kim@adatum.com",
            "Culture": "EN-US",
            "Language": "En",
            "CompanyName": "Adatum",
            "DefaultAddress": address,
            "Links": None,
            "Attributes": {"ObjectType": "CustomerBillingProfile"},
        },
        "Attributes": {"ObjectType": "Customer"},
    }
    status, made, _ = sdk("POST", "/v1/customers", body)
    assert (status, made["companyProfile"]["companyName"]) == (201, "Adatum")
    profile = made["billingProfile"]
    assert (profile["culture"], profile["language"]) == ("en-US", "En")
    assert "addressLine2" not in profile["defaultAddress"]


def test_post_user_with_a_slash_at_the_end(sdk: Sdk) -> None:
    profile = {"Password": "Example-12345", "ForceChangePassword": True}
    body = whole_user(
        UserPrincipalName="pat@contoso.onmicrosoft.com",
        DisplayName="Pat Coleman",
        UsageLocation="DE",
        PasswordProfile=profile,
    )
    status, made, _ = sdk("POST", f"/v1/customers/{CONTOSO}/users/", body)
    assert (status, made["state"], made["userDomainType"]) == (201, "active", "none")
    assert "lastName" not in made


def test_patch_user_with_the_whole_object_leaves_nulls_alone(sdk: Sdk) -> None:
    path = f"/v1/customers/{CONTOSO}/users/{KIM}"
    before = sdk.get(path)
    assert sdk("PATCH", path, whole_user(UsageLocation="AT"))[0] == 200
    assert sdk.get(path) == {**before, "usageLocation": "AT"}


def test_restore_is_the_same_call_on_a_deleted_user(sdk: Sdk) -> None:
    path = f"/v1/customers/{CONTOSO}/users/{GONE}"
    status, restored, _ = sdk("PATCH", path, whole_user())
    assert (status, restored["state"], restored["displayName"]) == (200, "active", "Lee Gu")


def test_patch_subscription_with_the_whole_object_as_last_read(sdk: Sdk) -> None:
    row = sdk.pc.subscription()
    path = f"/v1/customers/{CONTOSO}/subscriptions/{row['id']}"
    body = {name[:1].upper() + name[1:]: value for name, value in row.items()}
    unset = {"CommitmentEndDate": UNSET, "EffectiveStartDate": UNSET, "Links": {}}
    more = {"EntitlementId": None, "ParentSubscriptionId": None, "Actions": None}
    status, changed, _ = sdk("PATCH", path, {**body, **unset, **more, "FriendlyName": "core"})
    assert status == 200
    assert changed == {**row, "friendlyName": "core"} == sdk.get(path)


@pytest.mark.parametrize("amount", [250.5, None])
def test_patch_budget_with_a_fraction_and_with_null(sdk: Sdk, amount: float | None) -> None:
    path = f"/v1/customers/{CONTOSO}/usagebudget"
    body = {"Amount": amount, "Attributes": {"ObjectType": "SpendingBudget"}}
    assert sdk("PATCH", path, body)[0] == 200
    assert sdk.get(path).get("amount") == amount


@pytest.mark.parametrize("name", ["amount", "AMOUNT", "Amount"])
def test_names_are_read_without_regard_to_case(sdk: Sdk, name: str) -> None:
    status, changed, _ = sdk("PATCH", f"/v1/customers/{CONTOSO}/usagebudget", {name: 7})
    assert (status, changed["amount"]) == (200, 7)


def test_enums_are_lower_snake_in_both_directions(sdk: Sdk) -> None:
    row = sdk.pc.subscription()
    path = f"/v1/customers/{CONTOSO}/subscriptions/{row['id']}"
    assert (row["status"], row["billingCycle"]) == ("active", "monthly")
    status, changed, _ = sdk("PATCH", path, {**row, "status": "suspended"})
    assert (status, changed["status"]) == (200, "suspended")


@pytest.mark.parametrize("upn", ["", "kim@contoso.onmicrosoft.com"])
def test_checkout_body_is_the_text_success(sdk: Sdk, upn: str) -> None:
    cart = sdk.pc.cart(sdk.pc.line())
    path = f"/v1/customers/{CONTOSO}/carts/{cart['id']}/checkout"
    header = {"x_ms_customeruser_upn": upn} if upn else {}
    status, result, _ = sdk("POST", path, "success", **header)
    assert (status, result["orderErrors"]) == (201, [])


# --- queries -----------------------------------------------------------------------------------


def test_domain_check_is_a_head_and_404_means_free(sdk: Sdk) -> None:
    for domain, expected in (("contoso", 200), ("adatum", 404)):
        status, body, _ = sdk("HEAD", f"/v1/domains/{domain}.onmicrosoft.com")
        assert (status, body) == (expected, None)


def test_customer_filter_is_form_encoded(sdk: Sdk) -> None:
    """A space is a plus; the members come as Field, Value, Operator."""
    text = (
        "%7B%22Field%22%3A%22CompanyName%22%2C%22Value%22%3A%22contoso+g%22%2C"
        "%22Operator%22%3A%22starts_with%22%7D"
    )
    found = sdk.get(f"/v1/customers?size=0&filter={text}")
    assert [row["id"] for row in found["items"]] == [CONTOSO]


def test_user_filter_is_form_encoded(sdk: Sdk) -> None:
    text = (
        "%7b%22Field%22%3a%22UserState%22%2c%22Value%22%3a%22Inactive%22%2c"
        "%22Operator%22%3a%22equals%22%7d"
    )
    found = sdk.get(f"/v1/customers/{CONTOSO}/users?size=0&filter={text}")
    assert [row["id"] for row in found["items"]] == [GONE]


def test_audit_filter_has_raw_colons_and_commas(sdk: Sdk) -> None:
    sdk("PATCH", f"/v1/customers/{CONTOSO}/usagebudget", {"Amount": 5})
    text = (
        "%7B%22Field%22:%22CompanyName%22,%22Value%22:%22Contoso%20G%22,"
        "%22Operator%22:%22substring%22%7D"
    )
    assert sdk.get(f"/v1/auditrecords?filter={text}")["totalCount"] == 1


@pytest.mark.parametrize(
    "dates",
    [
        "startDate=01/01/2026%2000:00:00",
        "startDate=01/01/2026%2000:00:00&endDate=01/15/2026%2023:59:59",
        "startDate=2026-01-01&endDate=2026-01-15",
        "startDate=2026-01-01T00:00:00Z",
    ],
)
def test_audit_dates_of_the_sdk_and_of_others(pc: Wire, dates: str) -> None:
    customer = {"id": CONTOSO, "domain": "contoso.onmicrosoft.com", "budget": 1}
    pc.seed(now="2026-01-10T09:00:00Z", customers=[customer])
    pc.send("PATCH", f"{pc.at}/usagebudget", {"amount": 5})
    assert Sdk(pc).get(f"/v1/auditrecords?{dates}")["totalCount"] == 1


def test_license_groups_are_repeated(sdk: Sdk) -> None:
    query = "licenseGroupIds=Group1&licenseGroupIds=Group2"
    for path in ("subscribedskus", f"users/{KIM}/licenses"):
        sdk.get(f"/v1/customers/{CONTOSO}/{path}?{query}")
    rows = sdk.get(f"/v1/customers/{CONTOSO}/subscribedskus?{query}")["items"]
    assert {row["productSku"]["skuPartNumber"] for row in rows} == {"SPB", "EMS"}


# --- paging and links --------------------------------------------------------------------------


@pytest.fixture
def many(pc: Wire) -> Sdk:
    names = ("contoso", "fabrikam", "adatum")
    pc.seed(customers=[{"domain": f"{name}.onmicrosoft.com"} for name in names])
    return Sdk(pc)


def test_next_page_is_the_raw_token_and_nothing_else(many: Sdk) -> None:
    first = many.get("/v1/customers?size=2")
    token = first["links"]["next"]["headers"][0]["value"]
    assert token == first["continuationToken"]
    rest = many.get("/v1/customers?seekOperation=Next", MS_ContinuationToken=token)
    assert len({row["id"] for row in first["items"] + rest["items"]}) == 3
    assert "next" not in rest["links"]


def test_enumerators_replay_the_link_with_its_headers(many: Sdk) -> None:
    seen, page = [], many.get("/v1/customers?size=1")
    while True:
        seen += [row["id"] for row in page["items"]]
        link = page["links"].get("next")
        if link is None:
            break
        assert link["method"] == "GET"
        held = {row["key"].replace("-", "_"): row["value"] for row in link["headers"]}
        page = many.get(f"/v1{link['uri']}", **held)
    assert len(seen) == len(set(seen)) == 3


@pytest.mark.parametrize(
    "path",
    [
        "/v1/customers?size=1",
        f"/v1/customers/{CONTOSO}",
        f"/v1/customers/{CONTOSO}/profiles/billing",
        f"/v1/customers/{CONTOSO}/users",
        f"/v1/customers/{CONTOSO}/subscriptions",
        f"/v1/customers/{CONTOSO}/orders",
        f"/v1/customers/{CONTOSO}/usagebudget",
        "/v1/products?country=DE&targetView=OnlineServices",
    ],
)
def test_links_are_relative(sdk: Sdk, path: str) -> None:
    found = list(uris(sdk.get(path)))
    assert found
    assert all(uri.startswith("/") and "//" not in uri for uri in found)


# --- retries, errors, tokens -------------------------------------------------------------------


@pytest.mark.parametrize("effect", [True, False])
def test_four_arrivals_with_one_request_id_are_one_effect(sdk: Sdk, effect: bool) -> None:
    """The SDK tries a POST again after 500, three times, whether it had its effect or not."""
    rule = {"method": "POST", "path": "*/users/", "status": 500, "times": 3, "effect": effect}
    assert sdk.pc.control("POST", "faults", rule).status_code == 201
    body = whole_user(
        UserPrincipalName="pat@contoso.onmicrosoft.com",
        DisplayName="Pat Coleman",
        PasswordProfile={"Password": "Example-12345", "ForceChangePassword": True},
    )
    request_id = str(uuid4())
    path = f"/v1/customers/{CONTOSO}/users/"
    tries = [sdk("POST", path, body, request_id) for _ in range(4)]
    assert [status for status, _, _ in tries] == [500, 500, 500, 201]
    assert sdk.get(path.rstrip("/"))["totalCount"] == 2
    arrived = [row for row in sdk.pc.calls() if row["method"] == "POST"]
    assert {row["requestId"] for row in arrived} == {request_id}
    assert len(arrived) == 4
    assert [row["replayed"] for row in arrived].count(True) == (3 if effect else 0)


def test_cart_create_that_was_answered_with_500_makes_one_cart(sdk: Sdk) -> None:
    rule = {"method": "POST", "path": "*/carts", "status": 500, "times": 3, "effect": True}
    sdk.pc.control("POST", "faults", rule)
    body = {"PartnerOnRecordAttestationAccepted": True, "LineItems": [sdk.pc.line()]}
    request_id = str(uuid4())
    path = f"/v1/customers/{CONTOSO}/carts"
    tries = [sdk("POST", path, body, request_id) for _ in range(5)]
    assert [status for status, _, _ in tries] == [500, 500, 500, 201, 201]
    assert tries[3][1] == tries[4][1]


def test_429_has_seconds_and_an_error_body(sdk: Sdk) -> None:
    """Without either the SDK fails on its own."""
    rule = {
        "status": 429,
        "headers": {"Retry-After": "57"},
        "body": {"statusCode": 429, "message": "Rate limit is exceeded. Try again in 57 seconds."},
    }
    sdk.pc.control("POST", "faults", rule)
    status, body, headers = sdk("GET", "/v1/customers")
    assert (status, headers["Retry-After"], body["statusCode"]) == (429, "57", 429)
    assert sdk("GET", "/v1/customers")[0] == 200


def test_error_code_is_a_number_with_a_description(sdk: Sdk) -> None:
    status, body, _ = sdk("PATCH", f"/v1/customers/{CONTOSO}/usagebudget", {"Amount": -1})
    assert (status, body["code"]) == (400, 3000)
    assert isinstance(body["description"], str)


def test_numbers_and_strings(sdk: Sdk) -> None:
    """conventions.md 5: amounts and counts are numbers, etags and availability parts are texts."""
    row = sdk.pc.subscription()
    order = sdk.get(f"/v1/customers/{CONTOSO}/orders")["items"][0]
    etag = sdk.get(f"/v1/customers/{CONTOSO}/profiles/billing")["attributes"]["etag"]
    assert isinstance(row["quantity"], int)
    assert isinstance(order["lineItems"][0]["lineItemNumber"], int)
    assert isinstance(etag, str)
    assert int(etag) == int(etag.strip())
    assert isinstance(sdk.get("/v1/customers")["totalCount"], int)
    assert isinstance(sdk.get("/v1/products/CFQ7TTC0LCHC/skus?country=DE")["items"][0]["id"], str)


def test_access_token_is_a_jwt_with_exp(sdk: Sdk) -> None:
    claims = jwt.decode(sdk.pc.token("user"), options={"verify_signature": False})
    assert claims["exp"] > claims["iat"]
    assert claims["tid"] == TENANT


def test_sign_in_names_its_endpoints_under_the_authority(sdk: Sdk) -> None:
    """msal refuses http, also inside the document; the issuer has to match."""
    found = sdk.pc.session.get(
        f"{sdk.pc.url}/{TENANT}/v2.0/.well-known/openid-configuration"
    ).json()
    authority = f"https://{sdk.host}/{TENANT}"
    assert found["issuer"].startswith(authority)
    assert found["token_endpoint"].startswith(authority)


def test_rotated_refresh_token_is_in_the_result(sdk: Sdk) -> None:
    form = {
        "client_secret": "emulator",
        "grant_type": "refresh_token",
        "refresh_token": "emulator-user",
        "scope": "https://api.partnercenter.microsoft.com/.default",
    }
    first = sdk.pc.sign_in(form).json()
    assert first["refresh_token"] != "emulator-user"
    again = sdk.pc.sign_in({**form, "refresh_token": first["refresh_token"]})
    assert again.status_code == 200


def test_v1_tokens_have_numbers_as_strings(sdk: Sdk) -> None:
    """conventions.md 2."""
    form = {"client_secret": "emulator", "grant_type": "client_credentials"}
    old = sdk.pc.sign_in(form, version="").json()
    new = sdk.pc.sign_in({**form, "scope": "https://api.partnercenter.microsoft.com/.default"})
    assert isinstance(old["expires_in"], str)
    assert isinstance(new.json()["expires_in"], int)


def test_seats_join_to_licences_by_the_directory_id(sdk: Sdk) -> None:
    """A licence update as the SDK writes it, PascalCase with nulls."""
    body = {
        "LicensesToAssign": [{"ExcludedPlans": None, "SkuId": SPB}],
        "LicensesToRemove": None,
        "LicenseWarnings": None,
        "Attributes": {"ObjectType": "LicenseUpdate"},
    }
    path = f"/v1/customers/{CONTOSO}/users/{KIM}"
    status, done, _ = sdk("POST", f"{path}/licenseupdates", body)
    assert (status, done["licensesToAssign"][0]["skuId"]) == (201, SPB)
    assert sdk.get(f"{path}/licenses")["totalCount"] == 1
