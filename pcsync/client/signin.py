"""Tokens from the sign-in service through msal (conventions.md section 2, clients.md).

Owns App-only tokens and those of a stored consent. With the other `signin_*` modules the only
importer of msal. Must not import anything of pcsync but the nouns and the errors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import msal

from pcsync.client.clock import Clock
from pcsync.client.clouds import Cloud
from pcsync.client.signin_errors import broken
from pcsync.client.signin_http import HttpClient
from pcsync.client.slots import KeptTokens
from pcsync.errors import SignInFailed, Unreachable
from pcsync.model import Can


@dataclass(frozen=True, slots=True)
class App:
    """The app that signs in. `credential` is its secret, or what msal takes instead of one: a
    mapping with a certificate's key, or with a callable for a federated assertion. None is an app
    without any, which can only act for its user."""

    tenant: str
    id: str
    credential: str | Mapping[str, Any] | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Consent:
    """A partner user's stored consent. The service rotates refresh tokens: `keep` is given each
    new one before the access token that came with it is used (rule SE5)."""

    refresh_token: str = field(repr=False)
    keep: Callable[[str], None]


class MsalTokens(KeptTokens):
    """App-only tokens and, with a consent, App+User ones. Thread-safe.

    `prefer` is the kind used where a call takes either; the least powerful is App-only.
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
        self._http = http
        grants = MsalGrants(cloud, app, http, consent)
        super().__init__(grants, app.tenant, clock, prefer=prefer, margin=margin)


class MsalGrants:
    """What an app gets by its credential, and by the refresh token of a consent."""

    def __init__(self, cloud: Cloud, app: App, http: HttpClient, consent: Consent | None) -> None:
        self._cloud, self._app, self._http, self._consent = cloud, app, http, consent
        self._refresh_token = consent.refresh_token if consent else ""
        self._making = Lock()
        self._made: Any = None

    @property
    def can(self) -> frozenset[Can]:
        """App-only with a credential, App+User with a consent."""
        app = {Can.APP} if self._app.credential is not None else set()
        return frozenset(app | ({Can.USER} if self._consent else set()))

    @property
    def secrets(self) -> tuple[str, ...]:
        """The app's secret and the newest refresh token."""
        credential = self._app.credential
        of_app = (credential,) if isinstance(credential, str) else ()
        return (*of_app, self._refresh_token)

    def ask(self, kind: Can, *, again: bool) -> Mapping[str, Any]:
        """One request to the token endpoint."""
        with in_words(self.secrets):
            app = self._msal()
            if kind is Can.USER:
                scopes = [self._cloud.user_scope]
                found = app.acquire_token_by_refresh_token(self._refresh_token, scopes)
            else:
                app.remove_tokens_for_client()  # what msal remembers may be what was refused
                found = app.acquire_token_for_client([self._cloud.app_scope])
        return found if isinstance(found, Mapping) else {}

    def keep(self, kind: Can, result: Mapping[str, Any]) -> None:
        """Hand a new refresh token over first: if that fails, the old one is still the stored."""
        rotated = result.get("refresh_token")
        if kind is not Can.USER or not isinstance(rotated, str):
            return
        if self._consent and rotated not in {"", self._refresh_token}:
            self._consent.keep(rotated)
            self._refresh_token = rotated

    def _msal(self) -> Any:
        """msal's application, made at the first need: it asks for the discovery document."""
        with self._making:
            if self._made is None:
                self._made = application(self._cloud, self._app, self._http)
            return self._made


def application(cloud: Cloud, app: App, http: HttpClient, cache: Any = None) -> Any:
    """msal's application for an app with a credential, or a public one without."""
    common = {
        "authority": f"{_https(cloud.authority)}/{app.tenant}",
        "http_client": http,
        "instance_discovery": False,  # the authority is from our own table
        "token_cache": cache,
    }
    if app.credential is None:
        return msal.PublicClientApplication(app.id, **common)
    return msal.ConfidentialClientApplication(app.id, client_credential=app.credential, **common)


@contextmanager
def in_words(secrets: tuple[str, ...]) -> Iterator[None]:
    """Raises SignInFailed instead of what msal and its transport raise."""
    try:
        yield
    except Unreachable as error:
        raise SignInFailed(f"sign-in failed: {error.what}", error.advice) from error
    except (msal.exceptions.MsalError, OSError, ValueError, LookupError, RuntimeError) as error:
        raise broken(error, secrets) from error


def _https(authority: str) -> str:
    """The authority as msal takes it; SwapScheme takes it back for an emulator."""
    return authority.replace("http://", "https://", 1)
