"""Access tokens: who calls, of which kind, for which audience, until when.

Tokens are JWTs signed with a fixed key, so they outlive a reset of the world and repeat byte by
byte. Clients treat them as opaque (conventions.md 2). Imports nothing of pcsync outside the
emulator.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jwt

from pcsync.emulator.faults import Fault, bad_token, no_token
from pcsync.emulator.world import App, SignedInUser, World

AUDIENCES = frozenset(
    {
        "https://api.partnercenter.microsoft.com",
        "https://partner.partnercenterapi.microsoftonline.cn",
    }
)
_KEY = "the emulator's own signing key, known to everybody and worth nothing"


@dataclass(frozen=True)
class Caller:
    """The bearer of a token: `user` is the UPN with App+User, None with App-only."""

    app_id: str
    user: str | None
    mfa: bool
    audience: str

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
    return jwt.encode(claims, _KEY, algorithm="HS256")


def _of_app() -> dict[str, Any]:
    return {"idtyp": "app", "roles": ["Partner.Center.API"]}


def _of_user(world: World, user: SignedInUser) -> dict[str, Any]:
    return {
        "idtyp": "user",
        "upn": user.upn,
        "unique_name": user.upn,
        "oid": world.ids.guid("partner user", user.upn),
        "amr": ["pwd", "mfa"] if user.mfa else ["pwd"],
        "scp": "user_impersonation",
        "roles": list(user.roles),
    }


def read(world: World, header: str | None) -> Caller:
    """The caller behind an Authorization header. 401 if there is none or it does not hold."""
    scheme, _, token = (header or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise no_token()
    try:
        claims = jwt.decode(
            token.strip(),
            _KEY,
            algorithms=["HS256"],
            options={
                "verify_aud": False,
                "verify_exp": False,
                "verify_nbf": False,
                "verify_iat": False,
            },
        )
    except jwt.InvalidTokenError as wrong:
        raise bad_token(f"the token is not valid ({wrong})") from wrong
    return _checked(world, claims)


def _checked(world: World, claims: dict[str, Any]) -> Caller:
    if claims["exp"] <= world.clock.now().timestamp():
        raise bad_token("the token has expired")
    if claims["tid"] != world.partner.tenant_id:
        raise bad_token("the token is of another tenant")
    user = claims.get("upn")
    return Caller(claims["appid"], user, "mfa" in claims.get("amr", ()), claims["aud"])


def demand_mfa(caller: Caller) -> None:
    """401/900421 for a user token without MFA."""
    if caller.user is None or caller.mfa:
        return
    challenge = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
    raise Fault(401, 900421, "MFA required.", headers=challenge)
