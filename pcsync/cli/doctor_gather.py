"""Gathers what the doctor needs to know. Sends reads only.

Owns which questions are asked, and that no failure of one keeps the others from being asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pcsync.cli.connect import Connection, connect
from pcsync.cli.doctor_rows import SIGN_IN, Client, Facts, Signed, Told
from pcsync.errors import ApiError, ManifestProblems, PcsyncError, SettingsError, SignInFailed
from pcsync.model import Can, Resource, Verb

if TYPE_CHECKING:
    from pcsync.cli.settings import Settings
    from pcsync.cli.telemetry import Watch
    from pcsync.client import Attempt
    from pcsync.manifests import Manifests, Project
    from pcsync.model import Plan

LIST = "/v1/customers?size=500"
PROBE = "/v1/customers?size=1"
FRAUD = "/v1/fraudEvents?EventStatus=Active"
PEOPLE = frozenset({"user", "license"})


class Limits:
    """Counts what was refused for its rate. Thread-safe."""

    wants_bodies = False

    def __init__(self) -> None:
        self.sent = self.refused = 0
        self.longest = 0.0
        self._lock = Lock()

    def request(self, attempt: Attempt) -> None:
        """A request ended."""
        with self._lock:
            self.sent += 1
            self.refused += attempt.status == 429
            self.longest = max(self.longest, attempt.waited)

    def waiting(self, method: str, path: str, seconds: float, why: str) -> None:
        """A call is asked again later."""
        with self._lock:
            self.longest = max(self.longest, seconds)


@dataclass(frozen=True, slots=True)
class Case:
    """What the doctor looks at: both identities' settings, or why there are none."""

    plan: Settings
    apply: Settings | Told
    project: Project
    paths: Sequence[str]
    watch: Watch


def told(ask: Callable[[], Any]) -> Told:
    """The answer of a question, or why there is none."""
    try:
        return Told(ask())
    except ApiError as error:
        what = f"{error.status} {error.code}".strip()
        return Told(None, what, error.advice, error.status, error.code)
    except ManifestProblems as error:
        return Told(None, error.what, "run `pcsync validate` to see them", code="manifests")
    except SignInFailed as error:
        return Told(None, error.what, error.advice, code=SIGN_IN)
    except PcsyncError as error:
        return Told(None, error.what, error.advice)


def gather(case: Case) -> Facts:
    """All facts. Raises SettingsError where the planning identity can't be opened."""
    limits, settings = Limits(), case.plan
    apply = _applying(case, limits)
    with connect(settings, writable=False, on_request=case.watch.also(limits)) as way:
        reached = told(lambda: way.client.send("GET", PROBE))
        plan = _signed("plan", way, settings, case.project)
        facts = Facts(
            cloud=settings.cloud.name,
            local=settings.cloud.is_local,
            tenant=settings.tenant,
            at=datetime.now(UTC),
            now=way.clock.now() if reached.fine or reached.status else datetime.now(UTC),
            identities=(plan, apply),
            reached=reached,
            service_time=way.client.service_time(),
            attested=settings.attested,
            sink=settings.has_sink,
        )
        if reached.fine or reached.status:
            facts = _estate(case, facts, way)
    return replace(facts, sent=limits.sent, refused=limits.refused, longest=limits.longest)


def _applying(case: Case, limits: Limits) -> Signed:
    """The identity that applies: signed in, and asked for nothing but whether it has MFA."""
    if isinstance(case.apply, Told):
        return Signed("apply", case.apply)
    try:
        with connect(case.apply, writable=False, on_request=case.watch.also(limits)) as way:
            return _signed("apply", way, case.apply, case.project)
    except SettingsError as error:
        return Signed("apply", Told(None, error.what, error.advice))


def _signed(name: str, way: Connection, settings: Settings, project: Project) -> Signed:
    from pcsync.client import claims

    def of(user: bool) -> Told:
        return told(lambda: claims(way.tokens.token(user)))

    kinds = {kind: of(kind is Can.USER) for kind in sorted(way.can)}
    user = kinds.get(Can.USER)
    sign_in = project.apply if name == "apply" else project.plan
    stored = bool(settings.identity and settings.identity.refresh_token)
    place = sign_in and (
        sign_in.keep_file or (sign_in.refresh_token and sign_in.refresh_token.file)
    )
    return Signed(
        name,
        can=way.can,
        tokens=kinds,
        stored=stored,
        refreshed=_written(place) if stored and place else None,
        mfa=told(lambda: _complies(way)) if user and user.fine else None,
    )


def _written(path: Path) -> datetime | None:
    with suppress(OSError):
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return None


def _complies(way: Connection) -> bool | None:
    """What `ValidateMfa` is answered with: a header or a member, for sources differ."""
    answer = way.client.send("GET", PROBE, user=True, validate_mfa=True)
    said = answer.headers.get("isMfaCompliant")
    if said is None and isinstance(answer.body, dict):
        said = answer.body.get("isMfaCompliant")
    return None if said is None else str(said).strip().lower() == "true"


def _estate(case: Case, facts: Facts, way: Connection) -> Facts:
    """What is planned, and how each declared customer stands."""
    from pcsync.apply import needs_sink
    from pcsync.cli.stages import read_manifests

    fraud = told(lambda: way.client.send("GET", FRAUD, user=True).body)
    read = told(lambda: read_manifests(case.paths, case.plan))
    if not read.fine:
        return replace(facts, planned=read, fraud=fraud)
    planned = told(lambda: _plan(read.value, case, way))
    plan: Plan | None = planned.value
    return replace(
        facts,
        plan=plan,
        planned=planned,
        needs_sink=plan is not None and needs_sink(plan),
        clients=tuple(_clients(case, way, read.value, plan)),
        fraud=fraud,
    )


def _plan(manifests: Manifests, case: Case, way: Connection) -> Plan:
    from pcsync.cli.progress import Bar
    from pcsync.cli.stages import customers, make_plan

    with Bar("reading", customers(manifests)) as bar:
        return make_plan(manifests, case.plan, way, bar)


def _clients(case: Case, way: Connection, found: Manifests, plan: Plan | None) -> Iterator[Client]:
    wants = [each for each in found.resources if each.owner is None]
    if not wants:
        return
    people = {each.address.root for each in found.resources if each.address.kind in PEOPLE}
    buys = _buyers(plan)
    listed = told(lambda: _items(way))

    def asked(want: Resource) -> Client:
        name = want.address.root
        item = replace(listed, value=_item(want, listed.value)) if listed.fine else listed
        client = Client(name, "id" in want.remote, name in people, name in buys, item)
        if item.value:
            return _probed(client, way, case.plan.cloud.name)
        missing = item.fine and not client.pinned
        return replace(client, domain=_domain(want, way)) if missing else client

    with ThreadPoolExecutor(case.plan.parallel, thread_name_prefix="doctor") as threads:
        yield from threads.map(asked, wants)


def _buyers(plan: Plan | None) -> set[str]:
    actions = plan.actions if plan else ()
    return {
        action.address.root
        for action in actions
        if action.address.kind == "subscription" and action.verb is Verb.CREATE
    }


def _items(way: Connection) -> list[Any]:
    return [item for page in way.client.pages(LIST) for item in page.get("items", ())]


def _item(want: Resource, items: Sequence[Any]) -> Any:
    """The customer's item in the partner's list: by tenant id, else by domain."""
    pinned, domain = want.remote.get("id"), str(want.spec.get("domain")).lower()
    for item in items:
        if pinned and str(item.get("id")).lower() == pinned:
            return item
        profile = item.get("companyProfile") or {}
        if not pinned and str(profile.get("domain")).lower() == domain:
            return item
    return None


def _domain(want: Resource, way: Connection) -> Told:
    """Fine where the domain exists, with whomever (customers.md 13)."""
    path = f"/v1/domains/{quote(str(want.spec.get('domain')), safe='')}"
    return told(lambda: way.client.send("HEAD", path))


def _probed(client: Client, way: Connection, cloud: str) -> Client:
    from pcsync.kinds.clouds import lacking

    base = f"/v1/customers/{client.found.value['id']}"

    def ask(rest: str) -> Told:
        path = f"{base}/{rest}"
        if what := lacking(cloud, "GET", path):
            return Told(None, f"the cloud {cloud} has no {what}")
        return told(lambda: way.client.send("GET", path, user=True).body)

    signed = ask("directSignedMicrosoftCustomerAgreementStatus")
    done = signed.fine and (signed.value or {}).get("isSigned") is True
    return replace(
        client,
        delegation=ask("subscribedskus"),
        signed=signed,
        attested=None if done else ask("agreements?agreementType=MicrosoftCustomerAgreement"),
        vetting=ask("validationStatus?type=account"),
    )
