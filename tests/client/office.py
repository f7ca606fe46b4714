"""An emulator to sign in to, apps of every kind, and what a pipeline's machine answers."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from uuid import uuid4

import jwt
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from pcsync.client import (
    Client,
    EmulatorClock,
    Identity,
    KeptTokens,
    Retry,
    SignInDesk,
    emulator,
    open_session,
    open_tokens,
    sign_in_http,
    signin_cache,
)

CANARY = "canary-7f3a9"
ANA, KAI = "ana@northwind.example", "kai@northwind.example"
ISSUER, SUBJECT = "https://token.example", "repo:northwind/estate:ref:refs/heads/main"
BUDGETS = [
    {"domain": f"contoso{n}.onmicrosoft.com", "azure": True, "budget": n + 1} for n in range(16)
]


@cache
def key_pair() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(key: Any) -> str:
    form = serialization.PrivateFormat.PKCS8
    none = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, form, none).decode()


def certificate(key: Any) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "pcsync")])
    now = dt.datetime.now(dt.UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name)
    made = made.public_key(key.public_key()).serial_number(x509.random_serial_number())
    made = made.not_valid_before(now).not_valid_after(now + dt.timedelta(days=30))
    return made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


@cache
def registered() -> str:
    """The certificate that the app is registered with."""
    return certificate(key_pair())


def public(key: rsa.RSAPrivateKey) -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


def vouched() -> str:
    now = int(time.time())
    said = {"iss": ISSUER, "sub": SUBJECT, "aud": "api://AzureADTokenExchange", "jti": str(uuid4())}
    return jwt.encode({**said, "iat": now, "nbf": now, "exp": now + 300}, key_pair(), "RS256")


def world() -> dict[str, Any]:
    users = [
        {"refreshToken": f"refresh-{CANARY}", "userPrincipalName": ANA},
        {"refreshToken": f"no-mfa-{CANARY}", "userPrincipalName": KAI, "mfa": False},
    ]
    trust = {"issuer": ISSUER, "subject": SUBJECT, "key": public(key_pair())}
    return {
        "settings": {"tokenLifetime": "PT1H", "refreshLifetime": "P90D"},
        "apps": [
            {"id": "app", "secret": f"secret-{CANARY}", "users": users},
            {"id": "with-certificate", "certificates": [registered()], "users": users},
            {"id": "vouched-for", "federated": [trust], "users": users},
            {"id": "people", "public": True, "appOnly": False, "users": users},
        ],
        "customers": BUDGETS,
    }


class Counting:
    """A transport that counts what it posts."""

    def __init__(self, inner: Any) -> None:
        self.inner, self.posts = inner, 0

    def get(self, url: str, **options: Any) -> requests.Response:
        return self.inner.get(url, **options)

    def post(self, url: str, **options: Any) -> requests.Response:
        self.posts += 1
        return self.inner.post(url, **options)

    def close(self) -> None:
        self.inner.close()


@dataclass
class Office:
    """An emulator, and whoever signs in there."""

    url: str
    tenant: str
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        cloud = emulator(self.url)
        self.control_session, self.session = open_session(cloud), open_session(cloud)
        self.clock = EmulatorClock(self.url, self.control_session)
        self.http = Counting(sign_in_http(cloud, self.clock, Retry(jitter=lambda: 0.0)))
        self.desk = SignInDesk(
            cloud, self.tenant, self.http, self.clock, self.environment, self.cache
        )

    def cache(self) -> Any:
        place = signin_cache.place({"HOME": str(self.folder)}, "emulator", self.tenant, "people")
        return signin_cache.opened(place, lambda said: None, encrypted=False)

    def control(self, method: str, name: str, body: Any = None) -> Any:
        found = self.control_session.request(method, f"{self.url}/_emulator/{name}", json=body)
        assert found.status_code < 300, found.text
        return found.json() if found.content else None

    def tokens(self, identity: Identity, **changes: Any) -> KeptTokens:
        return open_tokens(identity, replace(self.desk, **changes))

    def client(self, tokens: KeptTokens, *, writable: bool = False) -> Client:
        return Client(
            self.url,
            tokens,
            self.session,
            writable=writable,
            clock=self.clock,
            retry=Retry(jitter=lambda: 0.0),
            new_id=lambda: str(uuid4()),
            timeout=10.0,
        )

    def customers(self, tokens: KeptTokens) -> list[str]:
        body = self.client(tokens).send("GET", "/v1/customers?size=500").body
        return [item["id"] for item in body["items"]]

    def close(self) -> None:
        for each in (self.control_session, self.session, self.http):
            each.close()


def by_secret(**more: Any) -> Identity:
    return Identity("secret", "app", secret=f"secret-{CANARY}", **more)


def with_user(keep: Any = lambda token: None, token: str = f"refresh-{CANARY}") -> Identity:
    return by_secret(refresh_token=token, keep=keep)


def users_of(office: Office, tokens: KeptTokens) -> Any:
    customer = office.customers(office.tokens(by_secret()))[0]
    return office.client(tokens).send("GET", f"/v1/customers/{customer}/users", user=True).body


class Pipeline(BaseHTTPRequestHandler):
    """GitHub, Azure DevOps and a machine's identity, as they answer inside a job."""

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))
        if "/msi" in self.path:
            self._say(self.server.machine)
        else:
            self._say({"value": vouched()})

    def do_POST(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))
        self._say({"oidcToken": vouched()})

    def _say(self, body: Mapping[str, Any]) -> None:
        raw = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: object) -> None:
        """Say nothing."""
