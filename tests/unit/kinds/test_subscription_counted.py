"""What guards count of a subscription: seats that are added, and three-year terms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from pcsync.kinds.subscription import counted
from pcsync.model import Address, Change, Resource

M365 = Address("subscription", ("contoso", "m365"))


def row(quantity: int = 10, term: str = "P1Y") -> Resource:
    return Resource(M365, {"quantity": quantity, "termDuration": term})


@pytest.mark.parametrize(
    "spec, found",
    [
        ({"quantity": 5, "termDuration": "P1Y"}, {"addSeats": 5}),
        ({"quantity": 5, "termDuration": "P3Y"}, {"addSeats": 5, "P3Y": 1}),
        ({"quantity": 0, "termDuration": "P1M"}, {}),
        (
            {"quantity": 5, "termDuration": "P1Y", "atRenewal": {"termDuration": "P3Y"}},
            {"addSeats": 5, "P3Y": 1},
        ),
        (
            {"quantity": 25, "termDuration": "P1M", "trial": {"then": {"termDuration": "P3Y"}}},
            {"addSeats": 25, "P3Y": 1},
        ),
        (
            {"quantity": 25, "termDuration": "P1M", "trial": {"then": "cancel"}},
            {"addSeats": 25},
        ),
    ],
)
def test_a_purchase(spec: Mapping[str, Any], found: Mapping[str, int]) -> None:
    assert counted.purchase(spec) == found


@pytest.mark.parametrize(
    "term, change, found",
    [
        ("P1Y", Change("quantity", 10, 12), {"addSeats": 2}),
        ("P1Y", Change("quantity", 10, 8), {}),
        ("P3Y", Change("quantity", 10, 12), {"addSeats": 2, "P3Y": 1}),
        ("P3Y", Change("quantity", 10, 8), {}),
        ("P3Y", Change("friendlyName", "a", "b"), {}),
        ("P1M", Change("termDuration", "P1M", "P3Y"), {"P3Y": 1}),
        ("P3Y", Change("product", "A:1", "B:1"), {"P3Y": 1}),
        ("P1Y", Change("product", "A:1", "B:1"), {}),
    ],
)
def test_a_change_at_once(term: str, change: Change, found: Mapping[str, int]) -> None:
    assert counted.counts(row(term=term), [change]) == found


@pytest.mark.parametrize(
    "change, found",
    [
        (Change("quantity", 10, 12), {"addSeats": 2}),
        (Change("quantity", 5, 10), {}),
        (Change("quantity", None, 12), {"addSeats": 2}),
        (Change("termDuration", "P1Y", "P3Y"), {"P3Y": 1}),
        (Change("billingCycle", "monthly", "annual"), {}),
    ],
)
def test_an_instruction_for_the_next_term(change: Change, found: Mapping[str, int]) -> None:
    """Seats that the term has today are not bought again by taking an instruction back."""
    assert counted.at_renewal(row(), row(), [change]) == found
