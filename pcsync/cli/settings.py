"""The settings of one run: `pcsync.yaml`, overridden by `PCSYNC_*`, overridden by options.

Owns the order of the three and the defaults of the emulator, against which nothing has to be set.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pcsync.errors import SettingsError
from pcsync.model import Limits, ProjectRules

if TYPE_CHECKING:
    from pcsync.client import Cloud, Identity
    from pcsync.manifests import AgeFile, Lease, Project, Reference, SignIn, Variables

EMULATOR_URL = "http://127.0.0.1:8642"
EMULATOR_TENANT = "2f1c6f0e-5a3b-4d0c-9a57-0f6f6a1f4b11"
LOCAL_SINK = Path(".pcsync") / "secrets.jsonl"
PARALLEL = 8
TIMEOUT = 180.0
MAX_AGE = timedelta(hours=24)


@dataclass(frozen=True)
class Settings:
    """What a run needs to know. Secrets are not shown when it is printed.

    `identity` is who signs in; without one it is `app` with `app_secret`, for the person behind
    `refresh_token`. Secrets go to the file `sink`, the file `age` or `sink_command`; `generate`
    makes passwords. `timeout` and `run_timeout` are seconds; without `posts` a plan sends none.
    In a `rehearsal` the cloud is not the one that the project names: its lock file holds nothing
    of it, and nothing of it goes there. `prices` are patterns of the files of price sheets,
    `partner` is what the project calls the partner. `variables` are those of the environment that
    manifests may use.
    """

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
    identity: Identity | None = None
    ca: Path | None = None
    proxy: str | None = None
    timeout: float = TIMEOUT
    run_timeout: float | None = None
    posts: bool = True
    rules: ProjectRules = field(default_factory=ProjectRules)
    rehearsal: bool = False
    partner: str = ""
    max_age: timedelta = MAX_AGE
    age: AgeFile | None = None
    sink_command: tuple[str, ...] = ()
    generate: tuple[str, ...] = ()
    freeze: tuple[str, ...] = ()
    paused: bool = False
    lease: Lease | None = None
    limits: Limits = field(default_factory=Limits)
    prices: tuple[str, ...] = ()
    variables: Variables = field(default_factory=dict, repr=False)

    @property
    def has_sink(self) -> bool:
        """Whether there is a place for secrets."""
        return bool(self.sink or self.age or self.sink_command)


def load_settings(
    *,
    writable: bool = False,
    cloud: str | None = None,
    emulator_url: str | None = None,
    base: Project | None = None,
    environment: Mapping[str, str] = os.environ,
) -> Settings:
    """The settings for the working directory; `writable` chooses the identity that applies.

    What guards a change comes from `base`, the settings of what it is compared with. Raises
    ManifestProblems for `pcsync.yaml`, SettingsError for what is missing.
    """
    from pcsync.manifests import allowed, guarded, load_project

    directory = Path()
    project = load_project(directory)
    if base is not None:
        project = guarded(project, base)
    settings = _of(project, cloud, emulator_url, writable, environment)
    return replace(settings, variables=allowed(project.variables, environment))


def _of(
    project: Project,
    cloud: str | None,
    emulator_url: str | None,
    writable: bool,
    environment: Mapping[str, str],
) -> Settings:
    name = cloud or environment.get("PCSYNC_CLOUD") or project.cloud
    if name == "emulator":
        url = emulator_url or environment.get("PCSYNC_EMULATOR_URL") or EMULATOR_URL
        settings = _emulated(project, url, project.directory)
        sign_in = project.apply if writable else project.plan
        if project.cloud != "emulator" or sign_in is None:
            return settings
        return replace(settings, identity=identity_of(sign_in, writable, environment))
    return _real(project, name, writable, environment)


def rules_of(project: Project, attested: bool) -> ProjectRules:
    """What the project decides for all customers."""
    partner = project.partner
    return ProjectRules(
        partner_kind=partner.kind if partner else "direct",
        billing_currency=partner.billing_currency if partner else None,
        attested=attested,
        attested_by=_signed(project),
        sink=_sink(project),
        decide_within=project.decide_within,
        ignored=project.ignored_licenses,
        protected_users=project.protected_patterns,
        seat_caps=tuple((cap.name, cap.products, cap.max) for cap in project.seat_caps),
        limits={name: int(limit.most) for name, limit in project.limits.run.items()},
    )


def _signed(project: Project) -> str:
    """Who attests to be the partner on record, in the short form of a name, and since when."""
    found = project.partner_on_record
    return f"{found.by.partition('@')[0]}, {found.on}" if found else ""


def _sink(project: Project) -> str:
    """Where secrets go, as it is written in `pcsync.yaml`."""
    secrets = project.secrets
    if secrets.age:
        return f"age:{secrets.age.path}"
    if secrets.command:
        return f"command {secrets.command[0]}"
    if secrets.file or project.cloud == "emulator":
        return f"file:{secrets.file or LOCAL_SINK}"
    return ""


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
        sink=project.sink or (None if project.secrets.elsewhere else directory / LOCAL_SINK),
        posts=project.preflight_posts,
        rules=rules_of(project, attested=True),
        rehearsal=project.partner is not None and project.cloud != "emulator",
        max_age=_max_age(project),
        **_running(project),
    )


def _real(project: Project, name: str, writable: bool, environment: Mapping[str, str]) -> Settings:
    from pcsync.client import cloud_named

    cloud = cloud_named(name)
    sign_in = project.apply if writable else project.plan
    if project.partner is None or sign_in is None:
        raise SettingsError(
            "there is no pcsync.yaml that says whose customers these are and how to sign in",
            "write one with `partner` and `auth`, or try the emulator: PCSYNC_CLOUD=emulator",
        )
    network = project.network
    return Settings(
        project.directory,
        cloud,
        project.partner.tenant_id,
        app=sign_in.app,
        app_secret="",
        contract=project.contract,
        paths=project.paths,
        attested=project.partner_on_record is not None,
        sink=project.sink,
        identity=identity_of(sign_in, writable, environment),
        ca=_existing(network.ca),
        proxy=network.proxy,
        posts=project.preflight_posts,
        rules=rules_of(project, attested=project.partner_on_record is not None),
        rehearsal=project.cloud != name,
        max_age=_max_age(project),
        **_running(project),
    )


def _running(project: Project) -> dict[str, Any]:
    """How runs go."""
    secrets = project.secrets
    return {
        "age": secrets.age,
        "sink_command": secrets.command,
        "generate": secrets.generate,
        "partner": (project.partner.name if project.partner else None) or "",
        "timeout": project.network.timeout or TIMEOUT,
        "run_timeout": project.network.run_timeout,
        "freeze": project.freeze,
        "paused": project.paused,
        "lease": project.lease,
        "limits": project.limits,
        "prices": project.prices,
    }


def _max_age(project: Project) -> timedelta:
    from pcsync.cli.lengths import length

    return length(project.plan_max_age) if project.plan_max_age else MAX_AGE


def identity_of(sign_in: SignIn, writable: bool, environment: Mapping[str, str]) -> Identity:
    """Who signs in, with the secrets from where the settings say. Raises SettingsError."""
    from pcsync.client import Identity, Source

    return Identity(
        sign_in.kind,
        sign_in.app,
        secret=_secret(sign_in.secret, environment),
        certificate=_secret(sign_in.certificate, environment),
        passphrase=_secret(sign_in.passphrase, environment),
        source=Source(*sign_in.token) if sign_in.token else Source(),
        refresh_token=_secret(sign_in.refresh_token, environment),
        keep=_keeper(sign_in, writable),
    )


def _secret(reference: Reference | None, environment: Mapping[str, str]) -> str | None:
    if reference is None:
        return None
    if reference.file is not None:
        try:
            return reference.file.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "it is not text"
            raise SettingsError(
                f"{reference.file} can't be read: {why}", "correct `auth` in pcsync.yaml"
            ) from None
    if not (value := environment.get(reference.env or "")):
        raise SettingsError(f"the variable {reference.env} is not set", "set it for this run")
    return value


def _keeper(sign_in: SignIn, writable: bool) -> Callable[[str], None]:
    """Where the newest refresh token goes: where `keep` says, else back into its file.

    One from a variable stays there: the stored one is good until its own end. Commands never run
    while something is planned (rule SE3).
    """
    from pcsync.client.signin_keep import by_command, in_file, nowhere

    token = sign_in.refresh_token
    if sign_in.keep_command:
        return by_command(sign_in.keep_command) if writable else nowhere
    place = sign_in.keep_file or (token.file if token else None)
    return in_file(place) if place else nowhere


def _existing(path: Path | None) -> Path | None:
    if path is not None and not path.is_file():
        raise SettingsError(f"{path} is no file", "correct `network.ca` in pcsync.yaml")
    return path
