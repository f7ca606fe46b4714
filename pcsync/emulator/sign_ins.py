"""What the sign-in service remembers: device codes, authorization codes, revocations, assertions.

No rules. Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class DeviceCode:
    """A sign-in at another device; `state` is pending, approved, declined or used."""

    code: str
    user_code: str
    app: str
    scope: str
    ends: datetime
    state: str = "pending"
    upn: str = ""


@dataclass
class AuthCode:
    """An authorization code: for whom, and what has to come with it."""

    code: str
    app: str
    upn: str
    scope: str
    redirect_uri: str
    ends: datetime
    challenge: str = ""
    method: str = ""
    nonce: str = ""
    used: bool = False


@dataclass
class SignIns:
    """`issued` counts refresh tokens; those of a user up to the number in `revoked` are void, as
    are those in `used`. `assertions` are the ids of client assertions that were taken."""

    issued: int = 0
    revoked: dict[str, int] = field(default_factory=dict)
    used: list[str] = field(default_factory=list)
    assertions: list[str] = field(default_factory=list)
    devices: dict[str, DeviceCode] = field(default_factory=dict)
    codes: dict[str, AuthCode] = field(default_factory=dict)
