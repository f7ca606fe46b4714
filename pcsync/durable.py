"""Replacing a file as a whole, on disk before it counts.

Owns the order: beside its place, synced, then moved there. Imports nothing of pcsync.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

OWNER_ONLY = 0o600


def replace_file(place: Path, text: str, mode: int = OWNER_ONLY) -> None:
    """Whoever reads `place` sees the old text or the new one, also after a crash.

    UTF-8, the lines as they are. Raises OSError, and then leaves everything as it was.
    """
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
    beside = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(mode)
        beside.replace(place)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    _sync_folder(place.parent)


def _sync_folder(folder: Path) -> None:
    """The new name is on disk, too; where folders can't be synced, the system does it itself."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
