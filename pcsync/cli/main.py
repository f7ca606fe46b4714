"""The group of commands, and the one place where a run ends: exit codes, errors, interrupts.

Commands are loaded when they are asked for, so that `pcsync --help` stays fast.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from pcsync import __version__
from pcsync.errors import Exit, PcsyncError

COMMANDS = {
    "validate": ("pcsync.cli.validate", "Check manifests; reads nothing from Partner Center."),
    "render": ("pcsync.cli.render", "Print a customer with all that it extends."),
    "plan": ("pcsync.cli.plan", "Show what apply would change. Changes nothing."),
    "apply": ("pcsync.cli.apply", "Make Partner Center as declared, after asking."),
    "drift": ("pcsync.cli.drift", "Show what is live and differs from git. Changes nothing."),
    "renewals": ("pcsync.cli.renewals", "List when terms end and what follows. Changes nothing."),
    "journal": ("pcsync.cli.journal", "Look at what earlier runs of apply sent."),
    "pin": ("pcsync.cli.pin", "Write down the ids of what is declared. Changes nothing live."),
    "prices": ("pcsync.cli.prices", "Check what the price sheets know. Changes nothing."),
    "doctor": ("pcsync.cli.doctor", "Check tokens, roles and customers. Changes nothing."),
    "login": ("pcsync.cli.login", "Sign in with a browser, as a person."),
    "logout": ("pcsync.cli.logout", "Forget who signed in with a browser."),
    "policy": ("pcsync.cli.policy", "Test the rules of a team about plans. Talks to nobody."),
    "schema": ("pcsync.cli.schema", "Write the JSON Schemas of manifests, plans and settings."),
    "emulator": ("pcsync.cli.emulator", "Run a Partner Center on this machine."),
    "demo": ("pcsync.cli.demo", "Watch the main job on the built-in emulator."),
}
EPILOG = """\b
Examples:
  pcsync demo
  pcsync validate customers/
  pcsync plan --out plan.json
  pcsync apply --plan plan.json
  pcsync drift --format json
  pcsync doctor

\b
Exit codes: 0 fine, 1 failed, 2 changes pending (plan --detailed-exitcode, drift),
3 refused, 4 stale plan, 5 applied in part, 6 waiting for people, 64 wrong usage,
130 interrupted.
"""


class Commands(click.Group):
    """A group that imports a command's module when the command is used, not before."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, in the order of the main job."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command, imported now."""
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(COMMANDS[name][0]).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, says) for name, (_, says) in COMMANDS.items()])


@click.command(
    cls=Commands, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(__version__, prog_name="pcsync")
def cli() -> None:
    """Infrastructure-as-code for Microsoft Partner Center: the estate of a CSP partner as YAML in
    git, planned on pull request, applied on merge, watched for drift."""


def run(args: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code. No error of a user becomes a traceback."""
    # A run builds large trees of frozen values and ends: looking for cycles early costs a fifth.
    gc.set_threshold(100_000)
    try:
        result = cli.main(args=args, prog_name="pcsync", standalone_mode=False)
        return result if isinstance(result, int) else Exit.FINE
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.ClickException as error:
        error.show()
        return Exit.USAGE
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return Exit.INTERRUPTED
    except PcsyncError as error:
        for line in error.lines():
            click.echo(line, err=True)
        return error.exit_code


def entry() -> None:
    """The console script."""
    sys.exit(run())
