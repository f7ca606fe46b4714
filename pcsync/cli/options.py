"""Options that several commands have, said once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
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

base_option = click.option(
    "--base",
    metavar="REF|DIR|auto",
    help="What was declared before: a commit, a folder, or (auto) the last applied commit of each "
    "customer, by the lock file. With it, lines that left git are removed as `onRemove` says.",
)
allow_option = click.option(
    "--allow",
    multiple=True,
    metavar="NAME[=VALUE]",
    help="Lift what is refused otherwise, in this plan only; may be repeated.",
)
correct_drift_option = click.option(
    "--correct-drift",
    is_flag=True,
    help="With --base: bring in line as well what differs from git and was not changed there.",
)
no_preflight_option = click.option(
    "--no-preflight",
    is_flag=True,
    help="Do not ask beforehand what the service would refuse; the plan says so.",
)
label_option = click.option(
    "--label",
    multiple=True,
    metavar="KEY=VALUE",
    help="Only the customers with this label; may be repeated, then all have to match.",
)


def connection_options(command: Command) -> Command:
    """Where Partner Center is; each outranks its variable, which outranks pcsync.yaml."""
    url = click.option("--emulator-url", help="Where the emulator is (PCSYNC_EMULATOR_URL).")
    clouds = click.Choice(["global", "usGovernment", "china", "emulator"])
    cloud = click.option("--cloud", type=clouds, help="Which cloud (PCSYNC_CLOUD).")
    decorated: Command = cloud(url(command))
    return decorated


def observed(command: Command) -> Command:
    """What may be seen of the requests; the command is given a `watch` that is told of them."""

    @wraps(command)
    def run(log_level: str, log_format: str, trace: Path | None, **given: Any) -> Any:
        from pcsync.cli.telemetry import Sight, watching

        name = click.get_current_context().info_name or "pcsync"
        with watching(name, Sight(log_level, log_format, trace)) as watch:
            return command(watch=watch, **given)

    levels = click.Choice(["debug", "info", "warning", "error"])
    decorated: Command = run
    for option in (
        click.option(
            "--trace",
            type=click.Path(dir_okay=False, path_type=Path),
            help="Write all requests to a HAR file, without secrets and personal data.",
        ),
        click.option(
            "--log-format",
            type=click.Choice(["text", "json"]),
            default="text",
            show_default=True,
            help="How lines of the log look.",
        ),
        click.option(
            "--log-level",
            type=levels,
            default="warning",
            show_default=True,
            help="What is logged on stderr: info is a line per request.",
        ),
    ):
        decorated = option(decorated)
    return decorated
