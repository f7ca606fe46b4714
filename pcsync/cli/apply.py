"""`pcsync apply`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pcsync.cli.options import connection_options, format_option, observed, paths_argument
from pcsync.errors import Exit, PlanFileError, Refused, UsageError

if TYPE_CHECKING:
    from pcsync.cli.connect import Connection
    from pcsync.cli.settings import Settings
    from pcsync.cli.telemetry import Watch
    from pcsync.model import Applied, Plan

EPILOG = """\b
Examples:
  pcsync apply
  pcsync apply --yes --format json
  pcsync apply --plan plan.json --yes
"""


@click.command("apply", epilog=EPILOG)
@paths_argument
@click.option(
    "--plan",
    "plan_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Apply this plan, and only this.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@format_option
@connection_options
@observed
def command(
    paths: tuple[str, ...],
    plan_file: Path | None,
    yes: bool,
    form: str,
    cloud: str | None,
    emulator_url: str | None,
    watch: Watch,
) -> int:
    """Make Partner Center as declared: plan, ask, apply, report."""
    from pcsync.cli import output
    from pcsync.cli.connect import connect
    from pcsync.cli.settings import load_settings
    from pcsync.cli.stages import plan_of
    from pcsync.report.document import plan_document

    if plan_file and paths:
        raise UsageError("--plan and PATH exclude each other", "a plan holds its manifests")
    settings = load_settings(writable=True, cloud=cloud, emulator_url=emulator_url)
    plan = output.load_plan(plan_file) if plan_file else plan_of(paths, settings, watch)
    _check(plan, settings)
    if form == "human":
        output.show(plan_document(plan), form)
    if plan.steps:
        _confirm(plan, yes)
    with connect(settings, writable=True, on_request=watch) as connection:
        code = _run(plan, settings, connection, form)
    left = output.standing(plan) or (Exit.FAILED if plan.unknown else Exit.FINE)
    if code == Exit.FINE and left != Exit.FINE:
        return Exit.PARTIAL if plan.steps else left
    return code


def _check(plan: Plan, settings: Settings) -> None:
    """A plan of another cloud or partner is refused; so is one whose secrets have no place."""
    if (plan.cloud, plan.partner_tenant) != (settings.cloud.name, settings.tenant):
        raise PlanFileError(
            f"the plan is for {plan.cloud}, partner {plan.partner_tenant}; the settings say "
            f"{settings.cloud.name}, partner {settings.tenant}",
            "plan and apply with the same settings",
        )
    from pcsync.apply import needs_sink

    if settings.sink is None and needs_sink(plan):
        raise Refused(
            "the plan makes secrets (passwords), and there is no place for them",
            "add `secrets: {sink: file:PATH}` to pcsync.yaml",
        )


def _confirm(plan: Plan, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise Refused(
            f"{plan.totals.writes} writes need a yes, and there is no terminal to ask at",
            "add --yes, or run it at a terminal",
        )
    word = click.prompt(f"Send {plan.totals.writes} writes? Only `yes` is a yes", err=True)
    if word != "yes":
        raise Refused("not confirmed: nothing was written")


def _run(plan: Plan, settings: Settings, connection: Connection, form: str) -> int:
    """Carries the plan out; the report is written whatever happens."""
    from pcsync.cli import output
    from pcsync.report.document import apply_document
    from pcsync.report.exits import exit_of

    applied = carry_out(
        plan, settings, connection, lambda found: output.show(apply_document(found), form)
    )
    return exit_of(applied)


def carry_out(
    plan: Plan,
    settings: Settings,
    connection: Connection,
    report: Callable[[Applied], None] = lambda applied: None,
) -> Applied:
    """Runs the engine over a plan; `report` is told what was done, also after an interrupt."""
    from pcsync.apply import Engine, FileSink, NoSink, Passwords, Session
    from pcsync.cli.progress import Bar

    sink = FileSink(settings.sink, connection.clock.now) if settings.sink else NoSink()
    passwords = Passwords(sink, os.environ)
    session = Session(connection.client, connection.clock, sink, passwords, plan.id)
    bar = Bar("applying", len(plan.steps))
    engine = Engine(plan, session, bar)
    try:
        with bar:
            engine.run()
    finally:
        applied = engine.applied(connection.writes, connection.reads)
        report(applied)
    return applied
