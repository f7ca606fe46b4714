"""The ledger and the price sheet against bills computed by hand (billing.yaml)."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from pcsync.emulator import load_world, stock
from pcsync.emulator.ledger import prorate
from pcsync.emulator.pricing import Place, unit_price

from .legacy_world import OFFER
from .wire import CONTOSO, PREMIUM, Wire

ROWS = yaml.safe_load((Path(__file__).parent / "billing.yaml").read_text("utf-8"))
HEAD = [
    "ProductTitle",
    "ProductId",
    "SkuId",
    "SkuTitle",
    "Publisher",
    "SkuDescription",
    "UnitOfMeasure",
    "TermDuration",
    "BillingPlan",
    "Market",
    "Currency",
    "UnitPrice",
    "PricingTierRangeMin",
    "PricingTierRangeMax",
    "EffectiveStartDate",
    "EffectiveEndDate",
    "Tags",
    "ERP_Price",
]
E1 = "CFQ7TTC0LF8Q:0001"


def begin(pc: Wire, row: dict[str, Any]) -> None:
    customer: dict[str, Any] = {"id": CONTOSO, "domain": "contoso.onmicrosoft.com", "country": "DE"}
    catalog: dict[str, Any] = {}
    if "legacy" in row:
        price = row["legacy"].pop("price") if "price" in row["legacy"] else row["price"]
        row["price"] = price
        catalog = {"offers": [{"id": OFFER, "licence": "SPB", "prices": {"monthly": price}}]}
        legacy = {**row["legacy"], "creationDate": str(row["legacy"]["creationDate"])}
        customer["subscriptions"] = [{"product": OFFER, **legacy}]
    prices = [{**price, "from": str(price["from"])} for price in row.get("prices", [])]
    pc.seed(customers=[customer], catalog=catalog, settings={"prices": prices})
    if "buy" in row:
        words = dict(row["buy"])
        pc.buy(pc.line(words.pop("product"), **words))


def ledger(pc: Wire) -> list[dict[str, Any]]:
    answer = pc.control("GET", f"ledger?customer={CONTOSO}")
    rows: list[dict[str, Any]] = answer.json()
    return rows


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_bill(pc: Wire, row: dict[str, Any]) -> None:
    begin(pc, row)
    for step in row["steps"]:
        if "advance" in step:
            pc.advance(step["advance"])
        else:
            answer = pc.edit(**step["edit"])
            assert answer.status_code == 200, answer.text
    found = [[line["chargeType"], line["quantity"], line["subtotal"]] for line in ledger(pc)]
    wanted = [[kind, seats, float(amount)] for kind, seats, amount in row["lines"]]
    assert found == wanted
    assert row["source"]


def test_the_published_rounding() -> None:
    assert prorate(Decimal("15.00"), 18, 9, 30) == Decimal("81.00")
    assert prorate(Decimal("13.13"), 7, 11, 31) == Decimal("32.55")


def test_looking_changes_nothing(pc: Wire) -> None:
    begin(pc, ROWS[0])
    pc.advance("P40D")
    assert ledger(pc) == ledger(pc)
    assert len(pc.control("GET", "ledger").json()) == 2
    assert pc.control("GET", "ledger?customer=nobody.onmicrosoft.com").json() == []


def test_a_line_names_its_period_with_an_inclusive_end(pc: Wire) -> None:
    begin(pc, ROWS[0])
    (line,) = ledger(pc)
    assert (line["chargeStartDate"], line["chargeEndDate"]) == (
        "2026-11-22T00:00:00Z",
        "2026-12-21T00:00:00Z",
    )
    assert (line["productId"], line["skuId"]) == ("CFQ7TTC0LCHC", "0002")
    assert (line["unitPrice"], line["currency"], line["billingFrequency"]) == (
        23.1,
        "EUR",
        "monthly",
    )


ENDS = [
    ("2026-11-22", PREMIUM, "P1M", "monthly", "2026-12-21"),
    ("2026-11-22", PREMIUM, "P1Y", "monthly", "2027-11-21"),
    ("2026-11-22", E1, "P3Y", "annual", "2029-11-21"),
    ("2028-02-29", PREMIUM, "P1Y", "annual", "2029-02-27"),
    ("2027-01-31", PREMIUM, "P1M", "monthly", "2027-02-27"),
]


@pytest.mark.parametrize("day, product, term, cycle, last", ENDS)
def test_last_days_are_inclusive(
    pc: Wire, day: str, product: str, term: str, cycle: str, last: str
) -> None:
    """domain-rules MO11."""
    customer = {"id": CONTOSO, "domain": "contoso.onmicrosoft.com", "country": "DE"}
    pc.seed(now=f"{day}T09:00:00Z", customers=[customer])
    pc.buy(pc.line(product, termDuration=term, billingCycle=cycle))
    assert pc.subscription()["commitmentEndDate"] == f"{last}T00:00:00Z"


def test_a_price_sheet_has_the_documented_columns(pc: Wire) -> None:
    pc.contoso()
    rows = pc.control("GET", "prices?market=DE&currency=EUR").json()
    assert [name.replace(" ", "_") for name in rows[0]] == HEAD
    (row,) = [
        row
        for row in rows
        if (row["ProductId"], row["TermDuration"], row["BillingPlan"])
        == ("CFQ7TTC0LCHC", "P1Y", "Monthly")
    ]
    assert (row["SkuId"], row["UnitPrice"], row["Market"], row["Currency"]) == (
        "2",
        277.2,
        "DE",
        "EUR",
    )


def test_prices_differ_by_market_currency_segment_and_day(pc: Wire) -> None:
    one = {"product": PREMIUM, "termDuration": "P1M"}
    prices = [
        {**one, "unitPrice": "28", "market": "DE", "currency": "EUR", "until": "2026-12-01"},
        {**one, "unitPrice": "29", "market": "DE", "currency": "EUR", "from": "2026-12-01"},
        {**one, "unitPrice": "9", "market": "DE", "segment": "education"},
    ]
    pc.contoso(settings={"prices": prices})

    def price(query: str) -> float:
        rows = pc.control("GET", f"prices?{query}").json()
        found = [row for row in rows if row["ProductId"] == "CFQ7TTC0LCHC"]
        return float(next(r["UnitPrice"] for r in found if r["TermDuration"] == "P1M"))

    assert price("market=DE") == 28
    assert price("market=DE&at=2026-12-01T00:00:00Z") == 29
    assert price("market=DE&currency=USD") == 26.4
    assert price("market=FR") == 26.4
    assert price("market=DE&segment=education") == 9
    assert pc.control("GET", "prices?at=never").json()["code"] == 3000


def test_of_overlapping_rows_the_older_one_holds_until_its_end() -> None:
    """domain-rules MO1: overlap of 1 to 3 Nov, so the old row on the 2nd."""
    old = {"product": PREMIUM, "unitPrice": "20", "from": "2026-10-01", "until": "2026-11-04"}
    new = {"product": PREMIUM, "unitPrice": "25", "from": "2026-11-01"}
    world = load_world({"settings": {"prices": [new, old]}})
    item = stock.items()[PREMIUM]
    term = item.term("P1M", "monthly")
    assert term is not None
    found = [
        unit_price(world, Place("DE", "EUR"), item, term, datetime(2026, 11, day, tzinfo=UTC))
        for day in (2, 4)
    ]
    assert found == [Decimal(20), Decimal(25)]


def test_terms_before_april_2025_are_without_the_surcharge() -> None:
    """domain-rules MO3: a year billed monthly cost a twelfth of a year billed annually."""
    world, item = load_world({}), stock.items()[PREMIUM]
    term = item.term("P1Y", "monthly")
    assert term is not None
    place = Place("DE", "EUR")
    before, after = (datetime(2025, month, 1, tzinfo=UTC) for month in (3, 4))
    assert unit_price(world, place, item, term, before) == Decimal("264.00")
    assert unit_price(world, place, item, term, after) == Decimal("277.20")
