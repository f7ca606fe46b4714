"""Somebody else writes, too: what was not planned against is never overwritten."""

from __future__ import annotations

from typing import Any

import pytest
from apply_desk import Desk, outcomes
from test_apply_lost_answers import begin

from pcsync.apply.session import Client
from pcsync.errors import ApiError
from pcsync.model import Outcome

PEOPLE = {"budget": 777, "email": "other@contoso.example", "quantity": 9}
PATHS = {
    "budget": "usagebudget",
    "email": "profiles/billing",
    "quantity": "subscriptions/",
}


class Second:
    """A client that lets somebody else write first: before the look, or between look and write.

    `etag` plays a service that guards the resource: a write without the newest is refused.
    """

    def __init__(self, client: Client, what: str, *, between: bool = False) -> None:
        self._client, self._what, self._between = client, what, between
        self._done = False

    def send(self, method: str, path: str, body: Any = None, **members: Any) -> Any:
        mine = PATHS[self._what] in path and not self._done
        if mine and not self._between:
            self._interfere(path)
        if mine and self._between and method != "GET":
            self._interfere(path)
            if members.get("if_match"):
                raise ApiError(method, path, 412, "900214", "was changed in between")
        return self._client.send(method, path, body, **members)

    def pages(self, path: str, *, user: bool = False) -> Any:
        return self._client.pages(path, user=user)

    def _interfere(self, path: str) -> None:
        self._done = True
        body = dict(self._client.send("GET", path).body)
        name = {"budget": "amount", "email": "email", "quantity": "quantity"}[self._what]
        method = "PUT" if self._what == "email" else "PATCH"
        self._client.send(method, path, body | {name: PEOPLE[self._what]})


def value(desk: Desk, what: str) -> Any:
    found = desk.world()["contoso.onmicrosoft.com"]
    return found["subscriptions"][0][1] if what == "quantity" else found[what]


@pytest.mark.parametrize("what", PEOPLE)
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
    begin(desk)
    applied = desk.apply(desk.plan(), lambda client: Second(client, "email", between=True))
    assert value(desk, "email") == PEOPLE["email"]
    assert Outcome.STALE in outcomes(applied)


@pytest.mark.parametrize("what", PEOPLE)
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
