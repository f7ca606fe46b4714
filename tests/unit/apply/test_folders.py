"""Folders of a run: their rights, and that git leaves `.pcsync` alone."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from pcsync.apply.folders import private


def test_it_is_for_its_owner_alone(tmp_path: Path) -> None:
    folder = private(tmp_path / ".pcsync" / "locks")
    assert folder.is_dir()
    assert (tmp_path / ".pcsync").stat().st_mode & 0o777 == 0o700


def test_what_a_person_wrote_there_stays(tmp_path: Path) -> None:
    ignore = private(tmp_path / ".pcsync") / ".gitignore"
    ignore.write_text("journal.db\n")
    private(tmp_path / ".pcsync")
    assert ignore.read_text() == "journal.db\n"


def test_a_folder_of_somebody_else_is_left_as_it_is(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir(mode=0o755)
    private(kept)
    assert list(kept.iterdir()) == []
    assert kept.stat().st_mode & 0o777 == 0o755


def test_somebody_else_makes_it_in_between(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads and processes of one run and of two make it at once: a look beforehand is none."""
    folder = private(tmp_path / ".pcsync" / "locks")
    monkeypatch.setattr(Path, "exists", lambda self: False)
    assert private(folder) == folder


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_git_does_not_see_it(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (private(tmp_path / ".pcsync") / "journal.db").write_text("secret")
    shown = subprocess.run(
        ["git", "-C", tmp_path, "status", "--porcelain", "--untracked-files=all"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout == ""
