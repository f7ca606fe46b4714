"""App registrations of the partner, the users who sign in to them, and what proves an app.

No rules. Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

EXCHANGE = "api://AzureADTokenExchange"
"""The audience of federated assertions where a credential names none."""


@dataclass(frozen=True)
class SignedInUser:
    """A partner user who consented once: the refresh token stands for that consent.

    It ends at `expires`, if given; `revoked` is as after a change of password.
    """

    refresh_token: str
    upn: str
    mfa: bool = True
    roles: tuple[str, ...] = ("AdminAgents",)
    revoked: bool = False
    expires: datetime | None = None


@dataclass(frozen=True)
class Federated:
    """Another issuer's word that the app trusts; `keys` are PEM texts or JSON Web Keys."""

    issuer: str
    subject: str
    keys: tuple[str, ...]
    audience: str = EXCHANGE


@dataclass(frozen=True)
class App:
    """An app registration of the partner. A `public` one need not prove itself for a user."""

    id: str = "pcsync"
    secret: str = "emulator"
    app_only: bool = True
    users: tuple[SignedInUser, ...] = ()
    secret_expires: datetime | None = None
    certificates: tuple[str, ...] = ()
    federated: tuple[Federated, ...] = ()
    public: bool = False
    redirect_uris: tuple[str, ...] = ()

    def user(self, upn: str) -> SignedInUser | None:
        """The user of that name; without a name, the first."""
        fits = (user for user in self.users if upn.lower() in ("", user.upn.lower()))
        return next(fits, None)


def default_apps(partner_name: str) -> dict[str, App]:
    """The app that a world has when it names none, with one consented administrator."""
    user = SignedInUser("emulator-user", f"admin@{partner_name}.onmicrosoft.com")
    return {"pcsync": App(users=(user,))}
