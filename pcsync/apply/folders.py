"""Folders that hold what a run must not lose and nobody else may see.

Owns their rights, and that git never takes them along. Must not know what is in them.
"""

from __future__ import annotations

from pathlib import Path

OURS = ".pcsync"
IGNORED = "*\n"


def private(folder: Path) -> Path:
    """The folder, made for its owner alone where it is missing. In `.pcsync` git is told to leave
    everything alone: journals and passwords do not belong into a repository. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)  # others make it at the same time
    for each in (folder, *folder.parents):
        if each.name == OURS:
            each.chmod(0o700)
            ignore = each / ".gitignore"
            if not ignore.exists():
                ignore.write_text(IGNORED, "utf-8")
            break
    return folder
