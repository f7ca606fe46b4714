"""From facts to rows: service, clock, tokens, what is planned, attestation, sink, fraud, limits.

Owns what is a failure and what a warning. Pure; the customers have a file of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from pcsync.cli.doctor_customers import customer_rows
from pcsync.cli.doctor_rows import NOT_ASKED, SIGN_IN, Facts, Row, Signed, State, Told
from pcsync.errors import ManifestProblems, PcsyncError
from pcsync.kinds.clouds import lacking
from pcsync.model import Await, Call, Can, Edit, Plan, Severity, Step
from pcsync.report.shown import count, instant, span

SKEW, FAR = 60.0, 300.0
"""Seconds between the clocks from which on it is told, and from which on sign-ins fail."""

OLD, ENDED = timedelta(days=60), timedelta(days=90)
"""Ages of a refresh token: time to renew it, and its end."""

ADMIN = frozenset({"adminagents", "admin agent", "adminagent"})
NOT_THERE = frozenset({404, 501})
REFERENCE = re.compile(r"\{[^{}]+\}")
CONSENT = "consent again with MFA and store the new refresh token"


def check(facts: Facts) -> list[Row]:
    """All rows, in the order in which they are read."""
    settings = f"partner {facts.tenant}, cloud {facts.cloud}"
    rows = [Row("settings", State.OK, settings), _reached(facts), _clock(facts)]
    for identity in facts.identities:
        rows += _identity(identity, facts)
    rows += [*_planned(facts), _attestation(facts), _sink(facts), _fraud(facts), _limits(facts)]
    for client in facts.clients:
        rows += customer_rows(client)
    return rows


def unusable(error: PcsyncError) -> list[Row]:
    """The rows where the settings can't be used: one for each mistake."""
    if isinstance(error, ManifestProblems):
        return [
            Row("settings", State.FAILED, f"{each.place}: {each.what}", each.advice)
            for each in error.problems
        ]
    return [Row("settings", State.FAILED, error.what, error.advice)]


def _reached(facts: Facts) -> Row:
    if facts.reached.fine or facts.reached.status:
        return Row("service", State.OK, f"the cloud {facts.cloud} answers")
    if facts.reached.code == SIGN_IN:
        return Row("service", State.UNKNOWN, "not asked, for there is no token to ask with")
    return Row("service", State.FAILED, facts.reached.failure, facts.reached.advice)


def _clock(facts: Facts) -> Row:
    if facts.local:
        return Row("clock", State.OK, "the emulator's own clock counts")
    if facts.service_time is None:
        return Row("clock", State.UNKNOWN, "no answer had a date")
    off = abs((facts.at - facts.service_time).total_seconds())
    what = f"{span(off)} away from the service's"
    if off < SKEW:
        return Row("clock", State.OK, what)
    state = State.FAILED if off >= FAR else State.WARNING
    return Row("clock", state, what, "set this machine's clock: sign-ins depend on it")


def _identity(who: Signed, facts: Facts) -> Iterator[Row]:
    if not who.settings.fine:
        state = State.FAILED if who.name == "plan" else State.UNKNOWN
        yield Row(f"{who.name} identity", state, who.settings.failure, who.settings.advice)
        return
    for kind, told in sorted(who.tokens.items()):
        yield _token(who, kind, told, facts)
    if Can.USER not in who.can:
        yield Row(
            f"{who.name} user token",
            State.WARNING,
            "only an app signs in: people, licences, agreements can't be read or changed",
            "add `user: {refreshToken: …}` to the identity",
        )
    if who.mfa is not None:
        yield _mfa(who.name, who.mfa)
    if who.stored:
        yield _age(who, facts.now)


def _token(who: Signed, kind: Can, told: Told, facts: Facts) -> Row:
    check_ = f"{who.name} {kind} token"
    if not told.fine:
        return Row(check_, State.FAILED, told.failure, told.advice)
    said = told.value
    if not said:
        return Row(check_, State.UNKNOWN, "the token can't be read")
    tenant = str(said.get("tid", ""))
    if tenant and tenant.lower() != facts.tenant.lower():
        return Row(check_, State.FAILED, f"of another tenant: {tenant}", "correct `partner`")
    roles = [str(role) for role in said.get("roles") or ()]
    what = f"tenant {tenant[:8] or 'unknown'}…, {_listed(roles)}{_until(said.get('exp'))}"
    factors = said.get("amr")
    if kind is Can.USER and isinstance(factors, list) and "mfa" not in factors:
        return Row(check_, State.FAILED, f"made without MFA; {what}", CONSENT)
    admin = ADMIN & {role.lower() for role in roles}
    if who.name == "plan" and kind is Can.USER and admin:
        do = "plan with a Helpdesk agent: an Admin agent owns the customers' Azure"
        return Row(check_, State.WARNING, f"the planning user is Admin agent; {what}", do)
    mfa = ", with MFA" if kind is Can.USER and isinstance(factors, list) else ""
    return Row(check_, State.OK, what + mfa)


def _listed(roles: list[str]) -> str:
    return f"roles {', '.join(sorted(roles))}" if roles else "no roles in it"


def _until(ends: object) -> str:
    if not isinstance(ends, int):
        return ""
    return f", until {instant(datetime.fromtimestamp(ends, UTC))}"


def _mfa(name: str, told: Told) -> Row:
    check_ = f"{name} MFA"
    if not told.fine:
        return Row(check_, State.UNKNOWN, told.failure, told.advice)
    if told.value is None:
        return Row(check_, State.UNKNOWN, "the service does not say whether the token complies")
    if told.value:
        return Row(check_, State.OK, "the service says that the user's token complies")
    return Row(check_, State.FAILED, "the service says that the user's token has no MFA", CONSENT)


def _age(who: Signed, now: datetime) -> Row:
    check_ = f"{who.name} refresh token"
    if who.refreshed is None:
        do = "keep it in a file to see its age; it holds 90 days"
        return Row(check_, State.UNKNOWN, "nobody knows how old it is", do)
    age = now - who.refreshed
    what = f"written {count(max(age.days, 0), 'day')} ago"
    if age < OLD:
        return Row(check_, State.OK, what)
    return Row(check_, State.FAILED if age >= ENDED else State.WARNING, what, CONSENT)


def _planned(facts: Facts) -> Iterator[Row]:
    """Whether the tokens that apply can do each planned operation in this cloud (rule DE5)."""
    if not facts.planned.fine or facts.plan is None:
        told = facts.planned
        state = State.UNKNOWN if told is NOT_ASKED else State.FAILED
        yield Row("plan", state, told.failure or "there is no plan", told.advice)
        return
    plan = facts.plan
    apply = next((who for who in facts.identities if who.name == "apply"), None)
    lacks = [step for step in plan.steps if _lack(facts.cloud, step)]
    for step in lacks[:1]:
        what = f"the cloud {facts.cloud} has no {_lack(facts.cloud, step)}"
        yield Row("plan, cloud", State.FAILED, f"{what}: {_shown(lacks)}", "remove it")
    yield _possible(plan, apply)
    errors = sum(1 for each in plan.findings if each.severity is Severity.ERROR)
    if errors:
        what = f"{count(errors, 'error')} in the plan"
        yield Row("plan, findings", State.WARNING, what, "run `pcsync plan` to see them")


def _possible(plan: Plan, apply: Signed | None) -> Row:
    people = [step for step in plan.steps if isinstance(step, Call | Edit | Await) and step.user]
    able = (
        {kind for kind in apply.can if kind not in apply.tokens or apply.tokens[kind].fine}
        if apply and apply.settings.fine
        else None
    )
    steps = count(plan.totals.writes, "planned write")
    if not plan.steps:
        return Row("plan, tokens", State.OK, "nothing is planned")
    if able is None:
        do = "run doctor where apply runs"
        return Row("plan, tokens", State.UNKNOWN, f"{steps}; apply can't sign in here", do)
    if not able:
        return Row("plan, tokens", State.FAILED, f"{steps}, and no token", "correct `auth.apply`")
    if people and Can.USER not in able:
        what = f"{count(len(people), 'step')} need a user's token: {_shown(people)}"
        do = "give `auth.apply` a refresh token of a user that works"
        return Row("plan, tokens", State.FAILED, what, do)
    return Row("plan, tokens", State.OK, f"{steps}, all possible with apply's tokens")


def _lack(cloud: str, step: Step) -> str | None:
    method = step.method if isinstance(step, Call | Edit) else "GET"
    return lacking(cloud, method, REFERENCE.sub("id", step.path))


def _shown(steps: Iterable[Step]) -> str:
    names = [step.id for step in steps]
    more = f" and {len(names) - 2:,} more" if len(names) > 2 else ""
    return ", ".join(names[:2]) + more


def _attestation(facts: Facts) -> Row:
    if facts.attested:
        return Row("attestation", State.OK, "the partner on record is attested")
    buys = any(client.buys for client in facts.clients)
    do = "a named person states it in `attestations.partnerOnRecord` of pcsync.yaml"
    state = State.FAILED if buys else State.WARNING
    return Row("attestation", state, "missing: nothing can be bought", do)


def _sink(facts: Facts) -> Row:
    if facts.sink:
        return Row("secrets", State.OK, "new passwords have a place")
    state = State.FAILED if facts.needs_sink else State.WARNING
    do = "add `secrets: {sink: file:PATH}` to pcsync.yaml"
    return Row("secrets", state, "there is no place for new passwords", do)


def _fraud(facts: Facts) -> Row:
    told = facts.fraud
    if told.status in NOT_THERE:
        what = f"the service does not answer this question ({told.failure})"
        return Row("fraud events", State.UNKNOWN, what, "look at them in Partner Center")
    if not told.fine:
        return Row("fraud events", State.UNKNOWN, told.failure, told.advice)
    events = told.value if isinstance(told.value, list) else []
    if not events:
        return Row("fraud events", State.OK, "none is active")
    what = f"{count(len(events), 'active event')}"
    return Row("fraud events", State.WARNING, what, "look at them in Partner Center today")


def _limits(facts: Facts) -> Row:
    sent = count(facts.sent, "request")
    if not facts.refused:
        return Row("limits", State.OK, f"{sent}, none refused for its rate")
    what = f"{facts.refused:,} of {sent} refused for their rate, waited {span(facts.longest)}"
    return Row("limits", State.WARNING, what, "run it when fewer programs call Partner Center")
