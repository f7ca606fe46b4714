"""An estate of files in a folder, loaded with the real kinds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest

from pcsync.errors import ManifestProblems
from pcsync.kinds import Kind, load_kinds
from pcsync.manifests import Manifests, Variables, load


@dataclass(frozen=True)
class Estate:
    """Writes files and loads them; names in problems are relative to the folder."""

    folder: Path
    kinds: Mapping[str, Kind]

    def write(self, files: Mapping[str, str | bytes]) -> None:
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode("utf-8") if isinstance(text, str) else text)

    def load(
        self, *paths: str, stdin: str | None = None, variables: Variables | None = None
    ) -> Manifests:
        chosen = [path if path == "-" else self.folder / path for path in paths or (".",)]
        stream = StringIO(stdin) if stdin is not None else None
        return load(chosen, self.kinds, stream, root=self.folder, variables=variables or {})

    def problems(
        self, *paths: str, stdin: str | None = None, variables: Variables | None = None
    ) -> list[str]:
        """The lines of all problems, without their number at the end."""
        with pytest.raises(ManifestProblems) as caught:
            self.load(*paths, stdin=stdin, variables=variables)
        return caught.value.lines()[:-1]


@pytest.fixture(scope="session")
def kinds() -> Mapping[str, Kind]:
    return load_kinds()


@pytest.fixture
def estate(tmp_path: Path, kinds: Mapping[str, Kind]) -> Estate:
    return Estate(tmp_path, kinds)
