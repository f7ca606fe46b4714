"""Tokens from the sign-in service through msal (conventions.md section 2, clients.md).

Owns the two kinds of token and when to get a new one. The only importer of msal. Must not import
anything of pcsync but the nouns and the errors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import msal

from pcsync.client.clock import Clock
from pcsync.client.clouds import Cloud
from pcsync.client.signin_errors import broken, refused
from pcsync.client.signin_http import HttpClient
from pcsync.errors import SignInFailed, Unreachable
from pcsync.model import Can


@dataclass(frozen=True, slots=True)
class App:
    """The app that signs in. `credential` is its secret, or what msal takes instead of one: a
    mapping with a certificate's key, or with a callable for a federated assertion."""

    tenant: str
    id: str
    credential: str | Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Consent:
    """A partner user's stored consent. The service rotates refresh tokens: `keep` is given each
    new one before the access token that came with it is used (rule SE5)."""

    refresh_token: str = field(repr=False)
    keep: Callable[[str], None]


@dataclass(slots=True)
class _Slot:
    """One kind's token and the monotonic second until which it is good; guarded by its lock."""

    lock: Lock = field(default_factory=Lock)
    token: str = field(default="", repr=False)
    until: float = 0.0


class MsalTokens:
    """App-only tokens and, with a consent, App+User ones. Thread-safe.

    `prefer` is the kind used where a call takes either; without a consent it is App-only. A token
    is renewed `margin` seconds before its end, by one thread while the others wait.
    """

    def __init__(
        self,
        cloud: Cloud,
        app: App,
        http: HttpClient,
        clock: Clock,
        *,
        consent: Consent | None = None,
        prefer: Can = Can.APP,
        margin: float = 300.0,
    ) -> None:
        self._cloud, self._app, self._http, self._clock = cloud, app, http, clock
        self._consent, self._margin = consent, margin
        self._prefer = prefer if consent else Can.APP
        self._refresh_token = consent.refresh_token if consent else ""
        self._slots = {Can.APP: _Slot(), Can.USER: _Slot()}
        self._making = Lock()
        self._made: Any = None

    @property
    def can(self) -> frozenset[Can]:
        """App-only always, App+User with a consent."""
        return frozenset({Can.APP, Can.USER} if self._consent else {Can.APP})

    def token(self, user: bool) -> str:
        """A token good for `margin` seconds. Raises SignInFailed; SinkError from `keep`."""
        kind = self._kind(user)
        slot = self._slots[kind]
        with slot.lock:
            if not slot.token or self._clock.monotonic() >= slot.until:
                slot.token, slot.until = self._new(kind)
            return slot.token

    def refresh(self, user: bool) -> None:
        """Forget the token of this kind, so that the next call gets another."""
        slot = self._slots[self._kind(user)]
        with slot.lock:
            slot.token = ""

    def _kind(self, user: bool) -> Can:
        if user and not self._consent:
            raise SignInFailed(
                "this call needs an App+User token, but only an app is configured",
                "let a partner user consent with MFA and configure the refresh token",
            )
        return Can.USER if user else self._prefer

    def _new(self, kind: Can) -> tuple[str, float]:
        began = self._clock.monotonic()
        result = self._ask(kind)
        token, lasts = result.get("access_token"), _seconds(result.get("expires_in"))
        if not isinstance(token, str) or not token:
            raise refused(result, self._secrets())
        if kind is Can.USER:
            self._keep(result.get("refresh_token"))
        return token, began + lasts - min(self._margin, lasts / 2)

    def _keep(self, rotated: object) -> None:
        """Hand a new refresh token over first: if that fails, the old one is still the stored."""
        if self._consent and isinstance(rotated, str) and rotated not in {"", self._refresh_token}:
            self._consent.keep(rotated)
            self._refresh_token = rotated

    def _ask(self, kind: Can) -> Mapping[str, Any]:
        try:
            app = self._msal()
            if kind is Can.USER:
                scopes = [self._cloud.user_scope]
                found = app.acquire_token_by_refresh_token(self._refresh_token, scopes)
            else:
                app.remove_tokens_for_client()  # what msal remembers may be what was refused
                found = app.acquire_token_for_client([self._cloud.app_scope])
        except Unreachable as error:
            raise SignInFailed(f"sign-in failed: {error.what}", error.advice) from error
        except (msal.exceptions.MsalError, OSError, ValueError, LookupError, RuntimeError) as error:
            raise broken(error, self._secrets()) from error
        return found if isinstance(found, Mapping) else {}

    def _msal(self) -> Any:
        """msal's application, made at the first need: it asks for the discovery document."""
        with self._making:
            if self._made is None:
                self._made = msal.ConfidentialClientApplication(
                    self._app.id,
                    client_credential=self._app.credential,
                    authority=f"{_https(self._cloud.authority)}/{self._app.tenant}",
                    http_client=self._http,
                    instance_discovery=False,  # the authority is from our own table
                )
            return self._made

    def _secrets(self) -> tuple[str, ...]:
        credential = self._app.credential
        of_app = (credential,) if isinstance(credential, str) else ()
        return (*of_app, self._refresh_token)


def _https(authority: str) -> str:
    """The authority as msal takes it; SwapScheme takes it back for an emulator."""
    return authority.replace("http://", "https://", 1)


def _seconds(value: object) -> float:
    """`expires_in`, which some endpoints send as text; an hour if it is not said."""
    try:
        return float(str(value))
    except ValueError:
        return 3600.0
