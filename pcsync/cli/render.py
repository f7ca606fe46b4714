"""`pcsync render`: prints a customer with everything it inherits, without any network.

Owns what is printed on stdout: the merged document as YAML, nothing else.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

EPILOG = """\b
Examples:
  pcsync render contoso
  pcsync render contoso customers/ blueprints/ --origin
"""


@click.command("render", epilog=EPILOG, short_help="Print a customer with all that it extends.")
@click.argument("name")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--origin", is_flag=True, help="Add the file and line behind every value.")
def command(name: str, paths: tuple[str, ...], origin: bool) -> None:
    """Print the customer NAME as YAML: its document, its blueprints, its users' defaults in one.

    Without PATH the `paths` of pcsync.yaml are read, else the working directory; - is standard
    input. Talks to nobody.
    """
    from pcsync.errors import UsageError
    from pcsync.kinds import load_kinds
    from pcsync.manifests import allowed, load_project, render

    project = load_project(Path())
    chosen = [path if path == "-" else Path(path) for path in paths] or project.paths
    variables = allowed(project.variables, os.environ)
    text = render(name, chosen, load_kinds(), sys.stdin, origin=origin, variables=variables)
    if text is None:
        advice = "name a customer as in `metadata.name`, or add the path of its file"
        raise UsageError(f"no customer called {name} stands in these manifests", advice)
    click.echo(text, nl=False)
