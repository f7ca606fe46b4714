"""What national clouds lack: the table, and that a plan says so with file and line."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from harness import Box, codes

from pcsync.client import CLOUDS, cloud_named
from pcsync.client.clouds import CLOSED
from pcsync.errors import SettingsError
from pcsync.kinds.clouds import LACKS, lacking

ID = "/v1/customers/0d6e7f10-1f7b-4c1b-8a8a-0b7b6f7c0001"


@pytest.mark.parametrize(
    "cloud,method,path,what",
    [
        ("china", "GET", f"{ID}/subscribedskus?licenseGroupIds=Group1", "user licences"),
        ("china", "POST", f"{ID}/users/u/licenseupdates", "user licences"),
        ("china", "GET", f"{ID}/usagebudget", "budgets"),
        ("china", "GET", "/v1/auditrecords?startDate=2026-01-01", "the audit log"),
        ("china", "POST", f"{ID}/users", None),
        ("usGovernment", "POST", f"{ID}/users", "creating and changing users"),
        ("usGovernment", "PATCH", f"{ID}/users/u", "creating and changing users"),
        ("usGovernment", "GET", f"{ID}/users?size=500", None),
        ("usGovernment", "GET", f"{ID}/usagebudget", None),
        ("usGovernment", "POST", f"{ID}/users/u/licenseupdates", None),
        ("global", "GET", f"{ID}/subscribedskus", None),
        ("emulator", "POST", f"{ID}/users", None),
    ],
)
def test_the_table(cloud: str, method: str, path: str, what: str | None) -> None:
    assert lacking(cloud, method, path) == what


def test_only_clouds_that_exist_lack_something() -> None:
    assert set(LACKS) <= set(CLOUDS)


def test_germany_is_recognised_and_refused_with_the_reason() -> None:
    assert "germany" in CLOSED
    with pytest.raises(SettingsError, match="closed on 29 October 2021"):
        cloud_named("germany")
    with pytest.raises(SettingsError, match="not known"):
        cloud_named("moon")
    assert cloud_named("china").audience == "https://partner.partnercenterapi.microsoftonline.cn"


PEOPLE = """\
apiVersion: pcsync/v1
kind: Customer
metadata: {name: contoso}
spec:
  domain: contoso.onmicrosoft.com
  budget: {amount: 250}
  users:
    - userPrincipalName: ana@contoso.onmicrosoft.com
      displayName: Another name
      licenses: [EXCHANGESTANDARD]
"""
WORLD: dict[str, Any] = {
    "contoso": {
        "azure": True,
        "budget": 100,
        "users": {"ana": {"displayName": "Ana", "usageLocation": "DE"}},
    }
}


@pytest.mark.parametrize(
    "cloud,said",
    [
        (
            "china",
            {"the cloud china has no budgets": 6, "the cloud china has no user licences": 10},
        ),
        ("usGovernment", {"the cloud usGovernment has no creating and changing users": 8}),
    ],
)
def test_a_manifest_that_needs_it_is_a_finding_at_its_line(
    box: Box, monkeypatch: pytest.MonkeyPatch, cloud: str, said: dict[str, int]
) -> None:
    box.seed(WORLD)
    # The emulator plays any cloud: only the name counts.
    box.settings = replace(box.settings, cloud=replace(box.settings.cloud, name=cloud))
    plan = box.plan(PEOPLE)
    lacking_ones = [found for found in plan.findings if found.code == "cloud-lacks"]
    assert {f.what: f.place.line for f in lacking_ones if f.place} == said
    assert all(f.place and f.place.file.endswith("manifests.yaml") for f in lacking_ones)
    assert "cloud-lacks" in codes(plan.findings)
    if cloud == "china":
        assert not [read for read in box.reads() if "subscribedskus" in read or "budget" in read]
