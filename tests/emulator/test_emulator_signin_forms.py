"""All forms of sign-in, through msal where it has them: conventions.md 2, clients.md."""

from __future__ import annotations

import base64
import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import jwt
import msal
import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from pcsync.emulator import WorldError, load_world

from .test_emulator_signin import Plain, claims
from .wire import RESOURCE, TENANT, Wire

APP = "0d6e7f10-1f7b-4c1b-8a8a-0b7b6f7c0001"
SCOPE = f"{RESOURCE}/.default"
USER_SCOPE = f"{RESOURCE}/user_impersonation"
KIND = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ISSUER, SUBJECT = "https://ci.example", "repo:northwind/estate:ref:refs/heads/main"
KIM = {"refreshToken": "kim", "userPrincipalName": "kim@northwind.example"}
LEE = {"refreshToken": "lee", "userPrincipalName": "lee@northwind.example"}


class Pair:
    """An RSA key and a certificate for it."""

    def __init__(self, begins: int = -1, ends: int = 30) -> None:
        self.key = rsa.generate_private_key(65537, 2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "pcsync")])
        now = datetime.now(UTC)
        self.certificate = (
            x509.CertificateBuilder(name, name, self.key.public_key(), 1)
            .not_valid_before(now + timedelta(days=begins))
            .not_valid_after(now + timedelta(days=ends))
            .sign(self.key, hashes.SHA256())
        )

    @property
    def private(self) -> str:
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode()

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    @property
    def public(self) -> str:
        return public_pem(self.key.public_key())

    def print_of(self, digest: hashes.HashAlgorithm) -> str:
        raw = self.certificate.fingerprint(digest)
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def public_pem(key: Any) -> str:
    found: bytes = key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return found.decode()


@pytest.fixture(scope="module")
def pair() -> Pair:
    return Pair()


@pytest.fixture(scope="module")
def stranger() -> Pair:
    return Pair()


def seeded(pc: Wire, settings: dict[str, Any] | None = None, **app: Any) -> None:
    pc.seed(apps=[{"id": APP, "users": [KIM, LEE], **app}], settings=settings or {})


def client(pc: Wire, credential: Any, kind: Any = msal.ConfidentialClientApplication) -> Any:
    words = {"client_credential": credential} if credential else {}
    return kind(
        APP,
        authority=pc.url.replace("http://", "https://") + f"/{TENANT}",
        http_client=Plain(pc.session),
        instance_discovery=False,
        **words,
    )


def works(pc: Wire, result: dict[str, Any]) -> bool:
    held = {"Authorization": f"Bearer {result['access_token']}"}
    return pc.send("GET", "/v1/customers", token=None, headers=held).status_code == 200


def posted(pc: Wire, form: dict[str, str], path: str = "oauth2/v2.0/token") -> requests.Response:
    return pc.session.post(f"{pc.url}/{TENANT}/{path}", data={"client_id": APP, **form})


def error(answer: requests.Response) -> tuple[int, str, int]:
    body = answer.json()
    return answer.status_code, body["error"], body["error_codes"][0]


def asserted(pc: Wire, assertion: str, **more: str) -> requests.Response:
    form = {"grant_type": "client_credentials", "scope": SCOPE, "client_assertion": assertion}
    return posted(pc, {**form, "client_assertion_type": KIND, **more})


def own_claims(pc: Wire, **changes: Any) -> dict[str, Any]:
    address = f"{pc.url.replace('http://', 'https://')}/{TENANT}/oauth2/v2.0/token"
    now = int(time.time())
    held = {"iss": APP, "sub": APP, "aud": address, "jti": str(uuid4()), "exp": now + 600}
    return {**held, **changes}


def signed(pair: Pair, held: dict[str, Any], header: dict[str, Any] | None = None) -> str:
    named = {"x5t": pair.print_of(hashes.SHA1())} if header is None else header
    return jwt.encode(held, pair.key, algorithm="RS256", headers=named)


# certificates


@pytest.mark.parametrize("digest", [hashes.SHA1(), hashes.SHA256()], ids=["x5t", "x5t#S256"])
def test_msal_signs_in_by_certificate(pc: Wire, pair: Pair, digest: hashes.HashAlgorithm) -> None:
    seeded(pc, certificates=[pair.pem])
    credential = {"private_key": pair.private, "public_certificate": pair.pem}
    if digest.name == "sha1":
        credential = {
            "private_key": pair.private,
            "thumbprint": pair.certificate.fingerprint(digest).hex(),
        }
    app = client(pc, credential)
    assert works(pc, app.acquire_token_for_client([SCOPE]))
    consented = app.acquire_token_by_refresh_token("kim", [USER_SCOPE])
    assert works(pc, consented)
    assert claims(consented["access_token"])["upn"] == KIM["userPrincipalName"]


def test_a_key_that_is_not_registered_is_refused(pc: Wire, pair: Pair, stranger: Pair) -> None:
    seeded(pc, certificates=[pair.pem])
    refused = asserted(pc, signed(stranger, own_claims(pc)))
    assert error(refused) == (401, "invalid_client", 700027)
    held = client(pc, {"private_key": stranger.private, "public_certificate": stranger.pem})
    assert held.acquire_token_for_client([SCOPE])["error_codes"] == [700027]
    named = {"x5t": pair.print_of(hashes.SHA1())}
    forged = asserted(pc, signed(stranger, own_claims(pc), named))
    assert error(forged) == (401, "invalid_client", 700027)


def test_a_certificate_can_be_named_by_kid(pc: Wire, pair: Pair) -> None:
    seeded(pc, certificates=[pair.pem])
    named = {"kid": pair.certificate.fingerprint(hashes.SHA1()).hex()}
    assert asserted(pc, signed(pair, own_claims(pc), named)).status_code == 200


@pytest.mark.parametrize(
    "changes, number",
    [
        ({"sub": "another"}, 700021),
        ({"aud": "https://login.example/token"}, 700023),
        ({"exp": 1_600_000_000}, 700024),
        ({"exp": "soon"}, 700024),
        ({"nbf": 4_000_000_000}, 700024),
    ],
)
def test_claims_of_an_assertion(pc: Wire, pair: Pair, changes: dict[str, Any], number: int) -> None:
    seeded(pc, certificates=[pair.pem])
    held = own_claims(pc, **changes)
    refused = asserted(pc, signed(pair, held))
    assert error(refused) == (401, "invalid_client", number)


def test_an_assertion_without_its_type_or_of_no_form(pc: Wire, pair: Pair) -> None:
    seeded(pc, certificates=[pair.pem])
    token = signed(pair, own_claims(pc))
    assert error(asserted(pc, token, client_assertion_type="jwt")) == (
        400,
        "invalid_request",
        900021,
    )
    assert error(asserted(pc, "abc")) == (401, "invalid_client", 50027)
    unsigned = jwt.encode(own_claims(pc), "x" * 64, algorithm="HS256", headers={"x5t": "none"})
    assert error(asserted(pc, unsigned)) == (401, "invalid_client", 700027)


def test_expired_certificates(pc: Wire) -> None:
    old = Pair(-30, -1)
    seeded(pc, certificates=[old.pem])
    assert error(asserted(pc, signed(old, own_claims(pc)))) == (401, "invalid_client", 700027)


def test_assertions_by_the_emulators_clock(pc: Wire, pair: Pair) -> None:
    seeded(pc, {"assertionClock": "emulator"}, certificates=[pair.pem])
    begins = int(datetime(2026, 11, 22, 9, tzinfo=UTC).timestamp())
    token = signed(pair, own_claims(pc, exp=begins + 600))
    assert asserted(pc, token).status_code == 200
    pc.advance("PT1H")
    assert error(asserted(pc, token)) == (401, "invalid_client", 700024)


def test_an_assertion_is_taken_once_where_the_world_says_so(pc: Wire, pair: Pair) -> None:
    """msal uses one for nine minutes, so this is off unless wanted."""
    token = signed(pair, own_claims(pc))
    seeded(pc, certificates=[pair.pem])
    assert [asserted(pc, token).status_code for _ in range(2)] == [200, 200]
    seeded(pc, {"assertionReplay": False}, certificates=[pair.pem])
    assert asserted(pc, token).status_code == 200
    assert error(asserted(pc, token)) == (401, "invalid_client", 50013)
    assert asserted(pc, signed(pair, own_claims(pc))).status_code == 200


# federated credentials


def federated(key: Any, **more: Any) -> list[dict[str, Any]]:
    return [{"issuer": ISSUER, "subject": SUBJECT, "key": key, **more}]


def told(**changes: Any) -> dict[str, Any]:
    held = {"iss": ISSUER, "sub": SUBJECT, "aud": "api://AzureADTokenExchange"}
    return {**held, "exp": int(time.time()) + 300, "jti": str(uuid4()), **changes}


def test_msal_signs_in_by_a_federated_assertion(pc: Wire, stranger: Pair) -> None:
    seeded(pc, federated=federated(stranger.public))
    asked: list[str] = []

    def assertion() -> str:
        asked.append(jwt.encode(told(), stranger.key, algorithm="RS256"))
        return asked[-1]

    app = client(pc, {"client_assertion": assertion})
    assert asked == []
    assert works(pc, app.acquire_token_for_client([SCOPE]))
    assert works(pc, app.acquire_token_by_refresh_token("kim", [USER_SCOPE]))
    assert len(asked) == 2


@pytest.mark.parametrize("form", ["certificate", "jwk", "jwks", "ec"])
def test_keys_of_another_issuer(pc: Wire, stranger: Pair, form: str) -> None:
    key: Any = stranger.key
    jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    curve = ec.generate_private_key(ec.SECP256R1())
    given = {
        "certificate": stranger.pem,
        "jwk": jwk,
        "jwks": {"keys": [jwk]},
        "ec": public_pem(curve.public_key()),
    }[form]
    seeded(pc, federated=federated(given))
    token = jwt.encode(told(), curve if form == "ec" else key, "ES256" if form == "ec" else "RS256")
    assert asserted(pc, token).status_code == 200


@pytest.mark.parametrize(
    "changes, number",
    [
        ({"iss": "https://other.example"}, 700211),
        ({"sub": SUBJECT.upper()}, 700213),
        ({"aud": "api://other"}, 700212),
        ({"exp": 1_600_000_000}, 700024),
    ],
)
def test_federated_refusals(pc: Wire, stranger: Pair, changes: dict[str, Any], number: int) -> None:
    seeded(pc, federated=federated(stranger.public))
    token = jwt.encode(told(**changes), stranger.key, algorithm="RS256")
    assert error(asserted(pc, token)) == (401, "invalid_client", number)


def test_federated_signature_and_audience(pc: Wire, pair: Pair, stranger: Pair) -> None:
    seeded(pc, federated=federated(stranger.public, audience="https://emulator.example"))
    held = told(aud=["https://emulator.example"])
    assert asserted(pc, jwt.encode(held, stranger.key, "RS256")).status_code == 200
    forged = asserted(pc, jwt.encode(held, pair.key, "RS256"))
    assert error(forged) == (401, "invalid_client", 50013)


@pytest.mark.parametrize(
    "app, place",
    [
        ({"certificates": ["none"]}, r"apps\[0\]\.certificates"),
        ({"federated": [{"issuer": "a", "subject": "b"}]}, r"federated\[0\]\.key: is required"),
        ({"federated": [{"issuer": "a", "subject": "b", "key": "x"}]}, r"federated\[0\]\.key"),
        ({"federated": [{"issuer": "a", "subject": "b", "key": {"kty": "x"}}]}, r"\.key"),
        ({"federated": [{"subject": "b", "key": "x"}]}, r"federated\[0\]"),
    ],
)
def test_worlds_with_broken_keys_are_refused(app: dict[str, Any], place: str) -> None:
    with pytest.raises(WorldError, match=place):
        load_world({"apps": [{"id": APP, **app}]})


# secrets


def test_a_secret_is_needed_and_can_expire(pc: Wire) -> None:
    seeded(pc, secretExpires="2026-12-01T00:00:00Z")
    form = {"grant_type": "client_credentials", "scope": SCOPE}
    assert error(posted(pc, form)) == (401, "invalid_client", 7000218)
    assert posted(pc, {**form, "client_secret": "emulator"}).status_code == 200
    pc.advance("P10D")
    late = posted(pc, {**form, "client_secret": "emulator"})
    assert error(late) == (401, "invalid_client", 7000222)


def test_errors_have_the_shape_of_entra(pc: Wire) -> None:
    seeded(pc)
    answer = posted(pc, {"grant_type": "client_credentials", "client_secret": "wrong"})
    body = answer.json()
    assert body["error_description"].startswith("AADSTS7000215: Invalid client secret provided.")
    assert f"Trace ID: {body['trace_id']}" in body["error_description"]
    assert body["timestamp"] == "2026-11-22 09:00:00Z"
    assert set(body) >= {"error", "error_codes", "correlation_id"}


@pytest.mark.parametrize(
    "form, number",
    [
        ({}, 900144),
        ({"grant_type": "refresh_token", "client_secret": "emulator"}, 900144),
        ({"grant_type": "client_credentials", "client_id": ""}, 900144),
    ],
)
def test_missing_parameters(pc: Wire, form: dict[str, str], number: int) -> None:
    seeded(pc)
    assert error(posted(pc, form)) == (400, "invalid_request", number)


def test_client_credentials_need_a_tenant(pc: Wire) -> None:
    form = {"client_id": "pcsync", "client_secret": "emulator", "grant_type": "client_credentials"}
    answer = pc.session.post(f"{pc.url}/common/oauth2/v2.0/token", data=form)
    assert error(answer) == (400, "invalid_request", 50059)


# refresh tokens


def refreshed(pc: Wire, token: str, version: str = "/v2.0") -> requests.Response:
    form = {"grant_type": "refresh_token", "refresh_token": token, "client_secret": "emulator"}
    return posted(pc, {**form, "scope": f"{USER_SCOPE} openid"}, f"oauth2{version}/token")


def test_msal_rotates_refresh_tokens(pc: Wire) -> None:
    seeded(pc)
    app = client(pc, "emulator")
    first = app.acquire_token_by_refresh_token("kim", [USER_SCOPE])
    second = app.acquire_token_by_refresh_token(first["refresh_token"], [USER_SCOPE])
    assert len({"kim", first["refresh_token"], second["refresh_token"]}) == 3
    assert works(pc, second)
    assert second["id_token_claims"]["preferred_username"] == KIM["userPrincipalName"]


def test_a_renewed_token_outlives_a_reset_and_a_forged_one_is_refused(pc: Wire) -> None:
    seeded(pc)
    token = refreshed(pc, "kim").json()["refresh_token"]
    seeded(pc)
    assert refreshed(pc, token).status_code == 200
    for wrong in ("kim.1-1.0", token[:-1] + ("0" if token[-1] != "0" else "1"), "nobody", "kim.."):
        assert error(refreshed(pc, wrong)) == (400, "invalid_grant", 70000)


def test_refresh_tokens_expire_unless_renewed(pc: Wire) -> None:
    seeded(pc, {"refreshLifetime": "P90D"})
    pc.advance("P60D")
    token = refreshed(pc, "kim").json()["refresh_token"]
    pc.advance("P60D")
    assert error(refreshed(pc, "kim")) == (400, "invalid_grant", 700082)
    assert refreshed(pc, token).status_code == 200
    pc.advance("P30D")
    assert error(refreshed(pc, token)) == (400, "invalid_grant", 700082)


def test_one_refresh_token_can_end_at_a_date(pc: Wire) -> None:
    ends = {**KIM, "refreshExpires": "2026-12-01T00:00:00Z"}
    seeded(pc, users=[ends, LEE])
    token = refreshed(pc, "kim").json()["refresh_token"]
    pc.advance("P10D")
    assert error(refreshed(pc, "kim")) == (400, "invalid_grant", 700082)
    assert refreshed(pc, token).status_code == 200
    assert refreshed(pc, "lee").status_code == 200


def test_refresh_tokens_without_reuse_or_rotation(pc: Wire) -> None:
    seeded(pc, {"refreshReuse": False})
    token = refreshed(pc, "kim").json()["refresh_token"]
    assert error(refreshed(pc, "kim")) == (400, "invalid_grant", 70000)
    assert refreshed(pc, token).status_code == 200
    seeded(pc, {"refreshRotates": False})
    assert refreshed(pc, "kim").json()["refresh_token"] == "kim"


def test_consents_can_be_revoked_and_given_anew(pc: Wire) -> None:
    seeded(pc)
    token = refreshed(pc, "kim").json()["refresh_token"]
    named = {"userPrincipalName": KIM["userPrincipalName"]}
    assert pc.control("POST", "signin/revoke", named).status_code == 204
    assert pc.control("GET", "signin").json()["revoked"] == [KIM["userPrincipalName"]]
    for old in ("kim", token):
        assert error(refreshed(pc, old)) == (400, "invalid_grant", 50173)
    assert refreshed(pc, "lee").status_code == 200
    code = query(authorized(pc))["code"]
    renewed = redeemed(pc, code).json()["refresh_token"]
    assert refreshed(pc, renewed).status_code == 200


@pytest.mark.parametrize("body", [{}, {"userPrincipalName": "nobody"}, {"user": "kim"}])
def test_only_known_users_can_be_revoked(pc: Wire, body: dict[str, str]) -> None:
    seeded(pc)
    assert pc.control("POST", "signin/revoke", body).status_code == 400


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

HERE = "http://localhost:8400"


def authorized(pc: Wire, **changes: str) -> requests.Response:
    asked = {"client_id": APP, "response_type": "code", "redirect_uri": HERE, "state": "s 1"}
    return pc.session.get(
        f"{pc.url}/{TENANT}/oauth2/v2.0/authorize",
        params={**asked, "scope": f"{USER_SCOPE} openid", **changes},
        allow_redirects=False,
    )


def query(answer: requests.Response) -> dict[str, str]:
    assert answer.status_code == 302, answer.text
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))


def redeemed(pc: Wire, code: str, **changes: str) -> requests.Response:
    form = {"grant_type": "authorization_code", "code": code, "client_secret": "emulator"}
    return posted(pc, {**form, "redirect_uri": HERE, **changes})


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
