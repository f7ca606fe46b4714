"""`pcsync emulator serve`."""

from __future__ import annotations

from pathlib import Path

import click

from pcsync.errors import SettingsError, UsageError

EPILOG = """\b
Examples:
  pcsync emulator serve
  pcsync emulator serve --port 0 --ready-file ready.json
  PCSYNC_CLOUD=emulator pcsync plan
"""


@click.group("emulator")
def command() -> None:
    """A Partner Center on this machine, for trying, testing and rehearsing."""


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
    "--ready-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="JSON file with the url, written when it accepts connections.",
)
def serve(port: int, file: Path | None, ready_file: Path | None) -> None:
    """Serve until interrupted. Nothing is kept when it ends."""
    from pcsync import emulator
    from pcsync.emulator.worldfile import build

    try:
        world = emulator.load_world(file) if file else build({})
    except emulator.WorldError as error:
        raise UsageError(f"{file}: {error}", "correct the world file") from error
    if port:
        click.echo(f"emulator on http://127.0.0.1:{port}, stop it with Ctrl-C", err=True)
    try:
        emulator.serve(port, world, ready_file)
    except OSError as error:
        raise SettingsError(
            f"port {port} can't be used: {error.strerror}", "choose another with --port"
        ) from error
