"""`pcsync validate`: reads manifests and says what is wrong with them, without any network.

Owns its one line of output; problems are raised and shown by the main module.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pcsync.manifests import Manifests
    from pcsync.model import Finding


EPILOG = """\b
Examples:
  pcsync validate
  pcsync validate customers/ users/ana.yaml
  generate-manifests | pcsync validate -
"""


@click.command("validate", epilog=EPILOG, short_help="Check manifests without any network.")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
def command(paths: tuple[str, ...]) -> None:
    """Check manifests: files, folders, or - for standard input. Talks to nobody.

    Without PATH the `paths` of pcsync.yaml are checked, else the working directory. Every problem
    of every file is shown with its line; the exit code is then 1.
    """
    from pcsync.cli import policies
    from pcsync.kinds import load_kinds
    from pcsync.manifests import allowed, load, load_project

    project = load_project(Path())
    chosen = [path if path == "-" else Path(path) for path in paths] or project.paths
    variables = allowed(project.variables, os.environ)
    manifests = load(chosen, load_kinds(), sys.stdin, variables=variables)
    policies.misplaced(manifests, Path())
    policies.own(Path())
    for warning in manifests.findings:
        click.echo(_warning(warning), err=True)
    click.echo(summary(manifests))


def summary(manifests: Manifests) -> str:
    """``3 files: 2 customers, 5 users, 3 subscriptions: valid``, kinds in their order."""
    counts = Counter(each.address.kind for each in manifests.resources)
    shown = ", ".join(_counted(number, kind) for kind, number in sorted(counts.items()))
    return f"{_counted(manifests.files, 'file')}: {shown or 'nothing declared'}: valid"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _warning(finding: Finding) -> str:
    at: Iterable[object] = filter(None, (finding.place, finding.address))
    return f"{next(iter(at), 'manifests')}: warning: {finding.what}; {finding.advice}"
