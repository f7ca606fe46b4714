"""Where the availabilities of a product are read, and which of them are sold as wanted.

An availability id is reissued over time: it is looked up in the run, never stored as identity
(domain rule PU16, commerce.md 1.5). Pure; imports the nouns only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pcsync.kinds.paths import below
from pcsync.model import Address, All, Condition, Is, Some


def path(owner: Address, product: str, segment: str) -> str:
    """The step's path to the availabilities of `productId:skuId`, in the customer's form."""
    found, sku = product.split(":")
    return below(owner, f"products/{found}/skus/{sku}/availabilities?targetSegment={segment}")


def sold(spec: Mapping[str, Any], segment: str, *more: Condition) -> Condition:
    """Of this segment and with the term and cycle of `spec`; `more` is asked besides."""
    pair = All(
        (
            Is("duration", spec["termDuration"], fold=True),
            Is("billingCycle", spec["billingCycle"], fold=True),
        )
    )
    return All((Is("segment", segment, fold=True), *more, Some("terms", pair)))
