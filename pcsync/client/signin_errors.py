"""Refusals of the sign-in service in words (conventions.md section 2, clients.md).

Owns what to do about each. Pure; must not import anything of pcsync but the errors.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from pcsync.client.advice import CONSENT_AGAIN
from pcsync.client.scrub import scrub
from pcsync.errors import SignInFailed

_CONSENT = "the stored sign-in of the user has ended: consent again and store the new refresh token"
_SECRET = "check the app's id and its secret: it may be wrong, expired, or another app's"
_APP = "check the app's id and the partner's tenant id: the app is not known in this tenant"
_RIGHTS = "give the app the Partner Center API permission and an admin's consent"
_MOMENT = "the sign-in service has a fault: run the command again in a minute"
_REST = "check `partner.tenantId`, the app's id and its secret"

BY_AADSTS: Mapping[str, str] = MappingProxyType(
    {
        "50034": _CONSENT,
        "50057": "the user's account is disabled: consent with another partner user",
        "50076": CONSENT_AGAIN,
        "50078": CONSENT_AGAIN,
        "50079": CONSENT_AGAIN,
        "50173": _CONSENT,
        "53003": "Conditional Access blocks the sign-in: allow it for this app and user",
        "65001": _RIGHTS,
        "70000": _CONSENT,
        "70008": _CONSENT,
        "90002": "check `partner.tenantId`: there is no such tenant in this cloud",
        "500011": _RIGHTS,
        "700016": _APP,
        "700082": _CONSENT,
        "700084": _CONSENT,
        "7000215": _SECRET,
        "7000222": "the app's secret has expired: make a new one and store it",
    }
)
"""By the number behind AADSTS in the description."""

BY_ERROR: Mapping[str, str] = MappingProxyType(
    {
        "invalid_client": _SECRET,
        "invalid_grant": _CONSENT,
        "interaction_required": CONSENT_AGAIN,
        "unauthorized_client": _APP,
        "invalid_scope": _RIGHTS,
        "invalid_resource": _RIGHTS,
        "temporarily_unavailable": _MOMENT,
        "server_error": _MOMENT,
    }
)
"""By the OAuth error."""


def refused(result: Mapping[str, Any], known: Iterable[str]) -> SignInFailed:
    """The error in a result of msal that holds no token; `known` secrets are blanked."""
    error = str(result.get("error") or "no token")
    said = str(result.get("error_description") or "").partition("\n")[0].strip()
    number = re.search(r"AADSTS([0-9]+)", said)
    rest = BY_ERROR.get(error, _REST)
    advice = BY_AADSTS.get(number.group(1), rest) if number else rest
    return SignInFailed(scrub(f"sign-in refused: {error}: {said}".rstrip(": "), known), advice)


def broken(error: Exception, known: Iterable[str]) -> SignInFailed:
    """The error for what msal raised: no usable discovery document, a fault of the service."""
    said = str(error).partition("\n")[0][:300]
    return SignInFailed(
        scrub(f"sign-in failed: {type(error).__name__}: {said}", known),
        f"{_REST}; if they are right, run the command again in a minute",
    )
