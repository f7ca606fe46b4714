"""The token endpoint: what each grant type wants, and the tokens that it gives.

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

from pcsync.emulator import consents, refreshing, signing, tokens
from pcsync.emulator.apps import App, SignedInUser
from pcsync.emulator.call import Answer, ok
from pcsync.emulator.oauth import Refused, SignIn
from pcsync.emulator.proof import proven

DEFAULT_RESOURCE = "https://api.partnercenter.microsoft.com"


def token(call: SignIn) -> Answer:
    """A token by one of the grant types below; others are refused."""
    call.demand_tenant()
    grant = call.need("grant_type")
    if grant not in GRANTS:
        text = f"The grant type {grant!r} is not supported."
        raise Refused("unsupported_grant_type", 70003, text)
    return ok(GRANTS[grant](call))


def _app_only(call: SignIn) -> dict[str, Any]:
    call.demand_tenant(single=True)
    app = proven(call, with_user=False)
    if not app.app_only:
        text = "The application may not call without a user."
        raise Refused("unauthorized_client", 700016, text)
    return _granted(call, app, None)


def _refresh(call: SignIn) -> dict[str, Any]:
    app = proven(call, with_user=True)
    given = call.need("refresh_token")
    user = refreshing.consent(call.world, app, given).user
    refreshing.spend(call.world, given)
    return _with_user(call, app, user, call.form.get("scope", ""), keep=given)


def _code(call: SignIn) -> dict[str, Any]:
    app = proven(call, with_user=True)
    code, user = consents.redeemed(call, app)
    return _with_user(call, app, user, call.form.get("scope") or code.scope, code.nonce)


def _device(call: SignIn) -> dict[str, Any]:
    app = proven(call, with_user=True)
    code, user = consents.polled(call, app)
    return _with_user(call, app, user, code.scope)


GRANTS: dict[str, Callable[[SignIn], dict[str, Any]]] = {
    "client_credentials": _app_only,
    "refresh_token": _refresh,
    "authorization_code": _code,
    "urn:ietf:params:oauth:grant-type:device_code": _device,
    "device_code": _device,
}


def _with_user(
    call: SignIn, app: App, user: SignedInUser, scope: str, nonce: str = "", keep: str = ""
) -> dict[str, Any]:
    """Access token and refresh token, with an id token where the scope asks for it."""
    rotates = call.world.settings.refresh_rotates or not keep
    refresh = refreshing.renewed(call.world, app, user) if rotates else keep
    granted = {**_granted(call, app, user, scope), "refresh_token": refresh}
    oid = tokens.object_id(call.world, user)
    if "openid" in scope.split():
        granted["id_token"] = _id_token(call, app, user, nonce)
    if call.form.get("client_info") == "1":
        info = json.dumps({"uid": oid, "utid": call.world.partner.tenant_id}).encode()
        granted["client_info"] = base64.urlsafe_b64encode(info).decode().rstrip("=")
    return granted


def _id_token(call: SignIn, app: App, user: SignedInUser, nonce: str) -> str:
    world = call.world
    now = int(world.clock.now().timestamp())
    lifetime = int(world.settings.token_lifetime.total_seconds())
    dated = {"iat": now, "nbf": now, "exp": now + lifetime}
    named = {"oid": tokens.object_id(world, user), "sub": world.ids.guid("subject", user.upn)}
    claims = {
        "iss": f"{call.authority}/v2.0",
        "aud": app.id,
        "tid": world.partner.tenant_id,
        "preferred_username": user.upn,
        "name": user.upn.partition("@")[0],
        "ver": "2.0",
    }
    return signing.sign(world, claims | dated | named | ({"nonce": nonce} if nonce else {}))


def _granted(call: SignIn, app: App, user: SignedInUser | None, scopes: str = "") -> dict[str, Any]:
    resource = _resource(call, scopes)
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
    dated = {"expires_on": str(now + lifetime), "not_before": str(now), "resource": resource}
    lasts = {"expires_in": str(lifetime), "ext_expires_in": str(lifetime)}
    return shared | spoken | lasts | dated


def _resource(call: SignIn, scopes: str) -> str:
    if call.version == 1:
        return call.form.get("resource", DEFAULT_RESOURCE).rstrip("/")
    wanted = (scopes or call.form.get("scope", "")).split()
    named = [word for word in wanted if "://" in word]
    return named[0].rpartition("/")[0].rstrip("/") if named else DEFAULT_RESOURCE
