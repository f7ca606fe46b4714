"""Blanks what must never stand in an error, a log or a report: tokens, passwords, secrets.

Owns the patterns. Pure; must not import anything of pcsync.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

BLANK = "***"

_SECRET_NAME = (
    r"[\w-]*(?:password|passwd|pwd|secret|refresh_?token|access_?token|id_?token|assertion"
    r"|api_?key|credential)[\w-]*"
)
_PATTERNS = (
    # "password": "value", also with escaped quotes; password=value; password: value
    re.compile(rf'(?i)(\\?["\']?{_SECRET_NAME}\\?["\']?\s*[:=]\s*)\\?"(?:\\.|[^"\\])*\\?"'),
    re.compile(rf"(?i)(\\?[\"']?{_SECRET_NAME}\\?[\"']?\s*[:=]\s*)[^\s\"',;&}}\]]+"),
    re.compile(r"(?i)(\b(?:bearer|basic)\s+)[\w.~+/=-]{8,}"),
    re.compile(r"()\beyJ[\w-]{5,}(?:\.[\w-]*)*"),  # JSON Web Tokens
    re.compile(r"()\b[01]\.A[\w-]{16,}[\w.-]*"),  # refresh tokens as Entra issues them
)


def scrub(text: str, known: Iterable[str] = ()) -> str:
    """`text` with tokens, values of password-like members and all `known` secrets blanked."""
    for secret in known:
        if secret:
            text = text.replace(secret, BLANK)
    for pattern in _PATTERNS:
        text = pattern.sub(rf"\g<1>{BLANK}", text)
    return text
