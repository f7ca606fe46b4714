"""What holds for random worlds, manifests, bases, locks and moments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness import Box, acting
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from pcsync.model import Outcome, Plan, Severity, Verb
from pcsync.plan.file import dump

from .drawn import edits, imported, locked, renames, worlds

bounded = settings(
    max_examples=20,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
HOW = st.sampled_from(["id", "lock", "neither"])
MOMENTS = st.sampled_from(["", "P1D", "P9D", "P13D", "P45D", "P400D"])


def seeded(box: Box, world: Mapping[str, Any], moment: str, how: str) -> dict[str, Any]:
    """The imported manifests of a world at a moment; what the run knows is set."""
    box.seed(world)
    box.know()
    if moment:
        box.advance(moment)
    estate = imported(box.facts(), ids=how == "id")
    if how == "lock":
        box.know(lock=locked(estate, box.facts()))
    box.clear()
    return estate


def refused(plan: Plan) -> bool:
    return any(found.severity is Severity.ERROR for found in plan.findings)


@bounded
@given(worlds(), MOMENTS, HOW)
def test_an_imported_estate_plans_nothing(
    box: Box, world: dict[str, Any], moment: str, how: str
) -> None:
    estate = seeded(box, world, moment, how)
    plan = box.plan(estate)
    assert acting(plan) == []
    assert not refused(plan), plan.findings
    box.apply(plan)
    assert box.writes() == []


@bounded
@given(st.data(), worlds(), MOMENTS, HOW)
def test_a_rename_buys_and_suspends_nothing(
    box: Box, data: st.DataObject, world: dict[str, Any], moment: str, how: str
) -> None:
    estate = seeded(box, world, moment, how)
    changed, done = data.draw(renames(estate))
    event(", ".join(sorted({each.partition(" ")[0] for each in done})) or "nothing")
    known = box.known
    box.know(base=estate, lock=None)
    box.known = _with_lock(box, known)
    before = _subscriptions(box)
    plan = box.plan(changed)
    assert not {Verb.CREATE, Verb.SUSPEND, Verb.CANCEL, Verb.DELETE} & {
        action.verb for action in plan.actions if action.address.kind == "subscription"
    }, (done, [action.id for action in plan.actions])
    box.apply(plan)
    after = _subscriptions(box)
    assert {key: row["status"] for key, row in after.items()} == {
        key: row["status"] for key, row in before.items()
    }
    assert not [call for call in box.writes() if "/carts" in call or "/orders" in call]


@bounded
@given(st.data(), worlds(), MOMENTS, HOW)
def test_what_was_applied_is_planned_empty(
    box: Box, data: st.DataObject, world: dict[str, Any], moment: str, how: str
) -> None:
    estate = seeded(box, world, moment, how)
    wanted = data.draw(edits(estate))
    if data.draw(st.booleans()):
        known = box.known
        box.know(base=estate)
        box.known = _with_lock(box, known)
    plan = box.plan(wanted)
    assert dump(box.plan(wanted)) == dump(plan)
    applied = box.apply(plan)
    assert {r.outcome for r in applied.steps} <= {Outcome.DONE}, applied.steps
    assert len(box.writes()) == plan.totals.writes
    assert _strangers(box, estate, wanted) == []
    assert acting(box.plan(wanted)) == []


def _with_lock(box: Box, before: Any) -> Any:
    from dataclasses import replace

    return replace(box.known, lock=before.lock)


def _subscriptions(box: Box) -> dict[str, Mapping[str, Any]]:
    return {row["id"]: row for row in box.facts()["contoso"]["subscriptions"].values()}


def _strangers(box: Box, *estates: Mapping[str, Any]) -> list[str]:
    """Writes to people and subscriptions that no manifest names."""
    named = {each["name"] for e in estates for each in e["contoso"].get("subscriptions", ())}
    named |= {
        each["userPrincipalName"].partition("@")[0]
        for e in estates
        for each in e["contoso"].get("users", ())
    }
    paths = [call.split(" ")[1].split("/") for call in box.writes()]
    below = [path for path in paths if len(path) > 5 and path[4] in {"subscriptions", "users"}]
    return ["/".join(path) for path in below if path[5] not in named]
