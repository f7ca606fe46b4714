"""`pcsync drift`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from pcsync.cli.options import (
    base_option,
    connection_options,
    format_option,
    label_option,
    observed,
    paths_argument,
)
from pcsync.errors import Exit

if TYPE_CHECKING:
    from pcsync.cli.telemetry import Watch

EPILOG = """\b
Examples:
  pcsync drift
  pcsync drift --format json > drift.json
"""


@click.command("drift", epilog=EPILOG)
@paths_argument
@base_option
@label_option
@format_option
@connection_options
@observed
def command(
    paths: tuple[str, ...],
    base: str | None,
    label: tuple[str, ...],
    form: str,
    cloud: str | None,
    emulator_url: str | None,
    watch: Watch,
) -> int:
    """Show what is live and differs from git. Changes nothing. Exits with 2 on drift."""
    from pcsync.cli import journaling, output
    from pcsync.cli.known import given_of
    from pcsync.cli.settings import load_settings
    from pcsync.cli.stages import plan_of
    from pcsync.model import Limits
    from pcsync.report.document import drift_document

    given = given_of(base, label=label, drift=bool(base), preflight=False)
    settings = load_settings(cloud=cloud, emulator_url=emulator_url, base=given.project)
    # A limit is of runs that write.
    settings = replace(settings, limits=Limits())
    taken = journaling.taken(journaling.place(None, settings.directory), settings)
    plan = plan_of(paths, settings, watch, given=replace(given, taken=taken))
    output.show(drift_document(plan), form)
    if plan.steps:
        return Exit.CHANGES
    return output.standing(plan)
