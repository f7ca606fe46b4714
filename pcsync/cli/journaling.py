"""The journal of a project as the commands use it: where it is, and what it knows of other runs.

Owns its place and the words about unfinished runs. It is made by `apply` alone; others only read.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pcsync.errors import UsageError
from pcsync.model import NOTHING, Finding, Severity

if TYPE_CHECKING:
    from datetime import datetime

    from pcsync.apply.ledger import Ledger, Run
    from pcsync.cli.settings import Settings
    from pcsync.model import Address, Plan

VARIABLE = "PCSYNC_JOURNAL"
USUAL = Path(".pcsync") / "journal.db"
LAST = "last"

journal_option: Callable[[Any], Any] = click.option(
    "--journal",
    type=click.Path(dir_okay=False, path_type=Path),
    help=f"Where runs are written down ({VARIABLE}).  [default: {USUAL.as_posix()}]",
)


def place(
    option: Path | None, directory: Path, environment: Mapping[str, str] = os.environ
) -> Path:
    """Where the journal is: the option outranks the variable."""
    if option is not None:
        return option
    named = environment.get(VARIABLE)
    return Path(named) if named else directory / USUAL


@contextmanager
def opened(path: Path) -> Iterator[Ledger]:
    """The journal, made where there is none. Raises JournalError."""
    from pcsync.apply.ledger import Ledger

    ledger = Ledger(path)
    try:
        yield ledger
    finally:
        ledger.close()


def unfinished(path: Path, settings: Settings) -> tuple[Finding, ...]:
    """What a journal knows of runs for this partner that were cut off; it is not made for that."""
    if not path.exists():
        return ()
    with opened(path) as ledger:
        return left_open(ledger, settings)


def taken(path: Path, settings: Settings) -> Mapping[Address, datetime]:
    """What runs for this partner took away, and when; the journal is not made for that."""
    if not path.exists():
        return NOTHING
    with opened(path) as ledger:
        return taken_away(ledger, settings)


def taken_away(ledger: Ledger, settings: Settings) -> Mapping[Address, datetime]:
    """The same by an open journal."""
    from pcsync.apply import taken as journalled

    return journalled.taken_away(ledger, settings.cloud.name, settings.tenant)


def left_open(ledger: Ledger, settings: Settings) -> tuple[Finding, ...]:
    """A finding for each run for this partner that could go on."""
    return tuple(map(_finding, ledger.open_runs(settings.cloud.name, settings.tenant)))


def tell(findings: tuple[Finding, ...]) -> None:
    """Says it on stderr, too: whoever plans may not read the report."""
    for finding in findings:
        click.echo(f"note: {finding.what}\n  {finding.advice}", err=True)


def _finding(run: Run) -> Finding:
    how = "was cut off" if run.ended is None else "ended with something left"
    doubt = f", {run.doubt} in doubt" if run.doubt else ""
    return Finding(
        Severity.INFO,
        "unfinished-run",
        f"run {run.id} of plan {run.plan[:6]}, begun {run.began:%Y-%m-%d %H:%M} UTC, {how}: "
        f"{run.done} of {run.steps} steps are done{doubt}",
        f"`pcsync apply --resume {run.id}` goes on with it; a new plan sees what it did",
    )


def resumed(ledger: Ledger, wanted: str, settings: Settings) -> Plan:
    """The plan of a run that goes on: of the one with this number, or of the last unfinished one.

    Raises UsageError where there is none."""
    from pcsync.plan.file import load

    if wanted == LAST:
        runs = ledger.open_runs(settings.cloud.name, settings.tenant)
        run = runs[0] if runs else None
    else:
        run = ledger.run(int(wanted)) if wanted.isdigit() else None
    text = ledger.plan_text(run.plan) if run else None
    if run is None or text is None:
        which = "unfinished run" if wanted == LAST else f"run {wanted}"
        raise UsageError(f"the journal {ledger.path} knows no {which}", "see `pcsync journal list`")
    return load(text, f"run {run.id}")
