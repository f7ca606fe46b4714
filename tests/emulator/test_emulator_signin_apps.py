"""Sign-in of an app by certificate, federated assertion or secret: conventions.md 2."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from pcsync.emulator import WorldError, load_world

from .signing import (
    APP,
    ISSUER,
    KIM,
    SCOPE,
    SUBJECT,
    USER_SCOPE,
    Pair,
    asserted,
    client,
    error,
    own_claims,
    posted,
    public_pem,
    seeded,
    signed,
    works,
)
from .test_emulator_signin import claims
from .wire import Wire


@pytest.fixture(scope="module")
def pair() -> Pair:
    return Pair()


@pytest.fixture(scope="module")
def stranger() -> Pair:
    return Pair()


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
