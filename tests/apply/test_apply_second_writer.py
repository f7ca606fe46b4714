"""Somebody else writes, too: what was not planned against is never overwritten."""

from __future__ import annotations

from typing import Any

import pytest
from apply_desk import Desk, outcomes
from test_apply_lost_answers import BEN, begin

from pcsync.apply.session import Client
from pcsync.model import Outcome

PEOPLE = {"budget": 777, "email": "other@contoso.example", "quantity": 9, "person": "Benno"}
PATHS = {
    "budget": "usagebudget",
    "email": "profiles/billing",
    "quantity": "subscriptions/",
    "person": "users/",
}
NAMES = {"budget": "amount", "email": "email", "quantity": "quantity", "person": "firstName"}
GUARDED = "budget", "email", "quantity"


class Second:
    """A client that lets somebody else write first: before the look, or between look and write.
    What is guarded by an etag the service itself refuses then."""

    def __init__(self, client: Client, what: str, *, between: bool = False) -> None:
        self._client, self._what, self._between = client, what, between
        self._done = False

    def send(self, method: str, path: str, body: Any = None, **members: Any) -> Any:
        mine = PATHS[self._what] in path and not self._done
        if mine and not self._between:
            self._interfere(path)
        if mine and self._between and method != "GET":
            self._interfere(path)
        return self._client.send(method, path, body, **members)

    def pages(self, path: str, *, user: bool = False) -> Any:
        return self._client.pages(path, user=user)

    def _interfere(self, path: str) -> None:
        self._done = True
        user = self._what == "person"
        body = dict(self._client.send("GET", path, user=user).body)
        change = {NAMES[self._what]: PEOPLE[self._what]}
        change |= {"attributes": {"objectType": "CustomerUser"}} if user else {}
        method = "PUT" if self._what == "email" else "PATCH"
        self._client.send(method, path, change if user else body | change, user=user)


def value(desk: Desk, what: str) -> Any:
    found = desk.world()["contoso.onmicrosoft.com"]
    return found["subscriptions"][0][1] if what == "quantity" else found[what]


@pytest.mark.parametrize("what", GUARDED)
def test_a_change_before_the_look_is_stale_and_stays(desk: Desk, what: str) -> None:
    begin(desk)
    applied = desk.apply(desk.plan(), lambda client: Second(client, what))
    assert value(desk, what) == PEOPLE[what]
    found = {result.step: result for result in applied.steps if result.outcome is Outcome.STALE}
    (result,) = found.values()
    assert f"now {PEOPLE[what]}" in result.detail
    others = [r for r in applied.actions if "fabrikam" in r.action]
    assert {result.outcome for result in others} == {Outcome.DONE}


def test_a_change_between_look_and_write_is_stopped_by_the_etag(desk: Desk) -> None:
    """A billing profile: the service refuses the etag of before (400/2055)."""
    begin(desk)
    applied = desk.apply(desk.plan(), lambda client: Second(client, "email", between=True))
    assert value(desk, "email") == PEOPLE["email"]
    (stale,) = (result for result in applied.steps if result.outcome is Outcome.STALE)
    assert "2055" in stale.detail


LEGACY = """\
apiVersion: pcsync/v1
kind: Customer
metadata: {name: contoso}
spec:
  domain: contoso.onmicrosoft.com
  subscriptions:
    - {name: old, type: legacy, offerId: 2b3b8d2d-10aa-4be4-b5fd-7f2feb0c3091, quantity: 12}
"""
OFFER = "2b3b8d2d-10aa-4be4-b5fd-7f2feb0c3091"
OFFERS = [
    {"id": OFFER, "name": "Office 365 E3", "licence": "ENTERPRISEPACK", "prices": {"monthly": 20}}
]


def test_a_legacy_subscription_has_an_etag_too(desk: Desk) -> None:
    """It is sent, and the service refuses that of before."""
    old = {"friendlyName": "old", "product": OFFER, "quantity": 10}
    row = {"domain": "contoso.onmicrosoft.com", "subscriptions": [old]}
    desk.control("POST", "seed", {"catalog": {"offers": OFFERS}, "customers": [row]})
    desk.declare(LEGACY)
    applied = desk.apply(desk.plan(), lambda client: Second(client, "quantity", between=True))
    assert desk.world()["contoso.onmicrosoft.com"]["subscriptions"][0][1] == PEOPLE["quantity"]
    (stale,) = applied.steps
    assert stale.outcome is Outcome.STALE
    assert "2055" in stale.detail


PERSON = """\
apiVersion: pcsync/v1
kind: Customer
metadata: {name: contoso}
spec:
  domain: contoso.onmicrosoft.com
  users: [{userPrincipalName: ben@contoso.onmicrosoft.com, displayName: Ben Weber, lastName: Weber}]
"""


@pytest.mark.parametrize("between", [False, True])
def test_of_a_person_nothing_else_is_overwritten(desk: Desk, between: bool) -> None:
    """There is no etag: only what is wanted is sent, and the answer shows what somebody else has
    changed besides."""
    row = {"domain": "contoso.onmicrosoft.com", "users": [BEN | {"firstName": "Ben"}]}
    desk.control("POST", "seed", {"customers": [row]})
    desk.declare(PERSON)
    applied = desk.apply(desk.plan(), lambda client: Second(client, "person", between=between))
    (result,) = applied.steps
    assert result.outcome is Outcome.DONE
    (ben,) = (u for u in people(desk) if u["userPrincipalName"].startswith("ben"))
    assert (ben["displayName"], ben["firstName"]) == ("Ben Weber", PEOPLE["person"])
    assert any("firstName was changed by somebody else" in w for w in result.warnings) == between


def people(desk: Desk) -> list[dict[str, Any]]:
    (contoso,) = desk.control("GET", "world")["customers"]
    found: list[dict[str, Any]] = contoso["users"]
    return found


@pytest.mark.parametrize("what", GUARDED)
def test_the_next_plan_is_against_what_is_there_now(desk: Desk, what: str) -> None:
    """And then it is applied: the manifests are what is wanted."""
    begin(desk)
    desk.apply(desk.plan(), lambda client: Second(client, what))
    changes = {c.field: c.old for action in desk.plan().actions for c in action.changes}
    name = {"budget": "amount", "email": "billingProfile.email", "quantity": "quantity"}[what]
    assert changes[name] == PEOPLE[what]


def test_what_somebody_did_already_is_not_done_again(desk: Desk) -> None:
    """The other writer wrote what was planned: no write is left, and nothing is stale."""
    begin(desk)
    plan = desk.plan()
    desk.apply(desk.plan())
    before = len(desk.writes())
    again = desk.apply(plan)
    edits = {"PATCH", "PUT"}
    assert not [method for method, _ in desk.writes()[before:] if method in edits]
    assert Outcome.STALE not in outcomes(again)
