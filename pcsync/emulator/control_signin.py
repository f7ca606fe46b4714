"""The control plane's part in sign-ins: approving devices and revoking consents.

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pcsync.emulator import refreshing, times
from pcsync.emulator.call import Answer, empty, ok
from pcsync.emulator.faults import Fault, invalid
from pcsync.emulator.sign_ins import DeviceCode
from pcsync.emulator.state import State


def pending(state: State, body: Mapping[str, Any]) -> Answer:
    """The sign-ins at other devices, and the users whose consent was revoked."""
    held = state.world.sign_ins
    rows = [_shown(code) for code in held.devices.values()]
    return ok({"devices": rows, "revoked": sorted(held.revoked)})


def approve(state: State, body: Mapping[str, Any]) -> Answer:
    """{"userCode", "userPrincipalName"?, "decline"?}: let the user sign in there, or decline."""
    _known(body, ("userCode", "userPrincipalName", "decline"))
    code = str(body.get("userCode", "")).upper()
    rows = state.world.sign_ins.devices.values()
    found = next((row for row in rows if row.user_code == code and row.state == "pending"), None)
    if found is None:
        raise Fault(404, "emulator-unknown-code", f"No device waits with the code {code!r}.")
    app = state.world.apps[found.app.lower()]
    user = app.user(str(body.get("userPrincipalName", "")))
    if user is None:
        raise invalid(f"The app {app.id} has no such user.")
    found.state = "declined" if body.get("decline") else "approved"
    found.upn = user.upn
    return ok(_shown(found))


def revoke(state: State, body: Mapping[str, Any]) -> Answer:
    """{"userPrincipalName"}: the user's refresh tokens hold no longer; a new consent does."""
    _known(body, ("userPrincipalName",))
    upn = str(body.get("userPrincipalName", ""))
    if not upn or not any(app.user(upn) for app in state.world.apps.values()):
        raise invalid(f"No app has a user {upn!r}.")
    refreshing.revoke(state.world, upn)
    return empty()


def _known(body: Mapping[str, Any], words: tuple[str, ...]) -> None:
    unknown = sorted(set(body) - set(words))
    if unknown:
        raise invalid(f"Unknown words: {', '.join(unknown)}.")


def _shown(code: DeviceCode) -> dict[str, Any]:
    return {
        "userCode": code.user_code,
        "app": code.app,
        "state": code.state,
        "userPrincipalName": code.upn or None,
        "expires": times.show(code.ends),
    }
