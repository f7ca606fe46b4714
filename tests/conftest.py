"""One emulator for each worker; every test that wants a box gets it empty."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from harness import Box
from hypothesis import settings

from pcsync.emulator import load_world, running

# The same examples everywhere, however slow the machine is; `make soak` looks for new ones.
settings.register_profile("same", deadline=None, derandomize=True, database=None)
settings.load_profile("same")


@pytest.fixture(scope="session")
def emulator_url() -> Iterator[str]:
    """Where this worker's emulator listens."""
    with running(load_world()) as emulator:
        yield emulator.url


@pytest.fixture
def box(emulator_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Box]:
    """A box with an empty world, and a folder of its own that is the working directory."""
    monkeypatch.chdir(tmp_path)
    made = Box(emulator_url, tmp_path)
    made.colleague.control("POST", "reset")
    yield made
    made.colleague.http.close()
