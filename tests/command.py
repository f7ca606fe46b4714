"""The command line as a process of its own, for tests that run it and look at what it said.

What a test kills or signals in the middle it starts itself, by `python -m pcsync`.
"""

from __future__ import annotations

import atexit
import os
import subprocess
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.forking import Forker, serve


def pcsync(
    *words: str,
    folder: Path,
    environment: Mapping[str, str] | None = None,
    without: tuple[str, ...] = (),
    text: str = "",
) -> subprocess.CompletedProcess[str]:
    """`pcsync WORDS` in a folder, with `text` on its standard input. The environment is that of the
    test `without` these, and `environment` on top."""
    around = {name: value for name, value in os.environ.items() if name not in without}
    with TemporaryDirectory() as place:
        files = {name: str(Path(place, name)) for name in ("in", "out", "err")}
        Path(files["in"]).write_text(text, "utf-8")
        whole = {**around, **(environment or {})}
        order = {"words": words, "folder": str(folder), "environment": whole, **files}
        code = _forker().run(order)
        said = [Path(files[name]).read_bytes().decode() for name in ("out", "err")]
    return subprocess.CompletedProcess(["pcsync", *words], code, *said)


@lru_cache(maxsize=1)
def _forker() -> Forker:
    """One for each process of tests, until that ends."""
    made = Forker("tests.command")
    atexit.register(made.close)
    return made


def run(order: Mapping[str, Any]) -> int:
    """The exit code of the command line with the `words` of an order."""
    from pcsync.cli.main import run as command

    return int(command(order["words"]))


if __name__ == "__main__":
    serve(run)
