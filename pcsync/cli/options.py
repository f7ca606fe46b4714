"""Options that several commands have, said once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

Command = Callable[..., Any]

paths_argument = click.argument("paths", nargs=-1, metavar="[PATH]...")
format_option = click.option(
    "--format",
    "form",
    type=click.Choice(["human", "json"]),
    default="human",
    show_default=True,
    help="What is printed on stdout.",
)


def connection_options(command: Command) -> Command:
    """Where Partner Center is; each outranks its variable, which outranks pcsync.yaml."""
    url = click.option("--emulator-url", help="Where the emulator is (PCSYNC_EMULATOR_URL).")
    clouds = click.Choice(["global", "usGovernment", "china", "emulator"])
    cloud = click.option("--cloud", type=clouds, help="Which cloud (PCSYNC_CLOUD).")
    decorated: Command = cloud(url(command))
    return decorated
