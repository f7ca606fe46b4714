"""`pcsync.yaml`: the settings of a repository, checked like a manifest.

Owns the typed form of the settings (manifest-reference section 11). Must not import yaml,
jsonschema or click.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from pcsync.errors import ManifestProblems, Problem
from pcsync.manifests.files import SETTINGS, Source, read
from pcsync.manifests.form import form_of
from pcsync.manifests.identity import SignIn, sign_in
from pcsync.manifests.limits import limits_of, shipped
from pcsync.manifests.nodes import Node
from pcsync.manifests.parse import parse
from pcsync.manifests.reading import Reading
from pcsync.manifests.running import Lease, Secrets, bad_windows, lease_of, secrets_of
from pcsync.manifests.spec import data
from pcsync.manifests.variables import secrets_in
from pcsync.manifests.words import quoted
from pcsync.model import NOTHING, Limits, Place


@dataclass(frozen=True, slots=True)
class Partner:
    """Whose customers these are. `kind` is ``direct``."""

    tenant_id: str
    name: str | None = None
    kind: str = "direct"
    billing_currency: str | None = None


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
class SeatCap:
    """Products, each ``productId:skuId``, that share one limit of seats in a tenant."""

    name: str
    products: tuple[str, ...]
    max: int


@cache
def _shipped(*names: str) -> Any:
    """The default that the schema gives a setting."""
    schema = data("project.schema.json")
    for name in names:
        schema = schema["properties"][name]
    return schema["default"]


def _patterns() -> tuple[str, ...]:
    return tuple(_shipped("users", "protectedPatterns"))


def _ignored() -> frozenset[str]:
    return frozenset(_shipped("licenses", "ignore"))


def _days() -> Mapping[str, int]:
    return dict(_shipped("renewals", "decideWithin"))


def _caps() -> tuple[SeatCap, ...]:
    return tuple(map(_cap, _shipped("seatCaps")))


def _cap(value: Mapping[str, Any]) -> SeatCap:
    return SeatCap(value["name"], tuple(value["products"]), value["max"])


@dataclass(frozen=True, slots=True)
class Project:
    """The settings. Relative paths are joined to `directory`; what is not set is None.

    `plan` and `apply` are the identities that read and write, `partner_on_record` the statement
    that is sent with every cart, `secrets` says where new passwords go. Without
    `preflight_posts` a plan sends no POST at all. `protected_patterns` are of sign-in names,
    `ignored_licenses` part numbers, `decide_within` days by term. `prices` are patterns of the
    files of price sheets, from `directory`. Texts of manifests may use the `variables` of the
    environment that have these names.
    """

    directory: Path
    partner: Partner | None = None
    cloud: str = "global"
    contract: str = "2026-05"
    paths: tuple[Path, ...] = ()
    plan: SignIn | None = None
    apply: SignIn | None = None
    partner_on_record: Attestation | None = None
    secrets: Secrets = field(default_factory=Secrets)
    network: Network = Network()
    preflight_posts: bool = True
    protected_patterns: tuple[str, ...] = field(default_factory=_patterns)
    ignored_licenses: frozenset[str] = field(default_factory=_ignored)
    decide_within: Mapping[str, int] = field(default_factory=_days)
    seat_caps: tuple[SeatCap, ...] = field(default_factory=_caps)
    freeze: tuple[str, ...] = ()
    paused: bool = False
    plan_max_age: str | None = None
    limits: Limits = field(default_factory=shipped)
    lease: Lease | None = None
    prices: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    policies: tuple[Path, ...] | None = None

    @property
    def sink(self) -> Path | None:
        """The plain file that new passwords go to; None where they go elsewhere."""
        return self.secrets.file


# What guards a change comes from the base, never from the change itself (rules SE3 and SE4). The
# network is among it: who sets a proxy and its authority reads every token.
FROM_BASE = (
    "partner",
    "cloud",
    "contract",
    "plan",
    "apply",
    "partner_on_record",
    "secrets",
    "variables",
    "network",
    "protected_patterns",
    "freeze",
    "paused",
    "plan_max_age",
    "limits",
)


def guarded(project: Project, base: Project) -> Project:
    """The settings of a change, with those that only the base may say (`FROM_BASE`)."""
    guards = {name: getattr(base, name) for name in FROM_BASE}
    limits = replace(base.limits, source=f"{base.limits.source} of the base")
    return replace(project, **{**guards, "limits": limits})


def load_project(directory: Path, file: Path | None = None) -> Project:
    """The settings in `directory`; defaults where there is no `pcsync.yaml`.

    `file` is read in place of that one, its paths are relative to `directory` all the same: it is
    the base's. Raises ManifestProblems with every mistake in the file.
    """
    path = file or directory / SETTINGS
    if not path.exists():
        return Project(directory, paths=(directory,))
    value = _checked(Source(path.as_posix(), path, named=True))
    auth = value.get("auth", NOTHING)
    statement = value.get("attestations", NOTHING).get("partnerOnRecord")
    return Project(
        directory,
        partner=_partner(value["partner"]),
        cloud=value.get("cloud", "global"),
        contract=value.get("contract", "2026-05"),
        paths=tuple(directory / each for each in value.get("paths", ["."])),
        plan=sign_in(auth.get("plan"), directory),
        apply=sign_in(auth.get("apply"), directory),
        partner_on_record=_attestation(statement),
        secrets=secrets_of(value.get("secrets", NOTHING), directory),
        network=_network(value.get("network", NOTHING), directory),
        preflight_posts=value.get("preflightPosts", True),
        freeze=tuple(value.get("freeze", ())),
        paused=value.get("paused", False),
        plan_max_age=value.get("plans", NOTHING).get("maxAge"),
        limits=limits_of(value.get("limits", NOTHING)),
        lease=lease_of(value.get("lease"), directory),
        prices=tuple(value.get("prices", NOTHING).get("files", ())),
        variables=tuple(value.get("variables", ())),
        policies=_joined(value.get("policies"), directory),
        **_rules(value),
    )


def _joined(paths: Sequence[str] | None, directory: Path) -> tuple[Path, ...] | None:
    return None if paths is None else tuple(directory / each for each in paths)


def _rules(value: Mapping[str, Any]) -> dict[str, Any]:
    """What the settings say of all customers; what they leave out keeps its default."""
    found: dict[str, Any] = {}
    if (patterns := value.get("users", NOTHING).get("protectedPatterns")) is not None:
        found["protected_patterns"] = tuple(patterns)
    if (ignore := value.get("licenses", NOTHING).get("ignore")) is not None:
        found["ignored_licenses"] = frozenset(ignore)
    if days := value.get("renewals", NOTHING).get("decideWithin"):
        found["decide_within"] = {**_days(), **days}
    if (caps := value.get("seatCaps")) is not None:
        found["seat_caps"] = tuple(map(_cap, caps))
    return found


def _checked(source: Source) -> Mapping[str, Any]:
    """The settings in plain Python, as the schema wants them."""
    node = _document(source)
    reading = form_of(data("project.schema.json")).read(
        node, source.name, Place(source.name, node.line, node.column)
    )
    if reading.problems:
        raise ManifestProblems(reading.problems)
    wrong = bad_windows(reading.value.get("freeze", ()))
    if found := [(reading.at(f"freeze.{number}"), what) for number, what in wrong]:
        raise ManifestProblems([Problem(place, what, "correct it") for place, what in found])
    checked: dict[str, Any] = reading.value
    if problems := list(_secret_variables(reading, checked)):
        raise ManifestProblems(problems)
    return checked


def _secret_variables(reading: Reading, value: Mapping[str, Any]) -> Iterator[Problem]:
    """Variables that hold a secret of the settings: in a text, it would be shown and sent."""
    secret = set(secrets_in(value))
    for number, name in enumerate(value.get("variables", ())):
        if name in secret:
            what = f"`variables.{number}`: {quoted(name)} holds a secret of these settings"
            yield Problem(reading.at(f"variables.{number}"), what, "remove it")


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
