"""However a subscription is edited, in git or in the portal, nothing is bought and nobody is locked
out (domain rule ID1); what ended as declared is never bought again, on any later run (ID4)."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest
from harness import Box, acting

PINNED = "aaaaaaaa-1111-1111-1111-111111111111"
M365 = {
    "name": "m365",
    "product": "CFQ7TTC0LCHC:0002",
    "termDuration": "P1Y",
    "billingCycle": "monthly",
    "quantity": 10,
}
LIVE = {"product": "CFQ7TTC0LCHC:0002", "quantity": 10, "id": PINNED}
IN_GIT: dict[str, Mapping[str, Any]] = {
    "name": {"name": "core"},
    "friendlyName": {"friendlyName": "Microsoft 365"},
    "product": {"product": "CFQ7TTC0LDPB:0001"},
    "name and friendlyName": {"name": "core", "friendlyName": "Microsoft 365"},
}
IN_PORTAL: dict[str, Mapping[str, Any]] = {
    "friendlyName": {"m365": {"friendlyName": "Renamed"}},
    "product": {"m365": {"product": "CFQ7TTC0LDPB:0001"}},
}
EDITS = [("git", name) for name in IN_GIT] + [("portal", name) for name in IN_PORTAL]
MATRIX = list(product(EDITS, ["inline", "lock", "neither"], [True, False], [True, False]))


@pytest.mark.parametrize("edit,pin,renamed,base", MATRIX)
def test_an_edit_is_never_a_purchase(
    box: Box, edit: tuple[str, str], pin: str, renamed: bool, base: bool
) -> None:
    where, what = edit
    old = M365 | ({"id": PINNED} if pin == "inline" else {})
    new = old | (IN_GIT[what] if where == "git" else {})
    if renamed:
        new |= {"renamedFrom": ["m365"]} if new["name"] != "m365" else {"renamedFrom": ["old"]}
    row = dict(LIVE)
    name = "m365"
    if where == "portal":
        changes = IN_PORTAL[what]["m365"]
        name = str(changes.get("friendlyName", name))
        row |= {key: value for key, value in changes.items() if key != "friendlyName"}
    box.seed({"contoso": {"subscriptions": {name: row}}})
    declared = {"contoso": {"subscriptions": [old]}}
    lock = {"subscription/contoso/m365": PINNED} if pin == "lock" else None
    box.know(declared if base else None, lock)
    plan = box.plan({"contoso": {"subscriptions": [new]}})
    lines = acting(plan)
    assert not [line for line in lines if line.startswith(("create", "suspend", "cancel"))], lines
    if base:
        assert not [line for line in lines if "endOfTerm" in line], lines
    box.clear()
    if plan.steps:
        box.apply(plan)
    assert not [call for call in box.writes() if "carts" in call or "orders" in call]


def test_what_ended_as_declared_is_not_bought_on_any_later_run(box: Box) -> None:
    box.seed({"contoso": {"subscriptions": {"m365": {**LIVE, "status": "expired"}}}})
    manifest = {"contoso": {"subscriptions": [{**M365, "endOfTerm": "cancel"}]}}
    for _ in range(11):
        plan = box.plan(manifest)
        assert [finding.code for finding in plan.findings] == ["ended-as-declared"]
        assert not plan.steps
        box.advance("P9D")
