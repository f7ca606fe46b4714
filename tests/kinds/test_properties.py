"""What holds for any small estate: applied is planned empty, same input same bytes, no secrets."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from harness import Box, acting, documents
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pcsync.cli.connect import connect
from pcsync.cli.progress import Bar
from pcsync.cli.stages import make_plan, read_manifests
from pcsync.model import Outcome, Plan
from pcsync.plan.file import dump
from pcsync.report.document import apply_document, drift_document, plan_document

CANARY = "Canary-7"
WORLD = {
    "contoso": {
        "azure": True,
        "budget": 100,
        "subscriptions": {
            "m365": {"product": "CFQ7TTC0LCHC:0002", "quantity": 2, "refundable": 2},
            "other": {"product": "CFQ7TTC0LH16:0001", "quantity": 1},
        },
        "seats": [{"sku": "EXCHANGESTANDARD", "total": 2}],
        "users": {
            "ana": {"displayName": "Ana", "usageLocation": "DE", "licenses": ["SPB"]},
            "ben": {"displayName": "Ben", "usageLocation": "DE"},
        },
    },
    "fabrikam": {"budget": 5, "users": {"cleo": {"displayName": "Cleo"}}},
}
bounded = settings(
    max_examples=8,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

LICENCES = st.lists(st.sampled_from(["m365", "EXCHANGESTANDARD"]), unique=True)
BUDGETS = st.sampled_from([None, 0, 5, 100])


@st.composite
def people(draw: st.DrawFn, customer: str) -> list[dict[str, Any]]:
    """Up to three people, some of them live, some new; licences for those of contoso."""
    names = draw(st.lists(st.sampled_from(["ana", "ben", "dora"]), unique=True))
    return [
        {
            "userPrincipalName": f"{name}@{customer}.onmicrosoft.com",
            "displayName": draw(st.sampled_from([name.title(), f"{name.title()} Weber"])),
            "usageLocation": "DE",
            "password": draw(st.sampled_from([{"generate": True}, {"env": "PASSWORD"}])),
            **({"licenses": draw(LICENCES)} if customer == "contoso" else {}),
        }
        for name in names
    ]


@st.composite
def estates(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Documents of two customers: seats, people with licences, budgets."""
    rows = [_customer(name) for name in ("contoso", "fabrikam")]
    wish = {
        "quantity": draw(st.integers(1, 4)),
        "endOfTerm": draw(st.sampled_from(["renew", "cancel"])),
    }
    rows.append(_seats("m365", "CFQ7TTC0LCHC:0002", **wish))
    if draw(st.booleans()):
        rows.append(_seats("power-bi", "CFQ7TTC0LHSF:0001", quantity=1))
    for name in ("contoso", "fabrikam"):
        amount = draw(BUDGETS)
        rows.append({"kind": "Budget", "spec": {"customer": name, "amount": amount}})
        found = draw(people(name))
        rows += [{"kind": "User", "spec": {"customer": name, **row}} for row in found]
    return rows


def _customer(name: str) -> dict[str, Any]:
    spec = {"domain": f"{name}.onmicrosoft.com"}
    return {"kind": "Customer", "metadata": {"name": name}, "spec": spec}


def _seats(name: str, product: str, **wish: Any) -> dict[str, Any]:
    spec = {"customer": "contoso", "product": product, "termDuration": "P1Y", **wish}
    spec["billingCycle"] = "monthly"
    return {"kind": "Subscription", "metadata": {"name": name}, "spec": spec}


@pytest.fixture
def estate(box: Box) -> Box:
    """A box whose people have a password in the environment."""
    box.environment = {"PASSWORD": f"{CANARY}-of-env"}
    return box


@bounded
@given(estates())
def test_what_was_applied_is_planned_empty(estate: Box, rows: list[dict[str, Any]]) -> None:
    estate.seed(WORLD)
    plan = estate.plan(rows)
    applied = estate.apply(plan)
    assert {r.outcome for r in applied.steps} <= {Outcome.DONE}, applied.steps
    assert len(estate.writes()) == plan.totals.writes
    assert acting(estate.plan(rows)) == []


@bounded
@given(estates(), st.integers(0, 2**16))
def test_same_input_same_bytes(estate: Box, rows: list[dict[str, Any]], seed: int) -> None:
    estate.seed(WORLD)
    paths = _files(estate.folder, rows)
    plain = estate.plan(paths)
    random = Random(seed)
    random.shuffle(paths)
    assert dump(_shuffled(estate, paths, random)) == dump(plain)


@bounded
@given(estates())
def test_no_secret_is_anywhere_but_in_the_sink(estate: Box, rows: list[dict[str, Any]]) -> None:
    estate.seed(WORLD)
    (estate.folder / "secrets.jsonl").unlink(missing_ok=True)
    plan = estate.plan(rows)
    applied = estate.apply(plan)
    shown = [plan_document(plan), drift_document(plan), apply_document(applied)]
    texts = [dump(plan), json.dumps(shown, default=str), repr(applied), repr(estate.settings)]
    secrets = [str(row["secret"]) for row in estate.secrets()]
    assert not [s for s in (CANARY, *secrets) if any(s in text for text in texts)]


def _files(folder: Path, rows: list[dict[str, Any]]) -> list[Path]:
    """Every document in a file of its own, so that its place does not depend on the others."""
    paths = [folder / f"{number}.yaml" for number in range(len(rows))]
    for path, row in zip(paths, rows, strict=True):
        path.write_text(documents([row]), "utf-8")
    return paths


def _shuffled(box: Box, paths: list[Path], random: Random) -> Plan:
    """The plan where every list of every answer comes in another order."""
    found = read_manifests([str(path) for path in paths], box.settings)
    with connect(box.settings, writable=False) as connection:
        mixed = replace(connection, client=_Mixed(connection.client, random))  # type: ignore[arg-type]
        return make_plan(found, box.settings, mixed, Bar("", 0))


class _Mixed:
    """A client whose answers have the items of their lists in another order."""

    def __init__(self, client: Any, random: Random) -> None:
        self._client, self._random = client, random

    def send(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        answer = self._client.send(method, path, body, **more)
        return replace(answer, body=self._mix(answer.body))

    def pages(self, path: str, **more: Any) -> Iterator[Any]:
        for page in self._client.pages(path, **more):
            yield self._mix(page)

    def _mix(self, body: Any) -> Any:
        if not isinstance(body, Mapping) or "items" not in body:
            return body
        items = list(body["items"])
        self._random.shuffle(items)
        return {**body, "items": items}
