"""Where the newest refresh token goes: a file, or the standard input of a command (rule SE5).

Owns the writing of it. It never prints one, and no command line or error ever holds one. Must not
import anything of pcsync but the errors and how a file is replaced.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from pcsync.durable import replace_file
from pcsync.errors import SinkError

SECONDS = 60.0
"""For the command."""

Keep = Callable[[str], None]


def nowhere(token: str) -> None:
    """Keeps nothing: the stored token stays good until its own end."""


def in_file(place: Path) -> Keep:
    """Into a file that only its owner may read, replaced as a whole. It raises SinkError."""

    def keep(token: str) -> None:
        try:
            replace_file(place, token)
        except OSError as error:
            raise SinkError(
                f"the newest refresh token can't be written to {place}: {error.strerror}",
                "make the folder writable: the token before it is still good, nothing was sent",
            ) from None

    return keep


def by_command(command: Sequence[str]) -> Keep:
    """To a command's standard input; what it prints is thrown away. It raises SinkError."""

    def keep(token: str) -> None:
        try:
            done = subprocess.run(
                list(command),
                input=token.encode(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=SECONDS,
                check=False,
            )
            how = f"it ended with {done.returncode}" if done.returncode else ""
        except subprocess.TimeoutExpired:
            how = f"it did not end within {SECONDS:.0f} seconds"
        except OSError as error:
            how = error.strerror or "it can't be started"
        if how:
            raise SinkError(
                f"the newest refresh token could not be handed to `{command[0]}`: {how}",
                "make the command work by hand: the token before it is still good",
            )

    return keep
