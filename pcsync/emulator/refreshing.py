"""Refresh tokens: whom they stand for, how long, and their renewal.

A renewed token tells when it was issued and is sealed, so it holds on after a reset of the world.
Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from pcsync.emulator.apps import App, SignedInUser
from pcsync.emulator.oauth import bad_grant
from pcsync.emulator.world import World


@dataclass(frozen=True)
class Consent:
    """What a refresh token says: whose it is, its number (0 for a world's own), when it began."""

    user: SignedInUser
    number: int
    since: datetime | None


def renewed(world: World, app: App, user: SignedInUser) -> str:
    """A new refresh token for the user of the app."""
    world.sign_ins.issued += 1
    seconds = int(world.clock.now().timestamp())
    stamp = f"{seconds:x}-{world.sign_ins.issued:x}"
    return f"{user.refresh_token}.{stamp}.{_seal(world, app, user, stamp)}"


def consent(world: World, app: App, token: str) -> Consent:
    """The consent that a token stands for. 400 with Entra's number if it stands for none now."""
    found = next(_known(world, app, token), None)
    if found is None:
        raise bad_grant(70000, "Provided grant is invalid or malformed.")
    upn = found.user.upn.lower()
    if found.user.revoked or found.number <= world.sign_ins.revoked.get(upn, -1):
        text = "The provided grant has expired due to it being revoked, a fresh auth token is"
        raise bad_grant(50173, f"{text} needed. The user might have changed the password.")
    _in_time(world, found)
    if token in world.sign_ins.used:
        raise bad_grant(70000, "Provided grant is invalid: the refresh token was used before.")
    return found


def spend(world: World, token: str) -> None:
    """Use a token up, where the world has it so."""
    if not world.settings.refresh_reuse and world.settings.refresh_rotates:
        world.sign_ins.used.append(token)


def revoke(world: World, upn: str) -> None:
    """Void all refresh tokens that the user has by now."""
    world.sign_ins.revoked[upn.lower()] = world.sign_ins.issued


def _known(world: World, app: App, token: str) -> Iterator[Consent]:
    first, _, rest = token.rpartition(".")
    first, _, stamp = first.rpartition(".")
    for user in app.users:
        if token == user.refresh_token:
            yield Consent(user, 0, None)
        elif first == user.refresh_token and rest == _seal(world, app, user, stamp):
            seconds, _, number = stamp.partition("-")
            yield Consent(user, int(number, 16), datetime.fromtimestamp(int(seconds, 16), UTC))


def _seal(world: World, app: App, user: SignedInUser, stamp: str) -> str:
    named = f"{app.id}\n{user.upn}\n{user.refresh_token}\n{stamp}"
    return world.ids.hexes("refresh token", 32, named)


def _in_time(world: World, found: Consent) -> None:
    """A world's own token counts from the world's beginning, a renewed one from its issue."""
    now, lasts = world.clock.now(), world.settings.refresh_lifetime
    ends = found.user.expires if found.number == 0 else None
    if ends is None and lasts is not None:
        ends = (found.since or world.begun) + lasts
    if ends is not None and now >= ends:
        text = "The refresh token has expired due to inactivity. Consent again."
        raise bad_grant(700082, text)
