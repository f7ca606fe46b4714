"""Sign-in: conventions.md 2 and clients.md."""

from __future__ import annotations

from typing import Any

import jwt
import msal
import pytest
import requests

from .wire import RESOURCE, TENANT, Wire

SCOPE = f"{RESOURCE}/.default"
APP = {"client_secret": "emulator", "grant_type": "client_credentials", "scope": SCOPE}
USER = {
    "client_secret": "emulator",
    "grant_type": "refresh_token",
    "refresh_token": "emulator-user",
    "scope": SCOPE,
}


def claims(token: str) -> dict[str, Any]:
    decoded: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return decoded


class Plain:
    """The transport that clients.md asks for: https addresses are served over http."""

    def __init__(self, session: requests.Session) -> None:
        self.session = session

    def get(self, url: str, **words: Any) -> requests.Response:
        return self.session.get(url.replace("https://", "http://"), **words)

    def post(self, url: str, **words: Any) -> requests.Response:
        return self.session.post(url.replace("https://", "http://"), **words)

    def close(self) -> None:
        self.session.close()


def test_app_only_token_v2(pc: Wire) -> None:
    answer = pc.sign_in(APP).json()
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 3600)
    held = claims(answer["access_token"])
    assert (held["tid"], held["appid"], held["aud"]) == (TENANT, "pcsync", RESOURCE)
    assert "upn" not in held
    assert held["exp"] - held["iat"] == 3600


def test_app_only_token_v1_has_numbers_as_text(pc: Wire) -> None:
    form = {**APP, "resource": RESOURCE}
    answer = pc.sign_in(form, version="").json()
    assert (answer["expires_in"], answer["resource"]) == ("3600", RESOURCE)
    assert answer["expires_on"].isdigit()


def test_refresh_token_rotates_and_the_old_one_still_works(pc: Wire) -> None:
    first = pc.sign_in(USER).json()
    assert first["refresh_token"] != "emulator-user"
    second = pc.sign_in({**USER, "refresh_token": first["refresh_token"]}).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert "access_token" in pc.sign_in(USER).json()
    held = claims(second["access_token"])
    assert "mfa" in held["amr"]
    assert held["upn"] == "admin@northwind-cloud.onmicrosoft.com"
    assert held["roles"] == ["AdminAgents"]


@pytest.mark.parametrize(
    "form, status, error",
    [
        ({**APP, "client_secret": "wrong"}, 401, "invalid_client"),
        ({**APP, "client_id": "nobody"}, 400, "unauthorized_client"),
        ({**USER, "refresh_token": "stale"}, 400, "invalid_grant"),
        ({**APP, "grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_refusals(pc: Wire, form: dict[str, str], status: int, error: str) -> None:
    answer = pc.sign_in(form)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["error_description"].startswith("AADSTS")


def test_unknown_tenant(pc: Wire) -> None:
    answer = pc.session.post(f"{pc.url}/fabrikam.com/oauth2/v2.0/token", data=APP)
    assert answer.json()["error_codes"] == [90002]


def test_app_without_app_only_and_revoked_consent(pc: Wire) -> None:
    user = {"refreshToken": "gone", "userPrincipalName": "kim@northwind.com", "revoked": True}
    pc.seed(apps=[{"id": "pcsync", "appOnly": False, "users": [user]}])
    assert pc.sign_in(APP).json()["error"] == "unauthorized_client"
    assert pc.sign_in({**USER, "refresh_token": "gone"}).json()["error"] == "invalid_grant"


def test_a_client_assertion_of_nobody_is_refused(pc: Wire) -> None:
    form = {key: value for key, value in APP.items() if key != "client_secret"}
    kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    form |= {"client_assertion": "a.b.c", "client_assertion_type": kind}
    answer = pc.sign_in(form)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize("path", ["/v2.0/.well-known/openid-configuration"])
def test_discovery_names_https_under_the_authority(pc: Wire, path: str) -> None:
    found = pc.session.get(f"{pc.url}/{TENANT}{path}").json()
    authority = pc.url.replace("http://", "https://") + f"/{TENANT}"
    assert found["issuer"] == f"{authority}/v2.0"
    assert found["token_endpoint"] == f"{authority}/oauth2/v2.0/token"


def test_msal_signs_in_both_ways(pc: Wire) -> None:
    app = msal.ConfidentialClientApplication(
        "pcsync",
        client_credential="emulator",
        authority=pc.url.replace("http://", "https://") + f"/{TENANT}",
        http_client=Plain(pc.session),
        instance_discovery=False,
    )
    assert "access_token" in app.acquire_token_for_client([SCOPE])
    consented = app.acquire_token_by_refresh_token("emulator-user", [SCOPE])
    assert consented["refresh_token"].startswith("emulator-user.")


def test_instance_discovery_names_this_host(pc: Wire) -> None:
    found = pc.session.get(f"{pc.url}/common/discovery/instance?api-version=1.1").json()
    assert found["metadata"][0]["aliases"] == [pc.url.removeprefix("http://")]


def test_no_token_is_401(pc: Wire) -> None:
    answer = pc.send("GET", "/v1/customers", token=None)
    assert (answer.status_code, answer.json()["code"]) == (401, 800001)
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


def test_garbage_and_expired_tokens_are_401(pc: Wire) -> None:
    garbage = {"Authorization": "Bearer abc"}
    assert pc.refused("GET", "/v1/customers", headers=garbage) == (401, 400)
    held = {"Authorization": f"Bearer {pc.token('app')}"}
    pc.advance("PT1H")
    assert pc.refused("GET", "/v1/customers", headers=held) == (401, 400)


def test_audience_of_the_old_graph_is_refused(pc: Wire) -> None:
    """conventions.md 2: since 31 August 2025 the audience is the API itself."""
    form = {**APP, "resource": "https://graph.windows.net"}
    token = pc.sign_in(form, version="").json()["access_token"]
    held = {"Authorization": f"Bearer {token}"}
    assert pc.refused("GET", "/v1/customers", headers=held) == (401, 400)


def test_user_token_without_mfa_is_refused(pc: Wire) -> None:
    """conventions.md 2, MFA: 401/900421; App-only is exempt."""
    user = {"refreshToken": "emulator-user", "userPrincipalName": "k@northwind.com", "mfa": False}
    pc.seed(apps=[{"id": "pcsync", "users": [user]}])
    assert pc.refused("GET", "/v1/customers") == (401, 900421)
    assert pc.send("GET", "/v1/customers", token="app").status_code == 200
