"""`pcsync login`: a person signs in with a browser; the sign-in is kept on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pcsync.cli.options import connection_options
from pcsync.errors import UsageError

if TYPE_CHECKING:
    from pcsync.cli.settings import Settings

EPILOG = """\b
Examples:
  pcsync login
  pcsync login --as apply
"""

as_option = click.option(
    "--as",
    "which",
    type=click.Choice(["plan", "apply"]),
    default="plan",
    show_default=True,
    help="Which identity of `auth`.",
)


@click.command("login", epilog=EPILOG)
@as_option
@connection_options
def command(which: str, cloud: str | None, emulator_url: str | None) -> None:
    """Sign in with a browser, for `kind: deviceCode`. Reads nothing of any customer."""
    from pcsync.cli.connect import opened
    from pcsync.client import App, login

    settings = device_settings(which, cloud, emulator_url)
    with opened(settings, warn=_warn) as desk:
        app = App(settings.tenant, settings.app, None)
        who = login(desk.cloud, app, desk.http, desk.cache(), desk.clock, _say)
    _say(f"signed in as {who.get('preferred_username') or 'a user'} of {settings.tenant}")


def device_settings(which: str, cloud: str | None, emulator_url: str | None) -> Settings:
    """The settings of an identity that signs in with a browser. Raises UsageError for another."""
    from dataclasses import replace

    from pcsync.cli.settings import load_settings

    settings = load_settings(writable=which == "apply", cloud=cloud, emulator_url=emulator_url)
    if settings.identity is None or settings.identity.kind != "deviceCode":
        raise UsageError(
            f"`auth.{which}` in pcsync.yaml signs in without a browser",
            f"say `auth: {{{which}: {{kind: deviceCode, app: …}}}}` to sign in as yourself",
        )
    return replace(settings, app=settings.identity.app)


def _say(text: str) -> None:
    click.echo(text, err=True)


def _warn(text: str) -> None:
    _say(f"warning: {text}")
