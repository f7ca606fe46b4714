"""One emulator for the folder; every test seeds a world of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from apply_desk import Desk
from apply_terminal import Terminal
from shell import Shell

from pcsync.emulator import load_world, running


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    with running(load_world()) as emulator:
        yield emulator.url


@pytest.fixture
def desk(server: str, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(server, tmp_path)
    desk.control("POST", "reset")
    yield desk
    desk.http.close()


@pytest.fixture
def terminal(server: str, tmp_path: Path) -> Iterator[Terminal]:
    terminal = Terminal(server, tmp_path)
    terminal.control("POST", "reset")
    terminal.control("DELETE", "faults")
    yield terminal
    terminal.http.close()


@pytest.fixture
def shell(desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(desk, monkeypatch, capsys)
