"""What git knows: commits, the files of one, whether the work tree differs from it.

Owns every call of git. Nothing is ever written: no work tree, no index, no ref.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pcsync.errors import UsageError

QUIET = {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
LINK, FILES = "120000", ("100644", "100755")
MANIFESTS = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Git:
    """The repository that a folder is in. `prefix` leads to the folder: `` or ``infra/csp/``."""

    folder: Path
    prefix: str

    def commit(self, name: str) -> str | None:
        """The full name of a commit; None where there is none of that name."""
        words = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        return self._say(*words) or None

    def last(self, paths: Sequence[Path], besides: str) -> str | None:
        """The commit that last changed these paths, if the work tree has what it holds.

        Neither the file `besides` of the folder nor folders that begin with a dot count. None where
        something differs, or where a path is in no repository.
        """
        where = ["--", *(f":(literal){path.absolute()}" for path in paths)]
        where.append(f":(top,exclude,literal){self.prefix}{besides}")
        # What begins with a dot is no manifest: our own journal may stand there.
        where.append(f":(top,exclude,glob){self.prefix}**/.*/**")
        changed = self._say("status", "--porcelain", "--untracked-files=all", *where)
        if changed is None or any(map(_matters, changed.splitlines())):
            return None
        return self._say("rev-list", "--max-count=1", "HEAD", *where) or None

    def join(self, commits: Sequence[str]) -> str | None:
        """Of commits the one that the others are ancestors of, else what all have in common.

        None where one of them is not there: a shallow clone, a history that was rewritten.
        """
        found = [self.commit(each) for each in commits]
        known = [each for each in found if each]
        if len(known) < len(commits):
            return None
        for each in known:
            if all(self._ok("merge-base", "--is-ancestor", other, each) for other in known):
                return each
        return self._say("merge-base", "--octopus", *known) or None

    def newest(self, commits: Iterable[str]) -> str | None:
        """Of commits the one that was made last; None of none."""
        known = sorted(set(commits))
        listed = self._say("rev-list", "--no-walk=sorted", *known) if known else None
        return listed.split()[0] if listed else None

    def shallow(self) -> bool:
        """Whether only a part of the history was fetched."""
        return self._say("rev-parse", "--is-shallow-repository") == "true"

    def text(self, commit: str, path: str) -> bytes | None:
        """What a file of the repository holds in a commit; None where it is not there."""
        done = self._run("cat-file", "blob", f"{commit}:{path}")
        return done.stdout if done.returncode == 0 else None

    def unpack(self, commit: str, paths: Sequence[str], into: Path) -> None:
        """Writes the YAML files below these paths, as a commit holds them, into a folder."""
        under = [] if "." in paths else ["--", *paths]
        listed = self._run("ls-tree", "-r", "-z", "--full-tree", commit, *under).stdout
        rows = [row.partition("\t") for row in os.fsdecode(listed).split("\0") if row]
        chosen = [
            (*head.split()[::2], name)
            for head, _, name in rows
            if head.startswith((LINK, *FILES)) and (name.endswith(MANIFESTS) or name in paths)
        ]
        for (mode, _, name), content in zip(chosen, self._blobs(chosen), strict=True):
            _write(into, mode, name, content)

    def _blobs(self, chosen: Sequence[tuple[str, ...]]) -> Iterable[bytes]:
        """The contents of blobs, one after the other."""
        with tempfile.TemporaryFile() as names:
            names.write("".join(f"{blob}\n" for _, blob, _ in chosen).encode())
            names.seek(0)
            words = ["git", "-C", str(self.folder), "cat-file", "--batch"]
            with subprocess.Popen(
                words, stdin=names, stdout=subprocess.PIPE, env={**os.environ, **QUIET}
            ) as running:
                assert running.stdout is not None
                for _ in chosen:
                    size = int(running.stdout.readline().split()[2])
                    yield running.stdout.read(size)
                    running.stdout.read(1)

    def _say(self, *words: str) -> str | None:
        """What git answers, without the last line's end; None where it says no."""
        done = self._run(*words)
        return os.fsdecode(done.stdout).rstrip("\n") if done.returncode == 0 else None

    def _ok(self, *words: str) -> bool:
        return self._run(*words).returncode == 0

    def _run(self, *words: str) -> subprocess.CompletedProcess[bytes]:
        return _git(self.folder, *words)


def repository(folder: Path) -> Git | None:
    """The repository that a folder is in; None where it is in none, or git is not installed."""
    try:
        done = _git(folder, "rev-parse", "--show-prefix")
    except FileNotFoundError:
        return None
    return Git(folder, os.fsdecode(done.stdout).strip("\n")) if done.returncode == 0 else None


def needed(folder: Path) -> Git:
    """The same where it is needed. Raises UsageError with git's own words."""
    try:
        done = _git(folder, "rev-parse", "--show-prefix")
    except FileNotFoundError:
        raise UsageError("git is not installed, and --base needs it", "give a folder") from None
    if done.returncode == 0:
        return Git(folder, os.fsdecode(done.stdout).strip("\n"))
    why = os.fsdecode(done.stderr).strip().partition("\n")[0].removeprefix("fatal: ")
    advice = "run pcsync in a checkout of the repository, or give a folder of manifests"
    raise UsageError(f"--base reads git, and git says: {why}", advice)


def _git(folder: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["git", "-C", str(folder), "-c", "core.fsmonitor=false", *words],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **QUIET},
        check=False,
    )


def _matters(line: str) -> bool:
    """Whether a line of `git status` tells of a manifest; a file that moved has two names."""
    return any(name.strip('"').endswith(MANIFESTS) for name in line[3:].split(" -> "))


def _write(into: Path, mode: str, name: str, content: bytes) -> None:
    """One file, never outside `into`; a link only where it stays inside."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        return
    place = into / path
    if mode in FILES:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    elif mode == LINK:
        target = os.path.normpath(place.parent / os.fsdecode(content))
        if Path(target).is_relative_to(os.path.normpath(into)):
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(os.fsdecode(content))
