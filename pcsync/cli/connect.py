"""Opening the way to Partner Center from the settings: session, sign-in, clock, client.

Owns the wiring of the client. Only `pcsync apply` opens it for writing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from pcsync.model import Can

if TYPE_CHECKING:
    from pcsync.cli.settings import Settings
    from pcsync.client import Client, Clock


@dataclass(frozen=True)
class Connection:
    """An open way: the client, the clock that goes with it, and what its tokens can do."""

    client: Client
    clock: Clock
    can: frozenset[Can]

    @property
    def writes(self) -> int:
        """Writes sent so far, repeats included."""
        return self.client.writes.sent

    @property
    def reads(self) -> int:
        """Reads sent so far, repeats included."""
        return self.client.reads.sent


@contextmanager
def connect(settings: Settings, *, writable: bool) -> Iterator[Connection]:
    """A connection that is closed when the block ends."""
    from pcsync import client as way

    cloud = settings.cloud
    with way.open_session(cloud) as session, way.open_session(cloud) as other:
        local = cloud.is_local
        clock = way.EmulatorClock(cloud.base_url, other) if local else way.SystemClock()
        retry = way.Retry()
        http = way.sign_in_http(cloud, clock, retry)
        app = way.App(settings.tenant, settings.app, settings.app_secret)
        consent = None
        if settings.refresh_token:
            consent = way.Consent(settings.refresh_token, settings.keep_refresh)
        tokens = way.MsalTokens(cloud, app, http, clock, consent=consent)
        client = way.Client(
            cloud.base_url,
            tokens,
            session,
            writable=writable,
            clock=clock,
            retry=retry,
            new_id=lambda: str(uuid4()),
        )
        try:
            yield Connection(client, clock, tokens.can)
        finally:
            http.close()
