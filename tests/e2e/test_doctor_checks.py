"""What the doctor makes of facts: clocks, ages, roles, clouds, places for secrets."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pcsync.cli.doctor_checks import check
from pcsync.cli.doctor_rows import Facts, Row, Signed, State, Told
from pcsync.model import Call, Can, Plan, Totals

TENANT = "2f1c6f0e-5a3b-4d0c-9a57-0f6f6a1f4b11"
APP = "0d6e7f10-1f7b-4c1b-8a8a-0b7b6f7c0001"
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


def facts(**more: Any) -> Facts:
    user = Told({"tid": TENANT, "amr": ["pwd", "mfa"], "roles": ["HelpdeskAgents"]})
    who = {"can": frozenset(Can), "tokens": {Can.USER: user}, "stored": True}
    both = (Signed("plan", **who), Signed("apply", **who))
    known: dict[str, Any] = {"identities": both, "reached": Told([]), **more}
    return Facts("global", False, TENANT, NOW, NOW, **known)


def row(name: str, found: Facts) -> Row:
    return next(each for each in check(found) if each.check == name)


@pytest.mark.parametrize(
    "seconds,state",
    [(0, "ok"), (59, "ok"), (60, "warning"), (-299, "warning"), (300, "failed"), (-9999, "failed")],
)
def test_the_clock(seconds: int, state: str) -> None:
    found = facts(service_time=NOW + timedelta(seconds=seconds))
    assert row("clock", found).state == state


def test_no_date_is_unknown() -> None:
    assert row("clock", facts()).state is State.UNKNOWN


@pytest.mark.parametrize(
    "days,state", [(59, "ok"), (60, "warning"), (89, "warning"), (90, "failed")]
)
def test_the_age_of_a_refresh_token(days: int, state: str) -> None:
    found = facts()
    plan = replace(found.identities[0], refreshed=NOW - timedelta(days=days))
    assert row("plan refresh token", replace(found, identities=(plan,))).state == state
    assert row("apply refresh token", found).state is State.UNKNOWN


def test_the_planning_user_should_not_be_admin_agent() -> None:
    found = facts()
    admin = {Can.USER: Told({"tid": TENANT, "roles": ["AdminAgents"]})}
    plan, apply = (replace(each, tokens=admin) for each in found.identities)
    found = replace(found, identities=(plan, apply))
    assert row("plan user token", found).state is State.WARNING
    assert row("apply user token", found).state is State.OK


def test_a_token_of_another_tenant_fails() -> None:
    found = facts()
    plan = replace(found.identities[0], tokens={Can.APP: Told({"tid": APP})})
    assert row("plan app token", replace(found, identities=(plan,))).state is State.FAILED


@pytest.mark.parametrize("cloud,state", [("china", True), ("usGovernment", False)])
def test_what_the_cloud_lacks(cloud: str, state: bool) -> None:
    path = "/v1/customers/{customer/contoso#id}/usagebudget"
    step = Call("budget", ("budget/contoso:update",), "PATCH", path)
    totals = Totals({}, {}, {}, 1, 0, 0)
    plan = Plan(1, "", NOW, cloud, TENANT, "", None, {}, {}, {}, (), (step,), (), totals)
    found = replace(facts(plan=plan, planned=Told(plan)), cloud=cloud)
    assert any(each.check == "plan, cloud" for each in check(found)) is state


def test_nothing_to_store_passwords_in() -> None:
    assert row("secrets", facts()).state is State.WARNING
    assert row("secrets", facts(needs_sink=True)).state is State.FAILED
    assert row("attestation", facts()).state is State.WARNING
    assert row("fraud events", facts(fraud=Told([{"eventId": "1"}]))).state is State.WARNING
    assert row("fraud events", facts(fraud=Told([]))).state is State.OK
