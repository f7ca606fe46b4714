"""What tests of sign-in share: an app, keys with a certificate, and the forms of a request."""

from __future__ import annotations

import base64
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import jwt
import msal
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from .test_emulator_signin import Plain
from .wire import RESOURCE, TENANT, Wire

APP = "0d6e7f10-1f7b-4c1b-8a8a-0b7b6f7c0001"
SCOPE = f"{RESOURCE}/.default"
USER_SCOPE = f"{RESOURCE}/user_impersonation"
HERE = "http://localhost:8400"
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


def refreshed(pc: Wire, token: str, version: str = "/v2.0") -> requests.Response:
    form = {"grant_type": "refresh_token", "refresh_token": token, "client_secret": "emulator"}
    return posted(pc, {**form, "scope": f"{USER_SCOPE} openid"}, f"oauth2{version}/token")


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
