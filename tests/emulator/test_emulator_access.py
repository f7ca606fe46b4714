"""Which token each operation takes: customers.md 0, conventions.md 2."""

from __future__ import annotations

import pytest

from pcsync.emulator.api import TABLE
from pcsync.emulator.routing import Route, Takes

from .wire import CONTOSO, PREMIUM, SPB, Wire

USER_ID = "77777777-7777-4777-8777-777777777777"
EITHER = [
    "/v1/customers",
    f"/v1/customers/{CONTOSO}",
    f"/v1/customers/{CONTOSO}/profiles/billing",
    f"/v1/customers/{CONTOSO}/organization",
    f"/v1/customers/{CONTOSO}/customDomains",
    f"/v1/customers/{CONTOSO}/usagebudget",
    f"/v1/customers/{CONTOSO}/subscriptions",
    f"/v1/customers/{CONTOSO}/orders",
    "/v1/auditrecords",
    "/v1/countryvalidationrules/DE",
]
USER_ONLY = [
    f"/v1/customers/{CONTOSO}/profiles/company",
    f"/v1/customers/{CONTOSO}/validationStatus?type=account",
    f"/v1/customers/{CONTOSO}/agreements",
    f"/v1/customers/{CONTOSO}/directSignedMicrosoftCustomerAgreementStatus",
    f"/v1/customers/{CONTOSO}/users",
    f"/v1/customers/{CONTOSO}/users/{USER_ID}",
    f"/v1/customers/{CONTOSO}/users/{USER_ID}/directoryroles",
    f"/v1/customers/{CONTOSO}/directoryroles",
    "/v1/customers/usagerecords",
    "/v1/customers/relationshiprequests",
    "/v1/agreements",
]
LICENSES = [
    f"/v1/customers/{CONTOSO}/subscribedskus",
    f"/v1/customers/{CONTOSO}/users/{USER_ID}/licenses",
]


@pytest.fixture(autouse=True)
def world(pc: Wire) -> None:
    user = {"id": USER_ID, "userPrincipalName": "kim@contoso.onmicrosoft.com"}
    pc.contoso(users=[user], budget=1)


@pytest.mark.parametrize("path", EITHER)
@pytest.mark.parametrize("token", ["app", "user"])
def test_either(pc: Wire, path: str, token: str) -> None:
    assert pc.send("GET", path, token=token).status_code == 200


@pytest.mark.parametrize("path", USER_ONLY)
def test_user_only(pc: Wire, path: str) -> None:
    assert pc.send("GET", path).status_code == 200
    assert pc.refused("GET", path, token="app") == (403, 900329)


@pytest.mark.parametrize("path", LICENSES)
def test_licence_calls_refuse_a_partner_token_in_their_own_way(pc: Wire, path: str) -> None:
    assert pc.send("GET", path).status_code == 200
    assert pc.refused("GET", path, token="app") == (400, 900316)


def test_provisioning_status_needs_a_user(pc: Wire) -> None:
    """conventions.md 2, the table of areas: for orders and for subscriptions."""
    pc.contoso(subscriptions=[{"product": PREMIUM, "orderId": "a68736758d9c"}])
    row = pc.subscription()
    for part in (f"orders/{row['orderId']}", f"subscriptions/{row['id']}"):
        path = f"{pc.at}/{part}/provisioningstatus"
        assert pc.send("GET", path).status_code == 200
        assert pc.refused("GET", path, token="app") == (403, 900329)


def test_licence_update_refuses_a_partner_token(pc: Wire) -> None:
    path = f"{pc.at}/users/{USER_ID}/licenseupdates"
    body = {"licensesToRemove": [SPB]}
    assert pc.refused("POST", path, body, token="app") == (400, 900316)


@pytest.mark.parametrize(
    "path", ["/users", "/subscribedskus", "/organization", "/customDomains", "/profiles/company"]
)
def test_without_delegation_the_directory_is_closed(pc: Wire, path: str) -> None:
    """customers.md 13: 403/900308; commerce goes on."""
    pc.contoso(delegation=False)
    assert pc.refused("GET", pc.at + path) == (403, 900308)
    assert pc.send("GET", f"{pc.at}/subscriptions").status_code == 200


@pytest.mark.parametrize("path", ["/v1/nothing", "/v1/customers/{id}/nothing", "/nothing"])
def test_unknown_operation_is_named(pc: Wire, path: str) -> None:
    answer = pc.send("GET", path)
    assert answer.status_code == 501
    assert answer.json()["code"] == "emulator-unknown-operation"
    assert f"GET {path}" in answer.json()["description"]


def test_known_path_with_another_method_is_unknown(pc: Wire) -> None:
    assert pc.refused("PUT", pc.at) == (501, "emulator-unknown-operation")


@pytest.mark.parametrize("path", ["/v1/customers?skip=1", f"/v1/customers/{CONTOSO}?expand=x"])
def test_unknown_parameter_is_refused(pc: Wire, path: str) -> None:
    assert pc.refused("GET", path) == (400, "emulator-unknown-parameter")


def test_paths_and_parameters_compare_without_case_and_slash(pc: Wire) -> None:
    """commerce.md 0.2 and clients.md."""
    assert pc.send("GET", f"/v1/CUSTOMERS/{CONTOSO.upper()}/Users/?SIZE=5").status_code == 200


@pytest.mark.parametrize(
    "tenant, expected",
    [("not-a-guid", (400, 900118)), ("00000000-0000-4000-8000-000000000000", (404, 1000))],
)
def test_unknown_customer(pc: Wire, tenant: str, expected: tuple[int, int]) -> None:
    assert pc.refused("GET", f"/v1/customers/{tenant}/subscriptions") == expected


def test_unknown_tenant_and_user_of_the_directory(pc: Wire) -> None:
    """customers.md 12: 404 with 60003 and 60002."""
    nobody = "00000000-0000-4000-8000-000000000000"
    assert pc.refused("GET", f"/v1/customers/{nobody}/users") == (404, 60003)
    assert pc.refused("GET", f"{pc.at}/users/{nobody}") == (404, 60002)


@pytest.mark.parametrize("route", TABLE.routes, ids=lambda route: f"{route.method} {route.path}")
def test_every_route_names_its_page_and_handler(route: Route) -> None:
    assert route.page.endswith(".md")
    assert route.handler.__doc__
    assert route.takes in Takes
    assert route.path.startswith(("/v1/", "/auditactivity/v1/"))
