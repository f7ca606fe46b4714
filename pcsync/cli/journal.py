"""`pcsync journal`: what earlier runs sent, and what came of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pcsync.cli import journaling, lengths
from pcsync.cli.options import format_option
from pcsync.errors import Exit, UsageError

if TYPE_CHECKING:
    from pcsync.apply.ledger import Ledger, Run

FORMAT = 1
EPILOG = """\b
Examples:
  pcsync journal list
  pcsync journal show 3
  pcsync journal export --format json > runs.json
  pcsync journal prune --older-than 30d
"""

number_argument = click.argument("number", type=int, metavar="RUN")


@click.group("journal", epilog=EPILOG)
def command() -> None:
    """Look at what earlier runs of apply sent, and what came of it. Asks nobody but the file."""


@command.command("list")
@journaling.journal_option
@format_option
def runs(journal: Path | None, form: str) -> int:
    """List the runs, the newest first."""
    with _reading(journal) as ledger:
        found = ledger.runs()
    if form == "json":
        return _json({"format": FORMAT, "runs": [_run(run) for run in found]})
    return _lines(map(_line, found) if found else ["no runs"])


@command.command()
@number_argument
@journaling.journal_option
@format_option
def show(number: int, journal: Path | None, form: str) -> int:
    """Show one run: its requests and how its steps ended."""
    with _reading(journal) as ledger:
        run = ledger.run(number)
        if run is None:
            raise UsageError(
                f"the journal {ledger.path} knows no run {number}", "see `pcsync journal list`"
            )
        document = _document(ledger, run)
    return _json({"format": FORMAT, **document}) if form == "json" else _lines(_told(document))


@command.command()
@journaling.journal_option
@format_option
def export(journal: Path | None, form: str) -> int:
    """Print all runs with all that is known of them, but for their plans."""
    with _reading(journal) as ledger:
        documents = [_document(ledger, run) for run in ledger.runs()]
    if form == "json":
        return _json({"format": FORMAT, "runs": documents})
    return _lines(line for document in documents for line in (*_told(document), ""))


@command.command()
@click.option(
    "--older-than",
    type=lengths.given,
    default="90d",
    metavar="LENGTH",
    help="What is forgotten: 90m, 24h, 30d.  [default: 90d]",
)
@journaling.journal_option
def prune(older_than: timedelta, journal: Path | None) -> int:
    """Forget runs that are older and left nothing open."""
    with _reading(journal) as ledger:
        gone = ledger.prune(datetime.now(UTC) - older_than)
    click.echo(f"{gone} {'run' if gone == 1 else 'runs'} forgotten", err=True)
    return Exit.FINE


def _reading(option: Path | None) -> Any:
    """The journal that is there. Raises UsageError where there is none."""
    path = journaling.place(option, Path())
    if not path.exists():
        raise UsageError(
            f"there is no journal {path}", "`pcsync apply` makes it; say another with --journal"
        )
    return journaling.opened(path)


def _json(document: Mapping[str, Any]) -> int:
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))
    return Exit.FINE


def _lines(lines: Any) -> int:
    for line in lines:
        click.echo(line)
    return Exit.FINE


def _run(run: Run) -> dict[str, Any]:
    """A run as data; times are ISO 8601 in UTC."""
    known = {
        "run": run.id,
        "plan": run.plan,
        "cloud": run.cloud,
        "partnerTenant": run.partner,
        "began": _stamp(run.began),
        "ended": _stamp(run.ended) if run.ended else None,
        "exit": run.exit,
        "steps": run.steps,
        "done": run.done,
        "inDoubt": run.doubt,
        "open": run.open,
    }
    return {name: value for name, value in known.items() if value is not None}


def _document(ledger: Ledger, run: Run) -> dict[str, Any]:
    """A run with its requests, the results of its steps and the ids that it got."""
    return {
        **_run(run),
        "requests": [dict(row) for row in ledger.requests(run.id)],
        "results": [dict(row) for row in ledger.results(run.id)],
        "kept": {row["name"]: row["value"] for row in ledger.kept(run.id)},
    }


def _line(run: Run) -> str:
    """``3  plan 7d0f3a  2026-11-22 11:30  4 of 10 steps done  was cut off``."""
    done = f"{run.done} of {run.steps} steps done"
    doubt = f", {run.doubt} in doubt" if run.doubt else ""
    end = "was cut off, or runs" if run.exit is None else f"exit {run.exit}"
    left = f", {run.open} open" if run.open else ""
    return (
        f"{run.id:>4}  plan {run.plan[:6]}  {run.began:%Y-%m-%d %H:%M}  {done}{doubt}  {end}{left}"
    )


def _told(document: Mapping[str, Any]) -> Iterator[str]:
    """The lines of one run for people."""
    end = document.get("ended", "was cut off, or runs")
    code = f", exit {document['exit']}" if "exit" in document else ""
    yield f"run {document['run']} of plan {document['plan']}"
    yield f"  began {document['began']}, ended {end}{code}"
    for row in document["requests"]:
        answer = "no answer" if row["status"] is None else f"{row['status']} {row['code'] or ''}"
        yield f"  {row['leftAt']}  {row['method']} {row['path']}  {answer.rstrip()}"
        yield f"      {row['step']}, attempt {row['attempt']}, MS-RequestId {row['requestId']}"
    for row in document["results"]:
        why = f": {row['detail']}" if row["detail"] else ""
        yield f"  {row['outcome']:<8}  {row['step']}{why}"
    for name, value in document["kept"].items():
        yield f"  kept  {name} = {value}"


def _stamp(time: datetime) -> str:
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")
