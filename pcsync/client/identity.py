"""One identity of the settings, made into tokens: which way of signing in it is.

Owns the closed list of kinds. Secrets come in as values; where they are kept is the caller's. Must
not import anything of pcsync but the errors and its client.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pcsync.client import signin_device, signin_managed
from pcsync.client.clock import Clock
from pcsync.client.clouds import Cloud
from pcsync.client.signin import App, Consent, MsalGrants
from pcsync.client.signin_http import HttpClient
from pcsync.client.signin_keep import Keep, nowhere
from pcsync.client.signin_sources import Source, assertion
from pcsync.client.slots import Grants, KeptTokens
from pcsync.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Identity:
    """Who signs in, and how: the `kind` of manifest-reference 11.1, with what it needs.

    `refresh_token` with `keep` is the consent of the person that the app acts for. Secrets are not
    shown when it is printed.
    """

    kind: str
    app: str
    secret: str | None = field(default=None, repr=False)
    certificate: str | None = field(default=None, repr=False)
    passphrase: str | None = field(default=None, repr=False)
    source: Source = field(default_factory=Source)
    refresh_token: str | None = field(default=None, repr=False)
    keep: Keep = nowhere


@dataclass(frozen=True, slots=True)
class SignInDesk:
    """Where an identity signs in: cloud, partner's tenant, transport, clock and environment.

    `cache` opens what `pcsync login` keeps.
    """

    cloud: Cloud
    tenant: str
    http: HttpClient
    clock: Clock
    environment: Mapping[str, str]
    cache: Callable[[], Any]


def open_tokens(identity: Identity, desk: SignInDesk) -> KeptTokens:
    """Tokens of an identity. Nothing is sent before the first is asked for.

    Raises SettingsError.
    """
    return KeptTokens(_grants(identity, desk), desk.tenant, desk.clock)


def _grants(identity: Identity, desk: SignInDesk) -> Grants:
    if identity.kind == "deviceCode":
        app = App(desk.tenant, identity.app, None)
        return signin_device.DeviceGrants(desk.cloud, app, desk.http, desk.cache())
    if identity.kind == "managedIdentity":
        return signin_managed.ManagedGrants(desk.cloud, identity.app)
    app = App(desk.tenant, identity.app, _credential(identity, desk))
    consent = None
    if identity.refresh_token:
        consent = Consent(identity.refresh_token, identity.keep)
    if consent is None and app.credential is None:
        raise SettingsError("there is neither an app's credential nor a user's", "correct `auth`")
    return MsalGrants(desk.cloud, app, desk.http, consent)


def _credential(identity: Identity, desk: SignInDesk) -> str | Mapping[str, Any] | None:
    """What proves the app; of `refreshToken` a secret or a certificate if there is one."""
    if identity.kind == "federated":
        get = assertion(identity.source, desk.http, desk.environment)
        return {"client_assertion": get}
    if identity.certificate:
        from pcsync.client import signin_certificate  # slow to load, and rarely needed

        return signin_certificate.credential(identity.certificate, identity.passphrase)
    return identity.secret
