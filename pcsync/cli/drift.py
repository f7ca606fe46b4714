"""`pcsync drift`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pcsync.cli.options import connection_options, format_option, observed, paths_argument
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
@format_option
@connection_options
@observed
def command(
    paths: tuple[str, ...],
    form: str,
    cloud: str | None,
    emulator_url: str | None,
    watch: Watch,
) -> int:
    """Show what is live and differs from git. Changes nothing. Exits with 2 on drift."""
    from pcsync.cli import output
    from pcsync.cli.settings import load_settings
    from pcsync.cli.stages import plan_of
    from pcsync.report.document import drift_document

    settings = load_settings(cloud=cloud, emulator_url=emulator_url)
    plan = plan_of(paths, settings, watch)
    output.show(drift_document(plan), form)
    if plan.steps:
        return Exit.CHANGES
    return output.standing(plan)
