"""Writing what a command has to say: the report on stdout, a plan to its file."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pcsync.durable import replace_file
from pcsync.errors import Exit, PlanFileError
from pcsync.model import POLICY, Severity, gate_called

if TYPE_CHECKING:
    from pcsync.model import Finding, Plan

OVER = "over-limit"
UNSEEN = "delegation"
UNREAD = "not-read"
NARROW = 80
WIDE = 140


def show(document: Mapping[str, Any], form: str) -> None:
    """Prints a document: as wide as the terminal within 80 to 140, coloured only on one."""
    from pcsync.report import render

    terminal = sys.stdout.isatty()
    width = shutil.get_terminal_size((NARROW, 24)).columns if terminal else NARROW
    colour = terminal and "NO_COLOR" not in os.environ
    text = render(document, form, min(max(width, NARROW), WIDE), colour)
    click.echo(text, nl=not text.endswith("\n"), color=colour or None)


def save_plan(plan: Plan, path: Path) -> None:
    """Writes the plan file for its owner alone. Raises PlanFileError."""
    from pcsync.plan.file import dump

    try:
        replace_file(path, dump(plan))
    except OSError as error:
        raise PlanFileError(
            f"the plan can't be written to {path}: {error.strerror}", "choose another --out"
        ) from error


def load_plan(path: Path) -> Plan:
    """Reads a plan file. Raises PlanFileError."""
    from pcsync.plan.file import load

    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PlanFileError(
            f"{path} can't be read: {error}", "write it with `pcsync plan --out FILE`"
        ) from error
    return load(text, str(path))


def standing(plan: Plan) -> Exit:
    """What a plan ends with before its changes count: refused as a whole by a limit or a
    policy, failed, refused by an open choice, fine."""
    codes = {finding.code for finding in plan.findings}
    if OVER in codes or _breaks_policy(plan):
        return Exit.REFUSED
    if _has_errors(plan):
        return Exit.FAILED
    return Exit.REFUSED if any(map(_asks, plan.findings)) else Exit.FINE


def _asks(finding: Finding) -> bool:
    """Whether nothing is planned for something before its manifest answers a question."""
    return bool(finding.ways) and not finding.due and finding.severity is Severity.WARNING


def unread(plan: Plan) -> Exit:
    """What an apply ends with for what could not be read: waiting where a closed gate is why."""
    if not plan.unknown:
        return Exit.FINE
    shut = {name for name, gates in plan.closed.items() if UNSEEN in gates}
    waits = all(len(each.path) > 1 and each.root in shut for each in plan.unknown)
    reads = [finding for finding in plan.findings if finding.code == UNREAD]
    here = all(finding.advice.endswith(gate_called(UNSEEN).do) for finding in reads)
    return Exit.WAITING if waits and here else Exit.FAILED


def _breaks_policy(plan: Plan) -> bool:
    return any(f.code == POLICY and f.severity is Severity.ERROR for f in plan.findings)


def _has_errors(plan: Plan) -> bool:
    """Whether something declared can't be planned, or nothing at all could be read."""
    unread = {address.root for address in plan.unknown if len(address.path) == 1}
    blind = bool(plan.customers) and unread >= set(plan.customers)
    return blind or any(finding.severity is Severity.ERROR for finding in plan.findings)
