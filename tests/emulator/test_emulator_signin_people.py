"""People who sign in themselves, by device code or by browser, through msal: clients.md."""

from __future__ import annotations

from typing import Any

import msal
import pytest
import requests

from .signing import (
    HERE,
    LEE,
    USER_SCOPE,
    authorized,
    client,
    error,
    posted,
    query,
    redeemed,
    seeded,
    works,
)
from .test_emulator_signin import claims
from .wire import Wire

# device codes


def test_msal_signs_in_by_device_code(pc: Wire) -> None:
    seeded(pc, public=True)
    app = client(pc, None, msal.PublicClientApplication)
    flow = app.initiate_device_flow([USER_SCOPE])
    assert flow["user_code"] in flow["message"]
    once: dict[str, Any] = {"exit_condition": lambda _: True}
    waiting = app.acquire_token_by_device_flow(flow, **once)
    assert waiting["error"] == "authorization_pending"
    assert waiting["error_codes"] == [70016]
    approval = {"userCode": flow["user_code"], "userPrincipalName": LEE["userPrincipalName"]}
    assert pc.control("POST", "signin/approve", approval).json()["state"] == "approved"
    flow["latest_attempt_at"] = 0
    result = app.acquire_token_by_device_flow(flow, **once)
    assert works(pc, result)
    assert claims(result["access_token"])["upn"] == LEE["userPrincipalName"]
    flow["latest_attempt_at"] = 0
    again = app.acquire_token_by_device_flow(flow, **once)
    assert again["error"] == "bad_verification_code"
    (account,) = app.get_accounts()
    silent = app.acquire_token_silent([USER_SCOPE], account, force_refresh=True)
    assert works(pc, silent)


def begun(pc: Wire, version: str = "/v2.0") -> dict[str, Any]:
    found: dict[str, Any] = posted(pc, {"scope": USER_SCOPE}, f"oauth2{version}/devicecode").json()
    return found


def polled(pc: Wire, code: str, version: str = "/v2.0") -> requests.Response:
    name = "device_code" if version else "code"
    grant = "urn:ietf:params:oauth:grant-type:device_code" if version else "device_code"
    return posted(pc, {"grant_type": grant, name: code}, f"oauth2{version}/token")


def test_device_codes_of_the_first_version(pc: Wire) -> None:
    seeded(pc, public=True)
    flow = begun(pc, "")
    assert (flow["expires_in"], flow["interval"]) == ("900", "5")
    assert flow["verification_url"].endswith("/devicelogin")
    pc.control("POST", "signin/approve", {"userCode": flow["user_code"].lower()})
    assert polled(pc, flow["device_code"], "").json()["expires_in"] == "3600"


def test_device_codes_expire_and_can_be_declined(pc: Wire) -> None:
    seeded(pc, public=True)
    declined, late = begun(pc), begun(pc)
    pc.control("POST", "signin/approve", {"userCode": declined["user_code"], "decline": True})
    refused = polled(pc, declined["device_code"])
    assert error(refused) == (400, "authorization_declined", 70018)
    states = [row["state"] for row in pc.control("GET", "signin").json()["devices"]]
    assert states == ["declined", "pending"]
    pc.advance("PT15M")
    assert error(polled(pc, late["device_code"])) == (400, "expired_token", 70020)
    assert error(polled(pc, "abc")) == (400, "bad_verification_code", 70000)


def test_an_app_with_a_secret_has_to_show_it_to_the_device_endpoint(pc: Wire) -> None:
    seeded(pc)
    flow = begun(pc)
    pc.control("POST", "signin/approve", {"userCode": flow["user_code"]})
    assert error(polled(pc, flow["device_code"])) == (401, "invalid_client", 7000218)


@pytest.mark.parametrize(
    "body, status",
    [({"userCode": "NONE"}, 404), ({"code": "x"}, 400), ({"userPrincipalName": "x"}, 400)],
)
def test_approvals_that_do_not_fit(pc: Wire, body: dict[str, str], status: int) -> None:
    seeded(pc, public=True)
    code = {} if "userCode" in body else {"userCode": begun(pc)["user_code"]}
    assert pc.control("POST", "signin/approve", {**code, **body}).status_code == status


# authorization codes


@pytest.mark.filterwarnings("ignore:response_mode='form_post' is recommended")
def test_msal_signs_in_by_authorization_code(pc: Wire) -> None:
    seeded(pc)
    app = client(pc, "emulator")
    hint = LEE["userPrincipalName"]
    flow = app.initiate_auth_code_flow([USER_SCOPE], redirect_uri=HERE, login_hint=hint)
    place = flow["auth_uri"].replace("https://", "http://")
    landed = pc.session.get(place, allow_redirects=False)
    assert landed.headers["Location"].startswith(f"{HERE}?code=")
    result = app.acquire_token_by_auth_code_flow(flow, query(landed))
    assert works(pc, result)
    assert result["id_token_claims"]["preferred_username"] == hint
    assert result["refresh_token"].startswith("lee.")


def test_a_code_comes_back_with_the_state_and_is_good_once(pc: Wire) -> None:
    seeded(pc)
    found = query(authorized(pc))
    assert found["state"] == "s 1"
    assert claims(redeemed(pc, found["code"]).json()["access_token"])["upn"].startswith("kim@")
    assert error(redeemed(pc, found["code"])) == (400, "invalid_grant", 54005)
    assert error(redeemed(pc, "abc")) == (400, "invalid_grant", 70000)


def test_codes_are_bound_to_address_verifier_and_time(pc: Wire) -> None:
    seeded(pc)
    code = query(authorized(pc, code_challenge="abc"))["code"]
    other = redeemed(pc, code, redirect_uri="http://localhost:9999")
    assert error(other) == (400, "invalid_grant", 500112)
    assert error(redeemed(pc, code, code_verifier="xyz")) == (400, "invalid_grant", 501481)
    pc.advance("PT10M")
    assert error(redeemed(pc, code, code_verifier="abc")) == (400, "invalid_grant", 70008)


def test_redirects_go_to_known_addresses_only(pc: Wire) -> None:
    seeded(pc)
    away = authorized(pc, redirect_uri="https://elsewhere.example/")
    assert error(away) == (400, "invalid_request", 50011)
    seeded(pc, redirectUris=["https://tool.example/back?x=1"])
    assert error(authorized(pc)) == (400, "invalid_request", 50011)
    landed = authorized(pc, redirect_uri="https://tool.example/back?x=1")
    assert landed.headers["Location"].startswith("https://tool.example/back?x=1&code=")


def test_errors_that_travel_with_the_redirect(pc: Wire) -> None:
    seeded(pc)
    nobody = query(authorized(pc, login_hint="nobody@northwind.example"))
    assert nobody["error"] == "access_denied"
    assert nobody["error_description"].startswith("AADSTS50034")
    assert query(authorized(pc, response_type="token"))["error"] == "unsupported_response_type"
    assert query(authorized(pc, response_mode="form_post"))["error"] == "invalid_request"
    assert error(authorized(pc, client_id="nobody")) == (400, "unauthorized_client", 700016)
