"""`pcsync policy`."""

from __future__ import annotations

from pathlib import Path

import click

from pcsync.cli.options import format_option
from pcsync.errors import Exit

EPILOG = """\b
Examples:
  pcsync policy test
  pcsync policy test policies/purchases.yaml
"""


@click.group("policy", epilog=EPILOG)
def command() -> None:
    """Policies: rules of a team about plans."""


@command.command("test", epilog=EPILOG)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@format_option
def test(paths: tuple[str, ...], form: str) -> int:
    """Run the cases that stand in policies. Talks to nobody.

    Without PATH the policies of the project are tested. The exit code is 1 where a case does not
    come out as it expects.
    """
    from pcsync.cli import output
    from pcsync.cli.policies import own
    from pcsync.plan.policies import tried
    from pcsync.report.policies import policy_document

    policies = own(Path(), paths)
    found = tuple(tried(policies))
    output.show(policy_document(policies, found), form)
    return Exit.FINE if all(each.holds for each in found) else Exit.FAILED
