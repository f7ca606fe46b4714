"""`pcsync renewals`."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from pcsync.cli.options import base_option, connection_options, observed, paths_argument
from pcsync.errors import Exit

if TYPE_CHECKING:
    from pcsync.cli.telemetry import Watch
    from pcsync.plan.draft import Draft
    from pcsync.plan.renewals import Calendar

EPILOG = """\b
Examples:
  pcsync renewals --within 90
  pcsync renewals --format ics > renewals.ics
  pcsync renewals --price-changes
"""


@click.command("renewals", epilog=EPILOG)
@paths_argument
@click.option(
    "--within",
    type=click.IntRange(min=0),
    metavar="DAYS",
    help="Only terms that end in so many days.",
)
@click.option(
    "--price-changes",
    is_flag=True,
    help="List what is declared and has another price in a later price sheet, too.",
)
@base_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["human", "json", "ics"]),
    default="human",
    show_default=True,
    help="What is printed on stdout; ics is for calendars.",
)
@connection_options
@observed
def command(
    paths: tuple[str, ...],
    within: int | None,
    price_changes: bool,
    base: str | None,
    form: str,
    cloud: str | None,
    emulator_url: str | None,
    watch: Watch,
) -> int:
    """List when terms end, what follows at what price, and what is to be decided by when. Only
    reads."""
    from pcsync.cli import output
    from pcsync.cli.known import given_of
    from pcsync.cli.settings import load_settings
    from pcsync.cli.stages import plan_of
    from pcsync.kinds import load_kinds
    from pcsync.plan.renewals import calendar
    from pcsync.report.renewals import renewals_document

    given = replace(given_of(base, drift=bool(base), preflight=False), calendar=True)
    settings = load_settings(cloud=cloud, emulator_url=emulator_url, base=given.project)
    drafts: list[Draft] = []
    plan = plan_of(paths, settings, watch, drafts.extend, given)
    found = calendar(load_kinds(), drafts, plan, within, prices=price_changes)
    document = renewals_document(found)
    if form == "ics":
        from pcsync.report.ics import render

        sys.stdout.buffer.write(render(document))
    else:
        output.show(document, form)
    return _ended(found)


def _ended(found: Calendar) -> Exit:
    """A calendar of which nothing at all could be read is none."""
    return Exit.FAILED if found.unknown and not found.renewals and not found.without else Exit.FINE
