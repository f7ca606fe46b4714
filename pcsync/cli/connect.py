"""Opening the way to Partner Center from the settings: session, sign-in, clock, client.

Owns the wiring of the client. Only `pcsync apply` opens it for writing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import uuid4

from pcsync.model import Can

if TYPE_CHECKING:
    from pcsync.cli.settings import Settings
    from pcsync.client import Client, Clock, Identity, Network, OnRequest, SignInDesk, Tokens


@dataclass(frozen=True)
class Connection:
    """An open way: the client, the clock that goes with it, its tokens and what they can do."""

    client: Client
    clock: Clock
    can: frozenset[Can]
    tokens: Tokens = field(repr=False)

    @property
    def writes(self) -> int:
        """Writes sent so far, repeats included."""
        return self.client.writes.sent

    @property
    def reads(self) -> int:
        """Reads sent so far, repeats included."""
        return self.client.reads.sent


@contextmanager
def connect(
    settings: Settings, *, writable: bool, on_request: OnRequest | None = None
) -> Iterator[Connection]:
    """A connection that is closed when the block ends; `on_request` is told of every request."""
    from pcsync import client as way

    cloud = settings.cloud
    with opened(settings) as desk, way.open_session(cloud, network=_network(settings)) as session:
        tokens = way.open_tokens(_identity(settings), desk)
        if writable:
            tokens.token(user=False)  # a wrong tenant is refused before any step is begun (SE8)
        client = way.Client(
            cloud.base_url,
            tokens,
            session,
            writable=writable,
            clock=desk.clock,
            retry=way.Retry(),
            new_id=lambda: str(uuid4()),
            timeout=settings.timeout,
            posts=settings.posts,
            gate=way.Gate(way.Policy(), desk.clock, settings.run_timeout),
            on_request=on_request,
        )
        yield Connection(client, desk.clock, tokens.can, tokens)


@contextmanager
def opened(
    settings: Settings, warn: Callable[[str], None] = lambda said: None
) -> Iterator[SignInDesk]:
    """The way to the sign-in service alone; `warn` is told if a sign-in is kept unencrypted."""
    from pcsync import client as way
    from pcsync.client import signin_cache

    cloud = settings.cloud
    with way.open_session(cloud) as other:
        clock = way.EmulatorClock(cloud.base_url, other) if cloud.is_local else way.SystemClock()
        http = way.sign_in_http(cloud, clock, way.Retry(), network=_network(settings))
        app = _identity(settings).app
        place = signin_cache.place(os.environ, cloud.name, settings.tenant, app)
        try:
            yield way.SignInDesk(
                cloud,
                settings.tenant,
                http,
                clock,
                os.environ,
                lambda: signin_cache.opened(place, warn),
            )
        finally:
            http.close()


def _identity(settings: Settings) -> Identity:
    from pcsync.client import Identity

    return settings.identity or Identity(
        "secret",
        settings.app,
        secret=settings.app_secret,
        refresh_token=settings.refresh_token,
        keep=settings.keep_refresh,
    )


def _network(settings: Settings) -> Network:
    from pcsync.client import Network

    return Network(str(settings.ca) if settings.ca else None, settings.proxy)
