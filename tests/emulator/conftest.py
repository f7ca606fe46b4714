"""One server for the session; every test seeds a world of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pcsync.emulator import load_world, running

from .wire import Wire


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    with running(load_world()) as emulator:
        yield emulator.url


@pytest.fixture
def pc(server: str) -> Iterator[Wire]:
    wire = Wire(server)
    wire.control("POST", "reset")
    yield wire
    wire.session.close()
