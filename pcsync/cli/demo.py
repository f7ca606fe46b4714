"""`pcsync demo`: the main job, told as a story, with the real commands against the emulator."""

from __future__ import annotations

import click

EPILOG = """\b
Examples:
  pcsync demo
  pcsync demo --keep      leaves the folder and the emulator for you to play with
"""


@click.command("demo", epilog=EPILOG)
@click.option("--keep", is_flag=True, help="Keep the folder, and the emulator until Ctrl-C.")
def command(keep: bool) -> int:
    """Watch the main job on the built-in emulator: validate, plan, apply, drift, put right."""
    from pcsync.cli.demo_story import tell

    return tell(keep)
