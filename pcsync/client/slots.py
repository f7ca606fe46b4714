"""Tokens kept until shortly before their end, whoever grants them.

Owns the two kinds of token, when to get a new one (by one thread while the others wait), and the
refusal of tokens of another tenant (rule SE8). Must not import anything of pcsync but the nouns and
the errors.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Protocol

from pcsync.client.clock import Clock
from pcsync.client.signin_errors import refused
from pcsync.errors import Exit, SignInFailed
from pcsync.model import Can

NO_USER = SignInFailed(
    "this call needs an App+User token, but only an app is configured",
    "let a partner user consent with MFA and configure the refresh token",
)


class WrongTenant(SignInFailed):
    """The sign-in gave a token of another tenant: nothing may be read or written with it."""

    exit_code = Exit.REFUSED


class Grants(Protocol):
    """Gets tokens from somewhere. Raises SignInFailed."""

    @property
    def can(self) -> frozenset[Can]:
        """The kinds of token it can get."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not stand in an error."""

    def ask(self, kind: Can, *, again: bool) -> Mapping[str, Any]:
        """What the sign-in service answered, OAuth's members; `again`: not the one before."""

    def keep(self, kind: Can, result: Mapping[str, Any]) -> None:
        """Store what has to be stored before the token of a result is used."""


@dataclass(slots=True)
class _Slot:
    """One kind's token and the monotonic second until which it is good; guarded by its lock."""

    lock: Lock = field(default_factory=Lock)
    token: str = field(default="", repr=False)
    until: float = 0.0
    made: int = 0


class KeptTokens:
    """App-only tokens and App+User ones, as far as they are granted. Thread-safe.

    `prefer` is the kind used where a call takes either. A token is renewed `margin` seconds before
    its end.
    """

    def __init__(
        self,
        grants: Grants,
        tenant: str,
        clock: Clock,
        *,
        prefer: Can = Can.APP,
        margin: float = 300.0,
    ) -> None:
        self._grants, self._tenant, self._clock = grants, tenant, clock
        self._prefer = prefer if prefer in grants.can else next(iter(grants.can))
        self._margin = margin
        self._slots = {Can.APP: _Slot(), Can.USER: _Slot()}

    @property
    def can(self) -> frozenset[Can]:
        """The kinds of token it can get."""
        return self._grants.can

    def token(self, user: bool) -> str:
        """A token good for `margin` seconds. Raises SignInFailed; SinkError from what keeps."""
        kind = self._kind(user)
        slot = self._slots[kind]
        with slot.lock:
            if not slot.token or self._clock.monotonic() >= slot.until:
                slot.token, slot.until = self._new(kind, again=slot.made > 0)
                slot.made += 1
            return slot.token

    def refresh(self, user: bool) -> None:
        """Forget the token of this kind, so that the next call gets another."""
        slot = self._slots[self._kind(user)]
        with slot.lock:
            slot.token = ""

    def _kind(self, user: bool) -> Can:
        if user and Can.USER not in self._grants.can:
            raise SignInFailed(NO_USER.what, NO_USER.advice)
        return Can.USER if user else self._prefer

    def _new(self, kind: Can, *, again: bool) -> tuple[str, float]:
        began = self._clock.monotonic()
        result = self._grants.ask(kind, again=again)
        token, lasts = result.get("access_token"), _seconds(result.get("expires_in"))
        if not isinstance(token, str) or not token:
            raise refused(result, self._grants.secrets)
        demand_tenant(token, self._tenant)
        self._grants.keep(kind, result)
        return token, began + lasts - min(self._margin, lasts / 2)


def demand_tenant(token: str, tenant: str) -> None:
    """Raises WrongTenant where a token that can be read is of another tenant than `tenant`."""
    found = claims(token).get("tid")
    if isinstance(found, str) and found.lower() != tenant.lower():
        raise WrongTenant(
            f"the sign-in is of tenant {found[:36]}, but `partner.tenantId` is {tenant}",
            "sign in with an app and a user of the partner's tenant, or correct `partner.tenantId`",
        )


def claims(token: str) -> Mapping[str, Any]:
    """What a JSON Web Token says, unchecked: for guards and reports only; empty if opaque."""
    parts = token.split(".")
    try:
        raw = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
        found = json.loads(raw)
    except (IndexError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _seconds(value: object) -> float:
    """`expires_in`, which some endpoints send as text; an hour if it is not said."""
    try:
        return float(str(value))
    except ValueError:
        return 3600.0
