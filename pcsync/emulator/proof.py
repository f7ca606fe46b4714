"""How an app proves that it is the one: secret, certificate, or another issuer's word.

Owns the checks of client assertions. Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

import jwt

from pcsync.emulator import public_keys
from pcsync.emulator.apps import App, Federated
from pcsync.emulator.oauth import Refused, SignIn, bad_client

KIND = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALGORITHMS = ["RS256", "PS256", "RS384", "PS384", "RS512", "PS512", "ES256", "ES384"]
UNCHECKED: Any = dict.fromkeys(("verify_aud", "verify_exp", "verify_nbf", "verify_iat"), False)
UNSIGNED: Any = {**UNCHECKED, "verify_signature": False}
SKEW = 300
"""Seconds that a client's clock may be off."""


def proven(call: SignIn, with_user: bool) -> App:
    """The app of the request, which has proved itself; a public one need not, with a user."""
    client = call.need("client_id")
    app = call.world.apps.get(client.lower())
    if app is None:
        text = f"Application with identifier '{client}' was not found in the directory."
        raise Refused("unauthorized_client", 700016, text)
    if "client_assertion" in call.form:
        _assertion(call, app)
    elif "client_secret" in call.form:
        _secret(call, app)
    elif not (with_user and app.public):
        wanted = "'client_assertion' or 'client_secret'"
        text = f"The request body must contain the following parameter: {wanted}."
        raise bad_client(7000218, text)
    return app


def _secret(call: SignIn, app: App) -> None:
    if call.form["client_secret"] != app.secret:
        raise bad_client(7000215, "Invalid client secret provided.")
    if app.secret_expires is not None and call.world.clock.now() >= app.secret_expires:
        raise bad_client(7000222, "The provided client secret keys for the app are expired.")


def _assertion(call: SignIn, app: App) -> None:
    if call.form.get("client_assertion_type") != KIND:
        text = f"The 'client_assertion_type' must be {KIND!r}."
        raise Refused("invalid_request", 900021, text)
    token = call.form["client_assertion"]
    try:
        header = jwt.get_unverified_header(token)
        claims = jwt.decode(token, options=UNSIGNED)
    except jwt.InvalidTokenError as wrong:
        text = f"The client assertion is no valid JSON web token ({wrong})."
        raise bad_client(50027, text) from wrong
    if str(claims.get("iss", "")).lower() == app.id.lower():
        _own(call, app, token, header, claims)
    else:
        _federated(app, token, claims)
    _in_time(call, claims)
    _once(call, token, claims)


def _own(
    call: SignIn, app: App, token: str, header: Mapping[str, Any], claims: Mapping[str, Any]
) -> None:
    """A JWT that the app signed itself with the key of one of its certificates."""
    known = [public_keys.certificate(text) for text in app.certificates]
    found = next((row for row in known if row.named_by(dict(header))), None)
    if found is None:
        reason = "[Reason - The key was not found.]"
        raise bad_client(700027, f"The certificate is not registered on application. {reason}")
    _signed(token, [found.key], 700027, "Client assertion contains an invalid signature.")
    if not found.begins.timestamp() <= _now(call) < found.ends.timestamp():
        reason = "[Reason - The key used is expired.]"
        raise bad_client(700027, f"Client assertion contains an invalid signature. {reason}")
    if str(claims.get("sub", "")).lower() != app.id.lower():
        text = "Client assertion application identifier doesn't match 'client_id' parameter."
        raise bad_client(700021, text)
    meant = {_place(audience) for audience in _listed(claims.get("aud"))}
    ends = ("", "/v2.0", "/oauth2/token", "/oauth2/v2.0/token")
    if not meant & {_place(call.authority + end) for end in ends}:
        raise bad_client(700023, "Client assertion audience claim does not match Realm issuer.")


def _federated(app: App, token: str, claims: Mapping[str, Any]) -> None:
    """A JWT of an issuer that the app trusts; issuer, subject and audience match to the letter."""
    text = "No matching federated identity record found for presented assertion"
    rows = [row for row in app.federated if row.issuer == claims.get("iss")]
    if not rows:
        raise bad_client(700211, f"{text} issuer '{claims.get('iss')}'.")
    rows = [row for row in rows if row.subject == claims.get("sub")]
    if not rows:
        raise bad_client(700213, f"{text} subject '{claims.get('sub')}'.")
    rows = [row for row in rows if row.audience in _listed(claims.get("aud"))]
    if not rows:
        raise bad_client(700212, f"{text} audience '{claims.get('aud')}'.")
    _signed(token, _keys(rows), 50013, "Assertion failed signature validation.")


def _keys(rows: Iterable[Federated]) -> list[Any]:
    return [public_keys.public_key(text) for row in rows for text in row.keys]


def _signed(token: str, keys: Iterable[Any], number: int, text: str) -> None:
    for key in keys:
        try:
            jwt.decode(token, key, algorithms=ALGORITHMS, options=UNCHECKED)
        except (jwt.PyJWTError, TypeError, ValueError):
            continue
        return
    raise bad_client(number, text)


def _in_time(call: SignIn, claims: Mapping[str, Any]) -> None:
    """The claims are dated by the machine's clock, unless the world says by the emulator's."""
    now = _now(call)
    begins, ends = claims.get("nbf", now), claims.get("exp", 0)
    try:
        alive = float(begins) - SKEW <= now < float(ends) + SKEW
    except (TypeError, ValueError):
        alive = False
    if not alive:
        raise bad_client(700024, "Client assertion is not within its valid time range.")


def _now(call: SignIn) -> float:
    if call.world.settings.assertion_clock == "emulator":
        return call.world.clock.now().timestamp()
    return time.time()


def _once(call: SignIn, token: str, claims: Mapping[str, Any]) -> None:
    """Where the world wants it, an assertion is taken once: by its id, or as a whole."""
    if call.world.settings.assertion_replay:
        return
    taken = call.world.sign_ins.assertions
    name = f"{claims.get('iss')} {claims.get('jti') or token}"
    if name in taken:
        raise bad_client(50013, "Assertion is invalid: its 'jti' was used before.")
    taken.append(name)


def _listed(value: Any) -> list[str]:
    return [str(row) for row in value] if isinstance(value, list) else [str(value)]


def _place(address: str) -> str:
    """An address without its scheme: a client may name this server with http or https."""
    return address.partition("://")[2].rstrip("/").lower()
