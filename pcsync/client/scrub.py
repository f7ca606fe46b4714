"""Blanks what must never stand in an error, a log or a report: tokens, passwords, secrets.

Owns the patterns. Pure; must not import anything of pcsync.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

BLANK = "***"

# No pattern can fail after a long match, nor match in two ways: texts come from elsewhere.
_NAME = (
    r"(?i:password|passwd|pwd|secret|refresh_?token|access_?token|id_?token|assertion|api_?key"
    r"|credential)[\w-]{0,40}\\?[\"']?\s{0,5}[:=]\s{0,5}"
)
_PATTERNS = (
    # "password": "value", 'password': 'value', and JSON within JSON: \"password\": \"value\"
    re.compile(
        rf"({_NAME})(?P<q>\\?[\"'])(?:(?!(?P=q))(?:\\.|[^\\])){{0,4000}}(?:(?P=q))?", re.DOTALL
    ),
    re.compile(rf"({_NAME})[^\s\"',;&}}\]\\]+"),
    re.compile(r"(\b(?i:bearer|basic)\s{1,5})[\w.~+/=-]{8,}"),
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


_SENT = re.compile(rb'"(?i:[a-z]{0,20}password)"\s{0,5}:\s{0,5}("(?:[^"\\]|\\.){4,1000}")')


def sent_secrets(body: bytes | None) -> tuple[str, ...]:
    """The passwords in a body of ours: a refusal of it may quote them without saying what it is."""
    return tuple(str(json.loads(found)) for found in _SENT.findall(body or b""))
