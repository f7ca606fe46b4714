"""The sign-in service: discovery, client credentials, refresh tokens (conventions.md 2).

Endpoints are named with https because msal refuses anything else; the client's transport maps them
back to this server's http (clients.md). Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from pcsync.emulator import tokens
from pcsync.emulator.call import Answer, ok
from pcsync.emulator.world import App, SignedInUser, World

DEFAULT_RESOURCE = "https://api.partnercenter.microsoft.com"
ANY_TENANT = ("common", "organizations")


class Refused(Exception):
    """An OAuth error with the number of Microsoft Entra's text."""

    def __init__(self, error: str, number: int, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.status = status
        self.body = {
            "error": error,
            "error_description": f"AADSTS{number}: {text}",
            "error_codes": [number],
        }


@dataclass(frozen=True)
class SignIn:
    """One request to the sign-in service."""

    world: World
    host: str
    tenant: str
    form: Mapping[str, str]
    version: int

    @property
    def authority(self) -> str:
        """The https address of the tenant at this host."""
        return f"https://{self.host}/{self.tenant}"


Handler = Callable[[SignIn], Answer]


def answer(world: World, method: str, path: str, host: str, raw: bytes) -> Answer | None:
    """The answer to a sign-in request; None if the path is none."""
    for verb, pattern, version, handler in ROUTES:
        found = pattern.match(path)
        if found and verb == method:
            form = dict(parse_qsl(raw.decode("utf-8", "replace")))
            try:
                return handler(SignIn(world, host, found[1], form, version))
            except Refused as refusal:
                return Answer(refusal.status, refusal.body)
    return None


def discovery(call: SignIn) -> Answer:
    """The OpenID configuration; issuer and endpoints lie under the authority that was asked."""
    _check_tenant(call)
    version = "/v2.0" if call.version == 2 else ""
    return ok(
        {
            "issuer": f"{call.authority}/v2.0",
            "authorization_endpoint": f"{call.authority}/oauth2{version}/authorize",
            "token_endpoint": f"{call.authority}/oauth2{version}/token",
            "device_authorization_endpoint": f"{call.authority}/oauth2{version}/devicecode",
            "jwks_uri": f"{call.authority}/discovery{version}/keys",
            "response_types_supported": ["code", "id_token", "code id_token"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
        }
    )


def keys(call: SignIn) -> Answer:
    """The signing keys: none, for nobody but this server reads its tokens."""
    return ok({"keys": []})


def instances(call: SignIn) -> Answer:
    """Instance discovery: this host is its own and only cloud."""
    aliases = {
        "preferred_network": call.host,
        "preferred_cache": call.host,
        "aliases": [call.host],
    }
    endpoint = f"https://{call.host}/common/.well-known/openid-configuration"
    return ok(
        {
            "tenant_discovery_endpoint": endpoint,
            "api-version": "1.1",
            "metadata": [aliases],
        }
    )


def token(call: SignIn) -> Answer:
    """A token by client credentials or by refresh token; other grants are refused."""
    _check_tenant(call)
    grant = call.form.get("grant_type", "")
    if grant == "client_credentials":
        return _app_only(call)
    if grant == "refresh_token":
        return _on_behalf(call)
    raise Refused("unsupported_grant_type", 70003, f"The grant type {grant!r} is not supported.")


def _check_tenant(call: SignIn) -> None:
    known = (call.world.partner.tenant_id, *ANY_TENANT)
    if call.tenant.lower() not in known:
        raise Refused("invalid_request", 90002, f"Tenant '{call.tenant}' not found.")


def _app_only(call: SignIn) -> Answer:
    if call.tenant.lower() in ANY_TENANT:
        raise Refused("invalid_request", 53003, "Client credentials need the partner's tenant.")
    app = _app(call)
    if not app.app_only:
        text = "The application may not call without a user."
        raise Refused("unauthorized_client", 700016, text)
    return ok(_grant(call, app, None))


def _on_behalf(call: SignIn) -> Answer:
    app = _app(call)
    given = call.form.get("refresh_token", "")
    user = next((u for a, u in call.world.sign_in_of(given) if a.id == app.id), None)
    if user is None or user.revoked:
        text = "The refresh token has expired or was revoked. Consent again."
        raise Refused("invalid_grant", 70008, text)
    renewed = f"{user.refresh_token}.{call.world.ids.hexes('refresh token', 32)}"
    return ok(_grant(call, app, user) | {"refresh_token": renewed})


def _app(call: SignIn) -> App:
    client = call.form.get("client_id", "")
    app = call.world.apps.get(client.lower())
    if app is None:
        text = f"Application with identifier '{client}' was not found in the directory."
        raise Refused("unauthorized_client", 700016, text)
    assertion = call.form.get("client_assertion", "")
    proven = (
        assertion.count(".") == 2 if assertion else call.form.get("client_secret") == app.secret
    )
    if not proven:
        raise Refused("invalid_client", 7000215, "Invalid client secret provided.", status=401)
    return app


def _grant(call: SignIn, app: App, user: SignedInUser | None) -> dict[str, Any]:
    resource = _resource(call)
    issuer = f"https://sts.windows.net/{call.world.partner.tenant_id}/"
    access = tokens.issue(call.world, app, user, resource, issuer)
    lifetime = int(call.world.settings.token_lifetime.total_seconds())
    scope = "user_impersonation" if user else ".default"
    shared = {"token_type": "Bearer", "access_token": access}
    if call.version == 2:
        granted = {"scope": f"{resource}/{scope}"} if user else {}
        return shared | {"expires_in": lifetime, "ext_expires_in": lifetime} | granted
    now = int(call.world.clock.now().timestamp())
    spoken = {"scope": scope} if user else {}
    return (
        shared
        | spoken
        | {
            "expires_in": str(lifetime),
            "ext_expires_in": str(lifetime),
            "expires_on": str(now + lifetime),
            "not_before": str(now),
            "resource": resource,
        }
    )


def _resource(call: SignIn) -> str:
    if call.version == 1:
        return call.form.get("resource", DEFAULT_RESOURCE).rstrip("/")
    scopes = [word for word in call.form.get("scope", "").split() if "://" in word]
    return scopes[0].rpartition("/")[0].rstrip("/") if scopes else DEFAULT_RESOURCE


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text.replace("{tenant}", r"([0-9a-zA-Z.-]+)") + "/?$", re.IGNORECASE)


ROUTES: list[tuple[str, re.Pattern[str], int, Handler]] = [
    ("GET", _pattern("/{tenant}/v2.0/.well-known/openid-configuration"), 2, discovery),
    ("GET", _pattern("/{tenant}/.well-known/openid-configuration"), 1, discovery),
    ("GET", _pattern("/{tenant}/discovery/instance"), 2, instances),
    ("GET", _pattern("/{tenant}/discovery/v2.0/keys"), 2, keys),
    ("GET", _pattern("/{tenant}/discovery/keys"), 1, keys),
    ("POST", _pattern("/{tenant}/oauth2/v2.0/token"), 2, token),
    ("POST", _pattern("/{tenant}/oauth2/token"), 1, token),
]
