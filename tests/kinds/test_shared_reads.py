"""What is the same for all customers is read once: a plan for many costs what one costs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from harness import Box, lines

PRODUCTS = {"m365": "CFQ7TTC0LCHC:0002", "mail": "CFQ7TTC0LH16:0001"}
COUNTRIES = ("DE", "GB")
NAMES = [f"customer{number:02}" for number in range(20)]


def country(at: int) -> str:
    return COUNTRIES[at % len(COUNTRIES)]


def world() -> dict[str, Any]:
    return {name: {"country": country(at)} for at, name in enumerate(NAMES)}


def manifest() -> dict[str, Any]:
    buys = [
        {
            "name": name,
            "product": product,
            "termDuration": "P1Y",
            "billingCycle": "monthly",
            "quantity": 1,
        }
        for name, product in PRODUCTS.items()
    ]
    return {name: {"subscriptions": buys} for name in NAMES}


def catalogue(box: Box) -> list[str]:
    return [read for read in box.reads() if "/products/" in read]


@pytest.mark.parametrize("parallel", [1, 8])
def test_a_plan_that_buys_for_many_reads_each_product_once_in_each_market(
    box: Box, parallel: int
) -> None:
    """20 customers in two markets buy two products: four catalogue reads (DESIGN 7, rule PU3)."""
    box.seed(world())
    box.settings = replace(box.settings, parallel=parallel)
    plan = box.plan(manifest())
    assert len(lines(plan)) == len(NAMES) * len(PRODUCTS)
    assert sorted(catalogue(box)) == [
        f"GET /v1/products/{product.replace(':', '/skus/')}/availabilities"
        f"?country={place}&targetSegment=commercial"
        for product in sorted(PRODUCTS.values())
        for place in COUNTRIES
    ]


def test_each_customer_that_buys_costs_a_bounded_number_of_reads(box: Box) -> None:
    """Of its own: subscriptions, orders, audit log, country, agreement, vetting (rule PU3)."""
    box.seed(world())
    box.plan(manifest())
    shared = len(catalogue(box)) + 1
    assert len(box.reads()) == shared + len(NAMES) * 6


def test_which_licence_an_unknown_product_gives_is_asked_once_in_a_declared_market(
    box: Box,
) -> None:
    item = {"product": "CFQ7TTC0ZZZZ:0001", "title": "New", "licence": "SPB"}
    item["terms"] = [{"termDuration": "P1Y", "billingCycle": "monthly", "chargePrice": 5}]
    live = {"product": item["product"], "termDuration": "P1Y", "quantity": 2}
    row = {
        "country": "DE",
        "subscriptions": {"new": live},
        "users": {"ana": {"usageLocation": "DE"}},
    }
    box.seed({"catalog": {"products": [item]}, **dict.fromkeys(NAMES[:3], row)})
    declared = {
        "billingProfile": {
            "defaultAddress": {"addressLine1": "Weg 1", "city": "Bonn", "country": "DE"}
        },
        "subscriptions": [{"name": "new", "billingCycle": "monthly", **live}],
    }
    people = {
        name: {
            **declared,
            "users": [{"userPrincipalName": f"ana@{name}.onmicrosoft.com", "licenses": ["new"]}],
        }
        for name in NAMES[:3]
    }
    box.plan(people)
    assert catalogue(box) == ["GET /v1/products/CFQ7TTC0ZZZZ/skus/0001?country=DE"]
