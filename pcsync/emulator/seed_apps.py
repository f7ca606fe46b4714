"""The apps of a world: secrets, certificates, federated credentials, users.

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pcsync.emulator import public_keys
from pcsync.emulator.apps import EXCHANGE, App, Federated, SignedInUser, default_apps
from pcsync.emulator.section import Section
from pcsync.emulator.world import World

APP_WORDS = (
    "id",
    "secret",
    "secretExpires",
    "appOnly",
    "public",
    "certificates",
    "federated",
    "redirectUris",
    "users",
)
USER_WORDS = ("refreshToken", "userPrincipalName", "mfa", "roles", "revoked", "refreshExpires")
FEDERATED_WORDS = ("issuer", "subject", "audience", "key")


def apps(top: Section, world: World) -> dict[str, App]:
    """The apps by id; the usual one if the file names none."""
    found = [_app(row, world) for row in top.each("apps", APP_WORDS)]
    return {app.id.lower(): app for app in found} or default_apps(world.partner.name)


def _app(row: Section, world: World) -> App:
    return App(
        row.need("id"),
        row.text("secret") or "emulator",
        app_only=row.flag("appOnly", True),
        users=tuple(_user(user, world) for user in row.each("users", USER_WORDS)),
        secret_expires=row.moment("secretExpires"),
        certificates=tuple(_certificate(row, text) for text in row.texts("certificates")),
        federated=tuple(_federated(part) for part in row.each("federated", FEDERATED_WORDS)),
        public=row.flag("public", False),
        redirect_uris=tuple(row.texts("redirectUris")),
    )


def _user(row: Section, world: World) -> SignedInUser:
    upn = row.need("userPrincipalName")
    return SignedInUser(
        refresh_token=row.text("refreshToken") or world.ids.hexes("first consent", 32, upn),
        upn=upn,
        mfa=row.flag("mfa", True),
        roles=tuple(row.texts("roles")) or ("AdminAgents",),
        revoked=row.flag("revoked", False),
        expires=row.moment("refreshExpires"),
    )


def _certificate(row: Section, text: str) -> str:
    try:
        public_keys.certificate(text)
    except ValueError as wrong:
        row.fail("certificates", f"must be certificates in PEM form with RSA keys ({wrong})")
    return text


def _federated(row: Section) -> Federated:
    keys = _keys(row.raw("key"))
    try:
        for key in keys:
            public_keys.public_key(key)
    except ValueError as wrong:
        row.fail("key", f"must be a public key as PEM or JWKS ({wrong})")
    if not keys:
        row.fail("key", "is required")
    audience = row.text("audience") or EXCHANGE
    return Federated(row.need("issuer"), row.need("subject"), keys, audience)


def _keys(value: Any) -> tuple[str, ...]:
    """PEM text as it stands, a JSON Web Key or each of a set as JSON text."""
    if isinstance(value, Mapping):
        rows = value.get("keys", [value])
        return tuple(json.dumps(row) for row in rows) if isinstance(rows, list) else ()
    return (str(value),) if value else ()
