"""`pcsync logout`: forgets who signed in on this machine."""

from __future__ import annotations

import click

from pcsync.cli.login import as_option, device_settings
from pcsync.cli.options import connection_options

EPILOG = """\b
Examples:
  pcsync logout
  pcsync logout --as apply
"""


@click.command("logout", epilog=EPILOG)
@as_option
@connection_options
def command(which: str, cloud: str | None, emulator_url: str | None) -> None:
    """Forget who signed in with `pcsync login` on this machine."""
    from pcsync.cli.connect import opened
    from pcsync.client import App, logout

    settings = device_settings(which, cloud, emulator_url)
    with opened(settings) as desk:
        app = App(settings.tenant, settings.app, None)
        count = logout(desk.cloud, app, desk.http, desk.cache())
    click.echo("signed out" if count else "nobody was signed in", err=True)
