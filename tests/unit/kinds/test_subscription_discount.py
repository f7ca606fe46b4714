"""What a promotion takes off: of the product, term and cycle that it is for, by either spelling."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from pcsync.kinds.subscription import discount
from pcsync.model import Address, Resource, View

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
ID = "39NFJQT1PM6C:0005:39NFJQT1Q5L7"
POLICY = {"policyType": "PercentDiscount", "value": "0.05"}
FITS = {"productId": "CFQ7TTC0LCHC", "skuId": "0002"}
TERM = {"duration": "P1Y", "billingCycle": "monthly"}


def found(**required: Any) -> Mapping[str, Any]:
    """What an answer adds to the one subscription that has the promotion."""
    address = Address("subscription", ("contoso", "m365"))
    spec = {"product": "CFQ7TTC0LCHC:0002", "termDuration": "P1Y", "billingCycle": "monthly"}
    have = Resource(address, spec, remote={"id": "1", "promotion": ID.lower()})
    other = Resource(Address("subscription", ("contoso", "x")), spec, remote={"promotion": None})
    view = View(AT, haves={each.address: each for each in (have, other)})
    row = {**FITS, "term": TERM, "pricingPolicies": [POLICY], **required}
    page = {"id": ID, "endDate": "2027-06-30", "requiredProducts": [row]}
    ((id_, more),) = discount.live(page, view)
    assert id_ == "1"
    assert more["promotion_ends"] == datetime(2027, 6, 30, tzinfo=UTC)
    return more


@pytest.mark.parametrize(
    "required, part",
    [
        ({}, "0.05"),
        ({"pricingPolicies": [{"type": "percent_discount", "value": 0.1}]}, "0.1"),
        ({"pricingPolicies": [{"policyType": "Gift", "value": "1"}]}, None),
        ({"pricingPolicies": None}, None),
        ({"skuId": "0005"}, None),
        ({"term": {"duration": "P1M", "billingCycle": "monthly"}}, None),
        ({"term": None}, None),
    ],
    ids=str,
)
def test_only_what_is_for_it_is_taken_off(required: Mapping[str, Any], part: str | None) -> None:
    assert found(**required)["discount"] == (None if part is None else Decimal(part))
