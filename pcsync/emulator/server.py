"""Serving a world on a socket: in the foreground for the CLI, in a thread for tests.

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from pcsync.emulator.answering import Service
from pcsync.emulator.app import create_app
from pcsync.emulator.state_file import StateFile
from pcsync.emulator.world import World

START_LIMIT = 10.0


class _Protocol(HttpToolsProtocol):
    """HTTP over httptools that lets the application close its connection (injected faults)."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Put the transport where the application finds it."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "connection": transport}


def _bind(host: str, port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError:
        bound.close()
        raise
    return bound


class _Server:
    """A uvicorn server for one world on a bound socket."""

    def __init__(
        self, world: World | None, host: str, port: int, file: StateFile | None = None
    ) -> None:
        app = create_app(world, file)
        self.service: Service = app.state.service
        self.socket = _bind(host, port)
        self.url = f"http://{host}:{self.socket.getsockname()[1]}"
        config = uvicorn.Config(
            app,
            http=_Protocol,
            log_config=None,
            access_log=False,
            date_header=False,
            server_header=False,
            lifespan="off",
            timeout_graceful_shutdown=1,
        )
        self.uvicorn = uvicorn.Server(config)

    def run(self) -> None:
        """Serve until told to stop."""
        self.uvicorn.run(sockets=[self.socket])


def serve(
    port: int,
    world: World | None,
    ready_file: Path | str | None = None,
    host: str = "127.0.0.1",
    file: StateFile | None = None,
) -> None:
    """Serve until interrupted; port 0 takes a free one. OSError if the port is taken.

    With a state file every answered write is kept; without a world the file has to have one.

    The ready file is JSON with `url`, `tenantId` and `pid`, written at once when the socket
    accepts connections.
    """
    server = _Server(world, host, port, file)
    server.socket.listen()
    if ready_file is not None:
        _announce(Path(ready_file), server.url, server.service.world)
    try:
        server.run()
    finally:
        server.socket.close()


def _announce(path: Path, url: str, world: World) -> None:
    text = json.dumps({"url": url, "tenantId": world.partner.tenant_id, "pid": os.getpid()})
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.write_text(text + "\n", encoding="utf-8")
    partial.replace(path)


class RunningEmulator:
    """An emulator in a thread of this process, on a free port of 127.0.0.1."""

    def __init__(self, world: World | None, file: StateFile | None = None) -> None:
        self._server = _Server(world, "127.0.0.1", 0, file)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    @property
    def url(self) -> str:
        """Where it listens, such as http://127.0.0.1:41234."""
        return self._server.url

    @property
    def world(self) -> World:
        """The world as of now; seeding and resetting replace it."""
        return self._server.service.world

    def start(self) -> RunningEmulator:
        """Start serving and wait until it does. TimeoutError after ten seconds."""
        self._thread.start()
        end = time.monotonic() + START_LIMIT
        while not self._server.uvicorn.started:
            if time.monotonic() > end or not self._thread.is_alive():
                raise TimeoutError("the emulator did not start")
            time.sleep(0.005)
        return self

    def stop(self) -> None:
        """Stop serving and wait for the thread."""
        self._server.uvicorn.should_exit = True
        self._thread.join(START_LIMIT)
        self._server.socket.close()


@contextlib.contextmanager
def running(world: World | None, file: StateFile | None = None) -> Iterator[RunningEmulator]:
    """Serve a world for the time of a with block."""
    emulator = RunningEmulator(world, file).start()
    try:
        yield emulator
    finally:
        emulator.stop()
