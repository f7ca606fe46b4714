"""`pcsync apply`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pcsync.cli import journaling, lengths
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
from pcsync.cli.running import Running, running_options, seen_before
from pcsync.errors import Exit, Refused, UsageError

if TYPE_CHECKING:
    from pcsync.apply.ledger import Ledger
    from pcsync.cli.carrying import Carrying
    from pcsync.cli.connect import Connection
    from pcsync.cli.known import Given
    from pcsync.cli.settings import Settings
    from pcsync.cli.telemetry import Watch
    from pcsync.manifests import Project
    from pcsync.model import Applied, Plan

EPILOG = """\b
Examples:
  pcsync apply
  pcsync apply --yes --base auto --format json
  pcsync apply --plan plan.json --yes
  pcsync apply --resume
"""


@click.command("apply", epilog=EPILOG)
@paths_argument
@click.option(
    "--plan",
    "plan_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Apply this plan, and only this.",
)
@click.option(
    "--resume",
    is_flag=False,
    flag_value=journaling.LAST,
    metavar="[RUN]",
    help="Go on with a run that was cut off: the last one, or the one with this number.",
)
@click.option(
    "--partial", is_flag=True, help="Apply the rest where a saved plan is stale for a customer."
)
@click.option(
    "--max-age",
    type=lengths.given,
    metavar="LENGTH",
    help="How old a saved plan may be: 90m, 24h, 7d.  [default: 24h]",
)
@click.option(
    "--wait-for-orders",
    is_flag=True,
    help="Wait up to 15 minutes where an order may be hiding, then plan again.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@base_option
@correct_drift_option
@allow_option
@label_option
@no_preflight_option
@journaling.journal_option
@running_options
@format_option
@connection_options
@observed
def command(
    paths: tuple[str, ...],
    plan_file: Path | None,
    resume: str | None,
    partial: bool,
    max_age: timedelta | None,
    wait_for_orders: bool,
    yes: bool,
    base: str | None,
    correct_drift: bool,
    allow: tuple[str, ...],
    label: tuple[str, ...],
    no_preflight: bool,
    journal: Path | None,
    running: Running,
    form: str,
    cloud: str | None,
    emulator_url: str | None,
    watch: Watch,
) -> int:
    """Make Partner Center as declared: plan, ask, apply, report."""
    from pcsync.cli import output
    from pcsync.cli.base import guards
    from pcsync.cli.carrying import Carrying
    from pcsync.cli.connect import connect
    from pcsync.cli.known import given_of
    from pcsync.cli.settings import load_settings

    _check_words(plan_file, resume, paths, base, allow, label, wait_for_orders, no_preflight)
    given = given_of(base, allow, label, drift=correct_drift, preflight=not no_preflight)
    # A saved plan is guarded by the settings of the base that it was made with.
    read = output.load_plan(plan_file) if plan_file else None
    guard = guards(read.base, Path()) if read and read.base else given.project

    def settings_by(project: Project | None) -> Settings:
        return load_settings(writable=True, cloud=cloud, emulator_url=emulator_url, base=project)

    settings = settings_by(guard)
    seen = None if plan_file or resume else seen_before(settings)
    running = replace(running, lifted="freeze" in given.allowed, seen=seen)
    with journaling.opened(journaling.place(journal, settings.directory)) as ledger:
        if read:
            plan = _saved(read, settings, ledger, max_age)
        elif resume:
            plan = journaling.resumed(ledger, resume, settings)
            settings = settings_by(guards(plan.base or "", settings.directory))
        else:
            plan = _planned(paths, settings, ledger, watch, given, wait_for_orders)
        _agreed(plan, settings, form, yes)
        running = replace(running, lifted=running.lifted or "freeze" in plan.lifted)
        with connect(settings, writable=True, on_request=watch) as connection:
            how = Carrying(ledger, bool(read or resume), partial, running, watch)
            return _ended(plan, _run(plan, settings, connection, how, form))


def _check_words(
    plan_file: Path | None,
    resume: str | None,
    paths: Sequence[str],
    base: str | None,
    allow: Sequence[str],
    label: Sequence[str],
    wait_for_orders: bool,
    no_preflight: bool,
) -> None:
    """Raises UsageError for words that do not go together."""
    if wait_for_orders and "-" in paths:
        raise UsageError("--wait-for-orders plans again, and `-` can be read once", "name a file")
    if sum(map(bool, (plan_file, resume, paths))) > 1:
        raise UsageError(
            "--plan, --resume and PATH exclude each other", "a plan holds its manifests"
        )
    later = [word for word in allow if word != "freeze"]
    given = {"--base": base, "--allow": later, "--label": label, "--no-preflight": no_preflight}
    if (plan_file or resume) and any(given.values()):
        what = next(name for name, value in given.items() if value)
        raise UsageError(f"{what} is of no use to a saved plan", "give it to `pcsync plan`")


def _agreed(plan: Plan, settings: Settings, form: str, yes: bool) -> None:
    """Shows the plan, and asks. Raises Refused where it may not be applied, or nobody says yes."""
    from pcsync.cli import output
    from pcsync.cli.policies import policies_of, refusal
    from pcsync.cli.saved import over_limits
    from pcsync.report.document import plan_document

    _check(plan, settings)
    over = over_limits(plan, settings) or refusal(plan, policies_of(plan.base, settings.directory))
    if form == "human" or over:
        output.show(plan_document(plan), form)
    if over:
        raise over
    if plan.steps:
        _confirm(plan, yes)


def _ended(plan: Plan, code: int) -> int:
    """The exit code of a run, and of what its plan had to leave out."""
    from pcsync.cli import output

    left = output.standing(plan) or output.unread(plan)
    if code == Exit.FINE and left == Exit.WAITING:
        return left
    if code == Exit.FINE and left != Exit.FINE:
        return Exit.PARTIAL if plan.steps else left
    return code


def _planned(
    paths: Sequence[str],
    settings: Settings,
    ledger: Ledger,
    watch: Watch,
    given: Given,
    wait: bool,
) -> Plan:
    """A new plan, which says what earlier runs have left."""
    from pcsync.cli.kept import kept
    from pcsync.cli.known import said_of
    from pcsync.cli.policies import judged, policies_of
    from pcsync.cli.stages import plan_of
    from pcsync.cli.waiting import until_orders_show

    left = journaling.left_open(ledger, settings)
    journaling.tell(left)
    taken = journaling.taken_away(ledger, settings)
    said = (*left, *said_of(given))
    known = replace(given, findings=said, taken=taken, kept=kept(settings, ledger))

    def make() -> Plan:
        plan = plan_of(paths, settings, watch, given=known)
        return judged(plan, policies_of(plan.base, settings.directory))

    return until_orders_show(make, settings) if wait else make()


def _saved(plan: Plan, settings: Settings, ledger: Ledger, max_age: timedelta | None) -> Plan:
    """A plan of a file, if it may be applied here and now. Raises Refused, PlanFileError."""
    from pcsync.cli import saved
    from pcsync.cli.connect import opened

    saved.check_signature(plan)
    saved.check_place(plan, settings)
    saved.check_unfinished(plan, ledger)
    saved.check_manifests(plan, settings)
    with opened(settings) as desk:
        saved.check_age(plan, desk.clock.now(), max_age or settings.max_age)
    return plan


def _check(plan: Plan, settings: Settings) -> None:
    """A plan of another cloud or partner is refused; so is one whose secrets have no place."""
    from pcsync.cli.saved import check_place

    check_place(plan, settings)
    from pcsync.apply import needs_sink

    if not settings.has_sink and needs_sink(plan):
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


def _run(
    plan: Plan,
    settings: Settings,
    connection: Connection,
    how: Carrying,
    form: str,
) -> int:
    """Carries the plan out; the report is written whatever happens."""
    from pcsync.cli import output
    from pcsync.cli.carrying import carry_out
    from pcsync.cli.lockfile import record
    from pcsync.report.document import apply_document
    from pcsync.report.exits import exit_of

    def report(applied: Applied) -> None:
        try:
            output.show(apply_document(applied), form)
        finally:
            record(applied, settings)

    return exit_of(carry_out(plan, settings, connection, replace(how, report=report)))
