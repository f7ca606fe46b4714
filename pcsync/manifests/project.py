"""`pcsync.yaml`: the settings of a repository, checked like a manifest.

Owns the typed form of the settings (manifest-reference section 11). Must not import yaml,
jsonschema or click.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pcsync.errors import ManifestProblems, Problem
from pcsync.manifests.files import SETTINGS, Source, read
from pcsync.manifests.form import form_of
from pcsync.manifests.nodes import Node
from pcsync.manifests.parse import parse
from pcsync.manifests.spec import data
from pcsync.model import NOTHING, Place

SINK = "file:"


@dataclass(frozen=True, slots=True)
class Partner:
    """Whose customers these are. `kind` is ``direct``."""

    tenant_id: str
    name: str | None = None
    kind: str = "direct"
    billing_currency: str | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a secret is: in an environment variable, or in a file. Exactly one is set."""

    env: str | None = None
    file: Path | None = None


@dataclass(frozen=True, slots=True)
class SignIn:
    """One identity: an application, how it proves who it is, and the person it acts for.

    `token` is where a federated token comes from: (``github``, audience), (``azureDevOps``, service
    connection), (``env``, name), (``file``, path). `keep_file` and `keep_command` are where the
    newest refresh token goes.
    """

    kind: str
    app: str = ""
    secret: Reference | None = None
    refresh_token: Reference | None = None
    certificate: Reference | None = None
    passphrase: Reference | None = None
    token: tuple[str, str] | None = None
    keep_file: Path | None = None
    keep_command: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Network:
    """The way out: authorities to trust, a proxy, and seconds. What is not set is None."""

    ca: Path | None = None
    proxy: str | None = None
    timeout: float | None = None
    run_timeout: float | None = None


@dataclass(frozen=True, slots=True)
class Attestation:
    """A statement: who made it, and on which day."""

    by: str
    on: date


@dataclass(frozen=True, slots=True)
class Project:
    """The settings. Relative paths are joined to `directory`; what is not set is None.

    `plan` and `apply` are the identities that read and write, `partner_on_record` the statement
    that is sent with every cart, `sink` the file that new passwords go to. Without
    `preflight_posts` a plan sends no POST at all.
    """

    directory: Path
    partner: Partner | None = None
    cloud: str = "global"
    contract: str = "2026-05"
    paths: tuple[Path, ...] = ()
    plan: SignIn | None = None
    apply: SignIn | None = None
    partner_on_record: Attestation | None = None
    sink: Path | None = None
    network: Network = Network()
    preflight_posts: bool = True


def load_project(directory: Path) -> Project:
    """The settings in `directory`; defaults where there is no `pcsync.yaml`.

    Raises ManifestProblems with every mistake in the file.
    """
    path = directory / SETTINGS
    if not path.exists():
        return Project(directory, paths=(directory,))
    value = _checked(Source(path.as_posix(), path, named=True))
    auth = value.get("auth", NOTHING)
    statement = value.get("attestations", NOTHING).get("partnerOnRecord")
    sink = value.get("secrets", NOTHING).get("sink")
    return Project(
        directory,
        partner=_partner(value["partner"]),
        cloud=value.get("cloud", "global"),
        contract=value.get("contract", "2026-05"),
        paths=tuple(directory / each for each in value.get("paths", ["."])),
        plan=_sign_in(auth.get("plan"), directory),
        apply=_sign_in(auth.get("apply"), directory),
        partner_on_record=_attestation(statement),
        sink=directory / sink.removeprefix(SINK) if sink else None,
        network=_network(value.get("network", NOTHING), directory),
        preflight_posts=value.get("preflightPosts", True),
    )


def _checked(source: Source) -> Mapping[str, Any]:
    """The settings in plain Python, as the schema wants them."""
    node = _document(source)
    reading = form_of(data("project.schema.json")).read(
        node, source.name, Place(source.name, node.line, node.column)
    )
    if reading.problems:
        raise ManifestProblems(reading.problems)
    checked: dict[str, Any] = reading.value
    return checked


def _document(source: Source) -> Node:
    """The one document of the file."""
    text = read(source, None)
    if isinstance(text, Problem):
        raise ManifestProblems([text])
    parsed = parse(text.text, source.name)
    if parsed.problems:
        raise ManifestProblems(parsed.problems)
    documents = [each for each in parsed.documents if each is not None]
    if len(documents) != 1:
        what = f"{len(documents)} documents where one belongs"
        advice = "write one document of `kind: Project`"
        raise ManifestProblems([Problem(Place(source.name, 1, 1), what, advice)])
    return documents[0]


def _partner(value: Mapping[str, Any]) -> Partner:
    return Partner(
        tenant_id=value["tenantId"].lower(),
        name=value.get("name"),
        kind=value.get("kind", "direct"),
        billing_currency=value.get("billingCurrency"),
    )


def _sign_in(value: Mapping[str, Any] | None, directory: Path) -> SignIn | None:
    if value is None:
        return None
    user = value.get("user", NOTHING)
    keep = user.get("keep", NOTHING)
    return SignIn(
        kind=value["kind"],
        app=value.get("app", "").lower(),
        secret=_reference(value.get("secret"), directory),
        refresh_token=_reference(user.get("refreshToken"), directory),
        certificate=_reference(value.get("certificate"), directory),
        passphrase=_reference(value.get("passphrase"), directory),
        token=_token(value.get("token"), directory),
        keep_file=directory / keep["file"] if "file" in keep else None,
        keep_command=tuple(keep.get("command", ())),
    )


def _token(value: Mapping[str, Any] | None, directory: Path) -> tuple[str, str] | None:
    if value is None:
        return None
    match next(iter(value.items())):
        case "github", inner:
            return "github", (inner or NOTHING).get("audience", "")
        case "azureDevOps", inner:
            return "azureDevOps", (inner or NOTHING).get("serviceConnection", "")
        case "file", path:
            return "file", str(directory / path)
        case name, found:
            return name, found


def _reference(value: Mapping[str, str] | None, directory: Path) -> Reference | None:
    if value is None:
        return None
    if "env" in value:
        return Reference(env=value["env"])
    return Reference(file=directory / value["file"])


def _network(value: Mapping[str, Any], directory: Path) -> Network:
    return Network(
        ca=directory / value["ca"] if "ca" in value else None,
        proxy=value.get("proxy"),
        timeout=value.get("timeout"),
        run_timeout=value.get("runTimeout"),
    )


def _attestation(value: Mapping[str, str] | None) -> Attestation | None:
    if value is None:
        return None
    return Attestation(by=value["by"], on=date.fromisoformat(value["on"]))
