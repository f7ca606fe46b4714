"""One yard for each worker, and the run that nobody disturbed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .ways import Reference, reference
from .yard import Yard, yard


@pytest.fixture(scope="session")
def ground() -> Iterator[Yard]:
    """The emulator and the process that forks, for all tests of a worker."""
    with yard() as made:
        yield made


@pytest.fixture(scope="session")
def known(ground: Yard, tmp_path_factory: pytest.TempPathFactory) -> Reference:
    """What an apply comes to that nobody disturbs."""
    return reference(ground, tmp_path_factory.mktemp("reference"))
