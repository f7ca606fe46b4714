"""How a user comes to consent: a code at another device, or a redirect with a code.

Nobody types a password here: the control plane approves devices, and `/authorize` signs in the user
that `login_hint` names, or the app's first. Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from pcsync.emulator.apps import App, SignedInUser
from pcsync.emulator.call import Answer, ok
from pcsync.emulator.oauth import Refused, SignIn, bad_grant
from pcsync.emulator.sign_ins import AuthCode, DeviceCode

DEVICE_LASTS = timedelta(minutes=15)
CODE_LASTS = timedelta(minutes=10)
HERE = ("localhost", "127.0.0.1", "::1")


def device(call: SignIn) -> Answer:
    """A code for a sign-in at another device."""
    call.demand_tenant()
    world, app = call.world, _app(call)
    code = world.ids.hexes("device code", 48)
    user_code = world.ids.letters("user code", 9, code)
    scope = call.form.get("scope", "")
    ends = world.clock.now() + DEVICE_LASTS
    world.sign_ins.devices[code] = DeviceCode(code, user_code, app.id, scope, ends)
    place = f"https://{call.host}/devicelogin"
    told = f"To sign in, open {place} and enter the code {user_code} to authenticate."
    name = "verification_uri" if call.version == 2 else "verification_url"
    spans = {"expires_in": int(DEVICE_LASTS.total_seconds()), "interval": 5}
    lasts = spans if call.version == 2 else {key: str(span) for key, span in spans.items()}
    shown = {"user_code": user_code, "device_code": code, name: place, "message": told}
    return ok(shown | lasts)


def polled(call: SignIn, app: App) -> tuple[DeviceCode, SignedInUser]:
    """The device's code and its user once it is approved; until then 400/70016."""
    given = call.form.get("device_code") or call.need("code")
    found = call.world.sign_ins.devices.get(given)
    if found is None or found.app.lower() != app.id.lower() or found.state == "used":
        raise Refused("bad_verification_code", 70000, "The device code is not known or was used.")
    if call.world.clock.now() >= found.ends:
        raise Refused("expired_token", 70020, "The device code has expired.")
    if found.state == "declined":
        raise Refused("authorization_declined", 70018, "The user declined the sign-in.")
    user = app.user(found.upn)
    if found.state == "pending" or user is None:
        text = "OAuth 2.0 device flow error. Authorization is pending. Continue polling."
        raise Refused("authorization_pending", 70016, text)
    found.state = "used"
    return found, user


def authorize(call: SignIn) -> Answer:
    """A redirect with a code for the user; errors that concern the redirect are answered here."""
    call.demand_tenant()
    app = _app(call)
    place = call.need("redirect_uri")
    _demand_place(app, place)
    user = app.user(call.form.get("login_hint", ""))
    if call.need("response_type") != "code":
        return _back(place, call, {"error": "unsupported_response_type"})
    if call.form.get("response_mode", "query") != "query":
        return _back(place, call, {"error": "invalid_request"})
    if user is None:
        told = "AADSTS50034: The user account does not exist in the directory."
        return _back(place, call, {"error": "access_denied", "error_description": told})
    ids, now = call.world.ids, call.world.clock.now()
    code = AuthCode(
        ids.hexes("authorization code", 64),
        app.id,
        user.upn,
        call.form.get("scope", ""),
        place,
        now + CODE_LASTS,
        call.form.get("code_challenge", ""),
        call.form.get("code_challenge_method", "plain"),
        call.form.get("nonce", ""),
    )
    call.world.sign_ins.codes[code.code] = code
    session = ids.guid("session")
    return _back(place, call, {"code": code.code, "session_state": session})


def redeemed(call: SignIn, app: App) -> tuple[AuthCode, SignedInUser]:
    """The authorization code of the request and its user; a code is good for one use."""
    found = call.world.sign_ins.codes.get(call.need("code"))
    user = app.user(found.upn) if found else None
    if found is None or user is None or found.app.lower() != app.id.lower():
        raise bad_grant(70000, "Provided grant is invalid or malformed.")
    if found.used:
        raise bad_grant(54005, "OAuth2 Authorization code was already redeemed.")
    if call.world.clock.now() >= found.ends:
        raise bad_grant(70008, "The provided authorization code has expired.")
    if call.form.get("redirect_uri", found.redirect_uri) != found.redirect_uri:
        raise bad_grant(500112, "The reply address does not match the one of the code.")
    if found.challenge and _challenge(call, found.method) != found.challenge:
        text = "The Code_Verifier does not match the code_challenge of the authorization request."
        raise bad_grant(501481, text)
    found.used = True
    return found, user


def _app(call: SignIn) -> App:
    client = call.need("client_id")
    app = call.world.apps.get(client.lower())
    if app is None:
        text = f"Application with identifier '{client}' was not found in the directory."
        raise Refused("unauthorized_client", 700016, text)
    return app


def _demand_place(app: App, place: str) -> None:
    """400/50011 for an address that the app does not list, or if it lists none, is elsewhere."""
    known = place in app.redirect_uris
    if not known and (app.redirect_uris or urlsplit(place).hostname not in HERE):
        text = f"The redirect URI '{place}' does not match those configured for the application."
        raise Refused("invalid_request", 50011, text)


def _back(place: str, call: SignIn, query: dict[str, str]) -> Answer:
    state = {"state": call.form["state"]} if "state" in call.form else {}
    mark = "&" if "?" in place else "?"
    return Answer(302, None, {"Location": f"{place}{mark}{urlencode({**query, **state})}"})


def _challenge(call: SignIn, method: str) -> str:
    verifier = call.form.get("code_verifier", "")
    if method.lower() == "plain":
        return verifier
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
