"""Access tokens: who calls, of which kind, for which audience, until when.

Tokens are JWTs signed with the key of the world's seed, so they outlive a reset of the world and
repeat byte by byte. Clients treat them as opaque (conventions.md 2). Imports nothing of pcsync
outside the emulator.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import jwt

from pcsync.emulator import signing
from pcsync.emulator.apps import App, SignedInUser
from pcsync.emulator.faults import bad_token, no_token
from pcsync.emulator.world import World

AUDIENCES = frozenset(
    {
        "https://api.partnercenter.microsoft.com",
        "https://partner.partnercenterapi.microsoftonline.cn",
    }
)


@dataclass(frozen=True)
class Caller:
    """The bearer of a token: `user` is the UPN with App+User, None with App-only."""

    app_id: str
    user: str | None
    mfa: bool
    audience: str
    roles: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """`app` or `user`."""
        return "app" if self.user is None else "user"


def issue(world: World, app: App, user: SignedInUser | None, resource: str, issuer: str) -> str:
    """A token for the app, or for the app on behalf of the user, for one audience."""
    now = int(world.clock.now().timestamp())
    lifetime = int(world.settings.token_lifetime.total_seconds())
    claims: dict[str, Any] = {
        "aud": resource,
        "iss": issuer,
        "iat": now,
        "nbf": now,
        "exp": now + lifetime,
        "appid": app.id,
        "tid": world.partner.tenant_id,
        "jti": world.ids.guid("token"),
        "ver": "1.0",
    }
    claims |= _of_app() if user is None else _of_user(world, user)
    return signing.sign(world, claims)


def object_id(world: World, user: SignedInUser) -> str:
    """The id of the user in the partner's directory."""
    return world.ids.guid("partner user", user.upn)


def _of_app() -> dict[str, Any]:
    return {"idtyp": "app", "roles": ["Partner.Center.API"]}


def _of_user(world: World, user: SignedInUser) -> dict[str, Any]:
    return {
        "idtyp": "user",
        "upn": user.upn,
        "unique_name": user.upn,
        "oid": object_id(world, user),
        "amr": ["pwd", "mfa"] if user.mfa else ["pwd"],
        "scp": "user_impersonation",
        "roles": list(user.roles),
    }


def read(world: World, header: str | None, expired: Collection[str] = ()) -> Caller:
    """The caller behind an Authorization header. 401 if there is none or it does not hold.

    `expired` are headers whose tokens a fault has ended before their time.
    """
    scheme, _, token = (header or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise no_token()
    if header in expired:
        raise bad_token("the token has expired")
    try:
        claims = signing.verified(world, token.strip())
    except jwt.InvalidTokenError as wrong:
        raise bad_token(f"the token is not valid ({wrong})") from wrong
    return _checked(world, claims)


def _checked(world: World, claims: dict[str, Any]) -> Caller:
    if claims["exp"] <= world.clock.now().timestamp():
        raise bad_token("the token has expired")
    if claims["tid"] != world.partner.tenant_id:
        raise bad_token("the token is of another tenant")
    if "appid" not in claims:
        raise bad_token("this is no access token")
    mfa = "mfa" in claims.get("amr", ())
    roles = tuple(claims.get("roles", ()))
    return Caller(claims["appid"], claims.get("upn"), mfa, claims["aud"], roles)
