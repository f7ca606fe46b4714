"""The settings of one run: `pcsync.yaml`, overridden by `PCSYNC_*`, overridden by options.

Owns the order of the three and the defaults of the emulator, against which nothing has to be set.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pcsync.errors import SettingsError

if TYPE_CHECKING:
    from pcsync.client import Cloud
    from pcsync.manifests import Project, Reference, SignIn

EMULATOR_URL = "http://127.0.0.1:8642"
EMULATOR_TENANT = "2f1c6f0e-5a3b-4d0c-9a57-0f6f6a1f4b11"
PARALLEL = 8


@dataclass(frozen=True)
class Settings:
    """What a run needs to know. Secrets are not shown when it is printed."""

    directory: Path
    cloud: Cloud
    tenant: str
    app: str
    app_secret: str = field(repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    keep_refresh: Callable[[str], None] = field(default=lambda token: None, repr=False)
    contract: str = "2026-05"
    paths: tuple[Path, ...] = ()
    attested: bool = False
    sink: Path | None = None
    parallel: int = PARALLEL


def load_settings(
    *,
    writable: bool = False,
    cloud: str | None = None,
    emulator_url: str | None = None,
    environment: Mapping[str, str] = os.environ,
) -> Settings:
    """The settings for the working directory; `writable` chooses the identity that applies.

    Raises ManifestProblems for `pcsync.yaml`, SettingsError for what is missing.
    """
    from pcsync.manifests import load_project

    directory = Path()
    project = load_project(directory)
    name = cloud or environment.get("PCSYNC_CLOUD") or project.cloud
    if name == "emulator":
        url = emulator_url or environment.get("PCSYNC_EMULATOR_URL") or EMULATOR_URL
        return _emulated(project, url, directory)
    if name != "global":
        raise SettingsError(f"the cloud {name!r} is not known", "say global or emulator")
    return _real(project, writable, directory, environment)


def _emulated(project: Project, url: str, directory: Path) -> Settings:
    """Against the emulator its own app, a statement nobody has to make, and a local sink."""
    from pcsync.client import emulator

    return Settings(
        directory,
        emulator(url),
        project.partner.tenant_id if project.partner else EMULATOR_TENANT,
        app="pcsync",
        app_secret="emulator",
        refresh_token="emulator-user",
        contract=project.contract,
        paths=project.paths,
        attested=True,
        sink=project.sink or directory / ".pcsync" / "secrets.jsonl",
    )


def _real(
    project: Project, writable: bool, directory: Path, environment: Mapping[str, str]
) -> Settings:
    from pcsync.client import CLOUDS

    identity = project.apply if writable else project.plan
    if project.partner is None or identity is None:
        raise SettingsError(
            "there is no pcsync.yaml that says whose customers these are and how to sign in",
            "write one with `partner` and `auth`, or try the emulator: PCSYNC_CLOUD=emulator",
        )
    token = identity.refresh_token
    return Settings(
        directory,
        CLOUDS["global"],
        project.partner.tenant_id,
        app=identity.app,
        app_secret=_secret(identity.secret, environment),
        refresh_token=_secret(token, environment) if token else None,
        keep_refresh=_keeper(identity),
        contract=project.contract,
        paths=project.paths,
        attested=project.partner_on_record is not None,
        sink=project.sink,
    )


def _secret(reference: Reference, environment: Mapping[str, str]) -> str:
    if reference.file is not None:
        try:
            return reference.file.read_text("utf-8").strip()
        except OSError as error:
            raise SettingsError(
                f"{reference.file} can't be read: {error.strerror}", "correct `auth` in pcsync.yaml"
            ) from error
    if not (value := environment.get(reference.env or "")):
        raise SettingsError(f"the variable {reference.env} is not set", "set it for this run")
    return value


def _keeper(identity: SignIn) -> Callable[[str], None]:
    """Where the newest refresh token goes: back into its file; one from a variable stays there."""
    token = identity.refresh_token
    if token is None or token.file is None:
        return lambda newest: None
    place = token.file

    def keep(newest: str) -> None:
        handle, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(newest)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(place)

    return keep
