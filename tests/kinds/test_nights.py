"""A run every night, over renewals and pending instructions: nothing is written while nothing
changes (domain rule WI20)."""

from __future__ import annotations

from typing import Any

from harness import Box, acting

M365 = {"product": "CFQ7TTC0LCHC:0002", "quantity": 4}
PBI = {"product": "CFQ7TTC0LHSF:0001", "termDuration": "P1M", "quantity": 2}
WORLD: dict[str, Any] = {
    "contoso": {
        "users": {"ana": {"usageLocation": "DE", "licenses": ["SPB"]}},
        "subscriptions": {
            "m365": {**M365, "commitmentEndDate": "2027-01-14"},
            "power-bi": {**PBI, "commitmentEndDate": "2026-12-02"},
        },
    }
}
WISH: dict[str, Any] = {
    "contoso": {
        "subscriptions": [
            {
                "name": "m365",
                "product": M365["product"],
                "termDuration": "P1Y",
                "billingCycle": "annual",
                "quantity": {"follow": "assignments", "spare": 1},
                "endOfTerm": "renew",
            },
            {
                "name": "power-bi",
                "product": PBI["product"],
                "termDuration": "P1M",
                "billingCycle": "monthly",
                "quantity": 2,
                "endOfTerm": "renew",
            },
        ],
        "users": [{"userPrincipalName": "ana@contoso.onmicrosoft.com", "licenses": ["m365"]}],
    }
}


def test_thirty_nightly_runs_write_nothing(box: Box) -> None:
    """The year is told its cycle and its fewer seats once; the month renews in between."""
    box.seed(WORLD)
    first = box.apply(box.plan(WISH))
    assert first.writes == len(box.writes()) == 1
    box.clear()
    for _ in range(30):
        box.advance("P1D")
        plan = box.plan(WISH)
        assert (acting(plan), plan.steps) == ([], ())
    assert box.writes() == []
    assert box.facts()["contoso"]["subscriptions"]["m365"]["quantity"] == 4
