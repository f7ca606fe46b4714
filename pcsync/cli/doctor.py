"""`pcsync doctor`: whether pcsync can do here what the manifests ask. Changes nothing."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pcsync.cli.options import connection_options, format_option, observed, paths_argument

if TYPE_CHECKING:
    from pcsync.cli.doctor_rows import Facts, Row, Told
    from pcsync.cli.settings import Settings
    from pcsync.cli.telemetry import Watch
    from pcsync.manifests import Project

EPILOG = """\b
Examples:
  pcsync doctor
  pcsync doctor customers/contoso.yaml
  pcsync doctor --format json
"""


@click.command("doctor", epilog=EPILOG)
@paths_argument
@format_option
@connection_options
@observed
def command(
    paths: tuple[str, ...],
    form: str,
    cloud: str | None,
    emulator_url: str | None,
    watch: Watch,
) -> int:
    """Check settings, tokens and every declared customer. Sends only reads. Exits with 1 if
    something failed."""
    from pcsync.cli.doctor_show import document, exit_of, human
    from pcsync.cli.output import NARROW
    from pcsync.report.machine import render

    facts, rows = _examined(paths, cloud, emulator_url, watch)
    text = render(document(facts, rows)) if form == "json" else human(facts, rows, NARROW)
    click.echo(text, nl=False)
    return exit_of(rows)


def _examined(
    paths: tuple[str, ...], cloud: str | None, emulator_url: str | None, watch: Watch
) -> tuple[Facts, list[Row]]:
    """Facts and rows; settings that can't be used are rows, too."""
    from pcsync.cli.doctor_checks import check, unusable
    from pcsync.cli.doctor_gather import Case, gather
    from pcsync.cli.doctor_rows import NOT_ASKED, Facts
    from pcsync.cli.settings import load_settings
    from pcsync.errors import ManifestProblems, SettingsError
    from pcsync.manifests import load_project

    try:
        settings = load_settings(cloud=cloud, emulator_url=emulator_url)
        project = load_project(Path())
        apply = _apply(project, cloud, emulator_url)
        facts = gather(Case(settings, apply, project, paths, watch))
    except (SettingsError, ManifestProblems) as error:
        now = datetime.now(UTC)
        return Facts(cloud or "", False, "", now, now, (), NOT_ASKED), unusable(error)
    return facts, check(facts)


def _apply(project: Project, cloud: str | None, emulator_url: str | None) -> Settings | Told:
    """The settings of the identity that applies; on a machine that only plans there are none.

    Its command that keeps refresh tokens never runs: that is for apply alone (rule SE3).
    """
    from pcsync.cli.doctor_rows import Told
    from pcsync.cli.settings import identity_of, load_settings
    from pcsync.errors import SettingsError

    try:
        found = load_settings(writable=True, cloud=cloud, emulator_url=emulator_url)
        if found.identity is None or project.apply is None:
            return found
        return replace(found, identity=identity_of(project.apply, False, os.environ))
    except SettingsError as error:
        return Told(None, error.what, f"{error.advice}; or run doctor where apply runs")
