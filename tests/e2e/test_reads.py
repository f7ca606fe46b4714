"""What a plan reads: exactly what DESIGN section 7 allows, counted by the emulator."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from pcsync.cli.connect import connect
from pcsync.cli.progress import Bar
from pcsync.cli.settings import load_settings
from pcsync.cli.stages import make_plan, read_manifests
from pcsync.emulator import running
from pcsync.emulator.worldfile import build
from pcsync.model import Plan
from tests.bench import estate

CUSTOMERS = 6


def planned(tmp_path: Path, documents: list[dict[str, Any]]) -> tuple[Plan, Counter[str]]:
    """A plan over the bench's world, and how often each kind of path was read."""
    for number, document in enumerate(documents):
        (tmp_path / f"{number}.yaml").write_text(yaml.safe_dump(document), "utf-8")
    with running(build(estate.world(CUSTOMERS))) as server:
        settings = load_settings(cloud="emulator", emulator_url=server.url, environment={})
        manifests = read_manifests((str(tmp_path),), settings)
        with connect(settings, writable=False) as connection, Bar("", 0) as bar:
            plan = make_plan(manifests, settings, connection, bar)
        calls = requests.get(f"{server.url}/_emulator/calls", timeout=10).json()
    assert all(call["method"] in {"GET", "HEAD"} for call in calls)
    return plan, Counter(kind_of(call["path"]) for call in calls)


def kind_of(path: str) -> str:
    """`users/*/licenses` for a path below a customer, `customers` for the list itself."""
    parts = path.partition("?")[0].split("/")[2:]
    return "/".join("*" if len(part) == 36 else part for part in parts)


def declared(*fields: str) -> list[dict[str, Any]]:
    """The bench's manifests, cut to some fields beside the domain."""
    documents = [estate.manifest(number) for number in range(CUSTOMERS)]
    for document in documents:
        spec = document["spec"]
        document["spec"] = {name: spec[name] for name in ("domain", *fields) if name in spec}
    return documents


def test_an_unchanged_estate_costs_what_the_design_allows(tmp_path: Path) -> None:
    plan, reads = planned(tmp_path, declared("subscriptions", "users", "budget"))
    assert plan.actions == ()
    assert reads == {
        "customers": 1,
        "customers/usagerecords": 1,
        "customers/*/subscriptions": CUSTOMERS,
        "customers/*/users": CUSTOMERS,
        "customers/*/subscribedskus": CUSTOMERS,
        "customers/*/users/*/licenses": CUSTOMERS * estate.USERS,
    }


@pytest.mark.parametrize(
    "field, paths",
    [
        ("subscriptions", {"customers/*/subscriptions"}),
        ("budget", {"customers/usagerecords"}),
        (None, set()),
    ],
)
def test_nothing_is_read_for_what_no_manifest_mentions(
    tmp_path: Path, field: str | None, paths: set[str]
) -> None:
    _, reads = planned(tmp_path, declared(*([field] if field else [])))
    assert set(reads) == {"customers", *paths}


def test_users_without_licences_cost_no_read_of_licences(tmp_path: Path) -> None:
    documents = declared("users")
    for document in documents:
        for user in document["spec"]["users"]:
            del user["licenses"]
    _, reads = planned(tmp_path, documents)
    assert reads == {"customers": 1, "customers/*/users": CUSTOMERS}


def test_a_change_adds_its_own_read_only(tmp_path: Path) -> None:
    documents = declared("subscriptions", "budget")
    documents[0]["spec"]["budget"]["amount"] = 1
    documents[1]["spec"]["subscriptions"][0]["quantity"] -= 1
    documents[2]["spec"]["subscriptions"].append(
        estate.manifest(0)["spec"]["subscriptions"][0]
        | {"name": "more", "product": "CFQ7TTC0LHSF:0001"}
    )
    _, reads = planned(tmp_path, documents)
    assert reads["customers/*/usagebudget"] == 1
    assert reads["customers/*/subscriptions/*"] == 1
    assert reads["customers/*/orders"] == reads["auditrecords"] == 1
    assert reads["products/CFQ7TTC0LHSF/skus/0001/availabilities"] == 1
    assert reads["customers/*/agreements"] == reads["customers/*/validationStatus"] == 1
    assert reads["customers/*/profiles/billing"] == 1
    assert sum(reads.values()) == 2 + CUSTOMERS + 8


def test_one_pinned_customer_is_read_by_its_id(tmp_path: Path) -> None:
    world = build(estate.world(1))
    (tenant,) = world.customers
    document = declared("budget")[0]
    document["spec"]["tenantId"] = tenant
    _, reads = planned(tmp_path, [document])
    assert reads["customers"] == 0
    assert reads["customers/*"] == 1
