"""`pcsync emulator seed`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pcsync.errors import SettingsError, UsageError

if TYPE_CHECKING:
    from pcsync.emulator.estate import Size

EPILOG = """\b
Examples:
  pcsync emulator seed --customers 20 --out world.yaml
  pcsync emulator seed --customers 10000 --state partner.db
"""
COUNT = click.IntRange(0, 1_000_000)


@click.command("seed", epilog=EPILOG)
@click.option("--customers", type=COUNT, default=10, show_default=True, help="How many.")
@click.option("--users-per-customer", "users", type=COUNT, default=20, show_default=True)
@click.option(
    "--subscriptions-per-customer", "subscriptions", type=COUNT, default=5, show_default=True
)
@click.option("--seed", type=int, default=1, show_default=True, help="Another one, another estate.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="World file to write: YAML, or JSON if its name ends with .json.",
)
@click.option(
    "--state",
    type=click.Path(dir_okay=False, path_type=Path),
    help="State file to begin; it must be new.",
)
def seed(
    customers: int, users: int, subscriptions: int, seed: int, out: Path | None, state: Path | None
) -> None:
    """Make up customers with people, subscriptions and licences.

    The same numbers give the same estate. Some customers have budgets, some no delegation; some
    subscriptions are suspended or expired.
    """
    from pcsync.emulator import StateError, estate_file
    from pcsync.emulator.estate import Size

    if (out is None) == (state is None):
        raise UsageError("say either --out or --state", "for example --out world.yaml")
    size = Size(customers, users, subscriptions, seed)
    try:
        if out is not None:
            estate_file.write_world(out, size)
        elif state is not None:
            _begin(state, size)
    except (StateError, OSError) as error:
        raise SettingsError(str(error), "choose another file") from error
    click.echo(
        f"{out or state}: {customers} customers, {customers * users} users, "
        f"{customers * subscriptions} subscriptions"
    )


def _begin(path: Path, size: Size) -> None:
    from pcsync.emulator import StateFile, estate_file

    file = StateFile(path)
    try:
        if not file.new:
            raise UsageError(f"{path} has a state already", "name a new file with --state")
        estate_file.write_state(file, size)
    finally:
        file.close()
