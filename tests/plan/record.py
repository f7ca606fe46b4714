"""Writes the texts of all whole-plan cases anew; those of cases that are gone go."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from harness import Box
from whole import HERE, cases, filed, text, text_file

from pcsync.emulator import load_world, running


def main() -> None:
    """All of them, against one emulator."""
    for old in (HERE / "texts").glob("*.txt"):
        old.unlink()
    with running(load_world()) as emulator, tempfile.TemporaryDirectory() as folder:
        for number, case in enumerate(cases()):
            place = Path(folder) / str(number)
            place.mkdir()
            os.chdir(place)
            box = Box(emulator.url, place)
            box.colleague.control("POST", "reset")
            text_file(case).write_text(text(box, filed(box, case)), "utf-8")
            box.colleague.http.close()


if __name__ == "__main__":
    main()
