"""`pcsync emulator serve` and `pcsync emulator seed`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pcsync.cli.emulator_seed import seed
from pcsync.errors import SettingsError, UsageError

if TYPE_CHECKING:
    from pcsync.emulator import StateFile, World

EPILOG = """\b
Examples:
  pcsync emulator serve
  pcsync emulator serve --port 0 --ready-file ready.json
  pcsync emulator serve --state partner.db
  PCSYNC_CLOUD=emulator pcsync plan
"""


@click.group("emulator")
def command() -> None:
    """A Partner Center on this machine, for trying, testing and rehearsing."""


command.add_command(seed)


@command.command("serve", epilog=EPILOG)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8642,
    show_default=True,
    help="Port on 127.0.0.1; 0 takes a free one.",
)
@click.option(
    "--world",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="YAML or JSON file with the customers to start with.",
)
@click.option(
    "--state",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File that keeps everything; one that exists is continued.",
)
@click.option(
    "--ready-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="JSON file with the url, written when it accepts connections.",
)
def serve(port: int, file: Path | None, state: Path | None, ready_file: Path | None) -> None:
    """Serve until interrupted. Without --state, nothing is kept when it ends.

    With --state, every answered write is in the file, whatever ends the server. While it does not
    serve, the file can be copied.
    """
    from pcsync import emulator

    try:
        kept = emulator.StateFile(state) if state else None
        try:
            _serve(port, _world(file, kept), ready_file, kept)
        finally:
            if kept:
                kept.close()
    except emulator.StateError as error:
        raise SettingsError(str(error), "choose another file with --state") from error


def _world(file: Path | None, kept: StateFile | None) -> World | None:
    """The world to start with; None if the state file has one."""
    from pcsync import emulator

    if kept and not kept.new:
        if file:
            raise UsageError(
                f"{kept.path} has a state already, so --world would be without effect",
                "leave --world out to continue it, or name a new file with --state",
            )
        return None
    try:
        return emulator.load_world(file)
    except emulator.WorldError as error:
        raise UsageError(f"{file}: {error}", "correct the world file") from error


def _serve(port: int, world: World | None, ready_file: Path | None, kept: StateFile | None) -> None:
    from pcsync import emulator

    if port:
        click.echo(f"emulator on http://127.0.0.1:{port}, stop it with Ctrl-C", err=True)
    try:
        emulator.serve(port, world, ready_file, file=kept)
    except OSError as error:
        raise SettingsError(
            f"port {port} can't be used: {error.strerror}", "choose another with --port"
        ) from error
