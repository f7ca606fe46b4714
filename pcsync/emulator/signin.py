"""The sign-in service: discovery, keys, and the way to the endpoints (conventions.md 2).

Endpoints are named with https because msal refuses anything else; the client's transport maps them
back to this server's http (clients.md). Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qsl

from pcsync.emulator import consents, granting, signing
from pcsync.emulator.call import Answer, ok
from pcsync.emulator.exchange import Incoming
from pcsync.emulator.oauth import Refused, SignIn
from pcsync.emulator.world import World

Handler = Callable[[SignIn], Answer]


def covers(request: Incoming) -> bool:
    """Whether the request is for the sign-in service."""
    return _found(request) is not None


def answer(world: World, request: Incoming) -> Answer:
    """The answer to a sign-in request. LookupError if it is none."""
    found = _found(request)
    if found is None:
        raise LookupError(f"{request.path} is no path of the sign-in service")
    sent = parse_qsl(request.raw.decode("utf-8", "replace"))
    form = dict(request.query if request.method == "GET" else sent)
    tenant, version, handler = found
    try:
        return handler(SignIn(world, request.host, tenant, form, version))
    except Refused as refusal:
        return refusal.answer(world)


def _found(request: Incoming) -> tuple[str, int, Handler] | None:
    """Tenant, version and handler of the first route that fits."""
    for verb, pattern, version, handler in ROUTES:
        found = pattern.match(request.path)
        if found and verb == request.method:
            return found[1], version, handler
    return None


def discovery(call: SignIn) -> Answer:
    """The OpenID configuration; issuer and endpoints lie under the authority that was asked."""
    call.demand_tenant()
    version = "/v2.0" if call.version == 2 else ""
    return ok(
        {
            "issuer": f"{call.authority}/v2.0",
            "authorization_endpoint": f"{call.authority}/oauth2{version}/authorize",
            "token_endpoint": f"{call.authority}/oauth2{version}/token",
            "device_authorization_endpoint": f"{call.authority}/oauth2{version}/devicecode",
            "jwks_uri": f"{call.authority}/discovery{version}/keys",
            "response_modes_supported": ["query"],
            "response_types_supported": ["code"],
            "scopes_supported": ["openid", "profile", "offline_access"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
        }
    )


def keys(call: SignIn) -> Answer:
    """The public key that all tokens are signed with."""
    return ok(signing.key_set(call.world))


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


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text.replace("{tenant}", r"([0-9a-zA-Z.-]+)") + "/?$", re.IGNORECASE)


ROUTES: list[tuple[str, re.Pattern[str], int, Handler]] = [
    ("GET", _pattern("/{tenant}/v2.0/.well-known/openid-configuration"), 2, discovery),
    ("GET", _pattern("/{tenant}/.well-known/openid-configuration"), 1, discovery),
    ("GET", _pattern("/{tenant}/discovery/instance"), 2, instances),
    ("GET", _pattern("/{tenant}/discovery/v2.0/keys"), 2, keys),
    ("GET", _pattern("/{tenant}/discovery/keys"), 1, keys),
    ("POST", _pattern("/{tenant}/oauth2/v2.0/token"), 2, granting.token),
    ("POST", _pattern("/{tenant}/oauth2/token"), 1, granting.token),
    ("POST", _pattern("/{tenant}/oauth2/v2.0/devicecode"), 2, consents.device),
    ("POST", _pattern("/{tenant}/oauth2/devicecode"), 1, consents.device),
    ("GET", _pattern("/{tenant}/oauth2/v2.0/authorize"), 2, consents.authorize),
    ("GET", _pattern("/{tenant}/oauth2/authorize"), 1, consents.authorize),
]
