"""What a promotion takes off a price, and until when it runs, as the catalogue says it.

Owns the read of a promotion by its id (commerce.md 1.9). Pure; imports the nouns and shared parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from pcsync.kinds.paths import quoted
from pcsync.kinds.subscription import market
from pcsync.model import Can, Read, Resource, View
from pcsync.values import moment, word

ONE = "/v1/productpromotions/"
PERCENT = "percentdiscount"


def read(have: Resource, view: View) -> Read | None:
    """What its promotion takes off, asked once for a market; that it fails hides nothing."""
    place = market.country(view)
    if not have.remote["promotion"] or place is None or Can.USER not in view.can:
        return None
    path = f"{ONE}{quoted(have.remote['promotion'])}?country={place}"
    if path in view.reads:
        return None
    return Read(path, (), owner=view.owner, user=True, gone_ok=True, shared=True)


def is_answer(path: str) -> bool:
    """Whether a path is that of one promotion."""
    return path.startswith(ONE)


def live(page: Mapping[str, Any], view: View) -> Iterable[tuple[str, dict[str, Any]]]:
    """What an answer adds to the rows that have the promotion: id, and what it is."""
    id_ = str(page.get("id") or "").upper()
    for have in view.haves.values():
        if id_ and str(have.remote.get("promotion") or "").upper() == id_:
            part = _part(page, have)
            ends = moment(page.get("endDate"))
            yield str(have.remote["id"]), {"discount": part, "promotion_ends": ends}


def _part(page: Mapping[str, Any], have: Resource) -> Decimal | None:
    """The part of the price that it takes off, ``0.10``; None where the answer has no such policy
    for this product, term and cycle."""
    for row in page.get("requiredProducts") or ():
        product = f"{row.get('productId')}:{row.get('skuId')}"
        term = row.get("term") or {}
        mine = (term.get("duration"), word(term.get("billingCycle"))) == (
            have.spec["termDuration"],
            word(have.spec["billingCycle"]),
        )
        if word(product) != word(have.spec["product"]) or not mine:
            continue
        for policy in row.get("pricingPolicies") or ():
            if word(policy.get("policyType") or policy.get("type")) == PERCENT:
                return Decimal(str(policy["value"]))
    return None
