"""`pcsync plan`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pcsync.cli import journaling
from pcsync.cli.options import (
    allow_option,
    base_option,
    connection_options,
    correct_drift_option,
    format_option,
    label_option,
    no_preflight_option,
    observed,
    paths_argument,
)
from pcsync.errors import Exit

if TYPE_CHECKING:
    from pcsync.cli.telemetry import Watch
    from pcsync.plan.draft import Draft

EPILOG = """\b
Examples:
  pcsync plan
  pcsync plan --base origin/main
  pcsync plan customers/contoso.yaml --out plan.json
  pcsync plan --format json --detailed-exitcode
  pcsync plan --why subscription/contoso/m365
"""


@click.command("plan", epilog=EPILOG)
@paths_argument
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the plan to a file, for `pcsync apply --plan FILE`.",
)
@click.option("--why", metavar="ADDRESS", help="Explain what is planned for one resource, and why.")
@base_option
@correct_drift_option
@allow_option
@label_option
@no_preflight_option
@journaling.journal_option
@format_option
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when there are changes.")
@connection_options
@observed
def command(
    paths: tuple[str, ...],
    out: Path | None,
    base: str | None,
    correct_drift: bool,
    allow: tuple[str, ...],
    label: tuple[str, ...],
    no_preflight: bool,
    journal: Path | None,
    form: str,
    detailed_exitcode: bool,
    cloud: str | None,
    emulator_url: str | None,
    watch: Watch,
    why: str | None,
) -> int:
    """Show what apply would change. Changes nothing."""
    from pcsync.cli import output, policies, saved
    from pcsync.cli import why as explained
    from pcsync.cli.kept import kept_by
    from pcsync.cli.known import given_of, said_of
    from pcsync.cli.settings import load_settings
    from pcsync.cli.stages import no_one, plan_of
    from pcsync.report.document import plan_document

    given = given_of(base, allow, label, drift=correct_drift, preflight=not no_preflight)
    settings = load_settings(cloud=cloud, emulator_url=emulator_url, base=given.project)
    place = journaling.place(journal, settings.directory)
    left = journaling.unfinished(place, settings)
    journaling.tell(left)
    taken = journaling.taken(place, settings)
    said = (*left, *said_of(given))
    given = replace(given, findings=said, taken=taken, kept=kept_by(place, settings))
    address = explained.wanted(why) if why else None
    drafts: list[Draft] = []
    plan = plan_of(paths, settings, watch, drafts.extend if address else no_one, given)
    plan = policies.judged(plan, policies.policies_of(plan.base, settings.directory))
    if out is not None:
        output.save_plan(saved.sign(plan), out)
    if address:
        explained.show(drafts, plan, address, form)
    else:
        output.show(plan_document(plan), form)
    changes = Exit.CHANGES if detailed_exitcode and plan.steps else Exit.FINE
    return output.standing(plan) or changes
