"""`pcsync plan`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pcsync.cli.options import connection_options, format_option, observed, paths_argument
from pcsync.errors import Exit

if TYPE_CHECKING:
    from pcsync.cli.telemetry import Watch

EPILOG = """\b
Examples:
  pcsync plan
  pcsync plan customers/contoso.yaml --out plan.json
  pcsync plan --format json --detailed-exitcode
"""


@click.command("plan", epilog=EPILOG)
@paths_argument
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the plan to a file, for `pcsync apply --plan FILE`.",
)
@format_option
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when there are changes.")
@connection_options
@observed
def command(
    paths: tuple[str, ...],
    out: Path | None,
    form: str,
    detailed_exitcode: bool,
    cloud: str | None,
    emulator_url: str | None,
    watch: Watch,
) -> int:
    """Show what apply would change. Changes nothing."""
    from pcsync.cli import output
    from pcsync.cli.settings import load_settings
    from pcsync.cli.stages import plan_of
    from pcsync.report.document import plan_document

    settings = load_settings(cloud=cloud, emulator_url=emulator_url)
    plan = plan_of(paths, settings, watch)
    if out is not None:
        output.save_plan(plan, out)
    output.show(plan_document(plan), form)
    changes = Exit.CHANGES if detailed_exitcode and plan.steps else Exit.FINE
    return output.standing(plan) or changes
