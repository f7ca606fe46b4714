"""Multi-factor authentication of callers: refusal and the test header (conventions.md 2, MFA).

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pcsync.emulator import wire
from pcsync.emulator.faults import CHALLENGE, Fault
from pcsync.emulator.remembered import Sent
from pcsync.emulator.settings import Settings
from pcsync.emulator.tokens import Caller

NAME = "isMfaCompliant"


def demand(caller: Caller, headers: Mapping[str, str], refused: bool) -> bool | None:
    """401/900421 for a user without MFA; a fault can have it `refused` to one with it, too.

    With the header ValidateMfa the call is not blocked: whether the token complies is returned, to
    be told in the answer. App-only tokens are exempt, so they comply.
    """
    complies = caller.user is None or (caller.mfa and not refused)
    if headers.get("validatemfa", "").strip().lower() == "true":
        return complies
    if not complies:
        raise Fault(401, 900421, "MFA required.", headers=CHALLENGE)
    return None


def told(settings: Settings, sent: Sent, complies: bool | None) -> Sent:
    """The answer with what was found: in a header, an object's body, or both (sources differ)."""
    if complies is None:
        return sent
    where = settings.mfa_answer
    if where != "body":
        sent = replace(sent, headers={**sent.headers, NAME: str(complies).lower()})
    body = wire.decode(sent.body) if where != "header" and sent.body else None
    if isinstance(body, dict):
        sent = replace(sent, body=wire.encode({**body, NAME: complies}))
    return sent
