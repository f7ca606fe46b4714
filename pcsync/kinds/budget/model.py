"""Partner Center's words for a spending budget, and ours (customers.md section 9).

Pure; imports the nouns and values only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pcsync.values import amount, moment

BULK = "/v1/customers/usagerecords"
ATTRIBUTES = {"attributes": {"objectType": "SpendingBudget"}}


def from_budget(page: Mapping[str, Any]) -> dict[str, Any]:
    """`GET usagebudget`: amount null or absent means that there is none, 0 is a budget."""
    return {"amount": amount(page.get("amount"))}


def from_usage_record(item: Mapping[str, Any]) -> dict[str, Any]:
    """One item of `GET customers/usagerecords`, with the currency the amounts are in."""
    return {
        "amount": amount((item.get("budget") or {}).get("amount")),
        "currency": item.get("currencyCode"),
    }


def spent(item: Mapping[str, Any]) -> dict[str, Any]:
    """This month's cost of a usage record, and the moment up to which it was measured."""
    cost = item.get("totalCost")
    return {
        "spent": None if cost is None else amount(cost),
        "measured": moment(item.get("lastModifiedDate")),
    }
