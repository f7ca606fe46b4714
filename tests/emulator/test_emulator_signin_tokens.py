"""What tokens are worth: keys, tenants, MFA and roles, as in conventions.md 2."""

from __future__ import annotations

from typing import Any

import jwt
import pytest

from .signing import refreshed, seeded
from .wire import RESOURCE, TENANT, Wire

# discovery, keys, tokens


@pytest.mark.parametrize("version", ["", "/v2.0"])
def test_discovery_and_keys(pc: Wire, version: str) -> None:
    path = f"{TENANT}{version}/.well-known/openid-configuration"
    found = pc.session.get(f"{pc.url}/{path}").json()
    root = pc.url.replace("http://", "https://") + f"/{TENANT}"
    assert found["token_endpoint"] == f"{root}/oauth2{version}/token"
    assert found["authorization_endpoint"] == f"{root}/oauth2{version}/authorize"
    assert found["device_authorization_endpoint"] == f"{root}/oauth2{version}/devicecode"
    keys = pc.session.get(found["jwks_uri"].replace("https://", "http://")).json()
    (key,) = jwt.PyJWKSet.from_dict(keys).keys
    token = pc.token("user")
    assert jwt.get_unverified_header(token)["kid"] == key.key_id
    dated: Any = {"verify_exp": False, "verify_nbf": False, "verify_iat": False}
    held = jwt.decode(token, key.key, algorithms=["RS256"], audience=RESOURCE, options=dated)
    assert held["amr"] == ["pwd", "mfa"]


def test_an_id_token_is_no_access_token(pc: Wire) -> None:
    seeded(pc)
    token = refreshed(pc, "kim").json()["id_token"]
    held = {"Authorization": f"Bearer {token}"}
    assert pc.refused("GET", "/v1/customers", token=None, headers=held) == (401, 400)


def test_tokens_of_another_seed_are_refused(pc: Wire) -> None:
    token = pc.token("user")
    pc.seed(seed=3)
    held = {"Authorization": f"Bearer {token}"}
    assert pc.refused("GET", "/v1/customers", token=None, headers=held) == (401, 400)


def test_tokens_of_another_tenant_are_refused(pc: Wire) -> None:
    token = pc.token("user")
    pc.seed(partner={"tenantId": "11111111-1111-4111-8111-111111111111"})
    held = {"Authorization": f"Bearer {token}"}
    assert pc.refused("GET", "/v1/customers", token=None, headers=held) == (401, 400)


# MFA and roles


def user_token(pc: Wire, settings: dict[str, Any] | None = None, **user: Any) -> None:
    named = {"refreshToken": "emulator-user", "userPrincipalName": "kim@northwind.example"}
    world = {"apps": [{"id": "pcsync", "users": [{**named, **user}]}], "settings": settings or {}}
    pc.seed(**world, customers=[{"domain": "contoso.onmicrosoft.com", "id": pc.at[14:]}])


@pytest.mark.parametrize("mfa", [True, False])
def test_validate_mfa_tells_and_does_not_block(pc: Wire, mfa: bool) -> None:
    user_token(pc, mfa=mfa)
    asked = {"ValidateMfa": "true"}
    answer = pc.send("GET", "/v1/customers", headers=asked)
    assert (answer.status_code, answer.headers["isMfaCompliant"]) == (200, str(mfa).lower())
    assert "isMfaCompliant" not in answer.json()
    app = pc.send("GET", "/v1/customers", token="app", headers=asked)
    assert app.headers["isMfaCompliant"] == "true"
    plain = pc.send("GET", "/v1/customers")
    assert plain.status_code == (200 if mfa else 401)
    assert "isMfaCompliant" not in plain.headers


@pytest.mark.parametrize("where", ["body", "both"])
def test_validate_mfa_can_be_told_in_the_body(pc: Wire, where: str) -> None:
    user_token(pc, {"mfaAnswer": where}, mfa=False)
    answer = pc.send("GET", "/v1/customers", headers={"ValidateMfa": "True"})
    assert answer.json()["isMfaCompliant"] is False
    assert ("isMfaCompliant" in answer.headers) is (where == "both")


ORDER, USERS = f"{Wire.at}/carts", f"{Wire.at}/users"


@pytest.mark.parametrize(
    "role, reads, sells, manages",
    [
        ("AdminAgents", True, True, True),
        ("Global Administrator", True, True, True),
        ("SalesAgents", True, True, False),
        ("HelpdeskAgents", True, False, True),
        ("Guests", False, False, False),
    ],
)
def test_roles(pc: Wire, role: str, reads: bool, sells: bool, manages: bool) -> None:
    def allowed(method: str, path: str, body: Any = None) -> bool:
        answer = pc.send(method, path, body)
        return (answer.status_code, answer.json().get("code")) != (403, 900150)

    user_token(pc, roles=[role])
    assert allowed("GET", "/v1/customers") is reads
    assert allowed("POST", ORDER, {}) is sells
    assert allowed("POST", USERS, {}) is manages
